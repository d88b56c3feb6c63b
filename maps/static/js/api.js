// Reads and writes JSON on the server; an error carries the server's own words and what it answered.

import { ask, read, Refusal, spoken } from "./asking.js";

export { NoAnswer, read, Refusal, speak, Told } from "./asking.js";

let csrf = "";

/**
 * A request that changes something.
 * @param {"POST" | "PATCH" | "PUT" | "DELETE"} method @param {string} path
 * @param {unknown} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export function write(method, path, body, headers = {}) {
  /** @type {Record<string, string>} */
  const own = body === undefined ? {} : { "Content-Type": "application/json" };
  return ask(`${path}?lang=${spoken()}`, {
    method,
    headers: { ...own, "X-CSRF-Token": csrf, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/**
 * Sends a form with files.
 * @param {string} path @param {FormData} form @param {Record<string, string>} [headers] @returns {Promise<any>}
 */
export const writeForm = (path, form, headers = {}) =>
  ask(`${path}?lang=${spoken()}`, { method: "POST", headers: { "X-CSRF-Token": csrf, ...headers }, body: form });

/**
 * Who is signed in; null where nobody is. Remembers the token that writes need.
 * @returns {Promise<import("./types.js").Session | null>}
 */
export async function readSession() {
  try {
    const session = await read("session");
    csrf = session.csrf ?? "";
    return session;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** @param {string} q @returns {Promise<{communities: import("./types.js").CommunityRow[], next: string | null}>} */
export const readCommunities = (q) => read("communities", q ? { q } : {});

/** @param {string} code */
export const communityPath = (code) => `communities/${encodeURIComponent(code)}`;

/** @param {string} code @param {string} lang */
export async function readCommunity(code, lang) {
  const path = communityPath(code);
  const [community, buildings, barriers, plans] = await Promise.all([
    read(path, { lang }),
    read(`${path}/buildings`, { lang }),
    read(`${path}/barriers`, { lang }),
    read(`${path}/plans`, { lang }),
  ]);
  return { community, buildings, barriers, plans: plans.plans };
}

/** @param {number} id @param {string} lang */
export async function readPlan(id, lang) {
  const [plan, grids, assignments] = await Promise.all([
    read(`plans/${id}`, { lang }),
    read(`plans/${id}/grids`, { lang }),
    read(`plans/${id}/assignments`, { lang }),
  ]);
  return { plan, grids, assignments };
}

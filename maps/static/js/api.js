// Reads and writes JSON on the server; an error carries the server's own words and what it answered.

/** Something to tell the reader, in words of the reader's language. */
export class Told extends Error {}

/** The server answered, but not with what was asked for. */
export class Refusal extends Told {
  /** @param {number} status @param {any} problem RFC 9457 */
  constructor(status, problem) {
    super(problem.detail ?? String(status));
    this.status = status;
    this.problem = problem;
  }
}

/** No answer came: the network, the server or its database is away. */
export class NoAnswer extends Told {}

const NO_ANSWER = {
  zh: "服务器没有应答，请检查网络后再试。",
  en: "The server does not answer. Check the connection and try again.",
};

const AWAY = [502, 503, 504];
let csrf = "";
/** @type {import("./lang.js").Lang} */
let lang = "zh";

/** The language of the words of refusals. @param {import("./lang.js").Lang} language */
export const speak = (language) => void (lang = language);

/**
 * @param {string} path @param {RequestInit} [init]
 * @returns {Promise<any>} null where the answer has no body
 */
async function ask(path, init) {
  let response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new NoAnswer(NO_ANSWER[lang]);
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  if (AWAY.includes(response.status)) throw new NoAnswer(body.detail ?? NO_ANSWER[lang]);
  throw new Refusal(response.status, body);
}

/** @param {string} path @param {Record<string, string | number>} [parameters] @returns {Promise<any>} */
export function read(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  return ask(query.size ? `${path}?${query}` : path);
}

/**
 * A request that changes something.
 * @param {"POST" | "PATCH" | "PUT" | "DELETE"} method @param {string} path
 * @param {unknown} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export function write(method, path, body, headers = {}) {
  /** @type {Record<string, string>} */
  const own = body === undefined ? {} : { "Content-Type": "application/json" };
  return ask(`${path}?lang=${lang}`, {
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
  ask(`${path}?lang=${lang}`, { method: "POST", headers: { "X-CSRF-Token": csrf, ...headers }, body: form });

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

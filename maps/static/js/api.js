// Reads JSON from the server; an error carries the server's own words.

/**
 * @param {string} path
 * @param {Record<string, string | number>} [parameters]
 * @returns {Promise<any>}
 */
async function read(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const response = await fetch(query.size ? `${path}?${query}` : path);
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `${response.status} ${response.statusText}`);
}

/** @param {string} q @returns {Promise<{communities: import("./types.js").CommunityRow[], next: string | null}>} */
export const readCommunities = (q) => read("communities", q ? { q } : {});

/** @param {string} code @param {string} lang */
export async function readCommunity(code, lang) {
  const path = `communities/${encodeURIComponent(code)}`;
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

// Grids of the plans in force in the communities of a list, as outlines behind its incidents.

import { communityPath, read, readCommunities } from "../api.js";

/** More communities than these are not outlined: the map would be all lines. */
const MOST = 6;
/** @type {Map<string, Promise<GeoJSON.FeatureCollection | null>>} */
const known = new Map();

/** @param {string} code @returns {Promise<GeoJSON.FeatureCollection | null>} null where no plan is in force, or it is not to be seen */
async function readOutline(code) {
  try {
    const { plans } = await read(`${communityPath(code)}/plans`);
    const plan = plans.find((/** @type {{status: string}} */ one) => one.status === "adopted");
    return plan ? await read(`plans/${plan.id}/grids`) : null;
  } catch {
    return null;
  }
}

/** Communities that were outlined last; none before the first list. @type {string[]} */
let last = [];

/** Where nothing is listed, the ground stays that of the list before, or of all communities where they are few. @param {{community: string}[]} rows */
async function codesOf(rows) {
  if (rows.length) return [...new Set(rows.map((row) => row.community))];
  if (last.length) return last;
  const { communities } = await readCommunities("");
  return communities.length > MOST ? [] : communities.map((/** @type {{code: string}} */ { code }) => code);
}

/** @param {{community: string}[]} rows @returns {Promise<GeoJSON.FeatureCollection[]>} */
export async function outlinesOf(rows) {
  const codes = (await codesOf(rows)).slice(0, MOST);
  last = codes;
  for (const code of codes) if (!known.has(code)) known.set(code, readOutline(code));
  const found = await Promise.all(codes.map((code) => known.get(code)));
  return found.filter((one) => one !== null && one !== undefined);
}

// Grids of the plans in force in the communities of a list, as outlines behind its incidents.

import { communityPath, read } from "../api.js";

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

/** @param {{community: string}[]} rows @returns {Promise<GeoJSON.FeatureCollection[]>} */
export async function outlinesOf(rows) {
  const codes = [...new Set(rows.map((row) => row.community))].slice(0, MOST);
  for (const code of codes) if (!known.has(code)) known.set(code, readOutline(code));
  const found = await Promise.all(codes.map((code) => known.get(code)));
  return found.filter((one) => one !== null && one !== undefined);
}

// What the public map shows, as plain values: filter, rows and classes of density.

/**
 * @typedef {object} Row as GET /public/incidents answers
 * @property {string} number @property {string} category_name @property {string} state_name @property {boolean} open
 * @property {string} community_name @property {string} reported @property {string | null} closed
 * @property {string} note @property {string[]} photos @property {number} lon @property {number} lat
 *
 * @typedef {object} Public
 * @property {import("../lang.js").Lang} lang
 * @property {string} category empty for all @property {string} state "", "open" or "closed"
 * @property {boolean} density whether it is shown
 * @property {Row[]} rows @property {number | null} next @property {string | null} chosen number of an incident
 */

export const PAGE = 200;
const FEWEST = 5;

/** @param {import("../lang.js").Lang} lang @param {string} hash @returns {Public} */
export function initial(lang, hash) {
  const told = new URLSearchParams(hash.replace(/^#/, ""));
  const state = told.get("state") ?? "";
  return {
    lang,
    category: told.get("category") ?? "",
    state: ["open", "closed"].includes(state) ? state : "",
    density: told.get("density") === "1",
    rows: [],
    next: null,
    chosen: null,
  };
}

/** The address's hash. @param {Public} now */
export function hashOf({ category, state, density }) {
  const told = new URLSearchParams();
  if (category) told.set("category", category);
  if (state) told.set("state", state);
  if (density) told.set("density", "1");
  return told.size ? `#${told}` : "";
}

/** Parameters of a page of incidents. @param {Public} now @param {number | null} after @returns {Record<string, string | number>} */
export function queryOf({ lang, category, state }, after) {
  return {
    lang,
    limit: PAGE,
    ...(category ? { category } : {}),
    ...(state ? { state } : {}),
    ...(after === null ? {} : { after }),
  };
}

/** A page that came: behind the rows that are there, or in their place. @param {Public} now @param {{incidents: Row[], next: number | null}} page @param {boolean} behind @returns {Public} */
export function withPage(now, page, behind) {
  const rows = behind ? [...now.rows, ...page.incidents] : page.incidents;
  const chosen = rows.some((row) => row.number === now.chosen) ? now.chosen : null;
  return { ...now, rows, next: page.next, chosen };
}

/**
 * Lower bounds of the classes 1 to 4 of density, from five up: quarters of the greatest count.
 * @param {(number | null)[]} counts
 */
export function classesOf(counts) {
  const most = Math.max(FEWEST, ...counts.map((count) => count ?? 0));
  const step = Math.max(1, Math.ceil((most - FEWEST + 1) / 4));
  return [0, 1, 2, 3].map((number) => FEWEST + number * step).filter((low) => low <= most);
}

/** Class of a count, 0 for one that is not told. @param {number | null} count @param {number[]} lows */
export const classOf = (count, lows) => (count === null ? 0 : lows.filter((low) => low <= count).length);

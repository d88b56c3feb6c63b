// The city page's state and the pure functions on it: filters, the tree of areas, what the address carries.

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {"none" | "draft" | "proposed" | "adopted" | "broken"} StateName
 * @typedef {{rule: string, grid: number | null, value: number, low: number, high: number}} Broken
 *
 * @typedef {object} Row a community of the list
 * @property {string} code
 * @property {string} name
 * @property {import("../types.js").Bbox} bbox
 * @property {[number, number]} label degrees
 * @property {number} buildings
 * @property {number} households
 * @property {number | null} persons
 * @property {StateName} state
 * @property {"draft" | "proposed" | null} underway the furthest plan that is not in force yet
 * @property {number} grids
 * @property {Broken[]} broken
 *
 * @typedef {{code: string, name: string, level: string, parent: string | null, communities: number}} Area
 * @typedef {{area: string, states: readonly StateName[], q: string}} Filter area: "" for all; states: empty for all
 * @typedef {{zoom: number, lat: number, lng: number}} View
 *
 * @typedef {object} City
 * @property {Lang} lang
 * @property {"loading" | "ready" | "empty" | "failed"} phase
 * @property {string | null} failure the server's words
 * @property {import("../types.js").Session | null} session
 * @property {readonly Area[]} areas
 * @property {Filter} filter
 * @property {readonly Row[]} rows listed so far
 * @property {string | null} next where the list goes on
 * @property {Record<StateName, number>} counts of the area and the words that are searched, by state
 * @property {number} unchecked communities whose grids are still to be looked at
 * @property {import("../types.js").Bbox | null} bbox of the area
 * @property {string | null} at code of the community under the pointer, the cursor or the map's middle
 */

/** Those that ask for something to be done come first, where there is not room for all. */
export const BY_URGENCY = /** @type {const} */ (["broken", "none", "draft", "proposed", "adopted"]);
export const SYMBOLS = { none: "○", draft: "◐", proposed: "▲", adopted: "✓", broken: "✗" };
export const STATES = /** @type {StateName[]} */ (Object.keys(SYMBOLS));
const NO_COUNTS = Object.freeze({ none: 0, draft: 0, proposed: 0, adopted: 0, broken: 0 });

/** @param {Lang} lang @param {Filter} filter @returns {City} */
export const initialCity = (lang, filter) => ({
  lang,
  phase: "loading",
  failure: null,
  session: null,
  areas: [],
  filter,
  rows: [],
  next: null,
  counts: NO_COUNTS,
  unchecked: 0,
  bbox: null,
  at: null,
});

/**
 * A page of the list arrived: the first one of a filter, or more of the same.
 * @param {City} city @param {any} answer @param {boolean} more @returns {City}
 */
export function withPage(city, answer, more) {
  const rows = more ? [...city.rows, ...answer.communities] : answer.communities;
  const { states: counts, unchecked, bbox, next } = answer;
  const { area, q } = city.filter;
  const empty = !area && !q && total(counts) === 0;
  return { ...city, phase: empty ? "empty" : "ready", failure: null, rows, counts, unchecked, bbox, next };
}

/** @param {City} city @param {Partial<Filter>} change @returns {City} */
export const withFilter = (city, change) => ({ ...city, filter: { ...city.filter, ...change } });

/** Takes a state into the filter, or out of it. @param {City} city @param {StateName} state @returns {City} */
export function withStateToggled(city, state) {
  const chosen = new Set(city.filter.states);
  if (!chosen.delete(state)) chosen.add(state);
  return withFilter(city, { states: STATES.filter((one) => chosen.has(one)) });
}

/** @param {Record<string, number>} counts */
export const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How many communities the filter lets through. @param {City} city */
export function matching({ counts, filter }) {
  return total(Object.fromEntries(STATES.filter((one) => lets(filter, one)).map((one) => [one, counts[one]])));
}

/** @param {Filter} filter @param {StateName} state */
const lets = ({ states }, state) => !states.length || states.includes(state);

/**
 * Areas from the top down, each with its depth; what lies in an area that is not told stands at the top.
 * @param {readonly Area[]} areas @returns {(Area & {depth: number})[]}
 */
export function areaTree(areas) {
  const known = new Set(areas.map((one) => one.code));
  /** @param {string | null} parent @param {number} depth @returns {(Area & {depth: number})[]} */
  const below = (parent, depth) =>
    areas
      .filter((one) => (one.parent !== null && known.has(one.parent) ? one.parent : null) === parent)
      .flatMap((one) => [{ ...one, depth }, ...below(one.code, depth + 1)]);
  return below(null, 0);
}

/** The area's code and those of all areas in it. @param {readonly Area[]} areas @param {string} code */
export function areasWithin(areas, code) {
  const found = new Set([code]);
  for (const one of areaTree(areas)) if (one.parent !== null && found.has(one.parent)) found.add(one.code);
  return found;
}

/**
 * A test of what the map brings out, by the same rules as the server's list.
 * @param {Filter} filter @param {readonly Area[]} areas
 * @returns {(properties: Record<string, any>) => boolean}
 */
export function shownBy(filter, areas) {
  const within = filter.area ? areasWithin(areas, filter.area) : null;
  const words = filter.q.toLowerCase();
  return ({ area, state, name, code }) =>
    lets(filter, state) &&
    (!within || within.has(area)) &&
    (!words || name.toLowerCase().includes(words) || code.toLowerCase().includes(words));
}

/** Parameters of the list. @param {Filter} filter @param {string} after @returns {[string, string][]} */
export function queryOf({ area, states, q }, after) {
  /** @type {[string, string][]} */
  const query = states.map((state) => ["state", state]);
  for (const [name, value] of Object.entries({ area, q, after })) if (value) query.push([name, value]);
  return query;
}

/** @param {string} hash @returns {{filter: Filter, view: View | null}} */
export function parseHash(hash) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const area = values.get("area") ?? "";
  const states = STATES.filter((state) => values.getAll("state").includes(state));
  const [zoom, lat, lng] = (values.get("view") ?? "").split("/").map(Number);
  const view = [zoom, lat, lng].every(Number.isFinite) ? { zoom, lat, lng } : null;
  return { filter: { area: /^\d{12}$/.test(area) ? area : "", states, q: (values.get("q") ?? "").slice(0, 100) }, view };
}

/** @param {Filter} filter @param {View | null} view */
export function formatHash(filter, view) {
  const values = new URLSearchParams(queryOf(filter, ""));
  if (view) values.set("view", [view.zoom, view.lat.toFixed(5), view.lng.toFixed(5)].join("/"));
  const query = values.toString().replaceAll("%2F", "/");
  return query && `#${query}`;
}

/** Where a community opens. @param {string} code */
export const communityAddress = (code) => `./#community=${encodeURIComponent(code)}`;

// What a grid worker's page does without asking anybody: the order of cards, the next steps, and what waits to be sent. Pure.

/**
 * @typedef {import("../desk/state.js").Case} Case
 * @typedef {import("../desk/evidence.js").Allowed} Allowed
 * @typedef {{blob: Blob, kind: string, preview: string}} Shot
 *
 * @typedef {object} Item something that waits to be sent
 * @property {string} key by which the server knows it when it comes again
 * @property {number} n its place in the order
 * @property {"step" | "report" | "visit"} kind
 * @property {string} by name of the account that did it
 * @property {string} at ISO
 * @property {string} title what it is, for the reader
 * @property {string} number of the incident; empty for reports and visits
 * @property {string} action of a step
 * @property {Record<string, any>} body what is sent
 * @property {Record<string, any>} values what was typed
 * @property {Shot[]} shots
 * @property {number} revision of the incident that a step was decided on
 * @property {string | null} refusal the server's words
 *
 * @typedef {{action: string, label: string, from: string[], to: string, actors: string[], kinds: string[], evidence: string[], guards: string[]}} Transition
 * @typedef {{states: {name: string, label: string, open: boolean}[], transitions: Transition[]}} Table
 */

/** Steps with a button of their own, in this order; the others stand behind "more". */
const BIG = ["respond", "check", "accept", "close_on_spot", "start", "resolve", "finish_step", "verify", "collect"];

/** The most urgent first; without a limit last. @param {Case[]} cases @returns {Case[]} */
export function byTimeLeft(cases) {
  const due = (/** @type {Case} */ { stage_due_at }) => (stage_due_at ? Date.parse(stage_due_at) : Number.MAX_VALUE);
  return [...cases].sort((a, b) => due(a) - due(b) || a.number.localeCompare(b.number));
}

/** @param {Allowed[]} allowed @returns {{big: Allowed[], more: Allowed[]}} */
export function buttonsOf(allowed) {
  const big = BIG.flatMap((action) => allowed.filter((one) => one.action === action));
  return { big, more: allowed.filter((one) => !big.includes(one)) };
}

/**
 * A case as it will be when what waits was sent, so that one step can follow another without network.
 * @param {Case} kase @param {Item[]} items @param {Table | null} table
 * @returns {{state: string, label: string, allowed: Allowed[], waiting: number}}
 */
export function foreseen(kase, items, table) {
  const waiting = items.filter((one) => one.kind === "step" && one.number === kase.number && !one.refusal);
  if (!waiting.length || !table) return { state: kase.state, label: kase.state_name, allowed: kase.allowed, waiting: waiting.length };
  let { state } = kase;
  for (const { action } of waiting) {
    const to = table.transitions.find((one) => one.action === action)?.to ?? "same";
    if (to === "before") state = kase.resume_state ?? "accepted";
    else if (to !== "same") state = to;
  }
  const allowed = table.transitions
    .filter(({ from, kinds, actors, guards }) =>
      from.includes(state) && kinds.includes(kase.kind) && actors.includes("grid_worker") && guards.every((one) => one === "own_work"))
    .map(({ action, label, evidence }) => ({ action, name: label, evidence }));
  const label = table.states.find((one) => one.name === state)?.label ?? state;
  return { state, label, allowed, waiting: waiting.length };
}

/**
 * What is to be sent next: in order, but what follows a refused step of the same case waits until that is mended or dropped.
 * @param {Item[]} items @param {string} account only what this account did goes under its name
 * @returns {Item | null}
 */
export function nextToSend(items, account) {
  const stuck = new Set(items.filter((one) => one.refusal && one.number).map((one) => one.number));
  return [...items].sort((a, b) => a.n - b.n).find((one) => !one.refusal && one.by === account && !stuck.has(one.number)) ?? null;
}

/** The revision that a step goes by: the newest that the worker has seen, own steps before it included. @param {Item} item @param {Map<string, number>} own after steps that were sent just now */
export const revisionOf = (item, own) => Math.max(item.revision, own.get(item.number) ?? 0);

/** How many wait, and how many were refused. @param {Item[]} items */
export const tally = (items) => ({
  waiting: items.filter((one) => !one.refusal).length,
  refused: items.filter((one) => one.refusal).length,
});

/**
 * @typedef {{id: number, name: string, grid: number | null, lon: number, lat: number, households: number, visited_at: string | null}} Building
 */

/** @typedef {{buildings: Building[], own?: number[]}} Place own: grids that one answers for */

/**
 * Buildings as the page keeps them.
 * @param {any} collection GeoJSON @param {Record<string, number>} grids by building @param {{building: number, visited_at: string | null}[]} visits
 * @returns {Building[]}
 */
export function buildingsOf(collection, grids, visits) {
  const visited = new Map(visits.map((one) => [one.building, one.visited_at]));
  return collection.features.map((/** @type {any} */ { properties, geometry }) => {
    const [lon, lat] = middleOf(geometry);
    const { id, name, address, source_id, households } = properties;
    return { id, name: name ?? address ?? source_id, grid: grids[id] ?? null, lon, lat, households, visited_at: visited.get(id) ?? null };
  });
}

/** The middle of a shape's extent. @param {any} geometry @returns {[number, number]} degrees */
function middleOf({ coordinates }) {
  const points = coordinates.flat(2);
  const [xs, ys] = [0, 1].map((axis) => points.map((/** @type {number[]} */ point) => point[axis]));
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

const NEAR_M = 60;
const DEGREE_M = 111_195;

/** The building that a place lies nearest to, where one is near. @param {Building[]} buildings @param {{lon: number, lat: number}} place degrees @returns {Building | null} */
export function nearest(buildings, { lon, lat }) {
  const east = Math.cos((lat * Math.PI) / 180);
  const far = (/** @type {Building} */ one) => Math.hypot((one.lon - lon) * east, one.lat - lat) * DEGREE_M;
  const best = buildings.reduce((/** @type {Building | null} */ found, one) => (found && far(found) <= far(one) ? found : one), null);
  return best && far(best) <= NEAR_M ? best : null;
}

/**
 * Buildings of a grid whose name has the words; those longest without a visit first.
 * @param {Building[]} buildings @param {{grid: number | null, q: string}} filter @returns {Building[]}
 */
export function roundOf(buildings, { grid, q }) {
  const words = q.trim().toLowerCase();
  return buildings
    .filter((one) => (grid === null || one.grid === grid) && (!words || one.name.toLowerCase().includes(words)))
    .sort((a, b) => (a.visited_at ?? "").localeCompare(b.visited_at ?? "") || a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/**
 * How many buildings with households a grid has, and how many of them were visited of late.
 * @param {Building[]} buildings @param {number | null} grid null: all
 */
export function coverageOf(buildings, grid) {
  const due = buildings.filter((one) => one.households > 0 && (grid === null || one.grid === grid));
  return { due: due.length, visited: due.filter((one) => one.visited_at).length };
}

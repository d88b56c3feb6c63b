// The page's state and the pure actions on it: each returns a new state and leaves the old one as it was.

import { gridAt } from "./edit/queue.js";
import { standingOf } from "./edit/standing.js";

/**
 * @typedef {import("./types.js").Community} Community
 * @typedef {import("./types.js").CommunityRow} CommunityRow
 * @typedef {import("./types.js").PlanRow} PlanRow
 * @typedef {import("./types.js").Plan} Plan
 * @typedef {import("./types.js").BuildingCollection} BuildingCollection
 * @typedef {import("./types.js").BuildingProperties} BuildingProperties
 * @typedef {import("./i18n.js").Lang} Lang
 *
 * @typedef {object} State
 * @property {Lang} lang
 * @property {"loading" | "ready" | "empty" | "failed"} phase
 * @property {string | null} failure what the server said
 * @property {readonly CommunityRow[]} communities
 * @property {Community | null} community
 * @property {BuildingCollection | null} buildings
 * @property {GeoJSON.FeatureCollection | null} barriers
 * @property {readonly PlanRow[]} plans newest first
 * @property {Plan | null} plan
 * @property {GeoJSON.FeatureCollection | null} grids
 * @property {Readonly<Record<string, number>>} assignments building id → grid number
 * @property {number | null} grid number of the selected grid
 * @property {number | null} building id of the selected building
 * @property {string} filter of the list of buildings
 * @property {import("./types.js").Session | null} session who is signed in
 * @property {import("./edit/state.js").Editing | null} edit the plan under the hand; null: it is only looked at
 */

/** @param {Lang} lang @returns {State} */
export function initialState(lang) {
  return {
    lang,
    phase: "loading",
    failure: null,
    communities: [],
    session: null,
    ...NO_COMMUNITY,
  };
}

const NO_PLAN = Object.freeze({ plan: null, grids: null, assignments: Object.freeze({}), grid: null, edit: null });
const NO_COMMUNITY = Object.freeze({
  community: null,
  buildings: null,
  barriers: null,
  plans: Object.freeze([]),
  building: null,
  filter: "",
  ...NO_PLAN,
});

/** @param {State} state @param {Lang} lang @returns {State} */
export const withLang = (state, lang) => ({ ...state, lang });

/** @param {State} state @param {readonly CommunityRow[]} communities @returns {State} */
export const withCommunities = (state, communities) => ({
  ...state,
  communities,
  phase: communities.length || state.community ? state.phase : "empty",
});

/** @param {State} state @returns {State} */
export const loading = (state) => ({ ...state, phase: "loading", failure: null });

/** @param {State} state @param {string} failure @returns {State} */
export const failed = (state, failure) => ({ ...state, phase: "failed", failure });

/**
 * A community's data arrived; its plan and all selection of the one before are gone.
 * @param {State} state
 * @param {{community: Community, buildings: BuildingCollection, barriers: GeoJSON.FeatureCollection, plans: readonly PlanRow[]}} data
 * @returns {State}
 */
export const withCommunity = (state, data) => ({ ...state, ...NO_COMMUNITY, ...data, phase: "ready" });

/**
 * @param {State} state
 * @param {{plan: Plan, grids: GeoJSON.FeatureCollection, assignments: Record<string, number>}} data
 * @returns {State}
 */
export const withPlan = (state, data) => ({
  ...state,
  ...data,
  phase: "ready",
  edit: null,
  grid: data.plan.grids.some((row) => row.number === state.grid) ? state.grid : null,
});

/** Selecting the selected grid again clears the selection. @param {State} state @param {number | null} grid @returns {State} */
export const selectGrid = (state, grid) => ({ ...state, grid: grid === state.grid ? null : grid, building: null });

/** @param {State} state @param {number | null} building @returns {State} */
export const selectBuilding = (state, building) => ({ ...state, building });

/** @param {State} state @param {string} filter @returns {State} */
export const withFilter = (state, filter) => ({ ...state, filter });

/** @param {State} state @param {number} id @returns {number | null} */
export const gridOf = (state, id) => (state.edit ? gridAt(state.edit.shown, id) : (state.assignments[id] ?? null));

/**
 * The plan as it stands on the page: the server's, or, under the hand, with the figures of the moment.
 * @param {State} state @returns {Plan | null}
 */
export function shownPlan({ plan, edit }) {
  if (!plan || !edit) return plan;
  const { grids, unassigned, checks } = standingOf(edit.shown, edit.rules);
  const saved = new Map(plan.grids.map((row) => [row.number, row]));
  return {
    ...plan,
    rules: edit.rules,
    checks,
    unassigned,
    grids: grids.map((row) => {
      const same = saved.get(row.number);
      return { ...row, code: same?.code ?? "", area_m2: same?.buildings === row.buildings ? same.area_m2 : null };
    }),
  };
}

/** @param {State} state @returns {BuildingProperties | null} */
export function selectedBuilding(state) {
  const feature = state.buildings?.features.find((one) => one.properties.id === state.building);
  return feature?.properties ?? null;
}

/**
 * The buildings of the list: those of the selected grid, or all, that match the filter; in their grids' order.
 * @param {State} state @returns {BuildingProperties[]}
 */
export function listedBuildings(state) {
  const wanted = state.filter.trim().toLowerCase();
  const last = Number.MAX_SAFE_INTEGER;
  return (state.buildings?.features ?? [])
    .map((feature) => feature.properties)
    .filter((one) => state.grid === null || gridOf(state, one.id) === state.grid)
    .filter((one) => !wanted || [one.name, one.address, one.source_id].some((s) => s?.toLowerCase().includes(wanted)))
    .sort((a, b) => (gridOf(state, a.id) ?? last) - (gridOf(state, b.id) ?? last) || a.id - b.id);
}

/**
 * The plan to open first: the one in force, else the newest that has grids, else the newest.
 * @param {PlanRow[]} plans newest first @returns {PlanRow | undefined}
 */
export const firstPlan = (plans) =>
  plans.find((plan) => plan.status === "adopted") ?? plans.find((plan) => plan.grids > 0) ?? plans[0];

/** What a building is called: name, else address, else its id at the source. @param {BuildingProperties} one */
export const titleOf = (one) => one.name ?? one.address ?? one.source_id;

/** @param {State} state @returns {import("./hash.js").Place} */
export const placeOf = (state) => ({
  community: state.community?.code ?? null,
  plan: state.plan?.id ?? null,
  grid: state.grid,
  building: state.building,
});

/**
 * A holder of the state that tells its listeners of each change.
 * @param {State} first
 */
export function createStore(first) {
  let state = first;
  /** @type {((now: State, before: State) => void)[]} */
  const listeners = [];
  return {
    get: () => state,
    /** @param {(state: State) => State} action */
    apply(action) {
      const before = state;
      state = action(before);
      if (state !== before) for (const listener of listeners) listener(state, before);
    },
    /** @param {(now: State, before: State) => void} listener */
    onChange: (listener) => void listeners.push(listener),
  };
}

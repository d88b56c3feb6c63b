// The panel beside the map: the plan's standing and reasons, the chosen building, how counts are known, the legend.

import { h } from "./dom.js";
import { text } from "./i18n.js";
import { gridOf, selectedBuilding, shownPlan, titleOf } from "./state.js";
import { planName } from "./ui/header.js";
import { swatch } from "./palette.js";
import { gridTable, planChecks } from "./table.js";

/** Buildings named in a sentence; the rest is in the file of the plan. */
const NAMED = 8;

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./types.js").Palette} Palette
 * @typedef {import("./types.js").CountKind} CountKind
 */

/**
 * The plan: status, rules as a whole, reasons and the table of grids; or what to do where there is none.
 * @param {State} state @param {Palette} palette @param {(number: number) => void} onChoose
 * @param {(plan: number) => void} onPlan
 * @returns {HTMLElement[]}
 */
export function planSection(state, palette, onChoose, onPlan) {
  const { community, lang } = state;
  const plan = shownPlan(state);
  if (!community) return [];
  if (!plan) return state.plans.length ? plansToChoose(state, onPlan) : noPlanYet(community, lang);
  const { status, gap } = plan.engine;
  const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
  const standing = h(
    "p",
    { className: "standing" },
    h("span", { className: `chip ${plan.status}` }, text(lang, plan.status)),
    h("span", { className: `chip engine-${status}` }, text(lang, status)),
    gap ? h("span", { className: "quiet" }, text(lang, "gap", { percent: percent.format(gap) })) : null,
  );
  /** @type {HTMLElement[]} */
  const parts = [h("h2", {}, text(lang, "grids")), standing];
  const checks = planChecks(plan, lang);
  if (checks) parts.push(checks);
  if (plan.reasons.length && !state.edit) parts.push(reasonList(state));
  const split = Object.keys(plan.split);
  if (split.length) parts.push(h("p", { className: "split" }, splitNote(split, lang)));
  if (plan.grids.length || status === "edited") {
    const table = gridTable(plan, state.grid, lang, palette, onChoose);
    parts.push(h("div", { className: "table-frame", tabIndex: 0, role: "region", "aria-label": text(lang, "gridsCaption") }, table));
  }
  if (plan.reasons.length && state.edit) parts.push(foldedReasons(state));
  return parts;
}

/** @param {import("./types.js").Community} community @param {import("./i18n.js").Lang} lang */
function noPlanYet({ code, may }, lang) {
  return [h("h2", {}, text(lang, "noPlanYet")), h("p", {}, text(lang, may.includes("plan.edit") ? "createHint" : "drawHint", { code }))];
}

/** Where the plan asked for could not be shown. @param {State} state @param {(plan: number) => void} onPlan */
function plansToChoose({ plans, phase, lang }, onPlan) {
  if (phase !== "failed") return [];
  const buttons = plans.map((row) => h("li", {}, h("button", { type: "button", className: "other-plan", onclick: () => onPlan(row.id) }, planName(row, lang))));
  return [h("h2", {}, text(lang, "noPlanOpen")), h("p", {}, text(lang, "choosePlan")), h("ul", {}, ...buttons)];
}

/** @param {string[]} names @param {import("./i18n.js").Lang} lang */
function splitNote(names, lang) {
  const rest = names.length > NAMED ? "…" : "";
  return text(lang, "split", { n: names.length, names: names.slice(0, NAMED).join(text(lang, "comma")) + rest });
}

/** @param {State} state */
const reasonItems = ({ plan }) => h("ul", {}, ...(plan?.reasons ?? []).map((reason) => h("li", {}, reason.text)));

/** @param {State} state */
const reasonList = (state) => h("div", { className: "reasons" }, h("h3", {}, text(state.lang, "reasons")), reasonItems(state));

/** While editing, the table stays in sight: what the plan breaks is told below it, as of the last refresh. @param {State} state */
function foldedReasons(state) {
  const open = document.getElementById("reasons-now")?.hasAttribute("open") ?? false;
  const title = text(state.lang, "reasonsNow", { n: state.plan?.reasons.length ?? 0 });
  return h("details", { id: "reasons-now", open, className: "reasons" }, h("summary", { id: "reasons-title" }, title), reasonItems(state));
}

/**
 * The chosen building in words.
 * @param {State} state @param {Palette} palette @param {() => void} onClose
 * @returns {HTMLElement[]}
 */
export function buildingSection(state, palette, onClose) {
  const { lang } = state;
  const one = selectedBuilding(state);
  if (!one) return [h("h2", {}, text(lang, "building")), h("p", { className: "quiet" }, text(lang, "buildingHint"))];
  const numbers = new Intl.NumberFormat(lang);
  const counted = (/** @type {number} */ value, /** @type {CountKind} */ kind) =>
    kind === "none" ? text(lang, "none") : text(lang, "counted", { value: numbers.format(value), kind: text(lang, kind) });
  const grid = gridOf(state, one.id);
  const gridText = grid === null ? text(lang, "noGrid") : text(lang, "inGrid", { number: grid });
  /** @type {[string, string | Node | null][]} */
  const facts = [
    ["grid", h("span", {}, swatch(palette, grid), gridText)],
    ["households", counted(one.households, one.households_kind)],
    ["persons", counted(one.persons, one.persons_kind)],
    ["address", one.address],
    ["estate", one.estate],
    ["floors", one.floors === null ? null : String(one.floors)],
    ["use", one.use],
    ["sourceId", one.source_id],
  ];
  const rows = facts.flatMap(([key, value]) =>
    value === null ? [] : [h("dt", {}, text(lang, key)), h("dd", {}, value)],
  );
  return [
    h("button", { type: "button", className: "close", "aria-label": text(lang, "close"), onclick: onClose }, "×"),
    h("h2", {}, titleOf(one)),
    h("dl", {}, ...rows),
  ];
}

/** @param {State} state @returns {HTMLElement[]} */
export function knownSection({ community, lang }) {
  if (!community) return [];
  const { households, persons } = community.known;
  return [
    h("h2", {}, text(lang, "known")),
    h("p", {}, text(lang, "knownHouseholds", households)),
    h("p", {}, text(lang, "knownPersons", persons)),
    ...(community.boundary_kind === "hull" ? [h("p", {}, text(lang, "hullNote"))] : []),
  ];
}

/** The kinds of barriers that are on the map, and the border of grids. @param {State} state @returns {HTMLElement[]} */
export function legendSection({ barriers, plan, lang }) {
  const kinds = new Set(barriers?.features.map((feature) => feature.properties?.kind));
  const shown = ["road", "water", "railway", "wall"].filter((kind) => kinds.has(kind));
  if (plan?.grids.length) shown.unshift("gridBorder");
  return shown.map((kind) => h("li", {}, h("span", { className: `line ${kind}` }), text(lang, kind)));
}

// Patrols and visits: a list of the grid's buildings, those longest without a visit first, and how it was there.

import { h } from "../dom.js";
import { timeText } from "../desk/texts.js";
import { coverageOf, roundOf } from "./state.js";
import { communityChooser } from "./report.js";
import { text } from "./texts.js";

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {import("./state.js").Building} Building
 * @typedef {import("./state.js").Place & import("./report.js").Around} Shown
 * @typedef {{visit: (building: Building, kind: string, outcome: string) => void, community: (code: string) => void, found: (building: number) => void}} Acts
 */
const OUTCOMES = ["nothing", "incident", "nobody_in", "advised"];
const MOST = 60;

/** @param {HTMLElement} element @param {Acts} acts */
export function createVisits(element, acts) {
  /** The grid is one's own until another is chosen. @type {{grid: number | null | undefined, q: string, kind: "patrol" | "visit", open: number | null}} */
  const chosen = { grid: undefined, q: "", kind: "patrol", open: null };
  /** @type {Shown | null} */
  let shown = null;
  const coverage = h("p", { id: "visit-coverage", className: "quiet small-print" });
  const list = h("ul", { className: "buildings" });

  /** @param {Shown} now */
  function render(now) {
    const { lang, buildings, community, own } = now;
    if (shown?.community !== community) chosen.grid = undefined;
    shown = now;
    if (chosen.grid === undefined && own?.length) [chosen.grid] = own;
    const say = (/** @type {string} */ key, values = {}) => text(lang, key, values);
    const grids = [...new Set(buildings.map((one) => one.grid))].filter((one) => one !== null).sort((a, b) => a - b);
    const grid = h("select", { id: "visit-grid" }, h("option", { value: "" }, say("allGrids")), ...grids.map((n) => h("option", { value: String(n) }, say("gridOption", { n }))));
    grid.value = String(chosen.grid ?? "");
    grid.addEventListener("change", () => {
      chosen.grid = grid.value ? Number(grid.value) : null;
      renderList();
    });
    const search = h("input", { type: "search", value: chosen.q, placeholder: say("searchBuilding"), "aria-label": say("searchBuilding") });
    search.addEventListener("input", () => {
      chosen.q = search.value;
      renderList();
    });
    const kinds = /** @type {const} */ (["patrol", "visit"]).map((kind) =>
      h("button", { type: "button", "aria-pressed": String(kind === chosen.kind), onclick: () => setKind(kind) }, say(kind === "visit" ? "visitKind" : kind)),
    );
    element.replaceChildren(
      h("h2", {}, say("visitTitle")),
      h("p", { className: "quiet small-print" }, say("visitHint")),
      ...communityChooser("visit-community", now, acts.community),
      h("label", { htmlFor: "visit-grid" }, say("grid")), grid,
      h("div", { className: "segments", role: "group", "aria-label": say("kindLabel") }, ...kinds),
      search,
      coverage,
      list,
    );
    renderList();
  }

  /** @param {"patrol" | "visit"} kind */
  function setKind(kind) {
    chosen.kind = kind;
    if (shown) render(shown);
    const pressed = element.querySelector("[aria-pressed=true]");
    if (pressed instanceof HTMLElement) pressed.focus();
  }

  function renderList() {
    if (!shown) return;
    const { lang, buildings } = shown;
    const grid = chosen.grid ?? null;
    coverage.textContent = buildings.length ? text(lang, "coverage", coverageOf(buildings, grid)) : text(lang, "noBuildings");
    list.replaceChildren(...roundOf(buildings, { ...chosen, grid }).slice(0, MOST).map((one) => rowOf(lang, one)));
  }

  /** @param {Lang} lang @param {Building} building */
  function rowOf(lang, building) {
    const { id, name, visited_at } = building;
    const isOpen = chosen.open === id;
    const outcomes = OUTCOMES.map((outcome) =>
      h("button", { type: "button", "data-outcome": outcome, onclick: () => take(building, outcome) }, text(lang, `outcome_${outcome}`)),
    );
    const toggle = () => {
      chosen.open = isOpen ? null : id;
      renderList();
      focusOn(id);
    };
    return h(
      "li",
      { "data-building": String(id) },
      h("button", { type: "button", className: "name", "aria-expanded": String(isOpen), onclick: toggle }, h("b", {}, name), h("span", {}, visited_at ? text(lang, "lastVisit", { at: timeText(lang, visited_at).slice(0, 10) }) : text(lang, "neverVisited"))),
      isOpen ? h("div", { className: "big" }, ...outcomes) : null,
    );
  }

  /** @param {number} id */
  const focusOn = (id) => {
    const button = list.querySelector(`[data-building="${id}"] .name`);
    if (button instanceof HTMLElement) button.focus();
  };

  /** @param {Building} building @param {string} outcome */
  function take(building, outcome) {
    chosen.open = null;
    acts.visit(building, chosen.kind, outcome);
    if (outcome === "incident") acts.found(building.id);
    else renderList();
  }

  return { render };
}

// Two plans of a community: the map swiped between them, and the households that change their grid.

import { communityPath, read } from "../api.js";
import { h } from "../dom.js";
import { divide } from "../edit/division.js";
import { createGround } from "../edit/ground.js";
import { text } from "../i18n.js";
import { planName } from "./header.js";

/**
 * @typedef {{from: number | null, to: number | null, buildings: number, households: number}} Row
 * @typedef {{moved: {buildings: number, households: number}, table: Row[]}} Difference
 */

/**
 * @param {HTMLDetailsElement} box @param {HTMLElement} slide the line and its slider, over the map
 * @param {() => import("../state.js").State} get
 * @param {{showOther: (buildings: import("../types.js").BuildingCollection, division: import("../edit/division.js").Division, grids: GeoJSON.FeatureCollection) => void, moveSwipe: (at: number) => void, endSwipe: () => void}} map
 */
export function createCompare(box, slide, get, map) {
  const title = h("summary");
  const choice = h("p", { className: "row" });
  const result = h("div", {});
  const range = h("input", { type: "range", id: "swipe", min: "0", max: "100", value: "50", oninput: place });
  const line = h("div", { className: "swipe-mark" });
  const names = h("div", { className: "swipe-names" });
  slide.append(line, names, range);
  slide.hidden = true;
  box.append(title, choice, result);
  /** @type {string} */
  let shown = "";
  /** @type {number | null} */
  let other = null;
  /** Revision of the page's plan that the difference was read at. @type {number | undefined} */
  let revision;

  /** The line, and the plans on both sides of it. */
  function place() {
    line.style.left = `${range.value}%`;
    names.style.gridTemplateColumns = `${range.value}% 1fr`;
    map.moveSwipe(Number(range.value) / 100);
  }

  /** Which plan is at which side. */
  function renderNames() {
    const { plan, plans, lang } = get();
    const name = (/** @type {number | undefined} */ id) => plans.filter((row) => row.id === id).map((row) => h("span", {}, planName(row, lang)));
    names.replaceChildren(...[plan?.id, other ?? undefined].map((id) => h("p", {}, ...name(id))));
  }

  function end() {
    other = null;
    slide.hidden = true;
    result.replaceChildren();
    map.endSwipe();
  }

  /** @param {number} id */
  async function start(id) {
    const { plan, community, buildings, lang } = get();
    if (!plan || !community || !buildings) return;
    other = id;
    revision = plan.revision;
    const [difference, assignments, grids, neighbours] = await Promise.all([
      read(`plans/${plan.id}/diff/${id}`),
      read(`plans/${id}/assignments`),
      read(`plans/${id}/grids`),
      read(`${communityPath(community.code)}/neighbours`),
    ]);
    if (other !== id) return;
    map.showOther(buildings, divide(createGround(buildings, neighbours), assignments), grids);
    renderNames();
    place();
    slide.hidden = false;
    result.replaceChildren(...differenceTable(difference, lang));
  }

  return {
    /** @param {import("../state.js").State} state */
    render({ plan, plans, community, lang }) {
      const others = plans.filter((row) => row.id !== plan?.id && row.grids > 0);
      box.hidden = !plan || !others.length;
      title.textContent = text(lang, "compare");
      if (other !== null) renderNames();
      const now = JSON.stringify([community?.code, plan?.id, lang, others.map((row) => [row.id, row.name, row.status])]);
      if (now === shown) {
        if (other !== null && plan?.revision !== revision) void start(other);
        return;
      }
      shown = now;
      if (other !== null) end();
      range.setAttribute("aria-label", text(lang, "swipe"));
      const select = h(
        "select",
        { id: "compare-with", onchange: () => (select.value ? start(Number(select.value)) : end()) },
        h("option", { value: "" }, text(lang, "compareNone")),
        ...others.map((row) => h("option", { value: String(row.id) }, planName(row, lang))),
      );
      choice.replaceChildren(h("label", {}, text(lang, "compareWith"), " ", select));
    },
  };
}

/** @param {Difference} difference @param {import("../i18n.js").Lang} lang @returns {HTMLElement[]} */
function differenceTable({ moved, table }, lang) {
  const numbers = new Intl.NumberFormat(lang);
  const name = (/** @type {number | null} */ grid) => (grid === null ? text(lang, "unassigned") : text(lang, "gridOption", { number: grid }));
  const rows = table.filter((row) => row.from !== row.to);
  const summary = h("p", { role: "status" }, moved.buildings ? text(lang, "compareMoved", moved) : text(lang, "compareSame"));
  if (!rows.length) return [summary];
  const head = ["compareFrom", "compareTo", "buildings", "households"].map((key) => h("th", { scope: "col" }, text(lang, key)));
  return [
    summary,
    h(
      "table",
      { className: "difference" },
      h("caption", { className: "unseen" }, text(lang, "compareCaption")),
      h("thead", {}, h("tr", {}, ...head)),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, h("td", {}, name(row.from)), h("td", {}, name(row.to)), h("td", {}, numbers.format(row.buildings)), h("td", {}, numbers.format(row.households))))),
    ),
  ];
}

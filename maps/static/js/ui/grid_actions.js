// What can be done with the chosen grid: lock it, merge it into another, take it away.

import { h } from "../dom.js";
import { merge, neighbouringGrids, remove } from "../edit/operations.js";
import { gridNumbers } from "../edit/division.js";
import { text } from "../i18n.js";

/**
 * @param {import("../state.js").State} state @param {import("../edit/editor.js").Editor} editor
 * @param {(grid: number) => void} split by the engine
 * @returns {HTMLElement[]}
 */
export function gridActions({ edit, grid, lang }, editor, split) {
  if (!edit || grid === null) return [];
  const locked = edit.locks.grids.has(grid);
  const near = neighbouringGrids(edit.shown, grid);
  const others = [...near, ...gridNumbers(edit.shown).filter((number) => number !== grid && !near.includes(number))];
  const into = h(
    "select",
    { id: "merge-into" },
    ...others.map((number) => h("option", { value: String(number) }, text(lang, "gridOption", { number }))),
  );
  const toNeighbours = h(
    "select",
    { id: "remove-how", "aria-label": text(lang, "removeGrid") },
    h("option", { value: "neighbours" }, text(lang, "removeNeighbours")),
    h("option", { value: "loose" }, text(lang, "removeLoose")),
  );
  const act = (/** @type {string} */ kind, /** @type {() => import("../edit/operations.js").Operation} */ make) => () => editor.act(kind, make());
  const name = text(lang, locked ? "unlockGrid" : "lockGrid", { number: grid });
  const toggle = () => editor.setLocks(locked ? {} : { grids: [grid] }, locked ? { grids: [grid] } : {});
  return [
    h("h2", {}, text(lang, "gridActions", { number: grid })),
    h(
      "p",
      { className: "row" },
      h("button", { type: "button", id: "lock-grid", onclick: toggle }, name),
      h("button", { type: "button", id: "split-grid", onclick: () => split(grid) }, text(lang, "splitGrid")),
    ),
    others.length
      ? h(
          "p",
          { className: "row" },
          h("label", {}, text(lang, "mergeInto"), " ", into),
          h("button", { type: "button", id: "merge", onclick: () => editor.act("merge", merge(edit.shown, edit, grid, Number(into.value))) }, text(lang, "mergeDo")),
        )
      : h("p"),
    h(
      "p",
      { className: "row" },
      toNeighbours,
      h("button", { type: "button", id: "remove-grid", onclick: act("remove", () => remove(edit.shown, edit, grid, toNeighbours.value === "neighbours")) }, text(lang, "removeGrid")),
    ),
  ];
}

/**
 * Locks of one building and its estate, for the panel that tells about it.
 * @param {import("../state.js").State} state @param {number} id @param {import("../edit/editor.js").Editor} editor
 * @returns {HTMLElement[]}
 */
export function lockButtons({ edit, lang }, id, editor) {
  const index = edit?.shown.ground.at.get(id);
  if (!edit || index === undefined) return [];
  const estate = edit.shown.ground.estates[index];
  const one = edit.locks.buildings.has(id);
  const all = estate !== null && edit.locks.estates.has(estate);
  const button = (/** @type {string} */ key, /** @type {boolean} */ locked, /** @type {object} */ what) =>
    h(
      "button",
      { type: "button", id: `lock-${key}`, onclick: () => editor.setLocks(locked ? {} : what, locked ? what : {}) },
      text(lang, `${locked ? "unlock" : "lock"}${key === "building" ? "Building" : "Estate"}`),
    );
  const buttons = [button("building", one, { buildings: [id] })];
  if (estate !== null) buttons.push(button("estate", all, { estates: [estate] }));
  return [h("p", { className: "row" }, ...buttons)];
}

// The list of buildings, a listbox for the keyboard: arrows move the cursor and the map follows. While a plan is edited,
// several can be chosen, and moved or locked by a key.

import { nextIndex } from "./arrows.js";
import { h } from "./dom.js";
import { actedOn, choose } from "./edit/choosing.js";
import { text } from "./i18n.js";
import { gridOf, listedBuildings, titleOf } from "./state.js";

/** More rows are not drawn; the filter narrows the list. */
const MOST_ROWS = 200;

/**
 * @typedef {object} Acts
 * @property {() => import("./state.js").State} state
 * @property {(id: number) => void} pick
 * @property {(ids: ReadonlySet<number>) => void} choose
 * @property {(ids: number[], grid: number | "target") => void} assign
 * @property {(ids: number[]) => void} lock
 */

/** @param {HTMLElement} listbox @param {HTMLElement} count @param {Acts} acts */
export function createList(listbox, count, acts) {
  /** @type {number | null} */
  let anchor = null;

  listbox.addEventListener("click", (event) => {
    const option = event.target instanceof Element && event.target.closest("[data-building]");
    if (!(option instanceof HTMLElement)) return;
    const id = Number(option.dataset.building);
    const { edit } = acts.state();
    acts.pick(id);
    if (edit) take(id, event.shiftKey ? "range" : event.ctrlKey || event.metaKey ? "toggle" : "only");
  });
  listbox.addEventListener("keydown", (event) => {
    const options = [...listbox.querySelectorAll("[data-building]")];
    const { building, edit } = acts.state();
    const at = options.findIndex((option) => option.id === `building-${building}`);
    const option = options[nextIndex(event.key, at, options.length) ?? -1];
    if (option instanceof HTMLElement) {
      event.preventDefault();
      const id = Number(option.dataset.building);
      if (edit && event.shiftKey) {
        anchor ??= building ?? id;
        take(id, "range");
      }
      acts.pick(id);
    } else if (edit && act(event, edit, building)) event.preventDefault();
  });

  /** @param {number} id @param {"only" | "toggle" | "range"} how */
  function take(id, how) {
    const state = acts.state();
    const ids = listedBuildings(state).map((one) => one.id);
    acts.choose(choose(ids, state.edit?.chosen ?? new Set(), anchor, id, how));
    if (how !== "range") anchor = id;
  }

  /** Keys of editing. @param {KeyboardEvent} event @param {import("./edit/state.js").Editing} edit @param {number | null} active */
  function act(event, edit, active) {
    const { key } = event;
    const ids = actedOn(edit.chosen, active);
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() !== "a") return false;
      acts.choose(new Set(listedBuildings(acts.state()).map((one) => one.id)));
      return true;
    }
    if (event.altKey) return false;
    if (key === " " && active !== null) return take(active, "toggle"), true;
    if (key === "Escape" && edit.chosen.size) return acts.choose(new Set()), true;
    if (!ids.length) return false;
    if (/^\d$/.test(key)) return acts.assign(ids, Number(key)), true;
    if (key === "Enter") return acts.assign(ids, "target"), true;
    if (key.toLowerCase() === "l") return acts.lock(ids), true;
    return false;
  }

  return {
    /** @param {import("./state.js").State} state */
    render(state) {
      const listed = listedBuildings(state);
      const rows = listed.slice(0, MOST_ROWS).map((one) => {
        const grid = gridOf(state, one.id);
        const where = grid === null ? text(state.lang, "noGrid") : text(state.lang, "inGrid", { number: grid });
        const locked = state.edit?.locks.buildings.has(one.id) ? ` · ${text(state.lang, "locked")}` : "";
        return h(
          "li",
          { id: `building-${one.id}`, role: "option", "data-building": one.id },
          h("span", {}, titleOf(one)),
          h("small", {}, where + locked),
        );
      });
      listbox.replaceChildren(...rows);
      listbox.setAttribute("aria-multiselectable", String(Boolean(state.edit)));
      const counts = { shown: rows.length, found: listed.length, total: state.buildings?.features.length ?? 0 };
      count.textContent = text(state.lang, rows.length < listed.length ? "listCut" : "listCount", counts);
      this.mark(state);
    },

    /** Show the cursor and what is chosen. @param {import("./state.js").State} state */
    mark({ building, edit }) {
      for (const option of listbox.children) {
        const active = option.id === `building-${building}`;
        const id = Number(option instanceof HTMLElement && option.dataset.building);
        option.setAttribute("aria-selected", String(edit ? edit.chosen.has(id) : active));
        option.classList.toggle("active", active);
        if (active && option instanceof HTMLElement) scrollWithin(listbox, option);
      }
      listbox.setAttribute("aria-activedescendant", building === null ? "" : `building-${building}`);
    },
  };
}

/** Scrolls the list only: scrollIntoView would move the page too. @param {HTMLElement} frame @param {HTMLElement} row */
function scrollWithin(frame, row) {
  const top = row.offsetTop;
  if (top < frame.scrollTop) frame.scrollTop = top;
  const below = top + row.offsetHeight - frame.clientHeight;
  if (below > frame.scrollTop) frame.scrollTop = below;
}

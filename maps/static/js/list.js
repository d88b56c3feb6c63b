// The list of buildings, a listbox for the keyboard: arrows move the choice, the map follows.

import { h } from "./dom.js";
import { text } from "./i18n.js";
import { gridOf, listedBuildings, titleOf } from "./state.js";

/** More rows are not drawn; the filter narrows the list. */
const MOST_ROWS = 200;

/**
 * @param {HTMLElement} listbox @param {HTMLElement} count
 * @param {(id: number) => void} onPick
 */
export function createList(listbox, count, onPick) {
  listbox.addEventListener("click", (event) => {
    const option = event.target instanceof Element && event.target.closest("[data-building]");
    if (option instanceof HTMLElement) onPick(Number(option.dataset.building));
  });
  listbox.addEventListener("keydown", (event) => {
    const options = [...listbox.querySelectorAll("[data-building]")];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const to = nextIndex(event.key, at, options.length);
    const option = to === null ? undefined : options[to];
    if (!(option instanceof HTMLElement)) return;
    event.preventDefault();
    onPick(Number(option.dataset.building));
  });

  return {
    /** @param {import("./state.js").State} state */
    render(state) {
      const listed = listedBuildings(state);
      const rows = listed.slice(0, MOST_ROWS).map((one) => {
        const grid = gridOf(state, one.id);
        const where = grid === null ? text(state.lang, "noGrid") : text(state.lang, "inGrid", { number: grid });
        const chosen = one.id === state.building;
        return h(
          "li",
          { id: `building-${one.id}`, role: "option", "aria-selected": chosen, "data-building": one.id },
          h("span", {}, titleOf(one)),
          h("small", {}, where),
        );
      });
      listbox.replaceChildren(...rows);
      count.textContent = text(state.lang, "listCount", { shown: rows.length, total: listed.length });
      this.mark(state);
    },

    /** Show which building is chosen. @param {import("./state.js").State} state */
    mark(state) {
      for (const option of listbox.children) {
        const chosen = option.id === `building-${state.building}`;
        option.setAttribute("aria-selected", String(chosen));
        if (chosen && option instanceof HTMLElement) scrollWithin(listbox, option);
      }
      listbox.setAttribute("aria-activedescendant", state.building === null ? "" : `building-${state.building}`);
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

/**
 * Where a key moves the choice in a list; null: not a key of lists.
 * @param {string} key @param {number} at −1: nothing chosen @param {number} length
 */
export function nextIndex(key, at, length) {
  if (!length) return null;
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, length - 1);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return null;
  }
}

// What narrows the city down: areas to choose from, and the legend, each state a button.

import { byId, h } from "../dom.js";
import { swatchOf } from "../palette.js";
import { areaTree, STATES, SYMBOLS } from "./state.js";
import { text } from "./texts.js";

/** @typedef {import("./state.js").City} City */

/** @param {City} now */
export function renderAreas({ areas, filter, lang }) {
  const tree = areaTree(areas);
  const all = tree.filter((one) => one.depth === 0).reduce((sum, one) => sum + one.communities, 0);
  const options = tree.map(({ code, name, depth, communities: n }) =>
    h("option", { value: code }, "\u3000".repeat(depth) + text(lang, "areaOption", { name, n })),
  );
  const chooser = byId("area", HTMLSelectElement);
  chooser.replaceChildren(h("option", { value: "" }, text(lang, "allAreas", { n: all })), ...options);
  chooser.value = filter.area;
  byId("area-label", HTMLElement).hidden = !areas.length;
}

/**
 * @param {City} now @param {import("./map.js").Settings["palette"]} palette
 * @param {(state: import("./state.js").StateName) => void} toggle
 */
export function renderStates({ counts, filter, lang }, palette, toggle) {
  const focused = document.activeElement?.getAttribute("data-state");
  const buttons = STATES.map((state) =>
    h(
      "button",
      {
        type: "button",
        "data-state": state,
        "aria-pressed": filter.states.includes(state),
        "aria-label": text(lang, "stateCount", { state: text(lang, state), n: counts[state] }),
        onclick: () => toggle(state),
      },
      swatchOf(palette.states[state], palette.ink),
      h("span", {}, `${SYMBOLS[state]} ${text(lang, state)}`),
      h("strong", {}, String(counts[state])),
    ),
  );
  byId("state-buttons", HTMLElement).replaceChildren(...buttons);
  buttons.find((one) => one.getAttribute("data-state") === focused)?.focus();
}

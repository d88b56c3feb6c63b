// What a case looks like by its state: a shape and a colour, the same on the map and in the list.

import { markOf } from "./state.js";

/** Shapes in a square of 24, by mark. @type {Record<import("./state.js").Mark, string>} */
const SHAPES = {
  new: "M12 3L22 20H2Z",
  waiting: "M12 2L22 12L12 22L2 12Z",
  working: "M12 3A9 9 0 1 1 12 21A9 9 0 1 1 12 3Z",
  checking: "M4 4H20V20H4Z",
  paused: "M4 3H10V21H4ZM14 3H20V21H14Z",
  ended: "M3 12L6 9L10 13L18 5L21 8L10 19Z",
};
const SVG = "http://www.w3.org/2000/svg";

/**
 * The sign of a state; it is told in words beside it, so that it need not be read out.
 * @param {string} state @param {{overdue?: boolean, urgent?: boolean}} [more]
 */
export function stateSign(state, more = {}) {
  return signOf(markOf(state), more);
}

/** @param {import("./state.js").Mark} mark @param {{overdue?: boolean, urgent?: boolean}} [more] */
export function signOf(mark, { overdue = false, urgent = false } = {}) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `sign ${mark}${overdue ? " late" : ""}${urgent ? " urgent" : ""}`);
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", SHAPES[mark]);
  svg.append(shape);
  if (overdue) {
    const exclamation = document.createElementNS(SVG, "path");
    exclamation.setAttribute("d", "M18 0H24V8H18ZM18 10H24V14H18Z");
    exclamation.setAttribute("class", "exclamation");
    svg.append(exclamation);
  }
  return svg;
}

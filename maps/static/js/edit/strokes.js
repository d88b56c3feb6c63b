// A stroke: what one press of the pointer, its way and its release do with a tool. Pure but for the stroke's own memory.

import { assign } from "./operations.js";
import { brushed, lassoed, swept } from "./tools.js";
import { unitsOf } from "./geometry.js";
import { gridAt } from "./queue.js";

/**
 * @typedef {import("./state.js").Editing} Editing
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./operations.js").Operation} Operation
 *
 * @typedef {object} Stroke
 * @property {"brush" | "lasso" | "sweep"} tool
 * @property {Point[]} way
 * @property {Set<number>} touched indices
 * @property {number} grid that receives; of a sweep, the one it began in
 */

const SWEEP_RADIUS = 10;

/** Tools that take what lies on the pointer's way; the others take what is clicked. @param {string} tool */
export const isStroke = (tool) => tool === "brush" || tool === "lasso" || tool === "sweep";

/**
 * @param {Editing} edit @param {Point} point @param {number} zoom
 * @returns {Stroke | null} null: a sweep that does not begin at a grid
 */
export function beginStroke(edit, point, zoom) {
  const tool = /** @type {Stroke["tool"]} */ (edit.tool);
  const grid = tool === "sweep" ? gridNear(edit, point, zoom) : edit.target;
  if (grid === null) return null;
  const stroke = { tool, way: [point], touched: /** @type {Set<number>} */ (new Set()), grid };
  touch(stroke, edit, point, zoom);
  return stroke;
}

/** The pointer moved on. @param {Stroke} stroke @param {Editing} edit @param {Point} point @param {number} zoom */
export function extendStroke(stroke, edit, point, zoom) {
  touch(stroke, edit, point, zoom);
  stroke.way.push(point);
}

/** What the stroke does so far. @param {Stroke} stroke @param {Editing} edit @returns {Operation} */
export function strokeOperation(stroke, edit) {
  const division = edit.queue.shown;
  const taken =
    stroke.tool === "lasso"
      ? lassoed(division.ground, stroke.way)
      : stroke.tool === "sweep"
        ? swept(division, stroke.grid, stroke.touched)
        : stroke.touched;
  return assign(division, edit, taken, stroke.grid);
}

/** @param {Stroke} stroke @param {Editing} edit @param {Point} point @param {number} zoom */
function touch(stroke, edit, point, zoom) {
  if (stroke.tool === "lasso") return;
  const radius = unitsOf(stroke.tool === "sweep" ? SWEEP_RADIUS : edit.radius, zoom);
  const last = stroke.way[stroke.way.length - 1];
  for (const index of brushed(edit.shown.ground, last, point, radius)) stroke.touched.add(index);
}

/** The grid of the building that is nearest to a point, within reach of the hand. @param {Editing} edit @param {Point} point @param {number} zoom */
function gridNear(edit, point, zoom) {
  const { ground } = edit.shown;
  for (const pixels of [0, 6, 12, 24, 48]) {
    for (const index of brushed(ground, point, point, unitsOf(pixels, zoom))) {
      const grid = gridAt(edit.shown, ground.ids[index]);
      if (grid) return grid;
    }
  }
  return null;
}

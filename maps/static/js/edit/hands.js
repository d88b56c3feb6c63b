// The stroke under the hand: shown as it grows, sent when the pointer lets go, gone when it is cancelled.

import * as actions from "./state.js";
import { beginStroke, extendStroke, strokeOperation } from "./strokes.js";

/**
 * @typedef {import("./state.js").Editing} Editing
 * @typedef {import("./operations.js").Operation} Operation
 */

/**
 * @param {() => Editing | null} editing
 * @param {(action: (edit: Editing) => Editing) => void} change
 * @param {(tool: string, operation: Operation) => void} done
 * @param {(points: readonly import("./geometry.js").Point[]) => void} showLine
 */
export function createHands(editing, change, done, showLine) {
  /** @type {import("./strokes.js").Stroke | null} */
  let stroke = null;

  /** Shows the stroke on the queue as it is now. */
  function redraw() {
    const edit = editing();
    if (!stroke || !edit) return;
    if (stroke.tool === "lasso") return showLine(stroke.way);
    const { moves } = strokeOperation(stroke, edit);
    change((one) => actions.withStroke(one, moves));
  }

  /** @type {import("../map/pointer.js").Hands} */
  const hands = {
    begin(point, zoom) {
      const edit = editing();
      if (!edit) return false;
      stroke = beginStroke(edit, point, zoom);
      if (!stroke) change((one) => actions.withMessage(one, { text: "sweepFromGrid" }));
      redraw();
      return stroke !== null;
    },
    move(point, zoom) {
      const edit = editing();
      if (!stroke || !edit) return;
      const before = stroke.touched.size;
      extendStroke(stroke, edit, point, zoom);
      if (stroke.tool === "lasso" || stroke.touched.size !== before) redraw();
    },
    end() {
      const edit = editing();
      const ended = stroke;
      stroke = null;
      showLine([]);
      if (!ended || !edit) return;
      const operation = strokeOperation(ended, edit);
      if (operation.moves.length || operation.locked) done(ended.tool, operation);
    },
    cancel() {
      if (!stroke) return;
      stroke = null;
      showLine([]);
      change((one) => actions.withStroke(one, []));
    },
  };

  return { hands, redraw, busy: () => stroke !== null };
}

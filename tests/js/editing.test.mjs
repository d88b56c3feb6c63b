import assert from "node:assert/strict";
import test from "node:test";

import { divide } from "../../maps/static/js/edit/division.js";
import { enqueue, spared } from "../../maps/static/js/edit/queue.js";
import { command, moveCommand } from "../../maps/static/js/edit/requests.js";
import { movedByHand, startEditing, withMade, withQueue } from "../../maps/static/js/edit/state.js";
import { lattice } from "./town.mjs";

const division = divide(lattice(3, 2), { 1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2 });
const plan = {
  id: 1, revision: 5, rules: {}, locks: { buildings: [], estates: [], grids: [], all: false }, history: { undo: null, redo: null },
};
const start = () => startEditing(plan, division);
const move = (building, from, to) => ({ building, from, to });
const made = (revision, kind, moves, more = {}) => ({ revision, kind, by: "li", at: "", moves, details: {}, undoes: null, ...more });
const after = (...edits) => [...movedByHand(edits.reduce(withMade, start()))].sort();

test("what is moved by hand stays so after undo and redo", () => {
  const first = made(6, "click", [[1, 1, 2]]);
  const undone = made(7, "undo", [[1, 2, 1]], { undoes: 6 });
  assert.deepEqual(after(first), [1]);
  assert.deepEqual(after(first, undone), []);
  assert.deepEqual(after(first, undone, made(8, "redo", [[1, 1, 2]], { undoes: 6 })), [1]);
});

test("undo of the second of two moves of a building leaves the first", () => {
  const both = [made(6, "click", [[1, 1, 2]]), made(7, "brush", [[1, 2, 3], [2, 1, 3]])];
  assert.deepEqual(after(...both), [1, 2]);
  assert.deepEqual(after(...both, made(8, "undo", [[1, 3, 2], [2, 3, 1]], { undoes: 7 })), [1]);
});

test("what the engine proposed is not by hand, nor made again", () => {
  const job = { details: { job: 3, kind: "repair" } };
  const accepted = made(6, "accept", [[1, 1, 2]], job);
  assert.deepEqual(after(accepted), []);
  assert.deepEqual(after(accepted, made(7, "undo", [[1, 2, 1]], { undoes: 6 }), made(8, "redo", [[1, 1, 2]], { undoes: 6 })), []);
  assert.deepEqual(after(made(6, "reapply", [[1, 1, 2]], job)), []);
});

test("what is on its way counts at once, and no more when it is refused", () => {
  const edit = start();
  const waiting = withQueue(edit, enqueue(edit.queue, moveCommand("click", [move(4, 2, 1)])));
  assert.deepEqual([...movedByHand(waiting)], [4]);
  assert.deepEqual([...movedByHand(withQueue(waiting, edit.queue))], []);
});

test("undo asked for more often than there is something to undo is not sent", () => {
  const asked = ["undo", "undo", "locks", "undo"].reduce((queue, kind) => enqueue(queue, command(kind)), start().queue);
  assert.deepEqual(spared(asked, { undo: null, redo: {} }).pending.map(({ kind }) => kind), ["locks", "undo"]);
  assert.equal(spared(asked, { undo: made(6, "click", []), redo: null }), asked);
  const redo = enqueue(start().queue, command("redo"));
  assert.deepEqual(spared(redo, { undo: made(6, "click", []), redo: null }).pending, []);
});

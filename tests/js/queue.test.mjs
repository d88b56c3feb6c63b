import assert from "node:assert/strict";
import test from "node:test";

import { divide } from "../../maps/static/js/edit/division.js";
import {
  confirmed, createQueue, enqueue, gridAt, overtaken, refused, sending, settled,
} from "../../maps/static/js/edit/queue.js";
import { lattice, randomly } from "./town.mjs";

const ground = lattice(3, 2);
const start = () => createQueue(divide(ground, { 1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2 }), 5);
let keys = 0;
const newKey = () => `k${++keys}`;
const move = (building, from, to) => ({ building, from, to });
const command = (...moves) => ({ key: newKey(), kind: "moves", body: { kind: "click", details: {}, moves }, moves });
const edit = (revision, ...moves) => ({ revision, kind: "click", by: "li", at: "", moves, details: {}, undoes: null });
const shown = (queue) => ground.ids.map((id) => gridAt(queue.shown, id));

test("an edit is shown at once, and stays as it is when the server confirms it", () => {
  const queue = sending(enqueue(start(), command(move(1, 1, 2))));
  assert.deepEqual(shown(queue), [2, 1, 1, 2, 2, 2]);
  const after = confirmed(queue, { revision: 6, edit: edit(6, [1, 1, 2]) });
  assert.equal(after.shown, queue.shown);
  assert.deepEqual([after.revision, after.pending.length, gridAt(after.base, 1)], [6, 0, 2]);
});

test("only the server knows what undo brings; it is shown when it answers", () => {
  const queue = enqueue(start(), { key: "u", kind: "undo", moves: [] });
  assert.deepEqual(shown(confirmed(queue, { revision: 6, edit: edit(6, [4, 2, 1]) })), [1, 1, 1, 1, 2, 2]);
});

test("what waits behind an undo is made from where undo brought the buildings", () => {
  let queue = enqueue(start(), { key: "u", kind: "undo", moves: [] });
  for (const one of [command(move(4, 2, 3)), command(move(5, 2, 1)), command(move(4, 3, 2))]) queue = enqueue(queue, one);
  const after = confirmed(sending(queue), { revision: 6, edit: edit(6, [4, 2, 1], [5, 2, 1]) });
  assert.deepEqual(shown(after), [1, 1, 1, 2, 1, 2]);
  assert.deepEqual(after.pending.map(({ key, moves }) => [key, moves]), [
    [queue.pending[1].key, [move(4, 1, 3)]],
    [queue.pending[3].key, [move(4, 3, 2)]],
  ]);
  assert.deepEqual(after.pending[0].body.moves, [move(4, 1, 3)]);
});

test("a repeated answer, of an edit that the base has already, changes nothing", () => {
  const queue = enqueue(start(), command(move(1, 1, 2)));
  const after = confirmed(queue, { revision: 5, edit: edit(4, [1, 1, 2]) });
  assert.deepEqual([after.revision, shown(after)], [5, [1, 1, 1, 2, 2, 2]]);
});

test("what is refused is taken back, with what was built upon it", () => {
  let queue = enqueue(start(), command(move(1, 1, 3)));
  queue = enqueue(queue, command(move(1, 3, 2)));
  queue = enqueue(queue, command(move(6, 2, 1)));
  const { queue: after, dropped } = refused(queue);
  assert.equal(dropped, 1);
  assert.deepEqual(shown(after), [1, 1, 1, 2, 2, 1]);
});

test("others' edits go under mine where they touch other buildings", () => {
  const queue = enqueue(start(), command(move(1, 1, 2)));
  const { queue: after, clashes } = overtaken(queue, [edit(7, [6, 1, 3]), edit(6, [6, 2, 1])], newKey);
  assert.deepEqual([clashes, after.revision, shown(after)], [[], 7, [2, 1, 1, 2, 2, 3]]);
  assert.equal(after.pending[0].key, queue.pending[0].key);
});

test("edits heard of twice count once", () => {
  const { queue } = overtaken(start(), [edit(6, [6, 2, 1])], newKey);
  assert.equal(overtaken(queue, [edit(6, [6, 2, 1])], newKey).queue, queue);
});

test("the same building moved elsewhere by another clashes: reapplied from where it is, or given up", () => {
  const queue = enqueue(start(), command(move(1, 1, 2), move(2, 1, 2)));
  const theirs = edit(6, [1, 1, 3]);
  const { queue: under, clashes } = overtaken(queue, [theirs], newKey);
  assert.deepEqual(clashes.map(({ buildings, edits }) => [buildings, edits]), [[[1], [theirs]]]);
  const again = settled(under, clashes, true, newKey);
  assert.deepEqual(again.pending[0].body, { kind: "reapply", details: {}, moves: [move(1, 3, 2), move(2, 1, 2)] });
  assert.notEqual(again.pending[0].key, queue.pending[0].key);
  assert.deepEqual(shown(again), [2, 2, 1, 2, 2, 2]);
  const given = settled(under, clashes, false, newKey);
  assert.deepEqual([given.pending.length, shown(given)], [0, [3, 1, 1, 2, 2, 2]]);
});

test("what another did just as I wanted needs no sending", () => {
  const queue = enqueue(start(), command(move(1, 1, 2), move(2, 1, 2)));
  const { queue: after, clashes } = overtaken(queue, [edit(6, [1, 1, 2])], newKey);
  assert.deepEqual(clashes, []);
  assert.deepEqual(after.pending[0].body.moves, [move(2, 1, 2)]);
  assert.notEqual(after.pending[0].key, queue.pending[0].key);
});

test("rules changed by both clash", () => {
  const mine = { key: "r", kind: "rules", body: {}, moves: [] };
  const theirs = { ...edit(6), kind: "rules" };
  const { queue, clashes } = overtaken(enqueue(start(), mine), [theirs], newKey);
  assert.equal(clashes.length, 1);
  assert.equal(settled(queue, clashes, true, newKey).pending.length, 1);
  assert.equal(settled(queue, clashes, false, newKey).pending.length, 0);
});

test("two pages that edit at random and hear of each other late end alike", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomly(seed);
    const log = [];
    const pages = [start(), start()];
    for (let step = 0; step < 60; step++) {
      const at = random(2);
      let page = pages[at];
      if (random(3)) {
        const building = 1 + random(6);
        const [from, to] = [gridAt(page.shown, building), 1 + random(3)];
        if (from !== to) page = enqueue(page, command(move(building, from, to)));
      } else if (page.pending.length) {
        page = exchange(page, log);
      }
      pages[at] = page;
    }
    for (const at of [0, 1, 0, 1]) while (pages[at].pending.length) pages[at] = exchange(pages[at], log);
    const ended = pages.map((page) => overtaken(page, log, newKey).queue);
    assert.deepEqual(shown(ended[0]), shown(ended[1]));
    const moved = new Map(log.flatMap((one) => one.moves.map(([building, , to]) => [building, to])));
    for (const [building, to] of moved) assert.equal(gridAt(ended[0].shown, building), to);
  }
});

/** One request: refused with the edits missed where there are any, else written to the log. */
function exchange(page, log) {
  const missed = log.filter((one) => one.revision > page.revision);
  if (missed.length) {
    const { queue, clashes } = overtaken(page, missed, newKey);
    return settled(queue, clashes, true, newKey);
  }
  const { moves } = page.pending[0];
  const done = edit(page.revision + 1, ...moves.map(({ building, from, to }) => [building, from, to]));
  for (const { building, from } of moves) assert.equal(gridAt(page.base, building), from);
  log.push(done);
  return confirmed(sending(page), { revision: done.revision, edit: done });
}

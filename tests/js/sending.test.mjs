import assert from "node:assert/strict";
import test from "node:test";

import { NoAnswer, Refusal } from "../../maps/static/js/api.js";
import { divide } from "../../maps/static/js/edit/division.js";
import { createKeeper } from "../../maps/static/js/edit/keeping.js";
import { restored } from "../../maps/static/js/edit/opening.js";
import { createQueue, enqueue, gridAt, settled } from "../../maps/static/js/edit/queue.js";
import { command, moveCommand, requestOf } from "../../maps/static/js/edit/requests.js";
import { newKey } from "../../maps/static/js/key.js";
import { createSender } from "../../maps/static/js/edit/sender.js";
import { startEditing } from "../../maps/static/js/edit/state.js";
import { lattice } from "./town.mjs";

const ground = lattice(3, 2);
const division = () => divide(ground, { 1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2 });
const move = (building, from, to) => ({ building, from, to });
const edit = (revision, ...moves) => ({ revision, kind: "click", by: "wang", at: "", moves, details: {}, undoes: null });

/** A desk whose server answers from a list, and remembers what it was asked. */
function desk(answers, held = false) {
  const asked = [];
  const told = { links: [], refused: [], clashes: [] };
  const waiting = [];
  let queue = createQueue(division(), 5);
  const kept = {
    plan: 9,
    queue: () => queue,
    setQueue(next, clashes = []) {
      queue = next;
      told.clashes.push(...clashes);
    },
    answered: () => {},
    refused: (words, dropped) => told.refused.push([words, dropped]),
    link: (link) => told.links.push(link),
    async write(method, path, body, headers) {
      asked.push({ method, path, body, ...headers });
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return typeof answer === "function" ? answer() : answer;
    },
    later: (retry) => waiting.push(retry),
  };
  const sender = createSender(kept, held);
  return {
    asked,
    told,
    waiting,
    sender,
    queue: () => queue,
    add: (one) => (queue = enqueue(queue, one)),
    at: (id) => gridAt(queue.shown, id),
  };
}

test("commands go one after another, each on the revision before it", async () => {
  const one = desk([
    { revision: 6, edit: edit(6, [1, 1, 2]) },
    { revision: 7, edit: edit(7, [2, 1, 2]) },
  ]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  one.add(moveCommand("brush", [move(2, 1, 2)]));
  await one.sender.run();
  assert.deepEqual(one.asked.map((request) => [request.method, request.path, request["If-Match"]]), [
    ["PATCH", "plans/9/assignments", '"r5"'],
    ["PATCH", "plans/9/assignments", '"r6"'],
  ]);
  assert.notEqual(one.asked[0]["Idempotency-Key"], one.asked[1]["Idempotency-Key"]);
  assert.equal(one.told.links.at(-1), "saved");
});

test("without an answer the page says so, keeps the edit, and sends it again with the same key", async () => {
  const one = desk([new NoAnswer("gone"), { revision: 6, edit: edit(6, [1, 1, 2]), replayed: true }]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  await one.sender.run();
  assert.deepEqual([one.told.links.at(-1), one.queue().pending.length, one.at(1)], ["broken", 1, 2]);
  await one.waiting[0]();
  assert.equal(one.asked[0]["Idempotency-Key"], one.asked[1]["Idempotency-Key"]);
  assert.deepEqual([one.told.links.at(-1), one.queue().pending.length, one.at(1)], ["saved", 0, 2]);
});

test("what is refused is taken back, and the server's words are told", async () => {
  const one = desk([new Refusal(409, { detail: "locked" })]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  await one.sender.run();
  assert.deepEqual(one.told.refused, [["locked", 0]]);
  assert.equal(one.at(1), 1);
});

test("others' edits told with 412 go under mine, which is sent again", async () => {
  const stale = new Refusal(412, { detail: "stale", revision: 6, delta: { edits: [edit(6, [6, 2, 1])] } });
  const one = desk([stale, { revision: 7, edit: edit(7, [1, 1, 2]) }]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  await one.sender.run();
  assert.deepEqual(one.asked.map((request) => request["If-Match"]), ['"r5"', '"r6"']);
  assert.deepEqual([one.at(1), one.at(6), one.queue().revision], [2, 1, 7]);
});

test("others' edits of other buildings come with the answer, and go under what waits", async () => {
  const one = desk([
    { revision: 7, edit: edit(7, [1, 1, 2]), missed: [edit(6, [6, 2, 1])] },
    { revision: 8, edit: edit(8, [2, 1, 2]), missed: [] },
  ]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  one.add(moveCommand("click", [move(2, 1, 2)]));
  await one.sender.run();
  assert.deepEqual(one.asked.map((request) => [request["If-Match"], request.Prefer]), [
    ['"r5"', "handling=lenient"],
    ['"r7"', "handling=lenient"],
  ]);
  assert.deepEqual([one.at(1), one.at(2), one.at(6), one.queue().revision], [2, 2, 1, 8]);
});

test("what waits and clashes with an edit that came with the answer is held", async () => {
  const one = desk([{ revision: 7, edit: edit(7, [1, 1, 2]), missed: [edit(6, [2, 1, 3])] }]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  one.add(moveCommand("click", [move(2, 1, 2)]));
  await one.sender.run();
  assert.deepEqual([one.asked.length, one.told.clashes.length, one.queue().revision], [1, 1, 7]);
});

test("where both moved a building nothing more is sent until it is decided", async () => {
  const stale = new Refusal(412, { detail: "stale", revision: 6, delta: { edits: [edit(6, [1, 1, 3])] } });
  const one = desk([stale]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  await one.sender.run();
  assert.equal(one.told.clashes.length, 1);
  await one.sender.run();
  assert.equal(one.asked.length, 1);

  // nor when the page is opened anew before it is decided
  const now = { ...editing(), queue: createQueue(divide(ground, { 1: 3, 2: 1 }), 6) };
  const { clashes } = restored(now, one.queue().pending);
  assert.deepEqual(clashes.map(({ buildings }) => buildings), [[1]]);
  const again = desk([], true);
  again.add(one.queue().pending[0]);
  await again.sender.run();
  assert.equal(again.asked.length, 0);
});

test("a plan that has gone back, as after a backup was restored, is told once and not asked for ever", async () => {
  const one = desk([new Refusal(412, { detail: "the plan is at revision 3", revision: 3, delta: { edits: [] } })]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  await one.sender.run();
  assert.deepEqual([one.asked.length, one.told.refused, one.at(1)], [1, [["the plan is at revision 3", 0]], 1]);
});

test("an undo falls with the edit that it was meant for, and takes back no other", async () => {
  const undo = () => command("undo");
  const theirs = (to) => new Refusal(412, { detail: "stale", revision: 6, delta: { edits: [edit(6, [1, 1, to])] } });
  for (const answer of [new Refusal(409, { detail: "locked" }), theirs(2)]) {
    const one = desk([answer]);
    one.add(moveCommand("click", [move(1, 1, 2)]));
    one.add(undo());
    one.add(command("redo"));
    await one.sender.run();
    assert.deepEqual([one.asked.length, one.queue().pending.length], [1, 0]);
  }
  const clashing = desk([theirs(3)]);
  clashing.add(moveCommand("click", [move(1, 1, 2)]));
  clashing.add(undo());
  await clashing.sender.run();
  const given = settled(clashing.queue(), clashing.told.clashes, false, newKey);
  assert.equal(given.pending.length, 0);
  assert.equal(settled(clashing.queue(), clashing.told.clashes, true, newKey).pending.length, 2);

  // nor is it left when the page is opened anew, and the edit is done already
  const kept = [moveCommand("click", [move(1, 1, 2)]), undo()].reduce(enqueue, createQueue(division(), 5)).pending;
  const now = { ...editing(), queue: createQueue(divide(ground, { 1: 2, 2: 1 }), 6) };
  assert.equal(restored(now, kept).edit.queue.pending.length, 0);

  // an undo of what the server has done stands, whatever falls away before it
  const older = desk([new Refusal(409, { detail: "locked" }), { revision: 6, edit: edit(6, [2, 2, 1]) }]);
  older.add(moveCommand("click", [move(1, 1, 2)]));
  older.add(undo());
  older.add(undo());
  await older.sender.run();
  assert.equal(older.asked.length, 2);
});

test("a signed-out page keeps its edits and waits", async () => {
  const one = desk([new Refusal(401, { detail: "sign in" })]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  await one.sender.run();
  assert.deepEqual([one.told.links.at(-1), one.queue().pending.length], ["signedOut", 1]);
});

test("one's own edit heard of before its answer is not taken for another's", async () => {
  const mine = edit(6, [1, 1, 2]);
  const one = desk([
    () => {
      one.sender.hear([mine]);
      return { revision: 6, edit: mine };
    },
  ]);
  one.add(moveCommand("click", [move(1, 1, 2)]));
  await one.sender.run();
  assert.deepEqual([one.told.clashes, one.queue().revision, one.at(1)], [[], 6, 2]);
});

test("each kind of command has its address", () => {
  const paths = ["undo", "redo", "locks", "rules", "name"].map((kind) => {
    const { method, path } = requestOf(4, command(kind));
    return `${method} ${path}`;
  });
  assert.deepEqual(paths, ["POST plans/4/undo", "POST plans/4/redo", "POST plans/4/locks", "PUT plans/4/rules", "PATCH plans/4"]);
  assert.notEqual(newKey(), newKey());
});

/** localStorage, as far as it is used. */
function storage() {
  const items = new Map();
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
    key: (i) => [...items.keys()][i] ?? null,
    get length() {
      return items.size;
    },
  };
}

test("waiting edits survive the page, for the same account and plan alone", () => {
  const store = storage();
  const waiting = [moveCommand("click", [move(1, 1, 2)])];
  createKeeper(store, "li", 9, "a").keep(waiting);
  assert.deepEqual(createKeeper(store, "wang", 9, "b").takeOver(), []);
  assert.deepEqual(createKeeper(store, "li", 8, "b").takeOver(), []);
  const next = createKeeper(store, "li", 9, "c");
  assert.deepEqual(next.takeOver(), waiting);
  assert.equal(store.length, 1);
  next.keep([]);
  assert.equal(store.length, 0);
});

test("what lies there broken is left aside", () => {
  const store = storage();
  store.setItem("wangge-waiting:li:9:a", "{nonsense");
  assert.deepEqual(createKeeper(store, "li", 9, "b").takeOver(), []);
});

const editing = () => startEditing({ id: 9, revision: 5, locks: { buildings: [], estates: [], grids: [], all: false }, history: {}, rules: {} }, division());

test("kept edits are queued again; done ones fall away, and unfit ones clash", () => {
  const fit = moveCommand("click", [move(1, 1, 2)]);
  const done = moveCommand("click", [move(2, 2, 1)]);
  const unfit = moveCommand("click", [move(3, 2, 4)]);
  const { edit: now, clashes } = restored(editing(), [fit, done, unfit]);
  assert.deepEqual(now.queue.pending.map(({ key }) => key), [fit.key, unfit.key]);
  assert.deepEqual(clashes.map(({ buildings }) => buildings), [[3]]);
});

test("an edit that may have reached the server goes again as it was", () => {
  const sent = { ...moveCommand("click", [move(3, 2, 1)]), sent: true };
  const { edit: now, clashes } = restored(editing(), [sent]);
  assert.deepEqual([now.queue.pending, clashes], [[{ ...sent, id: sent.key, of: null }], []]);
});

test("a browser without room for waiting edits goes on", (context) => {
  const told = context.mock.method(console, "warn", () => {});
  const full = { length: 0, key: () => null, getItem: () => null, removeItem() {}, setItem() { throw new Error("full"); } };
  createKeeper(full, "li", 9, "p").keep([moveCommand("click", [move(1, 1, 2)])]);
  assert.equal(told.mock.callCount(), 1);
});

import assert from "node:assert/strict";
import test from "node:test";

import { actedOn, choose } from "../../maps/static/js/edit/choosing.js";
import { divide } from "../../maps/static/js/edit/division.js";
import { mercator } from "../../maps/static/js/edit/geometry.js";
import { lockMessage, toggleBuildings } from "../../maps/static/js/edit/locks.js";
import { movesInto, openMoves, partsOf, previewOf } from "../../maps/static/js/edit/proposals.js";
import { enqueue } from "../../maps/static/js/edit/queue.js";
import { command } from "../../maps/static/js/edit/requests.js";
import { kept, rulesOf, valuesOf } from "../../maps/static/js/edit/rules_values.js";
import * as editing from "../../maps/static/js/edit/state.js";
import { beginStroke, extendStroke, strokeOperation } from "../../maps/static/js/edit/strokes.js";
import { labelPlace } from "../../maps/static/js/map/labels.js";
import { clashLines } from "../../maps/static/js/ui/clash_dialog.js";
import { editWords } from "../../maps/static/js/ui/history.js";
import { openSteps } from "../../maps/static/js/ui/plan_menu.js";
import { brokenRules } from "../../maps/static/js/ui/proposal.js";
import { messageText } from "../../maps/static/js/ui/status.js";
import { lattice, middle } from "./town.mjs";

const ground = lattice(3, 2);
const NO_LOCKS = { buildings: [], estates: [], grids: [], all: false };
const plan = { id: 9, revision: 5, locks: NO_LOCKS, history: { undo: null, redo: null }, rules: { grids: [1, 4] } };
const start = () => editing.startEditing(plan, divide(ground, { 1: 1, 2: 1, 3: 2, 4: 1, 5: 2, 6: 2 }));
const at = (id) => mercator(...middle(3, id));
const ZOOM = 19;

test("a brush stroke gathers what it passes, for the target", () => {
  const edit = editing.withTarget(editing.withTool(start(), "brush"), 3);
  const stroke = beginStroke(edit, at(1), ZOOM);
  extendStroke(stroke, edit, at(3), ZOOM);
  const { moves } = strokeOperation(stroke, edit);
  assert.deepEqual(moves.map(({ building, to }) => [building, to]), [[1, 3], [2, 3], [3, 3]]);
});

test("a sweep belongs to the grid that it began in, and begins in none elsewhere", () => {
  const edit = editing.withTarget(editing.withTool(start(), "sweep"), 4);
  const stroke = beginStroke(edit, at(2), ZOOM);
  extendStroke(stroke, edit, at(3), ZOOM);
  assert.deepEqual(strokeOperation(stroke, edit).moves, [{ building: 3, from: 2, to: 1 }]);
  assert.equal(beginStroke(edit, mercator(114, 28), ZOOM), null);
});

test("the stroke under the hand is shown, and gone when it is cancelled", () => {
  const edit = start();
  const shown = editing.withStroke(edit, [{ building: 1, from: 1, to: 2 }]);
  assert.equal(shown.shown.of[0], 2);
  assert.deepEqual(editing.withStroke(shown, []).shown.of, edit.shown.of);
});

test("the brush has a smallest and a largest size", () => {
  let edit = start();
  for (let i = 0; i < 20; i++) edit = editing.resized(edit, 1);
  assert.equal(edit.radius, 80);
  for (let i = 0; i < 20; i++) edit = editing.resized(edit, -1);
  assert.equal(edit.radius, 6);
});

test("undo is there for what stands and for what is on its way", () => {
  const edit = start();
  assert.deepEqual([editing.canUndo(edit), editing.canRedo(edit)], [false, false]);
  const stands = editing.withAnswer(edit, { history: { undo: { revision: 5, kind: "click" }, redo: null } });
  assert.ok(editing.canUndo(stands));
});

test("redo is there for an undo on its way, until something else is done", () => {
  const waiting = (...kinds) => {
    const edit = editing.withAnswer(start(), { history: { undo: { revision: 5, kind: "click" }, redo: null } });
    const pending = kinds.map((kind) => ({ key: kind, kind, moves: kind === "moves" ? [{ building: 1, from: 1, to: 2 }] : [] }));
    return editing.canRedo({ ...edit, queue: { ...edit.queue, pending } });
  };
  assert.ok(!waiting("undo", "undo", "undo", "undo", "undo"), "no further ahead of the server");
  assert.deepEqual(
    [waiting(), waiting("undo"), waiting("undo", "redo"), waiting("undo", "undo", "redo"), waiting("undo", "moves"), waiting("undo", "locks")],
    [false, true, false, true, false, true],
  );
});

test("rows are chosen alone, one by one, and in a row", () => {
  const ids = [5, 3, 8, 1];
  const only = choose(ids, new Set([8]), null, 3, "only");
  assert.deepEqual([...only], [3]);
  assert.deepEqual([...choose(ids, only, 3, 1, "range")], [3, 8, 1]);
  assert.deepEqual([...choose(ids, new Set([3, 8]), 3, 8, "toggle")], [3]);
  assert.deepEqual([actedOn(new Set(), 4), actedOn(new Set([2]), 4), actedOn(new Set(), null)], [[4], [2], []]);
});

const RULES = {
  grids: [4, 8], households: [150, 300], persons: null, balance_tolerance: 0.15, preset: "compact",
  soft: { households: 0.5, visits: 2 }, oversized: "refuse", weights: null,
};

test("rules survive the way through the form, with what the form does not show", () => {
  assert.deepEqual(rulesOf(valuesOf(RULES), RULES), { rules: RULES, faults: [] });
});

test("the form makes rules of what was typed", () => {
  const values = { ...valuesOf(RULES), "persons.low": "600", "persons.high": " 1000 ", balance: "", "soft.households": "", "soft.grids": "on", "weight.grids": "2.5" };
  const { rules, faults } = rulesOf(values, RULES);
  assert.deepEqual(faults, []);
  assert.deepEqual([rules.persons, rules.balance_tolerance, rules.soft], [[600, 1000], null, { visits: 2, grids: 2.5 }]);
});

test("all faults are told at once, each at its field", () => {
  const values = { ...valuesOf(RULES), "grids.low": "0", "households.low": "400", "persons.low": "1.5", balance: "much", "weight.households": "-1" };
  const fields = rulesOf(values, RULES).faults.map(({ field, key }) => `${field} ${key}`);
  assert.deepEqual(fields, [
    "grids.low faultWhole", "households.high faultOrder", "persons.low faultWhole", "persons.high faultOtherEnd",
    "balance faultNumber", "weight.households faultNumber",
  ]);
});

test("digits at full width are digits, and what is too large is told the most", () => {
  const values = { ...valuesOf(RULES), "grids.low": "１", "grids.high": "1000", "households.low": "１５０ ", "persons.low": "0", "persons.high": "999999999999999999", balance: "７．５" };
  const { rules, faults } = rulesOf(values, RULES);
  assert.deepEqual(faults.map(({ field, key, values: told }) => [field, key, told.most]), [
    ["grids.high", "faultMost", 999], ["persons.high", "faultMost", 999_999_999],
  ]);
  assert.deepEqual([rules.grids[0], rules.households[0], rules.balance_tolerance], [1, 150, 0.075]);
});

test("what is typed stays when the saved rules change, and what changed is told", () => {
  const before = valuesOf(RULES);
  const now = valuesOf({ ...RULES, persons: [1, 2], preset: "stable" });
  const typed = { ...before, "households.low": "7" };
  const merged = kept(typed, before, now);
  assert.deepEqual(merged.elsewhere.sort(), ["persons", "preset"]);
  assert.deepEqual([merged.values["households.low"], merged.values["persons.low"], merged.values.preset], ["7", "1", "stable"]);
  assert.deepEqual(kept(before, before, now), { values: now, elsewhere: [] });
  assert.deepEqual(kept({ ...now }, before, now).elsewhere, []);
});

test("a proposal is taken whole or by grid; what somebody moved since is left out", () => {
  const { shown } = start();
  const proposed = [[1, 1, 2], [2, 1, null], [3, 1, 2], [4, 2, 3]].map(([building, from, to]) => ({ building, from, to }));
  const { open: moves, movedSince } = openMoves(shown, proposed);
  assert.equal(movedSince, 1);
  assert.deepEqual(moves, [{ building: 1, from: 1, to: 2 }, { building: 2, from: 1, to: null }]);
  assert.deepEqual(partsOf(shown, moves), [
    { grid: 2, buildings: 1, households: 10 },
    { grid: null, buildings: 1, households: 10 },
  ]);
  assert.deepEqual(movesInto(moves, new Set([2])), [moves[0]]);
  assert.deepEqual([...previewOf(moves)], [[1, 2], [2, 0]]);
});

test("rules that do not hold are counted", () => {
  const held = { held: true };
  const broken = { held: false };
  const standing = {
    grids: [{ rules: { households: broken, persons: null, contiguity: broken } }],
    checks: { grids: held, balance_tolerance: null, contiguity: broken },
  };
  assert.equal(brokenRules(standing), 2);
});

test("the steps of a plan are those that its state and the reader's rights allow", () => {
  const may = ["draft.read", "plan.edit", "plan.adopt"];
  assert.deepEqual(openSteps({ status: "draft", may }, true), ["rename", "fork", "create", "propose", "retire"]);
  assert.deepEqual(openSteps(null, false, may), ["create"]);
  assert.deepEqual(openSteps(null, false, ["draft.read"]), []);
  assert.deepEqual(openSteps({ status: "proposed", may: ["plan.edit"] }, false), ["fork", "create", "reopen"]);
  assert.deepEqual(openSteps({ status: "proposed", may }, false).slice(-2), ["adopt", "retire"]);
  assert.deepEqual(openSteps({ status: "adopted", may: ["map.read"] }, false), []);
  assert.deepEqual(openSteps(null, false), []);
});

test("what was done is said in both languages, with what was left out", () => {
  const said = (lang, message) => messageText({ ...start(), message }, lang);
  assert.equal(said("zh", { done: { moved: 3, to: 2, locked: 1 } }), "3 栋移到网格 2。跳过已锁定的 1 栋。");
  assert.equal(said("en", { done: { moved: 3, to: null, locked: 0 } }), "3 buildings are in no grid now.");
  assert.equal(said("zh", { done: { moved: 0, to: null, locked: 0 } }), "没有需要移动的楼栋。");
  assert.equal(said("zh", { words: "楼栋已锁定。", dropped: 2 }), "服务器没有接受，已撤回：楼栋已锁定。此后基于它的 2 项修改也已撤回。");
  assert.equal(said("en", { text: "noFreeNumber" }), "No grid number is free: the rules allow 4 grids; raise the rule first.");
  assert.match(said("zh", null), /点击楼栋查看；按 C/);
  for (const tool of editing.TOOLS) {
    const hint = messageText({ ...start(), tool }, "en", true);
    assert.doesNotMatch(hint, /press|\[|space/, tool);
  }
});

test("rules are said to be saved once the server has answered for them", () => {
  const message = { text: "rulesSaving" };
  const edit = editing.withMessage(start(), message);
  const waiting = editing.withQueue(edit, enqueue(edit.queue, command("rules", RULES)));
  assert.deepEqual([edit, waiting, start()].map(editing.isSavingRules), [true, false, false]);
});

test("what was locked or unlocked is said", () => {
  const said = (lang, lock, unlock) => messageText({ ...start(), message: lockMessage(lock, unlock) }, lang);
  const all = { all: true };
  assert.deepEqual([said("zh", all, {}), said("zh", {}, all)], ["已全部锁定。", "已解除全部锁定。"]);
  assert.equal(said("en", { grids: [3] }, {}), "Grid 3 is locked.");
  assert.equal(said("zh", {}, { estates: [7] }), "已解锁小区。");
  const { lock = {}, unlock = {} } = toggleBuildings(start().locks, [1, 2]);
  assert.equal(said("en", lock, unlock), "2 buildings are locked.");
  assert.equal(said("en", unlock, lock), "2 buildings are unlocked.");
});

test("an entry of the journal in words", () => {
  const entry = (more) => ({ revision: 3, by: "li", at: "", moves: [], details: {}, undoes: null, ...more });
  const moves = [[1, 1, 2], [2, 1, null]];
  assert.equal(editWords(entry({ kind: "brush", moves }), "zh"), "画笔：2 栋 → 网格 2、未分配");
  assert.equal(editWords(entry({ kind: "click", moves: [[1, 1, 10], [2, 1, 2], [3, 1, 2]] }), "en"), "By click: 3 buildings → grids 2, 10");
  assert.equal(editWords(entry({ kind: "undo", moves, undoes: 2 }), "en"), "Edit 2 undone (2 buildings)");
  assert.equal(editWords(entry({ kind: "status", details: { before: "draft", after: "proposed" } }), "zh"), "状态改为拟定");
  assert.equal(editWords(entry({ kind: "name", details: { after: "A" } }), "en"), "Renamed to “A”");
  assert.equal(editWords(entry({ kind: "rules" }), "zh"), "修改规则");
});

test("a clash names who changed what", () => {
  const edits = [{ by: "wang", by_name: "王", at: "" }];
  assert.deepEqual(clashLines({ command: { kind: "moves" }, buildings: [1, 2], edits }, "zh"), ["您的修改（2 栋）与 王 在  的修改冲突。"]);
  assert.deepEqual(clashLines({ command: { kind: "rules" }, buildings: [], edits }, "en"), ["王 changed the rules too, at ."]);
  assert.match(clashLines({ command: { kind: "moves" }, buildings: [1], edits: [] }, "zh")[0], /上次未保存/);
});

test("a grid's number stands on the building nearest to its middle", () => {
  const row = lattice(5, 1);
  assert.equal(row.ids[labelPlace(divide(row, { 1: 1, 2: 1, 3: 1, 4: 1, 5: 1 }), 1)], 3);
});

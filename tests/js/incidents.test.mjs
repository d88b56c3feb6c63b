// What is pure of the pages of incidents: state and address, fields of steps, time left, and what waits on the phone.

import assert from "node:assert/strict";
import test from "node:test";

import { shrunkSize } from "../../maps/static/js/desk/camera.js";
import { boxBetween } from "../../maps/static/js/desk/cover.js";
import * as evidence from "../../maps/static/js/desk/evidence.js";
import { FORM_TEXTS } from "../../maps/static/js/desk/form_texts.js";
import * as desk from "../../maps/static/js/desk/state.js";
import { DESK_TEXTS, gridText, leftText } from "../../maps/static/js/desk/texts.js";
import * as my from "../../maps/static/js/my/state.js";
import { MY_TEXTS } from "../../maps/static/js/my/texts.js";

const row = (number, more = {}) => ({ number, state: "reported", community: "c", stage_due_at: null, ...more });

test("texts are there in both languages", () => {
  for (const texts of [FORM_TEXTS, DESK_TEXTS, MY_TEXTS]) {
    assert.deepEqual(Object.keys(texts.zh).sort(), Object.keys(texts.en).sort());
    for (const key of Object.keys(texts.zh)) {
      const names = (words) => [...words.matchAll(/\{\w+\}/g)].map(String).sort();
      assert.deepEqual(names(texts.zh[key]), names(texts.en[key]), key);
    }
  }
});

test("the address keeps filters and case, and nothing that is none", () => {
  const hash = "#view=closed&kind=emergency&overdue=true&q=%E8%B7%AF&tab=dry&case=261128000001";
  const asked = desk.parseHash(hash);
  assert.deepEqual(asked.filter, { ...desk.NO_FILTER, view: "closed", kind: "emergency", overdue: true, q: "路" });
  assert.equal(asked.number, "261128000001");
  assert.deepEqual(desk.parseHash(desk.formatHash(asked)), asked);
  assert.equal(desk.formatHash(desk.parseHash("")), "");
  const odd = desk.parseHash("#view=no&state=<b>&kind=none&case=../x&tab=z&mine=1");
  assert.deepEqual(odd, { filter: { ...desk.NO_FILTER }, number: null, tab: "queue" });
});

test("a further page adds what is new, and what is not listed is not ticked", () => {
  let state = desk.withPage(desk.initialDesk("zh", ""), { incidents: [row("1"), row("2")], next: "n" }, false);
  state = desk.withTick(desk.withTick(state, "1", true), "2", true);
  state = desk.withPage(state, { incidents: [row("2"), row("3")], next: null }, true);
  assert.deepEqual(state.rows.map((one) => one.number), ["1", "2", "3"]);
  state = desk.withPage(state, { incidents: [row("2")], next: null }, false);
  assert.deepEqual(state.ticked, ["2"]);
  assert.deepEqual(desk.withAllTicked(state, true).ticked, ["2"]);
  assert.deepEqual(desk.withFilter(state, { q: "x" }).ticked, []);
  assert.equal(desk.narrowed({ ...desk.NO_FILTER, state: "reported", mine: true, q: "x" }), 2);
});

test("a step for many is decided on the revisions that the ticked rows show", () => {
  const incidents = [{ ...row("1"), revision: 4 }, { ...row("2"), revision: 1 }, { ...row("3"), revision: 7 }];
  let state = desk.withPage(desk.initialDesk("zh", ""), { incidents, next: null }, false);
  state = desk.withTick(desk.withTick(state, "3", true), "1", true);
  assert.deepEqual(desk.tickedRevisions(state), { 1: 4, 3: 7 });
});

test("a case that was worked on shows in its row, and only the open one is taken", () => {
  const state = { ...desk.withPage(desk.initialDesk("zh", ""), { incidents: [row("1")], next: null }, false), number: "1" };
  const after = desk.withCase(state, { ...row("1"), state: "accepted", description: "x", history: [] });
  assert.deepEqual([after.rows[0].state, "description" in after.rows[0], after.kase.state], ["accepted", false, "accepted"]);
  assert.equal(desk.withCase(state, { ...row("2"), history: [] }), state);
  const entries = (...seqs) => ({ history: seqs.map((seq) => ({ seq })) });
  assert.deepEqual(desk.newEntries(entries(1, 2), entries(1, 2, 3)).map((one) => one.seq), [3]);
});

test("the time left is told in words", () => {
  const now = Date.parse("2026-11-25T10:00:00Z");
  assert.equal(leftText("zh", "2026-11-27T13:30:00Z", now), "剩 2 天 3 小时");
  assert.equal(leftText("en", "2026-11-25T11:05:00Z", now), "1 h 5 min left");
  assert.equal(leftText("en", "2026-11-25T09:20:00Z", now), "overdue by 40 min");
  assert.equal(leftText("zh", null, now), "不计时");
});

test("a grid is told by its number and its code", () => {
  assert.equal(gridText("zh", 3, "bubenec-010"), "3 · bubenec-010");
  assert.equal(gridText("en", null, "bubenec-010"), "bubenec-010");
  assert.deepEqual(["zh", "en"].map((lang) => gridText(lang, null, null)), ["无", "none"]);
});

test("every state has a sign", () => {
  assert.equal(desk.markOf("suspended"), "paused");
  assert.equal(desk.markOf("rejected"), "ended");
  assert.equal(desk.markOf("rework"), "working");
});

const names = (fields) => fields.map(({ name, required }) => (required ? `${name}*` : name));

test("the names of evidence become fields", () => {
  const of = (action, ...needs) => names(evidence.fieldsOf({ action, evidence: needs }));
  assert.deepEqual(of("reject", "reason_code", "public_note"), ["reason_code*", "public_note*", "note"]);
  assert.deepEqual(of("resolve", "note", "after_photo"), ["note*", "photos", "document"]);
  assert.deepEqual(of("accept", "on_site"), ["photos", "position", "note"]);
  assert.deepEqual(of("dispatch", "department"), ["department*", "reason", "note", "photos"]);
  assert.deepEqual(of("comment", "note_or_photo"), ["note", "photos", "internal"]);
  assert.deepEqual(of("start"), ["note", "photos"]);
  assert.deepEqual(of("acknowledge"), ["note"]);
});

test("what is lacking is known before it is sent", () => {
  const lacks = (action, needs, values, photos = 0, routed = null) => evidence.lacking({ action, evidence: needs }, values, photos, { routed });
  assert.deepEqual(lacks("verify", ["photo_or_note"], { note: " " }), ["note"]);
  assert.deepEqual(lacks("verify", ["photo_or_note"], {}, 1), []);
  assert.deepEqual(lacks("dispatch", ["department"], { department: "water" }, 0, "power"), ["reason"]);
  assert.deepEqual(lacks("dispatch", ["department"], { department: "power" }, 0, "power"), []);
  assert.deepEqual(lacks("publicise", ["notice"], { text_zh: "公示", days: "7" }), ["notice"]);
  assert.deepEqual(lacks("amend", ["change", "note"], { note: "x" }), ["change"]);
  const onSite = (values, photos = 0) => evidence.lacking({ action: "accept", evidence: ["on_site"] }, values, photos, { onSite: true });
  assert.deepEqual([onSite({ note: "" }), onSite({ position: [1, 2] }), onSite({ note: "电话核实" }), onSite({}, 1)], [["note"], [], [], []]);
  assert.deepEqual(lacks("accept", ["on_site"], {}), []);
  assert.deepEqual(lacks("extend", ["note", "limit"], { note: "x", limit_value: "0" }), ["limit"]);
});

test("what was filled in becomes the step that is sent", () => {
  const step = (action, needs, values) => evidence.stepOf({ action, evidence: needs }, values);
  assert.deepEqual(step("extend", ["note", "limit"], { note: " 等料 ", limit_value: "2", limit_unit: "work_day", target: "x" }), {
    note: "等料", limit: { unit: "work_day", value: 2 },
  });
  assert.deepEqual(step("publicise", ["notice"], { text_zh: "公示", text_en: "Notice", days: "7" }).notice, {
    text_zh: "公示", text_en: "Notice", days: 7,
  });
  assert.deepEqual(step("amend", ["change"], { change_kind: "emergency", change_level: "1", change_lon: "113.85", change_lat: "27.62" }).change, {
    kind: "emergency", level: 1, lon: 113.85, lat: 27.62,
  });
  assert.deepEqual(step("accept", ["on_site"], { position: [113.85, 27.62] }), { lon: 113.85, lat: 27.62 });
  assert.equal(step("suspend", ["until"], { until: "2026-12-01" }).until, new Date("2026-12-01T17:00").toISOString());
  assert.deepEqual(step("comment", ["note_or_photo"], { note: "x", internal: true }), { note: "x", internal: true });
});

test("a refusal is shown at the fields that it names", () => {
  const fields = evidence.fieldsOf({ action: "x", evidence: ["note", "public_note", "until"] });
  assert.deepEqual(evidence.fieldsIn({ detail: "请填写告知上报人的说明。", faults: [{ field: "public_note" }] }, fields), ["public_note"]);
  assert.deepEqual(evidence.fieldsIn({ detail: "x", faults: ["until = 'soon': Input should be a date", "note: too long"] }, fields), ["note", "until"]);
  assert.deepEqual(evidence.fieldsIn({ detail: "Give in `until` the date. Say in `note` why." }, fields), ["note", "until"]);
  assert.deepEqual(evidence.fieldsIn({}, fields), []);
});

test("photos and boxes keep their measures", () => {
  assert.deepEqual(shrunkSize(4000, 3000, 1600), { width: 1600, height: 1200 });
  assert.deepEqual(shrunkSize(640, 480, 1600), { width: 640, height: 480 });
  assert.deepEqual(boxBetween([0.5, 0.75], [0.25, 1.2], { width: 400, height: 200 }), [100, 150, 100, 50]);
  assert.deepEqual(["close_on_spot", "resolve", "check", "comment"].map((one) => evidence.photoKind(one, 0)), ["before", "after", "near", "other"]);
});

const TABLE = {
  states: [{ name: "accepted", label: "已受理" }, { name: "in_progress", label: "处置中" }, { name: "resolved", label: "待核查" }],
  transitions: [
    { action: "start", label: "开始", from: ["accepted"], to: "in_progress", actors: ["grid_worker"], kinds: ["general"], evidence: [], guards: ["own_work"] },
    { action: "log", label: "记录", from: ["in_progress"], to: "same", actors: ["grid_worker"], kinds: ["general"], evidence: ["note"], guards: [] },
    { action: "resolve", label: "完成", from: ["in_progress"], to: "resolved", actors: ["grid_worker"], kinds: ["general"], evidence: ["note"], guards: ["own_work"] },
    { action: "verify", label: "核查", from: ["resolved"], to: "verified", actors: ["grid_worker"], kinds: ["general"], evidence: [], guards: ["not_handler"] },
    { action: "extend", label: "延期", from: ["in_progress"], to: "same", actors: ["desk"], kinds: ["general"], evidence: [], guards: [] },
  ],
};
const item = (n, number, more = {}) => ({ key: `k${n}`, n, kind: "step", by: "wang", number, action: "start", revision: 3, refusal: null, ...more });

test("one step can follow another before either is sent", () => {
  const kase = { number: "1", kind: "general", state: "accepted", state_name: "已受理", allowed: [{ action: "start", name: "开始", evidence: [] }] };
  const seen = (...items) => my.foreseen(kase, items, TABLE);
  assert.deepEqual(seen().allowed, kase.allowed);
  assert.deepEqual(seen(item(1, "1")).allowed.map((one) => one.action), ["log", "resolve"]);
  const done = seen(item(1, "1"), item(2, "1", { action: "resolve" }));
  assert.deepEqual([done.label, done.allowed, done.waiting], ["待核查", [], 2]);
  assert.equal(seen(item(1, "1", { refusal: "no" })).state, "accepted");
});

test("what waits is sent in order, and what follows a refused step waits for it", () => {
  const next = (...items) => my.nextToSend(items, "wang")?.key ?? null;
  assert.equal(next(item(2, "1"), item(1, "1")), "k1");
  assert.equal(next(item(1, "1", { refusal: "no" }), item(2, "1"), item(3, "2")), "k3");
  assert.equal(next(item(1, "", { kind: "report", refusal: "no" }), item(2, "", { kind: "visit" })), "k2");
  assert.equal(next(item(1, "1", { by: "li" })), null);
  assert.equal(my.revisionOf(item(1, "1"), new Map([["1", 5]])), 5);
  assert.deepEqual(my.tally([item(1, "1"), item(2, "2", { refusal: "no" })]), { waiting: 1, refused: 1 });
});

test("cards stand by the time left, and large buttons in the order of the work", () => {
  const cases = [row("3"), row("2", { stage_due_at: "2026-11-25T10:00:00Z" }), row("1", { stage_due_at: "2026-11-25T09:00:00Z" })];
  assert.deepEqual(my.byTimeLeft(cases).map((one) => one.number), ["1", "2", "3"]);
  const { big, more } = my.buttonsOf(["comment", "accept", "check"].map((action) => ({ action, name: action, evidence: [] })));
  assert.deepEqual([big.map((one) => one.action), more.map((one) => one.action)], [["check", "accept"], ["comment"]]);
});

test("a place is told by the building that is near", () => {
  const at = (id, lon, lat) => ({ id, name: `${id}`, grid: 1, lon, lat, households: 1, visited_at: null });
  const buildings = [at(1, 113.85, 27.62), at(2, 113.8505, 27.62)];
  assert.equal(my.nearest(buildings, { lon: 113.8504, lat: 27.62 })?.id, 2);
  assert.equal(my.nearest(buildings, { lon: 113.85, lat: 27.6205 })?.id, 1);
  assert.equal(my.nearest(buildings, { lon: 113.85, lat: 27.621 }), null, "110 m away");
  assert.equal(my.nearest([], { lon: 0, lat: 0 }), null);
});

test("the round begins where nobody was for longest", () => {
  const feature = (id, x) => ({
    properties: { id, name: `${id}号楼`, households: 10 },
    geometry: { coordinates: [[[[x, 0], [x + 2, 0], [x + 2, 2], [x, 2], [x, 0]]]] },
  });
  const found = my.buildingsOf({ features: [feature(1, 0), feature(2, 4), feature(10, 8)] }, { 1: 1, 2: 1, 10: 2 }, [{ building: 1, visited_at: "2026-11-01" }]);
  assert.deepEqual([found[1].lon, found[1].lat, found[1].grid], [5, 1, 1]);
  const round = (grid, q = "") => my.roundOf(found, { grid, q }).map((one) => one.id);
  assert.deepEqual([round(null), round(1), round(null, "10")], [[2, 10, 1], [2, 1], [10]]);
  found[1].households = 0;
  assert.deepEqual([null, 1, 2].map((grid) => my.coverageOf(found, grid)), [{ due: 2, visited: 1 }, { due: 1, visited: 1 }, { due: 1, visited: 0 }]);
});

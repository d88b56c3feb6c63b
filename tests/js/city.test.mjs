// What is pure of the city page: tiles, filters, areas, the address, and which names there is room for.

import assert from "node:assert/strict";
import test from "node:test";

import { decodeTile, holds } from "../../maps/static/js/city/mvt.js";
import * as city from "../../maps/static/js/city/state.js";
import { brokenText, CITY_TEXTS } from "../../maps/static/js/city/texts.js";

const bytes = (field, content) => [(field << 3) | 2, ...varint(content.length), ...content];
const number = (field, value) => [field << 3, ...varint(value)];
const words = (text) => [...new TextEncoder().encode(text)];
function varint(value) {
  const found = [];
  for (; value >= 128; value = Math.floor(value / 128)) found.push((value % 128) + 128);
  return [...found, value];
}
const double = (value) => [(3 << 3) | 1, ...new Uint8Array(new Float64Array([value]).buffer)];

/** A tile with one polygon: the triangle of the specification (section 4.3.5.5), here with a hole and properties. */
function tile() {
  const triangle = [9, 6, 12, 18, 10, 12, 24, 44, 15];
  const feature = [
    ...number(1, 2 ** 40),
    ...bytes(2, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]),
    ...number(3, 3),
    ...bytes(4, triangle.flatMap(varint)),
  ];
  const keys = ["name", "households", "lon", "below", "yes"];
  const values = [bytes(1, words("丹江社区")), number(4, 300), double(113.85), number(6, 5), number(7, 1)];
  const layer = [
    ...number(15, 2),
    ...bytes(1, words("city")),
    ...bytes(2, feature),
    ...keys.flatMap((key) => bytes(3, words(key))),
    ...values.flatMap((value) => bytes(4, value)),
    ...number(5, 4096),
  ];
  return new Uint8Array([...bytes(3, layer), ...bytes(3, bytes(1, words("other")))]);
}

test("a tile is decoded by the specification", () => {
  const { city: layer, other } = decodeTile(tile());
  assert.equal(layer.extent, 4096);
  assert.deepEqual(layer.features, [
    {
      id: 2 ** 40,
      properties: { name: "丹江社区", households: 300, lon: 113.85, below: -3, yes: true },
      rings: [[3, 6, 8, 12, 20, 34]],
    },
  ]);
  assert.deepEqual(other.features, []);
  assert.deepEqual(decodeTile(new Uint8Array()), {});
});

test("a point lies in an area, and not in its hole", () => {
  const square = (low, high) => [low, low, high, low, high, high, low, high];
  const ring = { rings: [square(0, 10), square(4, 6)] };
  assert.deepEqual([[1, 1], [5, 5], [11, 5], [9, 5]].map(([x, y]) => holds(ring, x, y)), [true, false, false, true]);
});

const AREAS = [
  { code: "2", name: "East", parent: "1", communities: 3 },
  { code: "1", name: "City", parent: "0", communities: 5 },
  { code: "3", name: "West", parent: "1", communities: 2 },
  { code: "21", name: "Lane", parent: "2", communities: 1 },
];

test("areas stand below the area they lie in", () => {
  const tree = city.areaTree(AREAS).map(({ code, depth }) => [code, depth]);
  assert.deepEqual(tree, [["1", 0], ["2", 1], ["21", 2], ["3", 1]]);
  assert.deepEqual([...city.areasWithin(AREAS, "2")], ["2", "21"]);
});

test("the map brings out what the list would hold", () => {
  const one = { code: "AB1", name: "丹江社区", state: "broken", area: "21" };
  const none = { area: "", states: [], q: "" };
  const shown = (filter) => city.shownBy({ ...none, ...filter }, AREAS)(one);
  assert.deepEqual([{}, { area: "2" }, { q: "ab" }, { q: "丹江" }, { states: ["broken", "none"] }].map(shown), Array(5).fill(true));
  assert.deepEqual([{ area: "3" }, { q: "x" }, { states: ["none"] }].map(shown), [false, false, false]);
  assert.equal(city.shownBy({ ...none, area: "1" }, AREAS)({ ...one, area: undefined }), false);
});

test("the address holds filter and view, and forgets what makes no sense", () => {
  const filter = { area: "360302001000", states: ["none", "broken"], q: "安源 & co" };
  const view = { zoom: 12.5, lat: 27.62, lng: 113.85 };
  assert.deepEqual(city.parseHash(city.formatHash(filter, view)), { filter, view });
  const empty = { area: "", states: [], q: "" };
  for (const hash of ["", "#area=1&state=good&view=1/x/2", "#view="]) {
    assert.deepEqual(city.parseHash(hash), { filter: empty, view: null });
  }
  assert.equal(city.formatHash(empty, null), "");
});

const counts = { none: 1, draft: 2, proposed: 0, adopted: 4, broken: 3 };
const answer = (codes, next) => ({
  communities: codes.map((code) => ({ code })), states: counts, unchecked: 0, bbox: [0, 0, 1, 1], next,
});

test("pages are put one after the other, and counted by the filter", () => {
  const start = city.initialCity("zh", { area: "", states: [], q: "" });
  const first = city.withPage(start, answer(["a", "b"], "b"), false);
  const second = city.withPage(first, answer(["c"], null), true);
  assert.deepEqual(second.rows.map((row) => row.code), ["a", "b", "c"]);
  assert.deepEqual([first.next, second.next, second.phase], ["b", null, "ready"]);
  assert.equal(city.matching(second), 10);
  const broken = city.withStateToggled(second, "broken");
  assert.equal(city.matching(broken), 3);
  assert.deepEqual(city.withStateToggled(broken, "draft").filter.states, ["draft", "broken"]);
  assert.deepEqual(city.withStateToggled(broken, "broken").filter.states, []);
});

test("a city without communities is empty, an area without matches is not", () => {
  const nothing = { ...answer([], null), states: { none: 0 } };
  const all = city.initialCity("zh", { area: "", states: [], q: "" });
  assert.equal(city.withPage(all, nothing, false).phase, "empty");
  assert.equal(city.withPage(city.withFilter(all, { q: "x" }), nothing, false).phase, "ready");
});

test("both languages have the same texts, and every rule has its words", () => {
  assert.deepEqual(Object.keys(CITY_TEXTS.zh), Object.keys(CITY_TEXTS.en));
  for (const [zh, en] of Object.keys(CITY_TEXTS.zh).map((key) => [CITY_TEXTS.zh[key], CITY_TEXTS.en[key]])) {
    assert.deepEqual(zh.match(/\{\w+\}/g)?.sort(), en.match(/\{\w+\}/g)?.sort());
  }
  const one = (rule, more = {}) => brokenText("zh", { rule, grid: null, value: 3, low: 0, high: 2, ...more });
  assert.equal(one("households", { grid: 1, value: 420, low: 150, high: 300 }), "网格 1：420 户，规则 150–300");
  assert.equal(one("persons", { grid: 2 }), "网格 2：3 人，规则 0–2");
  assert.equal(one("contiguity", { grid: 2 }), "网格 2 分成 3 块");
  assert.equal(one("balance", { value: 0.2857, high: 0.1 }), "与平均户数偏差 28.6 %，规则 ≤ 10 %");
  assert.deepEqual(["grids", "estates", "unassigned"].map((rule) => one(rule)), [
    "网格数 3，规则 0–2",
    "小区拆分 3 次，规则 ≤ 2",
    "3 栋楼未分配网格",
  ]);
});

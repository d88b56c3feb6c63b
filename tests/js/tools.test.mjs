import assert from "node:assert/strict";
import test from "node:test";

import { blockBounds, blockOf } from "../../maps/static/js/edit/blocks.js";
import { divide } from "../../maps/static/js/edit/division.js";
import { degrees, mercator, unitsOf } from "../../maps/static/js/edit/geometry.js";
import { isLocked, lockSet, toggleBuildings } from "../../maps/static/js/edit/locks.js";
import { assign, freeNumber, merge, neighbouringGrids, remove } from "../../maps/static/js/edit/operations.js";
import { brushed, buildingAt, estateOf, lassoed, swept } from "../../maps/static/js/edit/tools.js";
import { lattice, middle } from "./town.mjs";

// 9 10 11 12
// 5  6  7  8
// 1  2  3  4    estate 77: buildings 1, 2 and 12
const ground = lattice(4, 3, (id) => ({ estate_id: [1, 2, 12].includes(id) ? 77 : null }));
const at = (id) => mercator(...middle(4, id));
const ids = (indices) => indices.map((index) => ground.ids[index]).sort((a, b) => a - b);
const none = { locks: lockSet({ buildings: [], estates: [], grids: [], all: false }) };
const held = (locks) => ({ locks: lockSet({ buildings: [], estates: [], grids: [], all: false, ...locks }) });
const halves = () => divide(ground, { 1: 1, 2: 1, 5: 1, 6: 1, 9: 1, 10: 1, 3: 2, 4: 2, 7: 2, 8: 2, 11: 2 });

test("degrees survive the way through the map's units", () => {
  const [lon, lat] = degrees(mercator(113.85, 27.62));
  assert.ok(Math.abs(lon - 113.85) < 1e-9 && Math.abs(lat - 27.62) < 1e-9);
});

test("a click takes the building under it, or none between them", () => {
  assert.equal(ground.ids[buildingAt(ground, at(7))], 7);
  const [[x1, y], [x2]] = [at(6), at(7)];
  assert.equal(buildingAt(ground, [(x1 + x2) / 2, y]), null);
});

test("a brush takes what it touches on its way, also between two places of the pointer", () => {
  assert.deepEqual(ids(brushed(ground, at(5), at(8), 0)), [5, 6, 7, 8]);
  const step = at(6)[0] - at(5)[0];
  assert.deepEqual(ids(brushed(ground, at(6), at(6), step * 0.9)), [2, 5, 6, 7, 10]);
  assert.equal(unitsOf(256, 0), 1);
});

test("a lasso takes those whose middle it goes around", () => {
  const [[x1, y1], [x2, y2]] = [at(5), at(11)];
  const slack = (x2 - x1) / 10;
  const line = [[x1 - slack, y1 + slack], [x2 + slack, y1 + slack], [x2 + slack, y2 - slack], [x1 - slack, y2 - slack]];
  assert.deepEqual(ids(lassoed(ground, line)), [5, 6, 7, 9, 10, 11]);
  assert.deepEqual(lassoed(ground, line.slice(0, 2)), []);
});

test("an estate is taken whole, a building without one alone", () => {
  assert.deepEqual(ids(estateOf(ground, 11)), [1, 2, 12]);
  assert.deepEqual(ids(estateOf(ground, 6)), [7]);
});

test("a street block ends at streets, railways and water, not at walls and footways", () => {
  const between = (a, b) => (middle(4, a)[1] + middle(4, b)[1]) / 2;
  const line = (kind, roadClass, lat) => ({
    geometry: { type: "LineString", coordinates: [[112.9, lat], [113.1, lat]] },
    properties: { kind, class: roadClass },
  });
  const street = line("road", "residential", between(1, 5));
  const row = between(5, 9);
  const block = (...features) => ids(blockOf(ground, blockBounds({ features }), 0));
  assert.deepEqual(block(street), [1, 2, 3, 4]);
  assert.deepEqual(block(line("wall", null, row), line("road", "footway", row)).length, 12);
  assert.deepEqual(block(line("railway", "rail", row)), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a sweep pushes the border: only what touches the grid joins, one after the other", () => {
  const division = halves();
  assert.deepEqual(ids(swept(division, 1, [6, 7])), [7, 8]);
  assert.deepEqual(ids(swept(division, 1, [7, 3])), []);
});

test("locked buildings stay, and it is told how many", () => {
  const division = halves();
  const some = held({ buildings: [5], estates: [77], grids: [2] });
  assert.deepEqual(assign(division, some, [0, 4, 5, 6], 3), { moves: [{ building: 6, from: 1, to: 3 }], locked: 3 });
  assert.deepEqual(assign(division, held({ grids: [2] }), [8], 2), { moves: [], locked: 1 });
  assert.ok(isLocked(division, held({ all: true }).locks, 11));
  assert.ok(!isLocked(division, none.locks, 11));
});

test("locking what is locked altogether unlocks it", () => {
  const { locks } = held({ buildings: [5, 6] });
  assert.deepEqual(toggleBuildings(locks, [5, 6]), { unlock: { buildings: [5, 6] } });
  assert.deepEqual(toggleBuildings(locks, [5, 7]), { lock: { buildings: [5, 7] } });
});

test("to no grid and back, and nothing for what is there already", () => {
  assert.deepEqual(assign(halves(), none, [0, 0, 11], 0).moves, [{ building: 1, from: 1, to: null }]);
  assert.deepEqual(assign(halves(), none, [11], 2).moves, [{ building: 12, from: null, to: 2 }]);
});

test("a grid is merged into another", () => {
  const { moves } = merge(halves(), none, 2, 1);
  assert.deepEqual(moves.map(({ building, to }) => [building, to]), [[3, 1], [4, 1], [7, 1], [8, 1], [11, 1]]);
});

test("a removed grid goes to no grid, or to the neighbours with the longest border", () => {
  const division = divide(ground, { 1: 1, 5: 1, 9: 1, 2: 2, 6: 2, 10: 2, 3: 3, 7: 3, 11: 3, 4: 3, 8: 3 });
  assert.ok(remove(division, none, 2, false).moves.every(({ to }) => to === null));
  const { moves } = remove(division, none, 2, true);
  assert.deepEqual(moves.map(({ building }) => building), [2, 6, 10]);
  assert.ok(moves.every(({ to }) => to === 1 || to === 3));
});

test("what no other grid borders on is in no grid when its grid is removed", () => {
  const alone = divide(ground, { 1: 1 });
  assert.deepEqual(remove(alone, none, 1, true).moves, [{ building: 1, from: 1, to: null }]);
});

test("a new grid takes the first number that is free", () => {
  const division = divide(ground, { 1: 1, 2: 3 });
  assert.equal(freeNumber(division, 3), 2);
  assert.equal(freeNumber(divide(ground, { 1: 1, 2: 2 }), 2), null);
});

test("the neighbours of a grid", () => {
  assert.deepEqual(neighbouringGrids(halves(), 1), [2]);
});

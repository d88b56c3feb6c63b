import assert from "node:assert/strict";
import test from "node:test";

import { differences, divide, gridNumbers, withChanges } from "../../maps/static/js/edit/division.js";
import { createGround } from "../../maps/static/js/edit/ground.js";
import { standingOf } from "../../maps/static/js/edit/standing.js";
import { buildings, lattice, randomly } from "./town.mjs";

const RULES = { grids: [2, 3], households: [20, 40], persons: [60, 90], balance_tolerance: 0.5 };

/** Tallies counted anew from nothing, pieces by joining labels until nothing changes. */
function slowly({ ground, of }) {
  const tallies = {};
  for (const grid of new Set([0, ...of])) {
    const members = [...of.keys()].filter((i) => of[i] === grid);
    const sum = (counts) => members.reduce((total, i) => total + counts[i], 0);
    let labels = new Map(members.map((i) => [i, i]));
    for (let changed = true; changed; ) {
      changed = false;
      for (const { a, b } of ground.borders) {
        if (!labels.has(a) || !labels.has(b) || labels.get(a) === labels.get(b)) continue;
        const [keep, give] = [labels.get(a), labels.get(b)];
        labels = new Map([...labels].map(([i, label]) => [i, label === give ? keep : label]));
        changed = true;
      }
    }
    tallies[grid] = {
      buildings: members.length,
      households: sum(ground.households),
      persons: sum(ground.persons),
      pieces: grid ? new Set(labels.values()).size : 0,
    };
  }
  return tallies;
}

const fast = ({ tallies }) => Object.fromEntries(tallies);

test("tallies and pieces after any edits are those counted anew, and taking all back restores the start", () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = randomly(seed);
    const [columns, rows] = [2 + random(6), 2 + random(6)];
    const ground = lattice(columns, rows, (id) => ({
      households: random(50),
      persons: random(90),
    }));
    const start = divide(ground, Object.fromEntries(ground.ids.map((id) => [id, random(4) || undefined])));
    assert.deepEqual(fast(start), slowly(start));
    let now = start;
    const inverses = [];
    for (let edit = 0; edit < 12; edit++) {
      const changes = Array.from({ length: 1 + random(8) }, () => [random(ground.ids.length), random(6)]);
      const touched = [...new Set(changes.map(([index]) => index))];
      inverses.push(touched.map((index) => [index, now.of[index]]));
      const kept = now.of.slice();
      const next = withChanges(now, changes);
      assert.deepEqual(now.of, kept, "the division before is left as it was");
      assert.deepEqual(fast(next), slowly(next));
      now = next;
    }
    for (const changes of inverses.reverse()) now = withChanges(now, changes);
    assert.deepEqual(now.of, start.of);
    assert.deepEqual(fast(now), fast(start));
  }
});

test("an edit that changes nothing is the same division", () => {
  const division = divide(lattice(2, 2), { 1: 1 });
  assert.equal(withChanges(division, [[0, 1]]), division);
});

test("a grid begins with its first building and ends with its last", () => {
  const division = divide(lattice(2, 2), { 1: 1, 2: 1 });
  const begun = withChanges(division, [[2, 5]]);
  assert.deepEqual(gridNumbers(begun), [1, 5]);
  assert.deepEqual(gridNumbers(withChanges(begun, [[2, 0]])), [1]);
  assert.deepEqual(differences(division, begun), [2]);
});

test("each grid is held against the rules, and the plan as a whole", () => {
  // 1 1 2
  // 1 - 1
  const division = divide(lattice(3, 2), { 1: 1, 3: 1, 4: 1, 5: 1, 6: 2 });
  const { grids, checks, unassigned } = standingOf(division, RULES);
  assert.deepEqual(grids[0], {
    number: 1,
    buildings: 4,
    households: 40,
    persons: 120,
    rules: {
      households: { value: 40, low: 20, high: 40, held: true, by: 0 },
      persons: { value: 120, low: 60, high: 90, held: false, by: 30 },
      contiguity: { value: 2, low: 1, high: 1, held: false, by: 1 },
    },
  });
  assert.equal(grids[1].rules.households.by, -10);
  assert.deepEqual(unassigned, { buildings: 1, households: 10, persons: 30 });
  assert.deepEqual(checks.grids, { value: 2, low: 2, high: 3, held: true, by: 0 });
  assert.equal(checks.balance_tolerance.value, 0.6);
  assert.equal(checks.contiguity.value, 1);
});

test("rules that let grids span gaps join what a link over a gap joins, and nothing else", () => {
  // 1 1 2 ~ 1 1, where ~ is a gap
  const apart = { edges: [[1, 2, 20], [2, 3, 20], [4, 5, 20]], lines: [[], [], []], links: [[3, 4]] };
  const gapped = createGround(buildings(5, 1), apart);
  const pieces = (of, rules, on = gapped) => standingOf(divide(on, of), { ...RULES, ...rules }).grids[0].rules.contiguity.value;
  const [touching, around] = [{ 1: 2, 2: 2, 3: 1, 4: 1, 5: 1 }, { 1: 1, 2: 1, 3: 2, 4: 1, 5: 1 }];
  for (const rules of [{ contiguity: "gaps" }, { soft: { contiguity: 1 } }]) {
    assert.deepEqual([pieces(touching, rules), pieces(around, rules)], [1, 2]);
    assert.equal(pieces(around, rules, lattice(5, 1)), 2);
  }
  assert.equal(pieces(touching, { contiguity: "hard" }), 2);
});

test("one large building is excused where the rules let it be a grid", () => {
  const ground = lattice(2, 1, (id) => ({ households: id === 1 ? 300 : 10, persons: 0, persons_kind: "none" }));
  const { grids, checks } = standingOf(divide(ground, { 1: 1, 2: 2 }), { ...RULES, oversized: "own_grid" });
  assert.deepEqual([grids[0].rules.households.held, grids[0].rules.households.excused], [true, true]);
  assert.deepEqual([grids[1].rules.households.held, grids[1].persons], [false, null]);
  assert.equal(checks.balance_tolerance.value, 0);
});

test("two thousand buildings: an edit with its tallies, marks and pieces takes less than 50 ms", () => {
  const ground = lattice(50, 40);
  let division = divide(ground, Object.fromEntries(ground.ids.map((id) => [id, 1 + (id % 8)])));
  const random = randomly(7);
  const times = Array.from({ length: 40 }, () => {
    const changes = Array.from({ length: 50 }, () => [random(2000), 1 + random(8)]);
    const before = performance.now();
    division = withChanges(division, changes);
    standingOf(division, RULES);
    return performance.now() - before;
  }).sort((a, b) => a - b);
  assert.ok(times[37] < 50, `95th percentile ${times[37]} ms`);
});

import assert from "node:assert/strict";
import test from "node:test";

import { nextIndex } from "../../maps/static/js/arrows.js";
import { formatHash, parseHash } from "../../maps/static/js/hash.js";
import { TEXTS, text } from "../../maps/static/js/i18n.js";
import { chooseLang } from "../../maps/static/js/lang.js";
import { LOGIN_TEXTS } from "../../maps/static/js/login/texts.js";
import { gridStyle } from "../../maps/static/js/palette.js";
import * as actions from "../../maps/static/js/state.js";

/** Deep-frozen, so that an action that changes its argument throws. */
function frozen(value) {
  if (value && typeof value === "object") Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const building = (id, more = {}) => ({ properties: { id, source_id: `b${id}`, name: null, address: null, ...more } });
const loaded = () =>
  frozen(
    actions.withPlan(
      actions.withCommunity(actions.initialState("zh"), {
        community: { code: "c" },
        buildings: { features: [building(1), building(2, { name: "Tower" }), building(3, { address: "Main Street 3" })] },
        barriers: { features: [] },
        plans: [{ id: 5 }],
      }),
      { plan: { id: 5, grids: [{ number: 1 }, { number: 2 }] }, grids: {}, assignments: { 1: 2, 2: 1 } },
    ),
  );
const ids = (state) => actions.listedBuildings(state).map((one) => one.id);

test("a community replaces the plan and the selection of the one before", () => {
  const before = frozen(actions.selectBuilding(actions.selectGrid(loaded(), 2), 1));
  const after = actions.withCommunity(before, { community: { code: "d" }, buildings: null, barriers: null, plans: [] });
  assert.deepEqual(actions.placeOf(after), { community: "d", plan: null, grid: null, building: null });
  assert.deepEqual(after.assignments, {});
});

test("choosing the chosen grid again lets it go, and clears the building", () => {
  const chosen = frozen(actions.selectGrid(actions.selectBuilding(loaded(), 1), 2));
  assert.equal(chosen.grid, 2);
  assert.equal(chosen.building, null);
  assert.equal(actions.selectGrid(chosen, 2).grid, null);
});

test("a grid that the next plan lacks is no longer chosen", () => {
  const chosen = actions.selectGrid(loaded(), 2);
  const next = { plan: { id: 6, grids: [{ number: 1 }] }, grids: {}, assignments: {} };
  assert.equal(actions.withPlan(chosen, next).grid, null);
  assert.equal(actions.withPlan(chosen, { ...next, plan: { id: 6, grids: [{ number: 2 }] } }).grid, 2);
});

test("the list goes by grid, those without one last", () => {
  assert.deepEqual(ids(loaded()), [2, 1, 3]);
  assert.deepEqual(ids(actions.selectGrid(loaded(), 2)), [1]);
});

test("the filter looks at name, address and id, in any case", () => {
  const found = (words) => ids(actions.withFilter(loaded(), words));
  assert.deepEqual(found("tower"), [2]);
  assert.deepEqual(found(" main "), [3]);
  assert.deepEqual(found("B1"), [1]);
  assert.deepEqual(found("nowhere"), []);
});

test("no community at all is the empty state, one still loading is not", () => {
  assert.equal(actions.withCommunities(actions.initialState("zh"), []).phase, "empty");
  assert.equal(actions.withCommunities(actions.initialState("zh"), [{ code: "c" }]).phase, "loading");
});

test("the store tells listeners of changes only", () => {
  const store = actions.createStore(loaded());
  const heard = [];
  store.onChange((now, before) => heard.push([before.building, now.building]));
  store.apply((state) => state);
  store.apply((state) => actions.selectBuilding(state, 3));
  assert.deepEqual(heard, [[null, 3]]);
});

test("a place survives the way through the address", () => {
  for (const place of [
    { community: "安源 & 1", plan: 3, grid: 2, building: 10 },
    { community: null, plan: null, grid: null, building: null },
  ]) {
    assert.deepEqual(parseHash(formatHash(place)), place);
  }
  assert.deepEqual(parseHash("#plan=-1&grid=two"), { community: null, plan: null, grid: null, building: null });
});

test("both languages have the same texts with the same gaps", () => {
  assert.deepEqual(Object.keys(LOGIN_TEXTS.zh), Object.keys(LOGIN_TEXTS.en));
  assert.deepEqual(Object.keys(TEXTS.zh), Object.keys(TEXTS.en));
  const gaps = (words) => (words.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(TEXTS.zh)) assert.deepEqual(gaps(TEXTS.zh[key]), gaps(TEXTS.en[key]), key);
});

test("a text is filled in, an unknown one is an error", () => {
  assert.equal(text("en", "over", { by: 3 }), "3 too many");
  assert.throws(() => text("en", "nothing of the kind"), /nothing of the kind/);
});

test("the language asked for goes before the one kept, and that before the server's", () => {
  assert.equal(chooseLang("?lang=en", "zh", "zh"), "en");
  assert.equal(chooseLang("?lang=fr", "en", "zh"), "en");
  assert.equal(chooseLang("", null, "zh"), "zh");
});

test("arrows move within the list and stop at its ends", () => {
  assert.deepEqual(["ArrowDown", "ArrowUp", "Home", "End", "a"].map((key) => nextIndex(key, -1, 3)), [0, 0, 0, 2, null]);
  assert.equal(nextIndex("ArrowDown", 2, 3), 2);
  assert.equal(nextIndex("ArrowDown", 0, 0), null);
});

test("colours come in turn, then again with patterns", () => {
  const palette = { colours: ["a", "b"], patterns: ["solid", "dots"], unassigned: "u", ink: "i" };
  const styles = [null, 1, 2, 3, 5].map((number) => Object.values(gridStyle(palette, number)).join(" "));
  assert.deepEqual(styles, ["u solid", "a solid", "b solid", "a dots", "a solid"]);
});

test("the plan in force opens first, else the newest with grids, else the newest", () => {
  const refused = { id: 3, status: "draft", grids: 0 };
  const drawn = { id: 2, status: "draft", grids: 5 };
  const adopted = { id: 1, status: "adopted", grids: 5 };
  assert.equal(actions.firstPlan([refused, drawn, adopted])?.id, 1);
  assert.equal(actions.firstPlan([refused, drawn])?.id, 2);
  assert.equal(actions.firstPlan([refused])?.id, 3);
  assert.equal(actions.firstPlan([]), undefined);
});

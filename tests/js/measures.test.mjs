// What is pure of the public map and of the page of measures.

import assert from "node:assert/strict";
import test from "node:test";

import * as shown from "../../maps/static/js/public/state.js";
import { PUBLIC_TEXTS } from "../../maps/static/js/public/texts.js";
import { choiceOf, GROUPS, hashOf, periodsOf, wordsOf } from "../../maps/static/js/statistics/state.js";
import { STATISTICS_TEXTS } from "../../maps/static/js/statistics/texts.js";

const TODAY = new Date(2026, 10, 28);

test("both languages have the same texts", () => {
  for (const texts of [PUBLIC_TEXTS, STATISTICS_TEXTS]) assert.deepEqual(Object.keys(texts.zh), Object.keys(texts.en));
});

test("periods go back from today", () => {
  assert.deepEqual(periodsOf("month", TODAY).slice(0, 3), ["2026-11", "2026-10", "2026-09"]);
  assert.equal(periodsOf("month", TODAY)[11], "2025-12");
  assert.deepEqual(periodsOf("quarter", TODAY).slice(0, 4), ["2026Q4", "2026Q3", "2026Q2", "2026Q1"]);
  assert.equal(periodsOf("quarter", TODAY)[4], "2025Q4");
  assert.deepEqual(periodsOf("year", TODAY), ["2026", "2025", "2024", "2023", "2022"]);
});

test("the choice is kept in the address and odd addresses open", () => {
  const choice = { by: "grid", length: "quarter", period: "2026Q3", group: "times" };
  assert.deepEqual(choiceOf(hashOf(choice), TODAY), choice);
  assert.deepEqual(choiceOf("#by=person&length=week&period=x&group=", TODAY), {
    by: "community", length: "month", period: "2026-11", group: "deadlines",
  });
  assert.equal(new Set(Object.values(GROUPS).flat()).size, 22);
});

test("values are told with what they are made of", () => {
  const told = { value: 0.8, numerator: 4, denominator: 5, insufficient: false };
  assert.deepEqual(wordsOf("zh", "share", told), ["80 %", "4 / 5"]);
  assert.deepEqual(wordsOf("en", "hours", { ...told, value: 66.44, denominator: 7 }), ["66.4 h", "7 cases"]);
  assert.deepEqual(wordsOf("en", "load", { ...told, value: 9, numerator: 27, denominator: 3 }), ["9", "27 / 3"]);
  assert.deepEqual(wordsOf("zh", "balance", { ...told, value: 2.5 }), ["2.5 倍", "4 / 5"]);
  assert.deepEqual(wordsOf("zh", "share", { value: null, numerator: null, denominator: null, insufficient: true }), ["样本不足", ""]);
});

test("density has classes from five up", () => {
  assert.deepEqual(shown.classesOf([null, 5, 24]), [5, 10, 15, 20]);
  assert.deepEqual(shown.classesOf([null, null]), [5]);
  assert.deepEqual(shown.classesOf([6]), [5, 6]);
  assert.deepEqual([null, 5, 9, 10, 24].map((count) => shown.classOf(count, [5, 10, 15, 20])), [0, 1, 1, 2, 4]);
});

test("pages follow each other and the filter goes to the server", () => {
  const start = shown.initial("en", "#state=closed&category=001&density=1");
  assert.deepEqual(shown.queryOf(start, null), { lang: "en", limit: 200, category: "001", state: "closed" });
  assert.equal(shown.hashOf(start), "#category=001&state=closed&density=1");
  const row = (number) => ({ number });
  const first = shown.withPage({ ...start, chosen: "2" }, { incidents: [row("2")], next: 7 }, false);
  assert.equal(shown.queryOf(first, first.next).after, 7);
  const both = shown.withPage(first, { incidents: [row("1")], next: null }, true);
  assert.deepEqual([both.rows.length, both.next, both.chosen], [2, null, "2"]);
  assert.equal(shown.withPage(both, { incidents: [], next: null }, false).chosen, null);
  assert.equal(shown.initial("zh", "#state=odd").state, "");
});

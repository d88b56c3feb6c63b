import assert from "node:assert/strict";
import test from "node:test";

import { isCounted, noticeBody } from "../../maps/static/js/notices/asking.js";
import { NOTICE_TEXTS } from "../../maps/static/js/notices/texts.js";
import { SUBSCRIBE_TEXTS } from "../../maps/static/js/subscribe/texts.js";

const FILLED = { community: "c", scope: "all", grids: ["g1"], whom: "", zh: " 停水 ", en: "", urgent: false };
const ALL = { community: "c", text_zh: "停水", text_en: "", urgent: false, dry_run: true };

test("a notice goes to all, or to one kind of receivers", () => {
  assert.deepEqual(noticeBody(FILLED, true), ALL);
  assert.deepEqual(noticeBody({ ...FILLED, scope: "grids" }, true), { ...ALL, grids: ["g1"] });
  assert.deepEqual(noticeBody({ ...FILLED, scope: "buildings", whom: "1，2, 3" }, false), { ...ALL, dry_run: false, buildings: [1, 2, 3] });
  assert.deepEqual(noticeBody({ ...FILLED, scope: "subscription", whom: " #12 " }, true), { ...ALL, subscription: 12 });
  assert.deepEqual(noticeBody({ ...FILLED, scope: "incident", whom: " 261128000001 " }, true), { ...ALL, incident: "261128000001" });
});

test("what is no number is left as it is, for the server to tell", () => {
  assert.deepEqual(noticeBody({ ...FILLED, scope: "buildings", whom: "one" }, true).buildings, ["one"]);
});

test("what was changed since it was counted is to be counted again", () => {
  const counted = noticeBody(FILLED, true);
  assert.ok(isCounted(counted, FILLED));
  assert.ok(!isCounted(counted, { ...FILLED, zh: "停电" }));
  assert.ok(!isCounted(counted, { ...FILLED, scope: "grids" }));
  assert.ok(!isCounted(null, FILLED));
});

test("both languages have the same texts", () => {
  for (const texts of [NOTICE_TEXTS, SUBSCRIBE_TEXTS]) assert.deepEqual(Object.keys(texts.zh), Object.keys(texts.en));
});

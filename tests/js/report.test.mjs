import assert from "node:assert/strict";
import test from "node:test";

import { doneText } from "../../maps/static/js/follow/done.js";
import { FOLLOW_TEXTS } from "../../maps/static/js/follow/texts.js";
import { stationsOf } from "../../maps/static/js/follow/progress.js";
import { createStore, inMemory } from "../../maps/static/js/report/db.js";
import { fitted } from "../../maps/static/js/report/photos.js";
import { createQueue, outcomeOf, waitAfter } from "../../maps/static/js/report/queue.js";
import {
  blank, categorised, contactOf, faultsOf, grouped, isBlank, matching, placed, reportOf,
} from "../../maps/static/js/report/state.js";
import { sayer } from "../../maps/static/js/report/texts.js";
import { TEXTS as en } from "../../maps/static/js/report/texts_en.js";
import { TEXTS as zh } from "../../maps/static/js/report/texts_zh.js";

const REPORT_TEXTS = { zh, en };

const category = (code, group, name, more = {}) => ({
  code, group, group_name: group, name, description: "", keywords: "", kind: "general", contact: "optional", attributes: [], ...more,
});
const fault = { code: "fault", datatype: "singlevaluelist", required: true, description: "What is wrong", values: [{ key: "out", name: "dark" }] };
const depth = { code: "depth", datatype: "number", required: false, description: "Depth", values: [] };
const rubbish = category("001", "environment", "Exposed rubbish", { keywords: "垃圾 litter" });
const lamp = category("010", "facilities", "Street light out", { attributes: [fault, depth], kind: "coordination" });
const pothole = category("012", "facilities", "Broken road");
const quarrel = category("050", "neighbours", "Mediation", { contact: "required" });
const silent = category("099", "neighbours", "Whistle", { contact: "none" });

const draft = (more = {}) => ({ ...placed(blank("k"), 113.85, 27.62), category: "001", description: "A heap", ...more });
const fieldsOf = (...what) => faultsOf(...what).map(({ field }) => field);

// ---- state -------------------------------------------------------------------------------------------------

test("an empty draft lacks place, category, and words or a photo", () => {
  assert.deepEqual(fieldsOf(blank("k"), 0, null), ["place", "category", "description"]);
  assert.deepEqual(fieldsOf(draft(), 0, rubbish), []);
  assert.deepEqual(fieldsOf(draft({ description: " " }), 1, rubbish), []);
});

test("4000 characters are allowed, counted as people count them", () => {
  assert.deepEqual(fieldsOf(draft({ description: "灯".repeat(4000) }), 0, rubbish), []);
  assert.deepEqual(fieldsOf(draft({ description: "🔥".repeat(4000) }), 0, rubbish), []);
  assert.deepEqual(faultsOf(draft({ description: "灯".repeat(4001) }), 0, rubbish), [
    { field: "description", text: "tooLong", values: { n: 4001 } },
  ]);
});

test("what a category asks for is asked for, and what it does not ask for is left out when it changes", () => {
  const own = draft({ attributes: { fault: "", depth: "deep" } });
  assert.deepEqual(fieldsOf(own, 0, lamp), ["attributes.fault", "attributes.depth"]);
  assert.deepEqual(fieldsOf(draft({ attributes: { fault: "out", depth: "-0.5" } }), 0, lamp), []);
  const chosen = categorised(draft({ attributes: { fault: "out", goods: ["food"] } }), lamp);
  assert.deepEqual([chosen.category, chosen.attributes], ["010", { fault: "out" }]);
  assert.deepEqual(categorised(chosen, null).attributes, {});
});

test("a contact is needed only where somebody calls back, and has a form", () => {
  const told = (contact) => draft({ contact: { name: "", phone: "", email: "", ...contact } });
  assert.deepEqual(fieldsOf(told({}), 0, quarrel), ["phone"]);
  assert.deepEqual(fieldsOf(told({ email: "a@b.cn" }), 0, quarrel), []);
  assert.deepEqual(fieldsOf(told({ phone: "12", email: "a@b" }), 0, rubbish), ["phone", "email"]);
  for (const phone of ["+86 138 0013 8000", "110119", "0791-123456"]) assert.deepEqual(fieldsOf(told({ phone }), 0, quarrel), [], phone);
  assert.deepEqual(fieldsOf(told({ phone: "12" }), 0, silent), [], "what is not asked for is not judged");
  assert.deepEqual(fieldsOf(told({ name: "李".repeat(101) }), 0, rubbish), ["name"]);
});

test("the report holds what was told, in WGS 84, and no contact where none is asked for", () => {
  const own = { ...draft({ contact: { name: " Li ", phone: "138 0013 8000", email: "" }, consent: true }), attributes: { fault: "out", depth: "" } };
  assert.deepEqual(reportOf(own, lamp, "en", new Date(0)), {
    lon: 113.85, lat: 27.62, accuracy_m: null, datum: "wgs84", category: "010", condition: null, description: "A heap",
    address: "", attributes: { fault: "out" }, contact: { name: "Li", phone: "138 0013 8000" }, consent: true, lang: "en",
    seen_at: "1970-01-01T00:00:00.000Z",
  });
  assert.deepEqual(reportOf(own, silent, "zh", new Date(0)).contact, {});
  assert.deepEqual(contactOf({ ...own, contact: { name: "Li", phone: "", email: "" } }, true), { contact: { name: "Li" }, consent: false });
});

test("a place is kept to a centimetre, with the radius of the device", () => {
  assert.deepEqual(placed(blank("k"), 113.851234567, 27.6, 12.3).place, { lon: 113.8512346, lat: 27.6, accuracy_m: 13 });
  assert.equal(placed(placed(blank("k"), 1, 2, 5), 1, 2).place.accuracy_m, null);
});

test("categories are found by every word, in names and keywords, and stand in their groups", () => {
  const all = [rubbish, lamp, pothole, quarrel];
  assert.deepEqual(matching(all, "LITTER  rubbish"), [rubbish]);
  assert.deepEqual(matching(all, "垃圾"), [rubbish]);
  assert.deepEqual(matching(all, ""), all);
  assert.deepEqual(matching(all, "litter road"), []);
  assert.deepEqual(grouped(all).map(({ code, categories }) => [code, categories.length]), [["environment", 1], ["facilities", 2], ["neighbours", 1]]);
});

test("a draft is blank until something would be lost with it", () => {
  assert.ok(isBlank(blank("k"), []));
  assert.ok(!isBlank(blank("k"), [{}]));
  assert.ok(!isBlank({ ...blank("k"), description: "x" }, []));
});

test("photos fit into their square and never grow", () => {
  assert.deepEqual(fitted(4000, 3000, 1600), { width: 1600, height: 1200 });
  assert.deepEqual(fitted(300, 900, 1600), { width: 300, height: 900 });
  assert.deepEqual(fitted(1, 8000, 1600), { width: 1, height: 1600 });
});

// ---- queue -------------------------------------------------------------------------------------------------

/** A device with a clock that is wound by hand, and a server that answers as the test says. */
function device(answers, backend = inMemory()) {
  const store = createStore(backend);
  const sent = [], told = [], timers = new Set();
  let now = 1_000_000;
  const queue = createQueue({
    store,
    send: async (item) => {
      sent.push(item.key);
      return answers.length > 1 ? answers.shift()(item) : answers[0](item);
    },
    lock: (work) => work(),
    now: () => now,
    later: (wait, act) => {
      const timer = { at: now + wait, act };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    random: () => 0.5,
    told: (item, outcome) => told.push([item.key, Object.keys(outcome)[0]]),
  });
  return {
    store, queue, sent, told, timers,
    /** Lets time pass, and what falls due happen. */
    async pass(ms) {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at <= now) {
          timers.delete(timer);
          timer.act();
        }
      }
      await queue.flush();
    },
  };
}
const item = (key, made_at = 0) => ({ key, state: "waiting", draft: blank(key), photos: [], report: {}, name: "Rubbish", made_at, tries: 0, next_at: 0 });
const taken = ({ key }) => ({ taken: { number: `n-${key}`, link: `/follow/${key}` } });
const away = () => ({ later: null });
const refuses = () => ({ refused: { status: 400, detail: "No such category.", faults: [] } });

test("what is submitted leaves the draft and the queue at once, and its link stays", async () => {
  const { store, queue, sent } = device([taken]);
  await store.keepDraft(blank("a"));
  await store.enqueue(item("a"));
  assert.equal(await store.readDraft(), null);
  await queue.flush();
  assert.deepEqual([sent, await store.all()], [["a"], []]);
  assert.deepEqual((await store.mine()).map(({ number, link, name }) => [number, link, name]), [["n-a", "/follow/a", "Rubbish"]]);
});

test("without an answer it is tried again later and later, under the same key, until it is taken", async () => {
  const { store, queue, sent, pass } = device([away, away, away, taken]);
  await store.enqueue(item("a"));
  await queue.flush();
  await pass(4_999);
  assert.equal(sent.length, 1, "the first wait is 5 s");
  await pass(1);
  assert.equal(sent.length, 2);
  await pass(9_999);
  assert.equal(sent.length, 2, "the second is 10 s");
  await pass(1);
  await pass(20_000);
  assert.deepEqual(sent, ["a", "a", "a", "a"]);
  assert.deepEqual(await store.all(), []);
});

test("the wait doubles to ten minutes", () => {
  assert.deepEqual([1, 2, 3, 8, 30].map((tries) => waitAfter(tries, 0.5)), [5_000, 10_000, 20_000, 600_000, 600_000]);
  assert.deepEqual([waitAfter(1, 0), waitAfter(1, 1)], [3_750, 6_250]);
});

test("when the network returns, what waits is sent at once", async () => {
  const { store, queue, sent } = device([away, taken]);
  await store.enqueue(item("a"));
  await queue.flush();
  await queue.flush();
  assert.equal(sent.length, 1);
  await queue.flush(true);
  assert.deepEqual([sent.length, (await store.all()).length], [2, 0]);
});

test("what the server refuses stays to be mended, with the server's words, and is not sent again", async () => {
  const { store, queue, sent, told, timers } = device([refuses]);
  await store.enqueue(item("a"));
  await queue.flush(true);
  await queue.flush(true);
  assert.deepEqual(sent, ["a"]);
  const [kept] = await store.all();
  assert.deepEqual([kept.state, kept.problem.detail, told, timers.size], ["refused", "No such category.", [["a", "refused"]], 0]);
  const aside = { ...item("b"), state: "aside" };
  await store.takeBack(kept, kept.draft, aside);
  assert.equal((await store.readDraft()).draft.key, "a");
  assert.deepEqual((await store.all()).map(({ key }) => key), ["b"]);
});

test("one that fails does not hold up the others; the oldest goes first", async () => {
  const { store, queue, sent } = device([({ key }) => (key === "bad" ? away() : taken({ key }))]);
  for (const [key, at] of [["late", 3], ["bad", 1], ["mid", 2]]) await store.enqueue(item(key, at));
  await queue.flush();
  assert.deepEqual(sent, ["bad", "mid", "late"]);
  assert.deepEqual((await store.all()).map(({ key }) => key), ["bad"]);
});

test("a closed browser loses nothing: another page of the same device goes on with the same key", async () => {
  const backend = inMemory();
  const before = device([away], backend);
  await before.store.enqueue(item("a"));
  await before.queue.flush();
  const after = device([taken], backend);
  await after.queue.flush(true);
  assert.deepEqual([after.sent, await after.store.all()], [["a"], []]);
});

test("two tabs under one lock send once", async () => {
  const backend = inMemory();
  let held = Promise.resolve();
  const lock = (work) => (held = held.then(work));
  const sent = [];
  const tab = () => {
    const store = createStore(backend);
    const send = async ({ key }) => {
      sent.push(key);
      await new Promise((resolve) => setImmediate(resolve));
      return taken({ key });
    };
    return createQueue({ store, send, lock, now: () => 0, later: () => () => {}, random: () => 0.5, told: () => {} });
  };
  await createStore(backend).enqueue(item("a"));
  await Promise.all([tab().flush(true), tab().flush(true)]);
  assert.deepEqual(sent, ["a"]);
});

test("after a fault of the device itself the queue goes on", async () => {
  let broken = true;
  const { store, queue, sent } = device([
    (one) => {
      if (!broken) return taken(one);
      broken = false;
      throw new Error("no disk");
    },
  ]);
  await store.enqueue(item("a"));
  await assert.rejects(queue.flush(), /no disk/);
  await queue.flush();
  assert.deepEqual([sent.length, await store.all()], [2, []]);
});

test("what an answer means", () => {
  const receipt = { number: "1", link: "/follow/x" };
  assert.deepEqual(outcomeOf(201, receipt), { taken: receipt });
  assert.deepEqual(outcomeOf(200, {}), { later: null }, "a page of somebody else's network is no receipt");
  assert.deepEqual(outcomeOf(0, null), { later: null });
  assert.deepEqual(outcomeOf(503, {}), { later: null });
  assert.deepEqual(outcomeOf(429, {}, 7000), { later: 7000 });
  assert.deepEqual(outcomeOf(422, { detail: "x" }), { refused: { status: 422, detail: "x", faults: undefined } });
});

// ---- following ---------------------------------------------------------------------------------------------

const line = (standing) => stationsOf({ kind: "general", history: [], ...standing }).map(({ when }) => when[0]).join("");

test("the line of progress", () => {
  assert.equal(line({ state: "reported" }), "naaaa");
  assert.equal(line({ state: "in_progress" }), "ppnaa");
  assert.equal(line({ state: "closed" }), "ppppp");
  assert.equal(line({ state: "rework" }), "ppnaa");
  assert.equal(line({ state: "suspended", history: [{ state: "reported" }, { state: "in_progress" }, { state: "suspended" }] }), "ppnaa");
  assert.equal(line({ state: "rejected", history: [{ state: "reported" }, { state: "rejected" }] }), "naaaa");
  assert.equal(line({ kind: "approval", state: "decided" }), "pppnaa");
});

// ---- texts -------------------------------------------------------------------------------------------------

test("both languages have the same texts with the same blanks", () => {
  for (const texts of [REPORT_TEXTS, FOLLOW_TEXTS]) {
    assert.deepEqual(Object.keys(texts.zh), Object.keys(texts.en));
    for (const [key, words] of Object.entries(texts.zh)) {
      const blanks = (one) => (one.match(/\{\w+\}/g) ?? []).sort();
      assert.deepEqual(blanks(words), blanks(texts.en[key]), key);
    }
  }
  assert.equal(sayer(REPORT_TEXTS, "en")("counter", { n: 3 }), "3 / 4000 characters");
  assert.throws(() => sayer(REPORT_TEXTS, "en")("nothing"), /No text/);
});

test("every fault has its words", () => {
  const all = faultsOf({ ...blank("k"), description: "x".repeat(4001), address: "x".repeat(301), contact: { name: "x".repeat(101), phone: "1", email: "x" } }, 0, quarrel);
  for (const { text, values } of [...all, ...faultsOf(draft(), 0, lamp)]) assert.ok(sayer(REPORT_TEXTS, "zh")(text, values));
});

test("a history in English says what was done", () => {
  assert.equal(doneText({ action: "close", action_name: "Strike off" }, "en"), "Struck off");
  assert.equal(doneText({ action: "close", action_name: "销号" }, "zh"), "销号");
  assert.equal(doneText({ action: "unheard_of", action_name: "Unheard of" }, "en"), "Unheard of");
});

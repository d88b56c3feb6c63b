// Starts the grid worker's page: what is kept shows at once, then what the server says; what was done is queued and sent.

import { NoAnswer, readSession, Refusal, speak } from "../api.js";
import { windClocks } from "../desk/list.js";
import { readCase } from "../desk/sending.js";
import { byId } from "../dom.js";
import { loginAddress, showWho, signOut } from "../door.js";
import { newKey } from "../key.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { createCards } from "./cards.js";
import { readBuildings, readElsewhere, readMine } from "./reading.js";
import { createReport } from "./report.js";
import { createSender } from "./sender.js";
import { openStore } from "./store.js";
import { text } from "./texts.js";
import { createVisits } from "./visit.js";
import { createWaiting } from "./waiting.js";
import { keepPage } from "./worker.js";

/** @typedef {import("./state.js").Item} Item */

/** @type {{lang: import("../lang.js").Lang}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const EVERY_MS = 60_000;
const TABS = ["todo", "report", "visit"];
let lang = chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang);
/** @type {import("./reading.js").Known | null} */
let known = null;
/** @type {import("./state.js").Place} */
let place = { buildings: [] };
let community = "";
/** Of the communities of my cases beside that one. @type {import("./state.js").Building[]} */
let elsewhere = [];
/** @type {Item[]} */
let items = [];
let [offline, signedOut] = [false, false];
const store = await openStore();
const sender = createSender(store, { sent, changed: showItems, signedOut: () => void (signedOut = true) });
const cards = createCards(byId("cards", HTMLElement), async (kase, step, body, values, shots, replaces) => {
  const title = `${step.name} · ${kase.category_name}`;
  await enqueue({ kind: "step", title, number: kase.number, action: step.action, body, values, shots, revision: kase.revision }, replaces);
});
const report = createReport(
  byId("panel-report", HTMLElement),
  (body, values, shots, title, replaces) =>
    enqueue({ kind: "report", title, number: "", action: "", body, values, shots, revision: 0 }, replaces).then(() => showTab("todo")),
  chooseCommunity,
);
const visits = createVisits(byId("panel-visit", HTMLElement), { visit, community: chooseCommunity, found });
const waiting = createWaiting(byId("waiting", HTMLElement), { send: () => void refresh(), mend, drop, login: loginAddress });

/** @param {Omit<Item, "key" | "n" | "by" | "at" | "refusal">} made @param {Item | null} replaces */
async function enqueue(made, replaces) {
  const n = replaces?.n ?? Math.max(Date.now(), ...items.map((one) => one.n + 1));
  const item = { ...made, key: newKey(), n, by: known?.session.account.name ?? "", at: new Date().toISOString(), refusal: null };
  await (replaces?.key ? store.replace(replaces.key, item) : store.put(item));
  await showItems();
  say(text(lang, "kept"));
  void refresh();
}

/** @param {import("./state.js").Building} building @param {string} kind @param {string} outcome */
function visit(building, kind, outcome) {
  const at = new Date().toISOString();
  const title = text(lang, "visitDone", { name: building.name, outcome: text(lang, `outcome_${outcome}`) });
  building.visited_at = at;
  void store.learn(`place:${community}`, place);
  const body = { building: building.id, kind, outcome, at };
  void enqueue({ kind: "visit", title, number: "", action: "", body, values: {}, shots: [], revision: 0 }, null);
}

/** @param {number} building */
function found(building) {
  report.beside(around(), building);
  showTab("report");
}

/** @param {Item} item @param {any} answer */
function sent(item, answer) {
  if (item.kind === "step" && known) {
    known.cases = known.cases.flatMap((one) => (one.number !== item.number ? [one] : answer.open ? [answer] : []));
    void store.learn("mine", known);
  }
  say(text(lang, "sentStep", { title: item.title }));
}

/** @param {Item} item */
async function mend(item) {
  if (item.kind === "report") {
    if (item.values.community) await openCommunity(item.values.community);
    report.mend(around(), item);
    return showTab("report");
  }
  if (item.kind === "visit") return enqueue(item, item);
  await refreshCase(item.number);
  showTab("todo");
  if (!cards.mend(item)) say(item.refusal ?? "");
}

/** The case as it is now, also if it is mine no longer: what was typed must find its card. @param {string} number */
async function refreshCase(number) {
  try {
    const kase = await readCase(number, lang);
    sender.seen(number, kase.revision);
    if (known) known.cases = [...known.cases.filter((one) => one.number !== number), kase];
    render();
  } catch {
    // Without network the card stays as it was kept.
  }
}

/** @param {Item} item */
async function drop(item) {
  await store.drop(item.key);
  await showItems();
  void refresh();
}

async function showItems() {
  items = await store.items();
  render();
}

/** @type {Promise<void> | null} */
let reading = null;
let again = false;
/** Sends what waits, then reads what there is; asked for while it is under way, it is done once more. */
function refresh() {
  again = true;
  reading ??= (async () => {
    while (again) {
      again = false;
      await sendAndRead();
    }
  })().finally(() => (reading = null));
  return reading;
}

async function sendAndRead() {
  try {
    const session = await readSession();
    signedOut = session === null;
    offline = false;
    if (session) {
      await sender.flush(session.account.name);
      if (signedOut) return;
      known = await readMine(store, lang, session);
      await openCommunity(community || known.home);
      elsewhere = await readElsewhere(store, known.cases, community);
    }
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) signedOut = true;
    else if (error instanceof NoAnswer || error instanceof Refusal) offline = true;
    else throw error;
  } finally {
    await showItems();
  }
}

/** @param {string} code */
async function openCommunity(code) {
  community = code;
  if (!code) return;
  place = (await store.known(`place:${code}`)) ?? { buildings: [] };
  renderPlace();
  try {
    place = await readBuildings(store, code);
    renderPlace();
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof Refusal)) throw error;
  }
}

/** Another community for visits and reports. @param {string} code */
async function chooseCommunity(code) {
  const chooser = document.activeElement;
  if (chooser instanceof HTMLElement) chooser.blur();
  await openCommunity(code);
  if (chooser && document.activeElement === document.body) document.getElementById(chooser.id)?.focus();
}

/** What lists and forms are made of. */
const around = () => ({ lang, categories: known?.categories ?? [], buildings: place.buildings, communities: known?.communities ?? [], community });

/** Lists and the form of a report; not while somebody is writing there. */
function renderPlace() {
  const free = (/** @type {string} */ id) => !byId(id, HTMLElement).contains(document.activeElement);
  if (free("panel-visit")) visits.render({ ...around(), ...place });
  if (free("panel-report")) report.render(around());
}

function render() {
  const account = known?.session.account.name ?? null;
  waiting.render({ lang, items, account, offline: offline ? known?.at ?? "" : null, signedOut, lasting: store.lasting });
  cards.render({ lang, cases: known?.cases ?? [], items, table: known?.table ?? null, categories: known?.categories ?? [], buildings: [...place.buildings, ...elsewhere] });
  byId("tab-count", HTMLElement).textContent = known?.cases.length ? String(known.cases.length) : "";
  showWho(known?.session ?? null, (name) => text(lang, "signedInAs", { name }));
  document.body.setAttribute("aria-busy", "false");
}

function renderTexts() {
  speak(lang);
  document.title = `${text(lang, "title")} · ${text(lang, "subtitle")}`;
  fillTexts(lang, (key) => text(lang, key));
  renderPlace();
}

/** @param {string} name */
function showTab(name) {
  for (const one of TABS) {
    byId(`panel-${one}`, HTMLElement).hidden = one !== name;
    byId(`tab-${one}`, HTMLElement).setAttribute("aria-current", one === name ? "page" : "false");
  }
  window.scrollTo({ top: 0 });
}

/** @param {string} words to be read out, and shown for a while */
function say(words) {
  const toast = byId("toast", HTMLElement);
  toast.textContent = words;
}

for (const name of TABS) byId(`tab-${name}`, HTMLElement).addEventListener("click", () => showTab(name));
byId("sign-out", HTMLElement).addEventListener("click", () => void signOut(store.forget));
byId("language", HTMLElement).addEventListener("click", async () => {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  renderTexts();
  render();
  await refresh();
});
window.addEventListener("online", () => void refresh());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void refresh());
window.setInterval(() => document.visibilityState === "visible" && !cards.typed() && void refresh(), EVERY_MS);
window.setInterval(() => windClocks(lang), EVERY_MS);

known = (await store.known("mine")) ?? null;
items = await store.items();
community = known?.home ?? "";
place = (await store.known(`place:${community}`)) ?? place;
elsewhere = await readElsewhere(store, known?.cases ?? [], community);
renderTexts();
if (known) render();
showTab("todo");
await refresh();
keepPage();

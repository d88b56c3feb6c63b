// Starts the incident desk: reads the settings, joins state, queue, map and case, and loads what the address asks for.

import { read, readSession, Refusal, speak } from "../api.js";
import { byId, h } from "../dom.js";
import { loginAddress, showWho, signOut } from "../door.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { createBulk } from "./bulk.js";
import { createCase } from "./case.js";
import { createDryRun } from "./dry_run.js";
import { createFilters, renderLegend } from "./filters.js";
import { createInbox } from "./inbox.js";
import { createList, windClocks } from "./list.js";
import { createDeskMap } from "./map.js";
import { outlinesOf } from "./outlines.js";
import { readCase } from "./sending.js";
import * as actions from "./state.js";
import { renderTabs } from "./tabs.js";
import { text } from "./texts.js";
import { NO_WORDS, readWords } from "./words.js";

/** @typedef {import("./state.js").Desk} Desk */

/** @type {import("./map.js").Settings & {lang: import("../lang.js").Lang}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const PAGE = 50;
/** The most rows that the server lists at once. */
const MOST = 200;
const MINUTE_MS = 60_000;
let desk = actions.initialDesk(chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang), location.hash);
/** In the page's language. */
let words = NO_WORDS;
/** Raised with each first page, so that an answer overtaken by a later filter is dropped. */
let loads = 0;

const list = createList(byId("incidents", HTMLElement), open, (number, on) => apply(actions.withTick(desk, number, on)), (number) => map.point(number));
const map = createDeskMap(byId("map", HTMLElement), settings, { open, pick });
const filters = createFilters(narrow);
const bulk = createBulk({
  done: () => refresh(),
  tickAll: (on) => apply(actions.withAllTicked(desk, on)),
  nameOf: (action) => words.actions[action] ?? action,
  around: () => around(null),
});
const casePanel = createCase(byId("case", HTMLElement), {
  back,
  changed,
  reload: () => void readOpenCase(),
  moderates: () => may("photo.moderate"),
  around,
});
const dryRun = createDryRun((lon, lat) => map.showPicked(lon, lat), () => words);
const inbox = createInbox(() => desk.lang, open);

/** Whether one's roles allow it, in some community. @param {string} permission */
const may = (permission) => desk.session?.may.includes(permission) ?? false;

/** @param {Desk} now */
function apply(now) {
  const before = desk;
  desk = now;
  render(now, before);
}

/** What the choices of a form are made of. @param {import("./state.js").Case | null} kase @returns {import("./forms.js").Around} */
function around(kase) {
  return {
    departments: words.departments,
    routed: kase?.department ?? null,
    reasonCodes: kase?.reason_codes ?? reasons,
    workers: kase?.workers ?? [],
    categories: words.categories,
    numbers: desk.rows.map((row) => row.number).filter((number) => number !== kase?.number),
  };
}
/** Reasons for rejecting, as the last case that was read told them. @type {{code: string, name: string}[]} */
let reasons = [];

/** @param {boolean} fit whether the map goes to where the incidents are @param {number} rows to list */
async function load(fit, rows = PAGE) {
  const mine = ++loads;
  try {
    const query = actions.queryOf(desk.filter, "");
    const [page, counts] = await Promise.all([read("incidents", { ...query, lang: desk.lang, limit: rows }), read("incidents/counts", query)]);
    if (mine !== loads) return;
    apply({ ...actions.withPage(desk, page, false), counts });
    if (fit) map.fit(desk.rows);
    if (!reasons.length && desk.rows.length) reasons = (await readCase(desk.rows[0].number, desk.lang)).reason_codes;
    const outlines = await outlinesOf(desk.rows);
    map.outline(outlines);
    if (fit && !desk.rows.length && !outlines.length) map.home((await read("reports/map")).boundaries);
    else if (fit && mine === loads) map.fit(desk.rows);
  } catch (error) {
    if (mine === loads) failed(error);
  }
}

async function loadMore() {
  const [mine, first] = [loads, desk.rows.length];
  try {
    const page = await read("incidents", { ...actions.queryOf(desk.filter, desk.next ?? ""), limit: PAGE, lang: desk.lang });
    if (mine !== loads) return;
    apply(actions.withPage(desk, page, true));
    list.focus(desk.rows[first]?.number ?? "");
  } catch (error) {
    failed(error);
  }
}

const refresh = () => load(false, Math.min(MOST, Math.max(PAGE, desk.rows.length)));

/** @param {Partial<import("./state.js").Filter>} change */
function narrow(change) {
  apply(actions.withFilter(desk, change));
  load(true);
}

/** @param {string} number */
async function open(number) {
  apply({ ...desk, number, kase: desk.kase?.number === number ? desk.kase : null });
  const row = desk.rows.find((one) => one.number === number);
  if (row) map.reveal(row);
  await readOpenCase();
  casePanel.focus();
}

async function readOpenCase() {
  if (!desk.number) return;
  try {
    const kase = await readCase(desk.number, desk.lang);
    reasons = kase.reason_codes;
    apply(actions.withCase(desk, kase));
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return failed(error);
    say(error instanceof Error ? error.message : String(error));
    apply({ ...desk, number: null, kase: null });
  }
}

/** @param {import("./state.js").Case} kase */
function changed(kase) {
  apply(actions.withCase(desk, kase));
  say(`${kase.number}: ${kase.state_name}`);
  refresh();
  inbox.load();
}

function back() {
  const { number } = desk;
  apply({ ...desk, number: null, kase: null });
  if (number) list.focus(number);
}

/** @param {number} lon @param {number} lat */
function pick(lon, lat) {
  map.showPicked(lon, lat);
  dryRun.take(lon, lat);
}

/** @param {unknown} error */
function failed(error) {
  if (error instanceof Refusal && error.status === 401) return location.assign(loginAddress());
  apply({ ...desk, phase: "failed", failure: error instanceof Error ? error.message : String(error) });
}

async function start() {
  apply({ ...desk, phase: "loading", failure: null });
  try {
    const [session, told] = await Promise.all([readSession(), readWords(desk.lang)]);
    words = told;
    apply({ ...desk, session });
  } catch (error) {
    return failed(error);
  }
  await Promise.all([load(true), readOpenCase(), inbox.load()]);
  renderWords();
}

/** What is made of the catalogue's words. */
function renderWords() {
  filters.render(desk, words);
  filters.renderCounts(desk, words);
  dryRun.render(desk.lang);
}

/** @param {Desk} now @param {Desk} before */
function render(now, before) {
  const { lang } = now;
  const changedOf = (/** @type {(keyof Desk)[]} */ ...names) => names.some((name) => now[name] !== before[name]);
  if (changedOf("lang")) renderTexts(now);
  if (changedOf("session")) byId("to-notices", HTMLElement).hidden = !may("notice.send");
  if (changedOf("session", "lang")) showWho(now.session, (name) => text(lang, "signedInAs", { name }));
  if (changedOf("filter", "lang", "session")) filters.render(now, words);
  if (changedOf("counts", "filter", "lang")) filters.renderCounts(now, words);
  if (changedOf("rows", "ticked", "number", "lang")) list.render(now);
  if (changedOf("ticked", "rows", "lang")) bulk.render(now);
  if (changedOf("rows", "number")) map.show(now.kase && !now.rows.some((row) => row.number === now.number) ? [...now.rows, now.kase] : now.rows, now.number);
  if (changedOf("number", "kase", "lang")) casePanel.render(lang, now.number, now.kase);
  if (changedOf("tab", "lang")) {
    renderTabs(now.tab);
    map.pickPlaces(now.tab === "dry");
  }
  if (changedOf("number")) document.body.classList.toggle("with-case", now.number !== null);
  if (changedOf("phase", "failure", "lang")) renderNotice(now);
  if (changedOf("rows", "phase", "lang")) {
    byId("count", HTMLElement).textContent = now.rows.length ? text(lang, now.filter.view === "open" ? "listed" : "listedNewest", { n: now.rows.length }) : now.phase === "ready" ? text(lang, "nothing") : "";
    byId("more", HTMLElement).hidden = now.next === null;
  }
  if (changedOf("filter", "number", "tab")) history.replaceState(null, "", `${location.pathname}${location.search}${actions.formatHash(now)}`);
}

/** @param {Desk} now */
function renderTexts({ lang }) {
  speak(lang);
  document.title = `${text(lang, "title")} · ${text(lang, "subtitle")}`;
  fillTexts(lang, (key) => text(lang, key));
  renderLegend(byId("legend", HTMLElement), lang);
  inbox.render();
}

/** @param {Desk} now */
function renderNotice({ phase, failure, lang }) {
  const notice = byId("notice", HTMLElement);
  notice.hidden = phase === "ready";
  notice.className = `notice ${phase}`;
  document.body.setAttribute("aria-busy", String(phase === "loading"));
  notice.replaceChildren(
    ...(phase === "failed"
      ? [h("h2", {}, text(lang, "failed")), h("p", {}, failure ?? ""), h("button", { type: "button", onclick: start }, text(lang, "retry"))]
      : [h("p", {}, text(lang, "loading"))]),
  );
}

/** @param {string} told to be read out */
const say = (told) => void (byId("announcer", HTMLElement).textContent = told);

async function switchLanguage() {
  const lang = desk.lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  desk = { ...desk, lang };
  words = await readWords(lang).catch(() => words);
  render(desk, { ...desk, lang: desk.lang === "zh" ? "en" : "zh" });
  renderWords();
  await Promise.all([refresh(), readOpenCase()]);
}

render(desk, /** @type {any} */ ({}));
const presses = { more: loadMore, "sign-out": () => signOut(), language: switchLanguage, "zoom-in": map.zoomIn, "zoom-out": map.zoomOut, whole: () => map.fit(desk.rows) };
for (const [id, act] of Object.entries(presses)) byId(id, HTMLElement).addEventListener("click", () => void act());
byId("tabs", HTMLElement).addEventListener("tab", (event) => apply({ ...desk, tab: /** @type {CustomEvent} */ (event).detail }));
window.setInterval(() => windClocks(desk.lang), MINUTE_MS);
window.setInterval(() => document.visibilityState === "visible" && desk.phase === "ready" && !desk.ticked.length && refresh(), MINUTE_MS);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && desk.phase === "ready" && refresh());
start();

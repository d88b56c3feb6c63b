// Starts the city page: reads the settings, joins state, map and list, and loads what the address asks for.

import { Refusal, read, readSession, speak } from "../api.js";
import { byId, h } from "../dom.js";
import { loginAddress, showWho, signOut } from "../door.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { renderAreas, renderStates } from "./filter.js";
import { createList } from "./list.js";
import { createCityMap } from "./map.js";
import * as actions from "./state.js";
import { text } from "./texts.js";

/** @typedef {import("./state.js").City} City */

/** @type {import("./map.js").Settings & {lang: import("../lang.js").Lang}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const asked = actions.parseHash(location.hash);
let city = actions.initialCity(chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang), asked.filter);
const hint = byId("hint", HTMLElement);
const search = byId("search", HTMLInputElement);
const moreButton = byId("more", HTMLButtonElement);
const PAGE = 50;
/** The most rows that the server lists at once. */
const MOST = 500;
/** How long a pause in typing is, and how long to wait before asking whether more grids were looked at, milliseconds. */
const PAUSE = { typing: 250, checking: 1500 };
/** Raised with each first page, so that an answer overtaken by a later filter is dropped. */
let loads = 0;
let started = false;
const list = createList(byId("communities", HTMLTableSectionElement), settings.palette, (row, reveal) => {
  apply({ ...city, at: row?.code ?? null });
  if (row && reveal) map.reveal(row.label);
});
const map = createCityMap(byId("map", HTMLElement), settings, { point, open, moved: rememberPlace, failed });

/** @param {City} now */
function apply(now) {
  const before = city;
  city = now;
  render(now, before);
}

/** @param {boolean} fit whether the map goes to where the communities are @param {number} rows to list */
async function load(fit, rows = PAGE) {
  const mine = ++loads;
  try {
    const answer = await readPage("", rows);
    if (mine !== loads) return;
    apply(actions.withPage(city, answer, false));
    if (fit && city.bbox) map.fit(city.bbox);
    if (city.unchecked) window.setTimeout(() => mine === loads && refresh(), PAUSE.checking);
  } catch (error) {
    if (mine === loads) failed(error);
  }
}

async function loadMore() {
  const [mine, first] = [loads, city.rows.length];
  try {
    const answer = await readPage(city.next ?? "", PAGE);
    if (mine !== loads) return;
    apply(actions.withPage(city, answer, true));
    list.focus(city.rows[first]?.code ?? "");
  } catch (error) {
    failed(error);
  }
}

/** @param {string} after @param {number} limit */
function readPage(after, limit) {
  const query = new URLSearchParams([...actions.queryOf(city.filter, after), ["limit", String(limit)], ["lang", city.lang]]);
  return read(`city/communities?${query}`);
}

/** The states of now, in list and map, without moving either. */
async function refresh() {
  const before = JSON.stringify(city.counts);
  await load(false, Math.min(MOST, Math.max(PAGE, city.rows.length)));
  if (JSON.stringify(city.counts) !== before) await map.refresh();
}

/** @param {unknown} error */
function failed(error) {
  if (error instanceof Refusal && error.status === 401) return location.assign(loginAddress());
  apply({ ...city, phase: "failed", failure: error instanceof Error ? error.message : String(error) });
}

async function start() {
  apply({ ...city, phase: "loading", failure: null });
  try {
    const [session, { areas }] = await Promise.all([readSession(), read("city/areas", { lang: city.lang })]);
    apply({ ...city, session, areas });
  } catch (error) {
    return failed(error);
  }
  if (asked.view) map.setView(asked.view);
  await load(!asked.view);
  started = true;
}

/** @param {Partial<import("./state.js").Filter>} change */
function narrow(change) {
  apply(actions.withFilter(city, change));
  load("area" in change);
}

/** @param {import("./state.js").StateName} state */
const toggle = (state) => narrow({ states: actions.withStateToggled(city, state).filter.states });

/** A community under the pointer or in the map's middle. @param {Record<string, any> | null} community @param {"pointer" | "keyboard"} how @param {number} x @param {number} y */
function point(community, how, x, y) {
  if (community?.code !== (city.at ?? undefined)) apply({ ...city, at: community?.code ?? null });
  const { lang } = city;
  hint.hidden = !community || how === "keyboard";
  if (!community) return;
  const values = { ...community, state: text(lang, community.state) };
  if (how === "keyboard") return say("announcer", text(lang, "atMiddle", values));
  hint.replaceChildren(h("strong", {}, community.name), text(lang, community.grids ? "hintGrids" : "hint", values));
  hint.style.transform = `translate(${x + 14}px, ${y + 14}px)`;
}

/** @param {string} code */
function open(code) {
  location.assign(actions.communityAddress(code));
}

/** The address follows filter and map, so that the way back from a community leads here. */
function rememberPlace() {
  if (!started) return;
  history.replaceState(null, "", location.pathname + location.search + actions.formatHash(city.filter, map.view()));
}

/** @param {City} now @param {City} before */
function render(now, before) {
  const changed = (/** @type {(keyof City)[]} */ ...keys) => keys.some((key) => now[key] !== before[key]);
  const { lang } = now;
  if (changed("lang")) renderTexts(now);
  if (changed("session", "lang")) showWho(now.session, (name) => text(lang, "signedInAs", { name }));
  if (changed("areas", "filter", "lang")) renderAreas(now);
  if (changed("areas", "filter")) map.show(actions.shownBy(now.filter, now.areas));
  if (changed("counts", "filter", "lang")) renderStates(now, settings.palette, toggle);
  if (changed("rows", "lang")) list.render(now);
  if (changed("rows", "at")) list.mark(now.at);
  if (changed("at")) map.mark(now.at);
  if (changed("phase", "failure", "lang")) renderNotice(now);
  if (changed("rows", "counts", "next", "unchecked", "phase", "filter", "lang")) {
    const n = actions.matching(now);
    const shown = Math.min(now.rows.length, n);
    say("count", n ? text(lang, "found", { n, shown }) : text(lang, "nothing"));
    moreButton.hidden = now.next === null;
    moreButton.textContent = text(lang, "more", { n: Math.min(PAGE, n - shown) });
    say("unchecked", now.unchecked ? text(lang, "unchecked", { n: now.unchecked }) : "");
  }
  if (changed("filter")) rememberPlace();
}

/** Words that are read out, unless they are there already. @param {string} id @param {string} words */
function say(id, words) {
  const element = byId(id, HTMLElement);
  if (element.textContent !== words) element.textContent = words;
}

/** @param {City} now */
function renderTexts({ lang }) {
  speak(lang);
  document.title = `${text(lang, "title")} · ${text(lang, "subtitle")}`;
  fillTexts(lang, (key) => text(lang, key));
  search.placeholder = search.getAttribute("aria-label") ?? "";
}

/** @param {City} now */
function renderNotice({ phase, failure, lang }) {
  const notice = byId("notice", HTMLElement);
  notice.hidden = phase === "ready";
  notice.className = `notice ${phase}`;
  document.body.setAttribute("aria-busy", String(phase === "loading"));
  /** @type {Record<string, () => Node[]>} */
  const contents = {
    loading: () => [h("p", {}, text(lang, "loading"))],
    empty: () => [h("h2", {}, text(lang, "emptyTitle")), h("p", {}, text(lang, "emptyHint"))],
    failed: () => [
      h("h2", {}, text(lang, "failed")),
      h("p", {}, failure ?? ""),
      h("button", { type: "button", onclick: start }, text(lang, "retry")),
    ],
    ready: () => [],
  };
  notice.replaceChildren(...contents[phase]());
}

function listen() {
  /** @type {number | undefined} */
  let typing;
  search.value = city.filter.q;
  search.addEventListener("input", () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(() => narrow({ q: search.value.trim() }), PAUSE.typing);
  });
  const areaChooser = byId("area", HTMLSelectElement);
  areaChooser.addEventListener("change", () => narrow({ area: areaChooser.value }));
  moreButton.addEventListener("click", loadMore);
  byId("sign-out", HTMLElement).addEventListener("click", () => void signOut());
  byId("language", HTMLElement).addEventListener("click", () => {
    const lang = city.lang === "zh" ? "en" : "zh";
    localStorage.setItem(LANG_KEY, lang);
    apply({ ...city, lang });
  });
  byId("zoom-in", HTMLElement).addEventListener("click", map.zoomIn);
  byId("zoom-out", HTMLElement).addEventListener("click", map.zoomOut);
  byId("whole", HTMLElement).addEventListener("click", () => city.bbox && map.fit(city.bbox));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && started && refresh());
}

render(city, { ...city, lang: /** @type {any} */ (null), phase: /** @type {any} */ (null) });
listen();
start();

// Starts the page: reads the settings, joins state, map, panel and editor, and loads what the address asks for.

import { Refusal, Told, readCommunities, readCommunity, readPlan, readSession, speak } from "./api.js";
import { byId, h } from "./dom.js";
import { loginAddress, signOut } from "./door.js";
import { createEditor } from "./edit/editor.js";
import { formatHash, parseHash } from "./hash.js";
import { text } from "./i18n.js";
import { chooseLang, LANG_KEY } from "./lang.js";
import { createList } from "./list.js";
import { createMap } from "./map.js";
import { buildingSection, knownSection, legendSection, planSection } from "./panel.js";
import * as actions from "./state.js";
import { createDesk } from "./ui/desk.js";
import { lockButtons } from "./ui/grid_actions.js";
import { renderCommunities, renderPlans, renderTexts, renderWho } from "./ui/header.js";
import { keepingFocus } from "./ui/toolbar.js";

/** @typedef {import("./state.js").State} State */

/** @type {import("./types.js").PageSettings} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const store = actions.createStore(
  actions.initialState(chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang)),
);
/** @type {import("./map/pointer.js").Hands} */
const hands = {
  begin: (point, zoom) => editor.hands.begin(point, zoom),
  move: (point, zoom) => editor.hands.move(point, zoom),
  end: () => editor.hands.end(),
  cancel: () => editor.hands.cancel(),
};
const map = createMap(byId("map", HTMLElement), settings, click, hands);
const editor = createEditor(store, map, reload, { comment: () => desk.commentsChanged() });
const desk = createDesk(store, map, editor, settings.palette, reload);
const list = createList(byId("building-list", HTMLElement), byId("list-count", HTMLElement), {
  state: store.get,
  pick: (id) => store.apply((s) => actions.selectBuilding(s, id)),
  ...desk.listActs,
});
const filter = byId("building-filter", HTMLInputElement);
/** As in the style sheets: on a phone the legend starts folded, since it would cover a grid. */
const NARROW = "(max-width: 760px)";

/** Raised with each load, so that an answer overtaken by a later choice is dropped. */
let loads = 0;
/** Whether the page shows what was asked for, which the address may follow then. */
let atRest = false;

/**
 * Runs a load; its failure is shown, and a later load makes this one void.
 * @param {(current: () => boolean) => Promise<void>} work
 */
async function load(work) {
  const mine = ++loads;
  const current = () => mine === loads;
  atRest = false;
  store.apply(actions.loading);
  try {
    await work(current);
    if (!current()) return;
    atRest = true;
    rememberPlace(store.get());
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) location.assign(loginAddress());
    else if (current()) store.apply((s) => actions.failed(s, error instanceof Error ? error.message : String(error)));
  }
}

/** @param {import("./hash.js").Place} place */
const loadPlace = (place) =>
  load(async (current) => {
    const [{ communities }, session] = await Promise.all([readCommunities(""), readSession()]);
    if (!current()) return;
    store.apply((s) => actions.withCommunities({ ...s, session }, communities));
    const code = place.community ?? (communities.find((row) => row.plans) ?? communities[0])?.code;
    if (code) await openCommunity(code, place, current);
  });

/** @param {string} code @param {Partial<import("./hash.js").Place>} place @param {() => boolean} current */
async function openCommunity(code, place, current) {
  editor.close();
  const data = await readCommunity(code, store.get().lang);
  if (!current()) return;
  store.apply((s) => actions.withCommunity(s, data));
  const asked = data.plans.find((/** @type {{id: number}} */ row) => row.id === place.plan);
  if (place.plan && !asked) throw new Told(text(store.get().lang, "noSuchPlan", { plan: place.plan }));
  const id = (asked ?? actions.firstPlan(data.plans))?.id;
  if (id) await openPlan(id, current);
  if (!current()) return;
  if (place.grid) store.apply((s) => actions.selectGrid(s, place.grid ?? null));
  if (place.building) store.apply((s) => actions.selectBuilding(s, place.building ?? null));
}

/** @param {number} id @param {() => boolean} current */
async function openPlan(id, current) {
  editor.close();
  const data = await readPlan(id, store.get().lang);
  if (!current()) return;
  store.apply((s) => actions.withPlan(s, data));
  await editor.open(current);
}

/** A plan as it is on the server now, and the list of plans with it. @param {string} code @param {number} plan */
function reload(code, plan) {
  load((current) => openCommunity(code, { plan }, current));
}

/** What a click on the map does: edits with a tool in hand, else chooses the building. @param {number | null} id */
function click(id) {
  if (id !== null && editor.click(id)) return;
  store.apply((s) => actions.selectBuilding(s, id));
}

/** @param {State} now @param {State} before */
function render(now, before) {
  const changed = (/** @type {(keyof State)[]} */ ...keys) => keys.some((key) => now[key] !== before[key]);
  if (changed("lang")) speak(now.lang);
  if (changed("lang")) renderTexts(now, [byId("community-search", HTMLInputElement), filter]);
  if (changed("session", "lang")) renderWho(now);
  if (changed("phase", "failure", "lang")) renderNotice(now);
  if (changed("communities", "community", "lang")) renderCommunities(now);
  if (changed("plans", "plan", "lang")) renderPlans(now);
  if (changed("buildings") && now.community && now.buildings && now.barriers) {
    map.showCommunity(now.community, now.buildings, now.barriers);
  }
  if (!now.edit) desk.renderFirst(now, before);
  if (changed("grids") && now.grids) map.showGrids(now.grids);
  if (changed("assignments")) map.setAssignments((id) => actions.gridOf(now, id));
  if (now.edit) desk.renderFirst(now, before);
  if (changed("grid")) map.choose(now.grid, now.edit?.shown ?? null);
  if (changed("grid") && now.grid === null && now.community && before.buildings === now.buildings) map.fit(now.community.bbox);
  if (changed("building")) map.pick(now.building, true);
  renderPanel(now, before, changed);
  desk.render(now, before);
  if (changed("grid", "building") && atRest) rememberPlace(now);
}

/** @param {State} now @param {State} before @param {(...keys: (keyof State)[]) => boolean} changed */
function renderPanel(now, before, changed) {
  const divided = now.edit?.shown !== before.edit?.shown;
  const ruled = now.edit?.rules !== before.edit?.rules;
  if (changed("plan", "grid", "community", "lang", "phase") || divided || ruled) {
    const section = byId("plan", HTMLElement);
    keepingFocus(section, () => section.replaceChildren(...planSection(now, settings.palette, chooseGrid, choosePlan)));
  }
  if (changed("community", "lang")) byId("known", HTMLElement).replaceChildren(...knownSection(now));
  if (changed("barriers", "plan", "lang")) renderLegend(now);
  if (changed("grid", "building", "lang")) byId("announcer", HTMLElement).textContent = announcement(now);
  if (changed("filter")) filter.value = now.filter;
  const locked = now.edit?.locks !== before.edit?.locks;
  if (changed("buildings", "assignments", "grid", "filter", "lang") || locked || Boolean(now.edit) !== Boolean(before.edit)) {
    renderDetails(now);
  } else if (divided) {
    renderSoon();
  } else {
    if (changed("building") || now.edit?.chosen !== before.edit?.chosen) list.mark(now);
    if (changed("building")) renderBuilding(now);
  }
}

/** @param {State} now */
function renderLegend(now) {
  const items = legendSection(now);
  byId("legend-box", HTMLElement).hidden = !items.length;
  byId("legend", HTMLElement).replaceChildren(...items);
}

/** @type {number | undefined} */
let waiting;

/** While the hand draws, list and details follow once a frame is on the screen. */
function renderSoon() {
  waiting ??= window.setTimeout(() => {
    waiting = undefined;
    renderDetails(store.get());
  }, 60);
}

/** @param {State} now */
function renderDetails(now) {
  renderBuilding(now);
  list.render(now);
  desk.renderLater(now);
}

/** @param {State} now */
function renderBuilding(now) {
  const section = byId("building", HTMLElement);
  const close = () => store.apply((s) => actions.selectBuilding(s, null));
  const buttons = now.building === null ? [] : lockButtons(now, now.building, editor);
  keepingFocus(section, () => section.replaceChildren(...buildingSection(now, settings.palette, close), ...buttons));
}

/** What a screen reader hears when the choice changes. @param {State} now */
function announcement(now) {
  const building = actions.selectedBuilding(now);
  if (building) return text(now.lang, "selectedBuilding", { name: actions.titleOf(building) });
  return now.grid === null ? "" : text(now.lang, "selectedGrid", { number: now.grid });
}

/** @param {State} now */
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
      h("button", { type: "button", onclick: () => loadPlace(parseHash(location.hash)) }, text(lang, "retry")),
    ],
    ready: () => [],
  };
  notice.replaceChildren(...contents[phase]());
}

/** The address follows the choice; another plan or community is a step that the browser can go back. @param {State} now */
function rememberPlace(now) {
  const [before, place] = [parseHash(location.hash), actions.placeOf(now)];
  const elsewhere = before.community !== null && (before.community !== place.community || (before.plan !== null && before.plan !== place.plan));
  const address = location.pathname + location.search + formatHash(place);
  if (elsewhere) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

/** @param {number} number */
const chooseGrid = (number) => store.apply((s) => actions.selectGrid(s, number));

/** @param {number} id */
const choosePlan = (id) => load((current) => openPlan(id, current));

let searches = 0;
/** Communities by name or code; an answer that a later search has overtaken is dropped. @param {string} words */
async function searchCommunities(words) {
  const mine = ++searches;
  const failure = byId("search-failure", HTMLElement);
  try {
    const { communities } = await readCommunities(words);
    if (mine !== searches) return;
    failure.textContent = "";
    store.apply((s) => actions.withCommunities(s, communities));
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    if (mine === searches) failure.textContent = text(store.get().lang, "searchFailed", { words: error.message });
  }
}

/** Texts made by the server (reasons) come again in the new language. */
function switchLanguage() {
  const lang = store.get().lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  store.apply((s) => actions.withLang(s, lang));
  const { plan } = store.get();
  if (plan) load((current) => openPlan(plan.id, current));
}

function listen() {
  byId("sign-out", HTMLElement).addEventListener("click", () => void signOut());
  const communityChooser = byId("community-chooser", HTMLSelectElement);
  const planChooser = byId("plan-chooser", HTMLSelectElement);
  const communitySearch = byId("community-search", HTMLInputElement);
  communityChooser.addEventListener("change", () =>
    load((current) => openCommunity(communityChooser.value, {}, current)),
  );
  planChooser.addEventListener("change", () => choosePlan(Number(planChooser.value)));
  communitySearch.addEventListener("input", () => searchCommunities(communitySearch.value));
  filter.addEventListener("input", () => store.apply((s) => actions.withFilter(s, filter.value)));
  byId("language", HTMLElement).addEventListener("click", switchLanguage);
  byId("zoom-in", HTMLElement).addEventListener("click", map.zoomIn);
  byId("zoom-out", HTMLElement).addEventListener("click", map.zoomOut);
  byId("whole", HTMLElement).addEventListener("click", () => {
    const { community, grid } = store.get();
    if (grid !== null) chooseGrid(grid);
    else if (community) map.fit(community.bbox);
  });
  window.addEventListener("hashchange", () => loadPlace(parseHash(location.hash)));
  byId("legend-box", HTMLDetailsElement).open = !matchMedia(NARROW).matches;
  new ResizeObserver(map.resized).observe(byId("map", HTMLElement));
}

store.onChange(render);
render(store.get(), { ...store.get(), lang: /** @type {any} */ (null), phase: /** @type {any} */ (null) });
listen();
loadPlace(parseHash(location.hash));

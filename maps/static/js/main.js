// Starts the page: reads the settings, joins state, map and panel, and loads what the address asks for.

import { readCommunities, readCommunity, readPlan } from "./api.js";
import { byId, h } from "./dom.js";
import { formatHash, parseHash } from "./hash.js";
import { chooseLang, text } from "./i18n.js";
import { createList } from "./list.js";
import { createMap } from "./map.js";
import { buildingSection, knownSection, legendSection, planSection } from "./panel.js";
import * as actions from "./state.js";

/** @typedef {import("./state.js").State} State */

const LANG_KEY = "wangge-lang";
/** @type {import("./types.js").PageSettings} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const store = actions.createStore(
  actions.initialState(chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang)),
);
const map = createMap(byId("map", HTMLElement), settings, (id) => store.apply((s) => actions.selectBuilding(s, id)));
const list = createList(byId("building-list", HTMLElement), byId("list-count", HTMLElement), (id) =>
  store.apply((s) => actions.selectBuilding(s, id)),
);
const communityChooser = byId("community-chooser", HTMLSelectElement);
const communitySearch = byId("community-search", HTMLInputElement);
const planChooser = byId("plan-chooser", HTMLSelectElement);
const filter = byId("building-filter", HTMLInputElement);

/** Raised with each load, so that an answer overtaken by a later choice is dropped. */
let loads = 0;

/**
 * Runs a load; its failure is shown, and a later load makes this one void.
 * @param {(current: () => boolean) => Promise<void>} work
 */
async function load(work) {
  const mine = ++loads;
  const current = () => mine === loads;
  store.apply(actions.loading);
  try {
    await work(current);
  } catch (error) {
    if (current()) store.apply((s) => actions.failed(s, error instanceof Error ? error.message : String(error)));
  }
}

/** @param {import("./hash.js").Place} place */
const loadPlace = (place) =>
  load(async (current) => {
    const { communities } = await readCommunities("");
    if (!current()) return;
    store.apply((s) => actions.withCommunities(s, communities));
    const code = place.community ?? (communities.find((row) => row.plans) ?? communities[0])?.code;
    if (code) await openCommunity(code, place, current);
  });

/** @param {string} code @param {Partial<import("./hash.js").Place>} place @param {() => boolean} current */
async function openCommunity(code, place, current) {
  const data = await readCommunity(code, store.get().lang);
  if (!current()) return;
  store.apply((s) => actions.withCommunity(s, data));
  const asked = data.plans.find((/** @type {{id: number}} */ row) => row.id === place.plan);
  const id = (asked ?? actions.firstPlan(data.plans))?.id;
  if (id) await openPlan(id, current);
  if (!current()) return;
  if (place.grid) store.apply((s) => actions.selectGrid(s, place.grid ?? null));
  if (place.building) store.apply((s) => actions.selectBuilding(s, place.building ?? null));
}

/** @param {number} id @param {() => boolean} current */
async function openPlan(id, current) {
  const data = await readPlan(id, store.get().lang);
  if (current()) store.apply((s) => actions.withPlan(s, data));
}

/** @param {State} now @param {State} before */
function render(now, before) {
  const changed = (/** @type {(keyof State)[]} */ ...keys) => keys.some((key) => now[key] !== before[key]);
  if (changed("lang")) renderTexts(now);
  if (changed("phase", "failure", "lang")) renderNotice(now);
  if (changed("communities", "community", "lang")) renderCommunities(now);
  if (changed("plans", "plan", "lang")) renderPlans(now);
  if (changed("buildings") && now.community && now.buildings && now.barriers) {
    map.showCommunity(now.community, now.buildings, now.barriers);
  }
  if (changed("grids") && now.grids) map.showGrids(now.grids);
  if (changed("assignments")) map.setAssignments((id) => actions.gridOf(now, id));
  if (changed("grid")) map.choose(now.grid);
  if (changed("grid") && now.grid === null && now.community && before.buildings === now.buildings) map.fit(now.community.bbox);
  if (changed("building")) map.pick(now.building, true);
  renderPanel(now, changed);
  if (changed("community", "plan", "grid", "building") && now.phase === "ready") rememberPlace(now);
}

/** @param {State} now @param {(...keys: (keyof State)[]) => boolean} changed */
function renderPanel(now, changed) {
  if (changed("plan", "grid", "community", "lang")) {
    const section = byId("plan", HTMLElement);
    const row = section.contains(document.activeElement) && document.activeElement?.closest("[data-grid]");
    section.replaceChildren(...planSection(now, settings.palette, chooseGrid));
    if (row instanceof HTMLElement) {
      const button = section.querySelector(`[data-grid="${row.dataset.grid}"] button`);
      if (button instanceof HTMLElement) button.focus();
    }
  }
  if (changed("building", "assignments", "buildings", "lang")) {
    const close = () => store.apply((s) => actions.selectBuilding(s, null));
    byId("building", HTMLElement).replaceChildren(...buildingSection(now, settings.palette, close));
  }
  if (changed("buildings", "assignments", "grid", "filter", "lang")) list.render(now);
  else if (changed("building")) list.mark(now);
  if (changed("filter")) filter.value = now.filter;
  if (changed("community", "lang")) byId("known", HTMLElement).replaceChildren(...knownSection(now));
  if (changed("barriers", "plan", "lang")) byId("legend", HTMLElement).replaceChildren(...legendSection(now));
  if (changed("grid", "building", "lang")) byId("announcer", HTMLElement).textContent = announcement(now);
}

/** What a screen reader hears when the choice changes. @param {State} now */
function announcement(now) {
  const building = actions.selectedBuilding(now);
  if (building) return text(now.lang, "selectedBuilding", { name: actions.titleOf(building) });
  return now.grid === null ? "" : text(now.lang, "selectedGrid", { number: now.grid });
}

/** Fills every element that names its text. @param {State} now */
function renderTexts({ lang }) {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = `${text(lang, "title")} · ${text(lang, "subtitle")}`;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(lang, element.getAttribute("data-text") ?? "");
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(lang, element.getAttribute("data-label") ?? ""));
  }
  const other = byId("language", HTMLElement);
  other.setAttribute("lang", lang === "zh" ? "en" : "zh-CN");
  for (const input of [communitySearch, filter]) input.placeholder = input.getAttribute("aria-label") ?? "";
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

/** @param {State} now */
function renderCommunities({ communities, community }) {
  const options = communities.map((row) => h("option", { value: row.code }, row.name));
  if (community && !communities.some((row) => row.code === community.code)) {
    options.unshift(h("option", { value: community.code }, community.name));
  }
  communityChooser.replaceChildren(...options);
  communityChooser.value = community?.code ?? "";
  communityChooser.disabled = !options.length;
  communitySearch.hidden = communities.length < 12 && !communitySearch.value;
}

/** @param {State} now */
function renderPlans({ plans, plan, lang }) {
  const options = plans.map((row) =>
    h("option", { value: String(row.id) }, text(lang, "planOption", { version: row.version, status: text(lang, row.status) })),
  );
  planChooser.replaceChildren(...(options.length ? options : [h("option", { value: "" }, text(lang, "noPlanYet"))]));
  planChooser.value = String(plan?.id ?? "");
  planChooser.disabled = !options.length;
}

/** The address follows the choice, without filling the browser's history. @param {State} now */
function rememberPlace(now) {
  history.replaceState(null, "", location.pathname + location.search + formatHash(actions.placeOf(now)));
}

/** @param {number} number */
const chooseGrid = (number) => store.apply((s) => actions.selectGrid(s, number));

/** Texts made by the server (reasons) come again in the new language. */
function switchLanguage() {
  const lang = store.get().lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  store.apply((s) => actions.withLang(s, lang));
  const { plan } = store.get();
  if (plan) load((current) => openPlan(plan.id, current));
}

function listen() {
  communityChooser.addEventListener("change", () =>
    load((current) => openCommunity(communityChooser.value, {}, current)),
  );
  planChooser.addEventListener("change", () => load((current) => openPlan(Number(planChooser.value), current)));
  communitySearch.addEventListener("input", async () => {
    const { communities } = await readCommunities(communitySearch.value);
    store.apply((s) => actions.withCommunities(s, communities));
  });
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
  new ResizeObserver(map.resized).observe(byId("map", HTMLElement));
}

store.onChange(render);
render(store.get(), { ...store.get(), lang: /** @type {any} */ (null), phase: /** @type {any} */ (null) });
listen();
loadPlace(parseHash(location.hash));

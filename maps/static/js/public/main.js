// Starts the public map: joins state, map and list, and loads what the address asks for.

import { read, speak } from "../api.js";
import { byId, h } from "../dom.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { createPublicMap } from "./map.js";
import * as actions from "./state.js";
import { text } from "./texts.js";

/** @typedef {import("./state.js").Public} Public */

/** @type {{lang: import("../lang.js").Lang, basemap: import("../basemap.js").Basemap | null, caption: string}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
let now = actions.initial(chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang), location.hash);
/** Raised with each first page, so that an answer overtaken by a later filter is dropped. */
let loads = 0;
/** @type {any} */
let grids = null;

const list = byId("incidents", HTMLOListElement);
const category = byId("category", HTMLSelectElement);
const state = byId("state", HTMLSelectElement);
const density = byId("density", HTMLInputElement);
const more = byId("more", HTMLButtonElement);
const map = createPublicMap(byId("map", HTMLElement), settings, (number) => choose(number, true));

/** @param {string} number @param {boolean} reveal whether the list is to come to it */
function choose(number, reveal) {
  now = { ...now, chosen: number };
  mark();
  const row = list.querySelector("li.chosen");
  if (reveal && row) {
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("button")?.focus({ preventScroll: true });
  }
}

function mark() {
  for (const row of list.children) row.classList.toggle("chosen", row.getAttribute("data-number") === now.chosen);
  map.mark(now.chosen);
}

/** The notices of approvals in their time, which everybody may object to. */
async function showNotices() {
  const { notices } = await read("public/notices", { lang: now.lang }).catch(() => ({ notices: [] }));
  byId("notices", HTMLElement).hidden = !notices.length;
  byId("notice-list", HTMLElement).replaceChildren(
    ...notices.map((/** @type {Record<string, string>} */ one) =>
      h("li", {}, h("p", {}, one.text), h("p", { className: "quiet small-print" },
        text(now.lang, "noticeOf", { area: one.area, date: one.ends_at.slice(0, 10) })))),
  );
}

/** @param {boolean} behind the rows that are there */
async function load(behind) {
  const own = ++loads;
  document.body.setAttribute("aria-busy", "true");
  try {
    const page = await read("public/incidents", actions.queryOf(now, behind ? now.next : null));
    if (own !== loads) return;
    const before = now.rows.length;
    now = actions.withPage(now, page, behind);
    byId("failure", HTMLElement).textContent = "";
    renderRows();
    if (behind) list.children[before]?.querySelector("button")?.focus();
  } catch (error) {
    failed(error);
  }
  document.body.setAttribute("aria-busy", "false");
}

/** @param {unknown} error */
function failed(error) {
  const words = error instanceof Error ? error.message : String(error);
  byId("failure", HTMLElement).textContent = text(now.lang, "failed", { words });
}

/** @param {import("./state.js").Row} row */
function rowOf(row) {
  const { lang } = now;
  const days = [text(lang, "reported", { date: row.reported }), row.closed && text(lang, "ended", { date: row.closed })];
  const photos = row.photos.map((path, number) =>
    h("a", { href: path }, h("img", { src: path, loading: "lazy", alt: text(lang, "photo", { n: number + 1, number: row.number }) })),
  );
  return h(
    "li",
    { "data-number": row.number },
    h(
      "button",
      { type: "button", onclick: () => choose(row.number, false) },
      h("span", { className: `dot ${row.open ? "open" : "closed"}`, "aria-hidden": "true" }),
      `${row.category_name} · ${row.state_name}`,
    ),
    h("p", { className: "quiet small-print" }, [row.community_name, ...days.filter(Boolean), row.number].join(" · ")),
    row.note ? h("p", { className: "note" }, row.note) : null,
    photos.length ? h("div", { className: "photos" }, ...photos) : null,
  );
}

function renderRows() {
  const { lang, rows, next } = now;
  list.replaceChildren(...rows.map(rowOf));
  map.show(rows);
  mark();
  more.hidden = next === null;
  const key = rows.length === 0 ? "nothing" : next === null ? "found" : "foundMore";
  byId("count", HTMLElement).textContent = text(lang, key, { n: rows.length });
}

async function renderDensity() {
  density.checked = now.density;
  const legend = byId("legend", HTMLElement);
  legend.hidden = !now.density;
  if (!now.density) return map.density(null, [], String);
  try {
    grids ??= await read("public/density");
  } catch (error) {
    return failed(error);
  }
  const { lang } = now;
  const lows = actions.classesOf(grids.features.map((/** @type {any} */ one) => one.properties.count));
  const few = text(lang, "few");
  map.density(grids, lows, (grid) => text(lang, "gridCount", { ...grid, count: grid.count ?? few }));
  const names = lows.map((low, number) =>
    number + 1 < lows.length ? text(lang, "between", { low, high: lows[number + 1] - 1 }) : text(lang, "atLeast", { low }),
  );
  legend.replaceChildren(
    h("strong", {}, text(lang, "legend")),
    ...[few, ...names].map((name, number) => h("p", {}, h("span", { className: `cell c${number}` }), name)),
  );
}

async function renderTexts() {
  const { lang } = now;
  speak(lang);
  document.title = `${text(lang, "title")} · ${text(lang, "subtitle")}`;
  fillTexts(lang, (key) => text(lang, key));
  const { categories } = await read("public/categories", { lang });
  const options = categories.map((/** @type {{code: string, name: string}} */ one) => new Option(one.name, one.code));
  category.replaceChildren(new Option(text(lang, "allCategories"), ""), ...options);
  category.value = now.category;
  state.replaceChildren(...["allStates", "open", "closed"].map((key) => new Option(text(lang, key), key === "allStates" ? "" : key)));
  state.value = now.state;
  await showNotices();
}

/** @param {Partial<Public>} change */
function narrow(change) {
  now = { ...now, ...change };
  history.replaceState(null, "", location.pathname + location.search + actions.hashOf(now));
}

async function start() {
  try {
    await renderTexts();
    map.ground((await read("reports/map")).boundaries);
    await renderDensity();
  } catch (error) {
    failed(error);
  }
  await load(false);
}

category.addEventListener("change", () => (narrow({ category: category.value }), load(false)));
state.addEventListener("change", () => (narrow({ state: state.value }), load(false)));
density.addEventListener("change", () => (narrow({ density: density.checked }), renderDensity()));
more.addEventListener("click", () => load(true));
byId("zoom-in", HTMLElement).addEventListener("click", map.zoomIn);
byId("zoom-out", HTMLElement).addEventListener("click", map.zoomOut);
byId("whole", HTMLElement).addEventListener("click", () => map.whole());
byId("language", HTMLElement).addEventListener("click", () => {
  now = { ...now, lang: now.lang === "zh" ? "en" : "zh" };
  localStorage.setItem(LANG_KEY, now.lang);
  start();
});
start();

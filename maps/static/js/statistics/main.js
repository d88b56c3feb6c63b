// Starts the page of measures: the choice, the table, and what the measures mean.

import { read, readSession, Refusal, speak } from "../api.js";
import { byId, h } from "../dom.js";
import { loginAddress, showWho, signOut } from "../door.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import * as actions from "./state.js";
import { text } from "./texts.js";

/** @type {{lang: import("../lang.js").Lang}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
let lang = chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang);
let choice = actions.choiceOf(location.hash, new Date());
/** Raised with each load, so that an answer overtaken by a later choice is dropped. */
let loads = 0;
/** @type {import("../types.js").Session | null} */
let session = null;

const by = byId("by", HTMLSelectElement);
const length = byId("length", HTMLSelectElement);
const period = byId("period", HTMLSelectElement);
const group = byId("group", HTMLSelectElement);
const csv = byId("csv", HTMLAnchorElement);
const table = byId("table", HTMLTableElement);

async function load() {
  const own = ++loads;
  document.body.setAttribute("aria-busy", "true");
  byId("failure", HTMLElement).textContent = "";
  try {
    session ??= await readSession();
    showWho(session, (name) => text(lang, "signedInAs", { name }));
    const told = await read("measures", { by: choice.by, period: choice.period, lang });
    if (own !== loads) return;
    render(told);
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return location.assign(loginAddress());
    const words = error instanceof Error ? error.message : String(error);
    byId("failure", HTMLElement).textContent = text(lang, "failed", { words });
    byId("standing", HTMLElement).textContent = "";
    table.tBodies[0].replaceChildren();
    table.tHead?.replaceChildren();
  }
  document.body.setAttribute("aria-busy", "false");
}

/** @param {any} told the answer of GET /measures */
function render(told) {
  const shown = told.measures.filter((/** @type {any} */ one) => actions.GROUPS[choice.group].includes(one.code));
  byId("standing", HTMLElement).textContent = told.rows.length ? standingOf(told) : text(lang, "nothing");
  const head = [text(lang, choice.by), ...shown.map((/** @type {any} */ one) => one.name)];
  table.tHead?.replaceChildren(h("tr", {}, ...head.map((name) => h("th", { scope: "col" }, name))));
  table.tBodies[0].replaceChildren(
    ...told.rows.map((/** @type {any} */ row) =>
      h(
        "tr",
        { "data-code": row.code },
        h("th", { scope: "row" }, row.name),
        ...shown.map((/** @type {any} */ one) => cellOf(one, row.values[one.code])),
      ),
    ),
  );
  byId("formulas", HTMLElement).replaceChildren(
    ...shown.flatMap((/** @type {any} */ one) => [
      h("dt", {}, one.name),
      h("dd", {}, text(lang, one.form === "hours" ? "formula_hours" : "formula", one)),
    ]),
  );
}

/** @param {any} measure @param {import("./state.js").Value} told */
function cellOf(measure, told) {
  const [value, parts] = actions.wordsOf(lang, measure.form, told);
  if (!parts) return h("td", { className: "few" }, value);
  return h("td", {}, h("strong", {}, value), h("small", {}, parts));
}

/** @param {any} told */
function standingOf(told) {
  const date = (/** @type {string} */ at) => new Date(at).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
  if (told.frozen_at) return text(lang, "frozen", { date: date(told.frozen_at) });
  return told.ended ? text(lang, "ended") : text(lang, "running", { date: date(told.until) });
}

/** @param {HTMLSelectElement} select @param {string[]} values @param {string} chosen @param {(value: string) => string} nameOf */
function fill(select, values, chosen, nameOf) {
  select.replaceChildren(...values.map((value) => new Option(nameOf(value), value)));
  select.value = chosen;
}

function renderChoice() {
  const named = (/** @type {string} */ key) => text(lang, key);
  speak(lang);
  document.title = `${named("title")} · ${named("subtitle")}`;
  fillTexts(lang, named);
  fill(by, actions.SCOPES, choice.by, named);
  fill(length, actions.LENGTHS, choice.length, named);
  fill(period, actions.periodsOf(choice.length, new Date()), choice.period, (value) => value);
  fill(group, Object.keys(actions.GROUPS), choice.group, named);
  byId("heading", HTMLElement).textContent = text(lang, "heading", {
    by: named(choice.by),
    group: named(choice.group),
    period: choice.period,
  });
  csv.href = `measures?${new URLSearchParams({ by: choice.by, period: choice.period, lang, format: "csv" })}`;
}

function chosen() {
  const changed = length.value !== choice.length;
  const fresh = actions.periodsOf(length.value, new Date());
  choice = { by: by.value, length: length.value, period: changed ? fresh[0] : period.value, group: group.value };
  history.replaceState(null, "", location.pathname + location.search + actions.hashOf(choice));
  renderChoice();
  load();
}

for (const one of [by, length, period, group]) one.addEventListener("change", chosen);
byId("print", HTMLElement).addEventListener("click", () => window.print());
byId("sign-out", HTMLElement).addEventListener("click", () => void signOut());
byId("language", HTMLElement).addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  renderChoice();
  load();
});
renderChoice();
load();

// The staff's page of notices: count the receivers, then send; below, what was sent. No contact is ever shown.

import { read, readSession, speak, write } from "../api.js";
import { byId, h } from "../dom.js";
import { loginAddress, showWho, signOut } from "../door.js";
import { newKey } from "../key.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { isCounted, noticeBody } from "./asking.js";
import { NOTICE_TEXTS } from "./texts.js";

/** @typedef {{receivers: number | null, words: string}} Told */
/** @typedef {{groups: ({grid: string | null, number: number | null, channel: string} & Told)[], total: Told, unused: Told, subscriptions: {label: string}[]}} Answer */

/** @type {{lang: import("../lang.js").Lang}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const form = byId("form", HTMLFormElement);
const community = byId("community", HTMLSelectElement);
const scope = byId("scope", HTMLSelectElement);
const send = byId("send", HTMLButtonElement);
const counted = byId("counted", HTMLElement);
let lang = chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang);
/** The body that was counted last, and the key under which it is sent. @type {Record<string, unknown> | null} */
let body = null;
let key = "";
/** @type {{number: number, code: string}[]} */
let grids = [];
/** @type {{id: number, at: string, by: string, text_zh: string, text_en: string, receivers: Told}[]} */
let sent = [];
/** @type {number | null} */
let next = null;
const session = await readSession();
if (!session) location.assign(`/${loginAddress()}`);

/** @param {string} name @param {Record<string, string | number>} [values] */
function textOf(name, values = {}) {
  return (NOTICE_TEXTS[lang][name] ?? name).replace(/\{(\w+)\}/g, (_, one) => String(values[one] ?? ""));
}

const filled = () => ({
  community: community.value,
  scope: scope.value,
  grids: [...byId("grid-list", HTMLElement).querySelectorAll("input:checked")].map((one) => /** @type {HTMLInputElement} */ (one).value),
  whom: byId("whom", HTMLInputElement).value,
  zh: byId("text-zh", HTMLTextAreaElement).value,
  en: byId("text-en", HTMLTextAreaElement).value,
  urgent: byId("urgent", HTMLInputElement).checked,
});

function render() {
  speak(lang);
  document.title = textOf("pageTitle");
  fillTexts(lang, textOf);
  showWho(session, (name) => textOf("signedInAs", { name }));
  byId("grids", HTMLElement).hidden = scope.value !== "grids";
  byId("which", HTMLElement).hidden = ["all", "grids"].includes(scope.value);
  byId("whom-label", HTMLElement).textContent = textOf(`whom_${scope.value}`);
  showSent();
}

function changed() {
  send.disabled = !isCounted(body, filled());
  if (send.disabled) counted.replaceChildren();
  render();
}

function showGrids() {
  const boxes = grids.map(({ number, code }) => h("label", {}, h("input", { type: "checkbox", value: code }), textOf("grid", { number })));
  byId("grid-list", HTMLElement).replaceChildren(...(boxes.length ? boxes : [textOf("noGrids")]));
}

/** @param {Answer} answer */
function showCount(answer) {
  const head = h("thead", {}, h("tr", {}, ...["where", "channel", "receivers"].map((name) => h("th", { scope: "col" }, textOf(name)))));
  const rows = answer.groups.map((one) =>
    h("tr", {},
      h("td", {}, one.number === null ? textOf("noGrid") : textOf("grid", { number: one.number })),
      h("td", {}, textOf(one.channel)),
      h("td", {}, one.words)),
  );
  const foot = h("tfoot", {}, h("tr", {}, h("td", { colSpan: 2 }, textOf("total")), h("td", {}, answer.total.words)));
  const labels = answer.subscriptions.map((one) => one.label).join("，");
  counted.replaceChildren(
    rows.length ? h("table", {}, head, h("tbody", {}, ...rows), foot) : h("p", {}, textOf("nobody")),
    answer.unused.receivers === 0 ? "" : h("p", { className: "quiet" }, textOf("unused", { words: answer.unused.words })),
    labels ? h("p", { className: "quiet" }, textOf("choices", { labels })) : "",
  );
}

function showSent() {
  const lines = sent.map((one) => {
    const at = new Date(one.at).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
    const text = lang === "en" ? one.text_en || one.text_zh : one.text_zh;
    return h("li", {}, h("p", {}, text), h("small", { className: "quiet" }, textOf("line", { at, by: one.by, words: one.receivers.words })));
  });
  byId("sent", HTMLElement).replaceChildren(...(lines.length ? lines : [h("li", { className: "quiet" }, textOf("noneSent"))]));
  byId("older", HTMLElement).hidden = next === null;
}

/** @param {() => Promise<void>} act */
async function attempt(act) {
  const refusal = byId("refusal", HTMLElement);
  refusal.hidden = true;
  try {
    await act();
  } catch (error) {
    refusal.textContent = error instanceof Error ? error.message : String(error);
    refusal.hidden = false;
  }
}

/** @param {boolean} more */
async function readSent(more) {
  /** @type {Record<string, string | number>} */
  const asked = { community: community.value, lang, limit: 20 };
  if (more && next !== null) asked.before = next;
  const page = await read("/notices", asked);
  sent = more ? [...sent, ...page.notices] : page.notices;
  next = page.next;
  showSent();
}

async function openCommunity() {
  const { plans } = await read(`/communities/${encodeURIComponent(community.value)}/plans`, { lang });
  const plan = plans.find((/** @type {{status: string}} */ one) => one.status === "adopted");
  const features = plan ? (await read(`/plans/${plan.id}/grids`, { lang })).features : [];
  grids = features.map((/** @type {{properties: {number: number, code: string}}} */ one) => one.properties);
  grids.sort((one, other) => one.number - other.number);
  showGrids();
  await readSent(false);
  changed();
}

async function count() {
  const asked = noticeBody(filled(), true);
  const answer = await write("POST", "/notices", asked);
  [body, key] = [asked, newKey()];
  showCount(answer);
  send.disabled = answer.groups.length === 0;
}

async function sendNow() {
  send.disabled = true;
  const answer = await write("POST", "/notices", noticeBody(filled(), false), { "Idempotency-Key": key });
  body = null;
  counted.replaceChildren(h("p", { className: "done" }, textOf("done", { words: answer.total.words })));
  await readSent(false);
}

byId("language", HTMLElement).addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  counted.replaceChildren();
  [body, send.disabled] = [null, true];
  showGrids();
  render();
  void attempt(() => readSent(false));
});
byId("sign-out", HTMLElement).addEventListener("click", () => void signOut());
form.addEventListener("input", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void attempt(count);
});
community.addEventListener("change", () => void attempt(openCommunity));
send.addEventListener("click", () => void attempt(sendNow));
byId("older", HTMLElement).addEventListener("click", () => void attempt(() => readSent(true)));

render();
await attempt(async () => {
  const found = await read("/communities", { lang });
  const rows = /** @type {{code: string, name: string}[]} */ (found.communities);
  community.replaceChildren(...rows.map((one) => h("option", { value: one.code }, one.name)));
  const asked = new URLSearchParams(location.search).get("community");
  if (asked) community.value = asked;
  if (community.value) await openCommunity();
});
document.body.setAttribute("aria-busy", "false");

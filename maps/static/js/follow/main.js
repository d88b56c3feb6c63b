// The page of a private link. Its address is a secret: it goes to this server only, and into nothing that is kept here but
// the list of one's own reports.

import { ask, read, Refusal, speak } from "../asking.js";
import { byId, h } from "../dom.js";
import { newKey } from "../key.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { createStore, openBackend } from "../report/db.js";
import { twice } from "../report/form.js";
import { sayer } from "../report/texts.js";
import { showActions } from "./actions.js";
import { FOLLOW_TEXTS } from "./texts.js";
import { showStanding, showTold } from "./view.js";

const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const element = (/** @type {string} */ id) => byId(id, HTMLElement);
const path = location.pathname;

let lang = chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang);
let say = sayer(FOLLOW_TEXTS, lang);
/** @type {import("./view.js").Case | null} */
let shown = null;
/** What is being sent, with its key: sent again after a lost answer, it is carried out once. */
let sending = { asked: "", key: "" };

/** @param {string} words @param {boolean} [again] whether trying again may help */
function notice(words, again = false) {
  element("notice").replaceChildren(words, again ? " " : "", again ? h("button", { type: "button", onclick: () => void load() }, say("retry")) : "");
}

async function load() {
  notice(say("loading"));
  try {
    show(await read(`${path}/case`, { lang }));
    notice("");
  } catch (error) {
    element("case").hidden = true;
    if (error instanceof Refusal) notice(error.message);
    else notice(navigator.onLine && error instanceof Error ? error.message : say("offline"), true);
  }
  document.body.setAttribute("aria-busy", "false");
}

/** @param {import("./view.js").Case} one */
function show(one) {
  shown = one;
  element("case").hidden = false;
  showStanding(element("standing"), one, { say, lang });
  showTold(element("told"), one, { say, lang });
  showActions(element("actions"), one, say, take);
  showYours(one);
}

/** @param {import("./view.js").Case["may"][number]} action @param {import("./actions.js").Step} step */
async function take(action, { photos, ...step }) {
  const body = new FormData();
  const told = JSON.stringify(step);
  const asked = `${action.action} ${photos.length} ${told}`;
  if (sending.asked !== asked) sending = { asked, key: newKey() };
  body.append("step", told);
  photos.forEach(({ blob }, at) => body.append("photos", blob, `${at + 1}.jpg`));
  try {
    show(await ask(`${path}/${action.action}?lang=${lang}`, { method: "POST", body, headers: { "Idempotency-Key": sending.key } }));
    sending = { asked: "", key: "" };
    notice(say("done", { action: action.name }));
    element("notice").scrollIntoView({ block: "center" });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param {import("./view.js").Case} one */
function showYours({ follower, open }) {
  const held = open && !follower;
  const words = follower ? [say("stop"), say("stopSure")] : [say("erase"), say("eraseSure")];
  const button = twice(words[0], words[1], () => void erase());
  button.disabled = held;
  element("yours").replaceChildren(
    h("details", {},
      h("summary", {}, say("yours")),
      h("p", { className: "quiet" }, say("keep", settings)),
      h("p", { className: "row" },
        h("a", { className: "button", href: `${path}/export?lang=${lang}`, download: "report.json" }, say("export")),
        button),
      held ? h("p", { className: "quiet" }, say("eraseOpen")) : "",
      h("p", { className: "fault", id: "erase-words", role: "alert" })),
  );
}

async function erase() {
  try {
    await ask(`${path}?lang=${lang}`, { method: "DELETE" });
  } catch (error) {
    element("erase-words").textContent = error instanceof Error ? error.message : String(error);
    return;
  }
  await createStore(await openBackend()).removeMine(path);
  element("case").hidden = true;
  notice(say("erased"));
}

function render() {
  say = sayer(FOLLOW_TEXTS, lang);
  speak(lang);
  document.title = say("pageTitle");
  fillTexts(lang, say);
}

element("language").addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  render();
  void load();
});
addEventListener("online", () => void (shown ?? load()));

render();
await load();
await navigator.serviceWorker?.register("/sw.js").catch(() => {});

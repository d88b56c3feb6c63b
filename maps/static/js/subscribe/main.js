// The residents' page of notices: agree to them for a building, and by the private link see, change or end that.

import { read, speak, write } from "../api.js";
import { byId } from "../dom.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { SUBSCRIBE_TEXTS } from "./texts.js";

/** @typedef {{building: number, address: string, community: {code: string, name: string}}} Place */

/** @type {{lang: import("../lang.js").Lang}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const secret = location.pathname.split("/")[2] ?? "";
const own = `/subscriptions/${encodeURIComponent(secret)}`;
const form = byId("form", HTMLFormElement);
const contact = byId("contact", HTMLInputElement);
const send = byId("send", HTMLButtonElement);
let lang = chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang);
/** @type {Place | null} */
let place = null;
/** Keys of the texts that are shown above, of success and of failure. */
let [told, refused] = ["", ""];

const textOf = (/** @type {string} */ key) => SUBSCRIBE_TEXTS[lang][key] ?? key;
const channel = () => (new FormData(form).get("channel") === "email" ? "email" : "sms");

function render() {
  speak(lang);
  document.title = textOf("pageTitle");
  fillTexts(lang, textOf);
  show("told", told && textOf(told));
  show("refusal", refused && textOf(refused));
  byId("place", HTMLElement).textContent = place ? [place.community.name, place.address || `#${place.building}`].join(" · ") : "";
  const mail = channel() === "email";
  byId("contact-label", HTMLElement).textContent = textOf(mail ? "address" : "phone");
  Object.assign(contact, { type: mail ? "email" : "tel", inputMode: mail ? "email" : "tel", autocomplete: mail ? "email" : "tel" });
  send.textContent = textOf(secret ? "save" : "subscribe");
}

/** @param {string} id @param {string} words */
function show(id, words) {
  const element = byId(id, HTMLElement);
  element.textContent = words;
  element.hidden = !words;
}

/** What is done, or the words of why not. @param {() => Promise<void>} act */
async function attempt(act) {
  [told, refused] = ["", ""];
  send.disabled = true;
  try {
    await act();
  } catch (error) {
    refused = error instanceof Error ? error.message : String(error);
  }
  send.disabled = false;
  render();
  if (refused) byId("refusal", HTMLElement).scrollIntoView({ block: "center" });
}

/** @param {Record<string, string | number>} where */
async function find(where) {
  place = await read("/subscriptions/place", { ...where, lang });
}

function locate() {
  byId("place", HTMLElement).textContent = textOf("locating");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => void attempt(() => find({ lon: coords.longitude, lat: coords.latitude })),
    () => void attempt(() => Promise.reject(new Error("notLocated"))),
    { enableHighAccuracy: true, timeout: 15_000 },
  );
}

async function submit() {
  const reach = { channel: channel(), contact: contact.value.trim(), lang };
  if (secret) {
    await write("PUT", own, reach);
    byId("refusal", HTMLElement).hidden = true;
    told = "saved";
    return;
  }
  if (!place) throw new Error("needsPlace");
  const consent = byId("consent", HTMLInputElement).checked;
  const made = await write("POST", "/subscriptions", { ...reach, building: place.building, consent });
  byId("link", HTMLAnchorElement).href = `${new URL(made.link, location.href).pathname}?lang=${lang}`;
  byId("keep", HTMLElement).hidden = false;
  form.hidden = true;
  told = "subscribed";
}

async function open() {
  const kept = await read(own, { lang });
  place = kept;
  contact.value = kept.contact;
  for (const way of form.querySelectorAll("[name=channel]")) {
    if (way instanceof HTMLInputElement) way.checked = way.value === kept.channel;
  }
  byId("finding", HTMLElement).hidden = true;
  byId("agreeing", HTMLElement).hidden = true;
  byId("consent", HTMLInputElement).required = false;
  byId("ending", HTMLElement).hidden = false;
  form.hidden = false;
  refused = kept.works ? "" : "fails";
}

async function end() {
  await write("DELETE", own);
  for (const id of ["form", "ending"]) byId(id, HTMLElement).hidden = true;
  told = "ended";
}

byId("language", HTMLElement).addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  render();
});
form.addEventListener("change", render);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void attempt(submit).then(() => told && byId("told", HTMLElement).focus());
});
byId("locate", HTMLElement).addEventListener("click", locate);
byId("look", HTMLElement).addEventListener("click", () => {
  void attempt(() => find({ building: byId("building", HTMLInputElement).value.trim() || "0" }));
});
byId("end", HTMLElement).addEventListener("click", () => {
  byId("sure", HTMLElement).hidden = false;
  byId("sure", HTMLElement).focus();
});
byId("sure", HTMLElement).addEventListener("click", () => void attempt(end).then(() => byId("told", HTMLElement).focus()));

const asked = new URLSearchParams(location.search).get("building");
if (secret) await attempt(open);
else {
  form.hidden = false;
  if (asked) await attempt(() => find({ building: asked }));
  else render();
}
document.body.setAttribute("aria-busy", "false");

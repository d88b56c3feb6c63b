// The sign-in page: sends name and password, tells why they were refused, and goes on to where the visitor came from.

import { speak, write } from "../api.js";
import { byId } from "../dom.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { LOGIN_TEXTS } from "./texts.js";

/** @type {{lang: import("../lang.js").Lang, after: string, voidLink: boolean}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const form = byId("sign-in", HTMLFormElement);
const refusal = byId("refusal", HTMLElement);
const button = form.querySelector("button");
let lang = chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang);
/** Key of the page's own words, or the server's words, on why nobody is signed in yet. @type {{key?: string, words?: string} | null} */
let why = settings.voidLink ? { key: "voidLink" } : null;

function render() {
  const texts = LOGIN_TEXTS[lang];
  speak(lang);
  document.title = texts.pageTitle;
  fillTexts(lang, (key) => texts[key]);
  refusal.hidden = !why;
  refusal.textContent = why ? (why.words ?? texts[why.key ?? ""]) : "";
}

byId("language", HTMLElement).addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  if (why?.words) why = null;
  render();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button) button.disabled = true;
  try {
    const fields = new FormData(form);
    await write("POST", "/session", { name: fields.get("name"), password: fields.get("password") });
    location.assign(settings.after + location.hash);
  } catch (error) {
    why = { words: error instanceof Error ? error.message : String(error) };
    if (button) button.disabled = false;
    render();
    byId("password", HTMLInputElement).select();
  }
});

render();
byId("name", HTMLInputElement).focus();

// The sign-in page: sends name and password, tells why they were refused, and goes on to where the visitor came from.

import { speak, write } from "../api.js";
import { byId, h } from "../dom.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { LOGIN_TEXTS } from "./texts.js";

/** @type {{lang: import("../lang.js").Lang, after: string, refusal: Record<string, string> | null, provider: string | null}} */
const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const form = byId("sign-in", HTMLFormElement);
const refusal = byId("refusal", HTMLElement);
const button = form.querySelector("button");
let lang = chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang);
/** Why nobody is signed in yet, by language. @type {Record<string, string> | null} */
let why = settings.refusal;

function render() {
  const texts = LOGIN_TEXTS[lang];
  speak(lang);
  document.title = texts.pageTitle;
  fillTexts(lang, (key) => texts[key]);
  refusal.hidden = !why;
  refusal.textContent = why?.[lang] ?? "";
  if (!settings.provider) return;
  const after = encodeURIComponent(settings.after + location.hash);
  const link = h("a", { id: "provider", href: `/oidc/login?next=${after}` }, texts.byProvider.replace("{provider}", settings.provider));
  byId("other-ways", HTMLElement).replaceChildren(link);
}

byId("language", HTMLElement).addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  localStorage.setItem(LANG_KEY, lang);
  if (!why?.[lang]) why = null;
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
    why = { [lang]: error instanceof Error ? error.message : String(error) };
    if (button) button.disabled = false;
    render();
    byId("password", HTMLInputElement).select();
  }
});

render();
byId("name", HTMLInputElement).focus();

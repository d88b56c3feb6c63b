// The visitor's language, the same on every page.

/** @typedef {"zh" | "en"} Lang */

/**
 * Fills every element that names its text or its label, and marks the page and its language button with the language.
 * @param {Lang} lang @param {(key: string) => string} textOf
 */
export function fillTexts(lang, textOf) {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = textOf(element.getAttribute("data-text") ?? "");
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", textOf(element.getAttribute("data-label") ?? ""));
  }
  document.getElementById("language")?.setAttribute("lang", lang === "zh" ? "en" : "zh-CN");
}

/**
 * A text with its gaps filled: `{name}` by a value, `{name|one|more}` by the word that goes with a number.
 * @param {string} template @param {Record<string, string | number>} values
 */
export const filled = (template, values) =>
  template
    .replace(/\{(\w+)\|([^|}]*)\|([^}]*)\}/g, (_, name, one, more) => (Number(values[name]) === 1 ? one : more))
    .replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/** Where the browser keeps a visitor's choice. */
export const LANG_KEY = "wangge-lang";

/**
 * The visitor's language: asked for in the address, else kept from the last visit, else the server's.
 * @param {string} search @param {string | null} kept @param {Lang} byServer
 * @returns {Lang}
 */
export function chooseLang(search, kept, byServer) {
  const asked = new URLSearchParams(search).get("lang");
  for (const lang of [asked, kept]) if (lang === "zh" || lang === "en") return lang;
  return byServer;
}

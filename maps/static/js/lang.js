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

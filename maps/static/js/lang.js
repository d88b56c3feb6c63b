// The visitor's language, the same on every page.

/** @typedef {"zh" | "en"} Lang */

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

// Words of a language, with their blanks filled.

import { filled } from "../lang.js";

/** @typedef {import("../lang.js").Lang} Lang */

/** The texts of one language. @param {Partial<Record<Lang, Record<string, string>>>} texts @param {Lang} lang @returns {import("./types.js").Say} */
export const sayer = (texts, lang) => (key, values = {}) => {
  const template = texts[lang]?.[key];
  if (template === undefined) throw new Error(`No text for ${key}`);
  return filled(template, values);
};

/** The report page's texts in one language; the other one is not loaded. @param {Lang} lang */
export async function readTexts(lang) {
  const { TEXTS } = await import(`./texts_${lang}.js`);
  return sayer({ [lang]: TEXTS }, lang);
}

/** A moment as people say it. @param {string | number} at @param {Lang} lang */
export const moment = (at, lang) =>
  new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", {
    month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
  }).format(new Date(at));

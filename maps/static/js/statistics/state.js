// What the page of measures shows, as plain values: the choice, the periods to choose from, numbers in words.

import { text } from "./texts.js";

/** @typedef {import("../lang.js").Lang} Lang */
/**
 * @typedef {object} Value
 * @property {number | null} value @property {number | null} numerator @property {number | null} denominator
 * @property {boolean} insufficient
 *
 * @typedef {{by: string, length: string, period: string, group: string}} Choice
 */

export const SCOPES = ["grid", "community", "subdistrict", "district", "department"];
export const LENGTHS = ["month", "quarter", "year"];
/** @type {Record<string, string[]>} */
export const GROUPS = {
  deadlines: ["accept", "accept_on_time", "handle", "handle_on_time", "close", "close_on_time", "close_urgent"],
  quality: ["rework", "return", "accurate_dispatch", "reopen", "satisfied", "answered"],
  times: ["whole_median", "whole_p90", "handle_median", "handle_p90"],
  coverage: ["self_found", "visited", "covered", "open", "balance"],
};
const HOW_MANY = { month: 24, quarter: 12, year: 5 };

/** The periods to choose from, the present one first. @param {string} length @param {Date} today @returns {string[]} */
export function periodsOf(length, today) {
  const year = today.getFullYear();
  const month = today.getMonth();
  return Array.from({ length: HOW_MANY[/** @type {"month"} */ (length)] }, (_, back) => {
    if (length === "year") return String(year - back);
    const at = year * 12 + month - back * (length === "quarter" ? 3 : 1);
    const [own, number] = [Math.floor(at / 12), at % 12];
    return length === "quarter" ? `${own}Q${Math.floor(number / 3) + 1}` : `${own}-${String(number + 1).padStart(2, "0")}`;
  });
}

/** The choice that the address tells, else this month by community. @param {string} hash @param {Date} today @returns {Choice} */
export function choiceOf(hash, today) {
  const told = new URLSearchParams(hash.replace(/^#/, ""));
  /** @param {string} name @param {string[]} allowed @param {string} otherwise */
  const one = (name, allowed, otherwise) => (allowed.includes(told.get(name) ?? "") ? (told.get(name) ?? "") : otherwise);
  const length = one("length", LENGTHS, "month");
  const periods = periodsOf(length, today);
  return {
    by: one("by", SCOPES, "community"),
    length,
    period: one("period", periods, periods[0]),
    group: one("group", Object.keys(GROUPS), "deadlines"),
  };
}

/** @param {Choice} choice */
export const hashOf = (choice) => `#${new URLSearchParams(choice)}`;

/** A number with at most so many digits behind the point. @param {number} value @param {number} digits */
const short = (value, digits) => String(Math.round(value * 10 ** digits) / 10 ** digits);

/**
 * A value in words, and what it is made of: [value, numerator / denominator].
 * @param {Lang} lang @param {string} form @param {Value} told @returns {[string, string]}
 */
export function wordsOf(lang, form, told) {
  if (told.insufficient || told.value === null) return [text(lang, "insufficient"), ""];
  const parts = `${short(told.numerator ?? 0, 1)} / ${short(told.denominator ?? 0, 1)}`;
  if (form === "share") return [`${short(told.value * 100, 1)} %`, parts];
  if (form === "hours") return [text(lang, "hours", { value: short(told.value, 1) }), text(lang, "cases", { n: told.denominator ?? 0 })];
  if (form === "balance") return [text(lang, "times_as_many", { value: short(told.value, 1) }), parts];
  return [short(told.value, 1), parts];
}

// Words of the catalogue, the departments and the table of transitions, in a language.

import { read } from "../api.js";

/**
 * @typedef {{code: string, name: string}} Named
 * @typedef {object} Words
 * @property {(Named & {group_name: string, conditions: Named[]})[]} categories
 * @property {Named[]} departments
 * @property {{state: string, name: string}[]} states
 * @property {Record<string, string>} actions
 */

/** @type {Words} */
export const NO_WORDS = { categories: [], departments: [], states: [], actions: {} };

/** @param {import("../lang.js").Lang} lang @returns {Promise<Words>} */
export async function readWords(lang) {
  const paths = ["incidents/catalogue", "incidents/departments", "incidents/transitions"];
  const [{ categories }, { departments }, table] = await Promise.all(paths.map((path) => read(path, { lang })));
  const states = table.states
    .filter((/** @type {any} */ one) => one.name !== "draft")
    .map((/** @type {any} */ one) => ({ state: one.name, name: one.label }));
  const actions = Object.fromEntries(table.transitions.map((/** @type {any} */ one) => [one.action, one.label]));
  return { categories, departments, states, actions };
}

// The requests behind commands, and commands behind requests: one place knows the server's addresses for edits.

import { newKey } from "../key.js";

/**
 * @typedef {import("./queue.js").Command} Command
 * @typedef {import("./division.js").Move} Move
 */

/** @type {Record<Command["kind"], [method: "POST" | "PATCH" | "PUT", path: string]>} */
const ROUTES = {
  moves: ["PATCH", "/assignments"],
  undo: ["POST", "/undo"],
  redo: ["POST", "/redo"],
  locks: ["POST", "/locks"],
  rules: ["PUT", "/rules"],
  name: ["PATCH", ""],
};

/** @param {number} plan @param {Command} command */
export function requestOf(plan, command) {
  const [method, path] = ROUTES[command.kind];
  return { method, path: `plans/${plan}${path}`, body: command.body };
}

/** @param {string} kind of the edit: the tool @param {Move[]} moves @param {Record<string, any>} [details] @returns {Command} */
export const moveCommand = (kind, moves, details = {}) => ({
  key: newKey(),
  kind: "moves",
  body: { moves, kind, details },
  moves,
});

/** @param {Exclude<Command["kind"], "moves">} kind @param {unknown} [body] @returns {Command} */
export const command = (kind, body) => ({ key: newKey(), kind, body, moves: [] });

// What happened to a case, the newest first.

import { h } from "../dom.js";
import { text, timeText } from "./texts.js";

/** @typedef {import("../lang.js").Lang} Lang */

/** What happened, in a line. @param {Lang} lang @param {import("./state.js").Entry} entry */
export const entryText = (lang, { at, who, action_name }) =>
  text(lang, "changedRow", { at: timeText(lang, at), who, what: action_name });

/** @param {Lang} lang @param {import("./state.js").Case} kase */
export function historyOf(lang, kase) {
  const entries = [...kase.history].reverse().map((entry) =>
    h(
      "li",
      {},
      h("p", { className: "entry-head" }, h("b", {}, entry.action_name), h("span", { title: entry.role }, entry.who), h("time", { dateTime: entry.at }, timeText(lang, entry.at))),
      entry.text ? h("p", {}, entry.text) : null,
      h("p", { className: "quiet small-print" }, text(lang, entry.public ? (entry.text && !entry.details.shown ? "publicStep" : "publicEntry") : "internalEntry")),
    ),
  );
  return h("section", { className: "history" }, h("h3", {}, text(lang, "history")), h("ol", { className: "entries" }, ...entries));
}

// What the holder of a private link reads: how the case stands, what happened, what was reported.

import { h } from "../dom.js";
import { moment } from "../report/texts.js";
import { doneText } from "./done.js";
import { stationsOf } from "./progress.js";

/**
 * @typedef {object} Case
 * @property {string} number
 * @property {string} category_name
 * @property {string} description
 * @property {string} address
 * @property {string} state
 * @property {string} state_name
 * @property {string} kind
 * @property {boolean} open
 * @property {string} community
 * @property {string} reported_at
 * @property {string | null} due_at
 * @property {string | null} merged_into
 * @property {{number: string, state_name: string, public_note: string} | null} target
 * @property {string} public_note
 * @property {{at: string, action: string, action_name: string, state: string, state_name: string, text: string | null}[]} history
 * @property {{id: number, kind: string, url: string}[]} photos
 * @property {{action: string, name: string, evidence: string[]}[]} may
 * @property {boolean} follower
 * @property {boolean | null} satisfied
 */
/** @typedef {import("../report/types.js").Language} Language */

/** @param {HTMLElement} box @param {Case} one @param {Language} language */
export function showStanding(box, one, { say, lang }) {
  const stations = stationsOf(one).map(({ name, when }) =>
    h("li", { className: when, "aria-current": when === "now" ? "step" : null }, say(name)));
  const facts = { number: one.number, community: one.community, when: moment(one.reported_at, lang) };
  const judged = one.satisfied === null ? null : say("given", { words: say(one.satisfied ? "satisfied" : "unsatisfied") });
  box.replaceChildren(
    h("h2", {}, one.category_name),
    h("p", { className: "quiet" }, say("facts", facts)),
    h("ol", { className: "progress", "aria-label": say("progress") }, ...stations),
    h("p", { className: "state" }, one.state_name),
    one.target ? h("p", {}, say("mergedInto", { number: one.target.number, state: one.target.state_name })) : "",
    one.target?.public_note ? h("p", { className: "told" }, one.target.public_note) : "",
    one.open && one.due_at ? h("p", {}, say("due", { when: moment(one.due_at, lang) })) : "",
    one.public_note ? h("p", { className: "told" }, one.public_note) : "",
    judged ? h("p", {}, judged) : "",
    h("h3", {}, say("history")),
    h("ol", { className: "history" }, ...[...one.history].reverse().map((entry) =>
      h("li", {},
        h("strong", {}, doneText(entry, lang)), " ", h("span", { className: "quiet" }, moment(entry.at, lang)),
        entry.text ? h("p", { className: "told" }, entry.text) : ""))),
  );
}

/** @param {HTMLElement} box @param {Case} one @param {Language} language */
export function showTold(box, one, { say }) {
  box.replaceChildren(
    h("h2", {}, say("told")),
    one.address ? h("p", { className: "quiet" }, one.address) : "",
    one.description ? h("p", { className: "told" }, one.description) : "",
    h("div", { className: "pictures" }, ...one.photos.map(({ url }, at) =>
      h("a", { href: url }, h("img", { src: url, alt: say("photo", { n: at + 1 }), loading: "lazy" })))),
  );
}

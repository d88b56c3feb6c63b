// What waits to be sent, and what the server refused: its words, and the ways out.

import { h } from "../dom.js";
import { timeText } from "../desk/texts.js";
import { tally } from "./state.js";
import { text } from "./texts.js";

/**
 * @typedef {import("./state.js").Item} Item
 * @typedef {{lang: import("../lang.js").Lang, items: Item[], account: string | null, offline: string | null, signedOut: boolean, lasting: boolean}} Shown
 * @typedef {{send: () => void, mend: (item: Item) => void, drop: (item: Item) => void, login: () => string}} Acts
 */

/** @param {HTMLElement} element @param {Acts} acts */
export function createWaiting(element, acts) {
  /** The item that a second press drops. @type {string | null} */
  let sure = null;

  /** @param {Shown} shown */
  function render(shown) {
    const { lang, items, account, offline, signedOut, lasting } = shown;
    const mine = items.filter((one) => one.by === account);
    const { waiting, refused } = tally(mine);
    const say = (/** @type {string} */ key, values = {}) => text(lang, key, values);
    const others = items.length - mine.length;
    /** @param {Item} item */
    const rowOf = (item) =>
      h(
        "li",
        { "data-key": item.key, className: item.refusal ? "refused" : "" },
        h("b", {}, item.title),
        h("span", { className: "quiet small-print" }, timeText(lang, item.at)),
        item.refusal ? h("p", { className: "fault" }, item.refusal) : null,
        item.refusal
          ? h(
              "div",
              { className: "row" },
              h("button", { type: "button", className: "primary", onclick: () => acts.mend(item) }, say("mend")),
              h("button", { type: "button", onclick: () => drop(item, shown) }, say(sure === item.key ? "dropSure" : "drop")),
            )
          : null,
      );
    const parts = [
      signedOut ? h("p", { className: "told" }, say("signedOutNow"), " ", h("a", { className: "wide", href: acts.login() }, say("signIn"))) : null,
      offline !== null ? h("p", { className: "told" }, offline ? say("offline", { at: timeText(lang, offline) }) : say("offlineFirst")) : null,
      lasting ? null : h("p", { className: "told" }, say("notLasting")),
      others ? h("p", { className: "told" }, say("othersWaiting", { n: others })) : null,
      waiting || refused
        ? h(
            "details",
            { open: refused > 0 },
            h("summary", {}, [waiting ? say("waiting", { n: waiting }) : "", refused ? say("refusedCount", { n: refused }) : ""].filter(Boolean).join(" · ")),
            h("ul", { className: "waiting" }, ...mine.map(rowOf)),
            waiting ? h("button", { type: "button", onclick: acts.send }, say("sendNow")) : null,
          )
        : null,
    ];
    element.replaceChildren(...parts.filter((one) => one !== null));
  }

  /** @param {Item} item @param {Shown} shown */
  function drop(item, shown) {
    if (sure === item.key) {
      sure = null;
      return acts.drop(item);
    }
    sure = item.key;
    render(shown);
    const button = element.querySelector(`[data-key="${item.key}"] button:last-child`);
    if (button instanceof HTMLElement) button.focus();
  }

  return { render };
}

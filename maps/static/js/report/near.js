// What somebody else may have reported already: a short line first, then description and photo; it never stands in the way.

import { h } from "../dom.js";
import { moment } from "./texts.js";

/** @typedef {import("./types.js").Near} Near */

/**
 * @param {HTMLElement} box @param {readonly Near[]} found
 * @param {{say: import("./types.js").Say, lang: import("./types.js").Lang}} language
 * @param {{follow: (near: Near) => void, goOn: () => void, back: () => void}} acts
 */
export function showNear(box, found, { say, lang }, acts) {
  const title = h("h2", { tabIndex: -1 }, say("nearTitle"));
  box.replaceChildren(
    title,
    h("p", { className: "quiet" }, say("nearHint")),
    h("ul", { className: "cards" }, ...found.map((near) => card(near))),
    h("p", { className: "row" },
      h("button", { type: "button", className: "main-button", onclick: acts.goOn }, say("different")),
      h("button", { type: "button", className: "plain", onclick: acts.back }, say("back"))),
    h("p", { className: "fault", id: "near-words", role: "alert" }),
  );
  box.hidden = false;
  title.focus();
  box.scrollIntoView({ block: "start" });

  /** @param {Near} near */
  function card(near) {
    const facts = { m: Math.round(near.distance_m), state: near.state_name, when: moment(near.reported_at, lang) };
    return h("li", { className: "card" },
      h("p", {}, h("strong", {}, near.category), " ", h("span", { className: "quiet" }, near.number)),
      h("p", { className: "quiet" }, say("nearFacts", facts), near.followers ? ` · ${say("followers", { n: near.followers })}` : ""),
      h("details", {},
        h("summary", {}, say("details")),
        h("p", { className: "told" }, near.description),
        near.photo ? h("img", { src: near.photo, alt: say("nearPhoto", { number: near.number }), loading: "lazy" }) : ""),
      h("button", { type: "button", className: "same", onclick: () => acts.follow(near) }, say("same")));
  }
}

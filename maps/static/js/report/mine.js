// Lists of this device: what is still to be sent, and what was reported.

import { h } from "../dom.js";
import { twice } from "./form.js";
import { spotWords } from "./receipt.js";
import { moment } from "./texts.js";

/** @typedef {import("./types.js").Language} Language */

const STATES = { waiting: "queueWaiting", refused: "queueRefused", aside: "queueAside" };

/** @param {import("./types.js").Item} item */
const underway = ({ state, tries }) => state === "waiting" && !tries && navigator.onLine;

/**
 * @param {HTMLElement} box @param {import("./types.js").Item[]} items @param {Language} language
 * @param {{sendNow: () => void, edit: (item: import("./types.js").Item) => void, remove: (item: import("./types.js").Item) => void}} acts
 */
export function showQueue(box, items, { say, lang }, acts) {
  box.hidden = !items.length;
  const waiting = items.some(({ state }) => state === "waiting");
  const rows = items.map((item) => {
    const name = item.name || item.draft.description.slice(0, 20) || "…";
    const mendable = item.state !== "waiting";
    return h("li", { className: `card ${item.state}` },
      h("p", {}, h("strong", {}, name), " ", h("span", { className: "quiet" }, moment(item.made_at, lang))),
      h("p", {}, say(underway(item) ? "sending" : STATES[item.state])),
      item.problem?.detail ? h("p", { className: "fault" }, item.problem.detail) : "",
      mendable
        ? h("p", { className: "row" },
            h("button", { type: "button", "aria-label": say("editOf", { name }), onclick: () => acts.edit(item) }, say("edit")),
            twice(say("remove"), say("removeSure"), () => acts.remove(item), say("removeOf", { name })))
        : "");
  });
  box.replaceChildren(
    h("h2", {}, say("queue")),
    h("ul", { className: "cards" }, ...rows),
    waiting ? h("button", { type: "button", onclick: acts.sendNow }, say("sendNow")) : "",
  );
}

/** @param {HTMLElement} box @param {import("./types.js").Mine[]} mine @param {Language} language @param {(one: import("./types.js").Mine) => void} remove */
export function showMine(box, mine, { say, lang }, remove) {
  box.hidden = !mine.length;
  const rows = [...mine].sort((a, b) => b.at - a.at).map((one) =>
    h("li", { className: "card mine" },
      h("a", { href: `${one.link}?lang=${lang}` }, h("strong", {}, one.name), " ", one.number),
      h("span", { className: "quiet" }, [moment(one.at, lang), spotWords(one, say)].filter(Boolean).join(" · ")),
      twice("✕", say("removeSure"), () => remove(one), say("removeMine", { number: one.number }))));
  box.replaceChildren(
    h("h2", {}, say("mine")),
    h("ul", { className: "cards" }, ...rows),
    h("p", { className: "quiet" }, say("mineHint")),
  );
}

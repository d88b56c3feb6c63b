// The line below the map: a hint for the tool, what the last edit did, and whether all is saved.

import { h } from "../dom.js";
import { text } from "../i18n.js";
import { largestNumber } from "../edit/standing.js";

/**
 * @typedef {import("../edit/state.js").Editing} Editing
 * @typedef {import("../i18n.js").Lang} Lang
 */

/** Hints that speak of keys have a form for fingers. */
const WITH_KEYS = ["look", "brush"];

/** @param {Editing} edit @param {Lang} lang @param {boolean} [touch] whether there are no keys @returns {string} */
export function messageText({ message, tool, rules }, lang, touch = false) {
  const form = touch && WITH_KEYS.includes(tool) ? "Touch" : "";
  if (!message) return text(lang, `hint${tool[0].toUpperCase()}${tool.slice(1)}${form}`);
  if ("text" in message) return text(lang, message.text, { most: largestNumber(rules), ...message.values });
  if ("words" in message) {
    const more = message.dropped ? text(lang, "takenBackMore", { n: message.dropped }) : "";
    return text(lang, "takenBack", { words: message.words }) + more;
  }
  if ("unread" in message) return text(lang, "unread", { words: message.unread });
  const { moved, to, locked } = message.done;
  const sentences = [];
  if (moved) sentences.push(to ? text(lang, "doneTo", { moved, to }) : text(lang, "doneNone", { moved }));
  else if (!locked) sentences.push(text(lang, "doneNothing"));
  if (locked) sentences.push(text(lang, "skippedLocked", { n: locked }));
  return sentences.join(lang === "zh" ? "" : " ");
}

/** @param {HTMLElement} line @param {() => string} loginAddress */
export function createStatus(line, loginAddress) {
  const words = h("p", { id: "edit-message", role: "status" });
  const saved = h("p", { id: "edit-link", role: "status" });
  const people = h("p", { className: "people quiet" });
  line.append(words, people, saved);
  const touch = matchMedia("(pointer: coarse)");
  return {
    /** @param {Editing | null} edit @param {Lang} lang */
    render(edit, lang) {
      line.hidden = !edit;
      if (!edit) return;
      const said = messageText(edit, lang, touch.matches);
      if (words.textContent !== said) words.textContent = said;
      words.className = edit.message && ("words" in edit.message || "unread" in edit.message) ? "broken" : "";
      people.textContent = edit.people.length ? text(lang, "people", { names: edit.people.join(text(lang, "comma")) }) : "";
      renderLink(edit, lang);
    },
  };

  /** @param {Editing} edit @param {Lang} lang */
  function renderLink({ link, queue }, lang) {
    const said = text(lang, link, { n: queue.pending.length });
    if (saved.dataset.said === said) return;
    saved.dataset.said = said;
    saved.className = `link-${link}`;
    const again = link === "signedOut" ? h("a", { href: loginAddress() }, text(lang, "signInAgain")) : null;
    saved.replaceChildren(said, ...(again ? [" ", again] : []));
  }
}

// Others moved the same buildings: who changed what, and what shall become of my edits.

import { h } from "../dom.js";
import { text } from "../i18n.js";

/**
 * @param {import("../edit/queue.js").Clash} clash @param {import("../i18n.js").Lang} lang
 * @returns {string[]}
 */
export function clashLines({ command, buildings, edits }, lang) {
  const time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  if (!edits.length) return [text(lang, "clashUnknown", { n: buildings.length })];
  return edits.map(({ by_name: by, at }) => {
    const when = at ? time.format(new Date(at)) : "";
    return text(lang, command.kind === "rules" ? "clashRules" : "clashLine", { n: buildings.length, by, at: when });
  });
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {{reapply: () => void, fork: () => void, discard: () => void}} ways
 */
export function createClashDialog(dialog, ways) {
  // Closing without a choice would leave the edits in between: Escape chooses nothing here.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  return {
    /** @param {readonly import("../edit/queue.js").Clash[]} clashes @param {import("../i18n.js").Lang} lang */
    render(clashes, lang) {
      if (!clashes.length) return void (dialog.open && dialog.close());
      const button = (/** @type {keyof typeof ways} */ way) =>
        h("button", { type: "button", id: `clash-${way}`, onclick: () => (dialog.close(), ways[way]()) }, text(lang, `clash${way[0].toUpperCase()}${way.slice(1)}`));
      const lines = [...new Set(clashes.flatMap((clash) => clashLines(clash, lang)))];
      dialog.replaceChildren(
        h("h2", { id: "clash-title" }, text(lang, "clashTitle")),
        h("ul", {}, ...lines.map((line) => h("li", {}, line))),
        h("p", { className: "row" }, button("reapply"), button("fork"), button("discard")),
      );
      if (!dialog.open) dialog.showModal();
    },
  };
}

// A small dialog that asks for a line of text, or whether something is meant.

import { h } from "../dom.js";
import { text } from "../i18n.js";

/**
 * @param {HTMLDialogElement} dialog
 * @param {{title: string, words?: string, label?: string, value?: string, ok: string, long?: boolean, told?: boolean}} question label: asks for text; told: nothing is asked
 * @param {import("../i18n.js").Lang} lang
 * @returns {Promise<string | null>} the text, "" where none was asked for; null: given up
 */
export function ask(dialog, { title, words, label, value = "", ok, long = false, told = false }, lang) {
  const input = label ? h(long ? "textarea" : "input", { id: "ask-input", value, maxLength: long ? 2000 : 100 }) : null;
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id: "ask-title" }, title),
    words ? h("p", {}, words) : null,
    input && h("label", { className: "stacked" }, label ?? "", input),
    h(
      "p",
      { className: "row" },
      h("button", { value: "ok", id: "ask-ok", className: "main-button" }, ok),
      told ? null : h("button", { type: "button", id: "ask-cancel", onclick: () => dialog.close("") }, text(lang, "cancel")),
    ),
  );
  dialog.replaceChildren(form);
  dialog.returnValue = "";
  dialog.showModal();
  input?.select();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok" ? (input?.value ?? "") : null), { once: true });
  });
}

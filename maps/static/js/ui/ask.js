// A small dialog that asks for a line of text, or whether something is meant.

import { h } from "../dom.js";
import { text } from "../i18n.js";

/** Characters that the server takes. */
const MOST_NAME = 100;
const MOST_TEXT = 2000;

/**
 * @param {HTMLDialogElement} dialog
 * @param {{title: string, words?: string | (string | Node)[], label?: string, value?: string, ok: string, long?: boolean, told?: boolean}} question label: asks for text; told: nothing is asked
 * @param {import("../i18n.js").Lang} lang
 * @returns {Promise<string | null>} the text, "" where none was asked for; null: given up
 */
export function ask(dialog, { title, words, label, value = "", ok, long = false, told = false }, lang) {
  const input = label ? h(long ? "textarea" : "input", { id: "ask-input", value }) : null;
  const fault = h("p", { id: "ask-fault", className: "fault broken", role: "alert" });
  input?.setAttribute("aria-describedby", fault.id);
  const form = h(
    "form",
    { method: "dialog", onsubmit: check },
    h("h2", { id: "ask-title" }, title),
    words ? h("p", {}, ...[words].flat()) : null,
    input && h("label", { className: "stacked" }, label ?? "", input),
    input && fault,
    h(
      "p",
      { className: "row" },
      h("button", { value: "ok", id: "ask-ok", className: "main-button" }, ok),
      told ? null : h("button", { type: "button", id: "ask-cancel", onclick: () => dialog.close("") }, text(lang, "cancel")),
    ),
  );
  /** A text that is too long is told, not cut. @param {Event} event */
  function check(event) {
    const [n, most] = [[...(input?.value.trim() ?? "")].length, long ? MOST_TEXT : MOST_NAME];
    if (n <= most) return;
    event.preventDefault();
    fault.textContent = text(lang, "tooLong", { most, n });
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
  }

  dialog.replaceChildren(form);
  dialog.returnValue = "";
  dialog.showModal();
  input?.select();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok" ? (input?.value ?? "") : null), { once: true });
  });
}

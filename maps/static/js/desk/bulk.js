// One step for many cases: each stands or falls by itself, and what was refused is told with the server's words.

import { write } from "../api.js";
import { byId, h } from "../dom.js";
import { createForm } from "./forms.js";
import { tickedRevisions } from "./state.js";
import { text } from "./texts.js";

/** What each asks for when it is done for many; whoever accepts here is at the desk, not on site. @type {Record<string, string[]>} */
const EVIDENCE = { accept: [], reject: ["reason_code", "public_note"], dispatch: ["department"], comment: ["note"] };

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {{done: () => void, tickAll: (on: boolean) => void, nameOf: (action: string) => string, around: () => import("./forms.js").Around}} Acts
 */

/** @param {Acts} acts */
export function createBulk(acts) {
  const bar = byId("bulk", HTMLElement);
  const place = byId("bulk-form", HTMLElement);
  const answer = byId("bulk-answer", HTMLElement);
  const all = byId("tick-all", HTMLInputElement);
  all.addEventListener("change", () => acts.tickAll(all.checked));
  /** @type {string | null} */
  let action = null;
  /** Of the cases that it is for. @type {Record<string, number>} */
  let revisions = {};

  return {
    /** @param {import("./state.js").Desk} desk */
    render(desk) {
      const { lang, ticked, rows } = desk;
      all.checked = rows.length > 0 && ticked.length === rows.length;
      all.indeterminate = ticked.length > 0 && ticked.length < rows.length;
      bar.hidden = ticked.length === 0;
      if (!ticked.length) {
        action = null;
        place.replaceChildren();
        return;
      }
      const buttons = Object.keys(EVIDENCE).map((one) =>
        h("button", { type: "button", "data-action": one, "aria-expanded": String(one === action), onclick: () => open(lang, one) }, acts.nameOf(one)),
      );
      bar.replaceChildren(h("span", { role: "status" }, text(lang, "ticked", { n: ticked.length })), ...buttons);
      revisions = tickedRevisions(desk);
    },
  };

  /** @param {Lang} lang @param {string} chosen */
  function open(lang, chosen) {
    action = chosen;
    answer.replaceChildren();
    const step = { action: chosen, name: acts.nameOf(chosen), evidence: EVIDENCE[chosen] };
    const form = createForm({
      lang, step, photos: false, around: acts.around(),
      onSubmit: async (body) => {
        try {
          const told = await write("POST", "incidents/bulk", { numbers: Object.keys(revisions), revisions, action: chosen, step: body });
          close();
          renderAnswer(lang, told);
          acts.done();
        } catch (error) {
          form.refuse(error);
        }
      },
      onCancel: close,
    });
    place.replaceChildren(form.element);
    for (const one of bar.querySelectorAll("button")) one.setAttribute("aria-expanded", String(one.dataset.action === chosen));
    form.focus();
  }

  function close() {
    action = null;
    place.replaceChildren();
    for (const one of bar.querySelectorAll("button")) one.setAttribute("aria-expanded", "false");
  }

  /** @param {Lang} lang @param {{done: string[], refused: {number: string, detail: string}[]}} told */
  function renderAnswer(lang, { done, refused }) {
    const rows = refused.map(({ number, detail }) => h("li", {}, ...(detail.includes(number) ? [detail] : [h("b", {}, number), ` ${detail}`])));
    answer.replaceChildren(
      h("p", {}, text(lang, "bulkDone", { n: done.length })),
      ...(rows.length ? [h("p", { className: "fault" }, text(lang, "bulkRefused", { n: rows.length })), h("ul", {}, ...rows)] : []),
    );
  }
}

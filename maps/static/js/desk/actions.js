// The steps that may be taken with a case, and the form of the one that was chosen. What is typed is kept until it is sent
// or given up, whatever the server answers.

import { Refusal } from "../api.js";
import { h } from "../dom.js";
import { toldOf } from "../door.js";
import { createForm } from "./forms.js";
import { entryText } from "./history.js";
import { newKey } from "../key.js";
import { readCase, sendStep } from "./sending.js";
import { newEntries } from "./state.js";
import { text } from "./texts.js";

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {import("./state.js").Case} Case
 * @typedef {{changed: (kase: Case) => void, around: (kase: Case) => import("./forms.js").Around}} Acts
 */

/** @param {HTMLElement} bar @param {HTMLElement} place @param {Acts} acts */
export function createActions(bar, place, acts) {
  /** @type {ReturnType<typeof createForm> | null} */
  let form = null;
  /** @type {Case | null} */
  let kase = null;
  /** @type {Lang} */
  let lang = "zh";
  /** The key of what is being written: the same for each try. */
  let key = newKey();

  const notice = h("div", { className: "case-notice", role: "status" });

  function clear() {
    form = null;
    kase = null;
    place.replaceChildren();
    bar.replaceChildren();
  }

  /** @param {import("./evidence.js").Allowed} step @param {Record<string, any>} [values] @param {import("./camera.js").Shot[]} [shots] */
  function open(step, values, shots) {
    if (!kase) return;
    const own = kase;
    form = createForm({
      lang, step, values, shots, around: acts.around(own),
      onSubmit: (body, taken) => send(step, body, taken),
      onCancel: close,
    });
    place.replaceChildren(notice, form.element);
    markChosen();
  }

  function close() {
    const action = form?.step.action;
    form = null;
    notice.replaceChildren();
    place.replaceChildren();
    markChosen();
    const button = [...bar.querySelectorAll("button")].find((one) => one.dataset.action === action);
    button?.focus();
  }

  function markChosen() {
    for (const button of bar.querySelectorAll("button")) {
      button.setAttribute("aria-expanded", String(button.dataset.action === form?.step.action));
    }
  }

  /** @param {import("./evidence.js").Allowed} step @param {Record<string, any>} body @param {import("./camera.js").Shot[]} shots */
  async function send(step, body, shots) {
    if (!kase) return;
    const before = kase;
    const { number, revision } = before;
    try {
      const after = await sendStep({ number, action: step.action, step: body, photos: shots, revision, key });
      if (isOpen(number, step)) {
        form = null;
        notice.replaceChildren();
        place.replaceChildren();
      }
      acts.changed(after);
    } catch (error) {
      if (isOpen(number, step)) await refused(error, step, before);
      else tellElsewhere(error, step, number);
    }
  }

  /** Whether the form of this step with this case is still the one that is open. @param {string} number @param {import("./evidence.js").Allowed} step */
  const isOpen = (number, step) => kase?.number === number && form?.step.action === step.action;

  /** The answer came when another form was open: that one stays as it is. @param {unknown} error @param {import("./evidence.js").Allowed} step @param {string} number */
  function tellElsewhere(error, step, number) {
    notice.replaceChildren(h("p", { className: "fault" }, `${step.name} · ${number}${lang === "zh" ? "：" : ": "}`, ...toldOf(error)));
    place.prepend(notice);
  }

  /** @param {unknown} error @param {import("./evidence.js").Allowed} step @param {Case} before as the step was decided on */
  async function refused(error, step, before) {
    const status = error instanceof Refusal ? error.status : 0;
    if (status && status < 500) key = newKey();
    const now = [403, 409, 412].includes(status) ? await readCase(before.number, lang).catch(() => null) : null;
    if (!isOpen(before.number, step)) return tellElsewhere(error, step, before.number);
    if (now) acts.changed(now);
    const rows = now ? newEntries(before, now).map((entry) => h("li", {}, entryText(lang, entry))) : [];
    const gone = now !== null && !now.allowed.some((one) => one.action === step.action);
    notice.replaceChildren(...(rows.length ? [h("ul", {}, ...rows)] : []), ...(gone ? [h("p", {}, text(lang, "gone"))] : []));
    if (status === 412 && gone) form?.calm();
    else if (status === 412) form?.fail([text(lang, "changed")], []);
    else form?.refuse(error);
  }

  return {
    clear,

    /** Whether something is being written that would be lost. */
    typed: () => form !== null,

    /** @param {Lang} language @param {Case | null} now */
    render(language, now) {
      if (now?.number !== kase?.number || !now) {
        form = null;
        key = newKey();
        notice.replaceChildren();
        place.replaceChildren();
      }
      const before = form;
      const other = language !== lang;
      lang = language;
      kase = now;
      const steps = now?.allowed ?? [];
      const buttons = steps.map((step) =>
        h("button", { type: "button", "data-action": step.action, "aria-expanded": "false", onclick: () => choose(step) }, step.name),
      );
      bar.replaceChildren(
        ...(now ? [h("h3", {}, text(lang, "actions"))] : []),
        buttons.length ? h("div", { className: "row" }, ...buttons) : h("p", { className: "quiet" }, now ? text(lang, "noActions") : ""),
      );
      if (before && other) open(steps.find((one) => one.action === before.step.action) ?? before.step, before.values(), before.shots);
      markChosen();
    },
  };

  /** @param {import("./evidence.js").Allowed} step */
  function choose(step) {
    if (form?.step.action === step.action) return close();
    const before = form;
    key = newKey();
    open(step, before?.values(), before?.shots);
    form?.focus();
  }
}

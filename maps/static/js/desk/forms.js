// The form of a step, made from the names of its evidence; the pages of the desk and of grid workers share it.

import { Refusal } from "../api.js";
import { h } from "../dom.js";
import { toldOf } from "../door.js";
import { createCamera } from "./camera.js";
import { controlOf } from "./controls.js";
import { choicesOf, fieldsIn, fieldsOf, lacking, stepOf } from "./evidence.js";
import { formText } from "./form_texts.js";

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {import("./evidence.js").Allowed} Allowed
 *
 * @typedef {object} Around what the choices of a form are made of
 * @property {{code: string, name: string}[]} departments
 * @property {string | null} routed the department that the routing rule names
 * @property {{code: string, name: string}[]} reasonCodes
 * @property {{name: string, on_duty: boolean}[]} workers
 * @property {{code: string, name: string, conditions?: {code: string, name: string}[]}[]} categories
 * @property {string[]} numbers of other incidents
 *
 * @typedef {object} Options
 * @property {Lang} lang
 * @property {Allowed} step
 * @property {Around} around
 * @property {Record<string, any>} [values] typed before
 * @property {import("./camera.js").Shot[]} [shots] taken before
 * @property {boolean} [photos] whether photos may go with it
 * @property {boolean} [position] whether the device's position may be attached
 * @property {(step: Record<string, any>, shots: import("./camera.js").Shot[]) => Promise<void> | void} onSubmit
 * @property {() => void} onCancel
 */

/** Forms made so far, so that the ids of two forms on a page differ. */
let made = 0;

/** @param {Options} options */
export function createForm({ lang, step, around, values = {}, shots = [], photos = true, position = false, onSubmit, onCancel }) {
  const prefix = `form${++made}`;
  const say = (/** @type {string} */ key, words = {}) => formText(lang, key, words);
  const fields = fieldsOf(step).filter(
    ({ name }) => (name !== "photos" || photos) && (name !== "position" || position),
  );
  const alert = h("p", { className: "refusal", role: "alert", hidden: true });
  const submit = h("button", { type: "submit", className: "primary" }, step.name);
  const cancel = h("button", { type: "button", onclick: onCancel }, say("cancel"));
  const boxes = new Map(fields.map((field) => [field.name, boxOf(field)]));
  const hints = choicesOf(step.evidence)
    .filter((one) => one !== "on_site" || position)
    .map((one) => h("p", { className: "quiet small-print" }, say(`hint_${one}`)));
  const form = h(
    "form",
    { className: "step", noValidate: true, "aria-label": step.name, "data-action": step.action },
    h("h3", {}, step.name),
    ...hints,
    alert,
    ...boxes.values(),
    h("div", { className: "row" }, submit, cancel),
  );

  /** @param {import("./evidence.js").Field} field */
  function boxOf({ name, required }) {
    const fault = h("p", { className: "fault", id: `${prefix}-${name}-fault`, hidden: true });
    const control =
      name === "photos"
        ? createCamera({ lang, action: step.action, id: `${prefix}-photos`, shots })
        : controlOf({ name, required, prefix, lang, around, values });
    const group = h("div", { className: "field", "data-field": name }, control, fault);
    return group;
  }

  const own = {
    element: form,
    shots,
    step,

    /** What is filled in, by the names of controls. @returns {Record<string, any>} */
    values() {
      /** @type {Record<string, any>} */
      const found = Object.fromEntries(new FormData(form));
      found.internal = form.querySelector("[name=internal]:checked") !== null;
      const place = form.querySelector("[data-position]")?.getAttribute("data-position");
      return place ? { ...found, position: place.split(",").map(Number) } : found;
    },

    /** Tells why the server refused it, at the fields that it speaks of. @param {unknown} error */
    refuse(error) {
      own.fail(toldOf(error), error instanceof Refusal && [400, 422].includes(error.status) ? fieldsIn(error.problem, fields) : []);
    },

    /** Tells what is wrong, at these fields. @param {(string | Node)[]} told @param {string[]} names */
    fail(told, names) {
      alert.replaceChildren(...told);
      alert.hidden = false;
      for (const [name, box] of boxes) mark(name, box, names.includes(name));
      const first = names.length ? form.querySelector("[aria-invalid=true]") : null;
      if (first instanceof HTMLElement) first.focus();
      else alert.scrollIntoView({ block: "nearest" });
    },

    /** Nothing is wrong with it, as far as is known. */
    calm() {
      alert.hidden = true;
      for (const [name, box] of boxes) mark(name, box, false);
    },

    /** @param {boolean} busy */
    busy(busy) {
      submit.disabled = busy;
      form.setAttribute("aria-busy", String(busy));
    },

    focus() {
      const first = form.querySelector("textarea, select, input:not([type=file])") ?? submit;
      if (first instanceof HTMLElement) first.focus();
    },
  };

  /** @param {string} name @param {HTMLElement} box @param {boolean} on */
  function mark(name, box, on) {
    const fault = box.querySelector(".fault");
    if (fault instanceof HTMLElement) {
      fault.hidden = !on;
      fault.textContent = on ? say(`fault_${name}`) : "";
    }
    for (const control of box.querySelectorAll("textarea, select, input:not([type=file])")) {
      if (on) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (on && fault) control.setAttribute("aria-describedby", fault.id);
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const filled = own.values();
    const lacks = lacking(step, filled, shots.length, { routed: around.routed, onSite: position });
    if (lacks.length) return own.fail([say("lacking")], lacks);
    own.calm();
    own.busy(true);
    try {
      await onSubmit(stepOf(step, filled), shots);
    } finally {
      own.busy(false);
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onCancel();
  });
  return own;
}

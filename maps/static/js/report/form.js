// The fields of a report: what is written goes into the draft, faults stand at their fields.

import { h } from "../dom.js";

/** @typedef {import("./types.js").Attribute} Attribute */
/** @typedef {import("./types.js").Say} Say */

/** The element that a fault belongs to. @param {string} field */
const inputOf = (field) => document.getElementById(field === "place" ? "map" : field === "category" ? "search" : field);

/** @param {string} field */
const wordsId = (field) => `fault-${field}`;

/**
 * Marks fields with what is wrong with them; nothing is wrong with the others.
 * @param {HTMLElement} form @param {readonly {field: string, words: string}[]} faults
 */
export function showFaults(form, faults) {
  for (const words of form.querySelectorAll(".fault")) {
    words.textContent = "";
    inputOf(words.id.slice(wordsId("").length))?.removeAttribute("aria-invalid");
  }
  for (const { field, words } of faults) {
    const place = document.getElementById(wordsId(field));
    if (place) place.textContent = words;
    const input = inputOf(field);
    if (input && input.id !== "map") input.setAttribute("aria-invalid", "true");
  }
}

/** What the server said against a report. @param {import("./types.js").Problem | null} problem @param {import("./types.js").Language} language */
export function refusals(problem, { say, lang }) {
  if (!problem) return [];
  if (problem.faults?.length) return problem.faults.map((one) => ({ field: one.field, words: one[lang] }));
  return [{ field: "send", words: say("refusedWords", { words: problem.detail ?? problem.status }) }];
}

/** Leads to the field of a fault. @param {string} field */
function goTo(field) {
  const input = inputOf(field);
  const target = input?.offsetParent ? input : document.querySelector("#chosen button");
  if (target instanceof HTMLElement) target.focus();
  document.getElementById(wordsId(field))?.scrollIntoView({ block: "center" });
}

/**
 * A list of what is to be mended, each leading to its field; made anew only where it changes, since it is read out.
 * @param {HTMLElement} box @param {readonly {field: string, words: string}[]} faults @param {Say} say
 */
export function showSummary(box, faults, say) {
  const told = faults.map(({ words }) => words).join("\n");
  box.hidden = !faults.length;
  if (box.dataset.told === told) return;
  box.dataset.told = told;
  const links = faults.map(({ field, words }) =>
    h("li", {}, h("button", { type: "button", className: "link", onclick: () => goTo(field) }, words)));
  box.replaceChildren(h("p", { tabIndex: -1 }, say("mend", { n: faults.length })), h("ul", {}, ...links));
}

/**
 * The questions of a category.
 * @param {HTMLElement} box @param {readonly Attribute[]} attributes
 * @param {Record<string, string | string[]>} values
 * @param {Say} say @param {(code: string, value: string | string[]) => void} answered
 */
export function showAttributes(box, attributes, values, say, answered) {
  const same = JSON.stringify(attributes);
  if (box.dataset.shown === same && box.dataset.lang === document.documentElement.lang) return;
  box.dataset.shown = same;
  box.dataset.lang = document.documentElement.lang;
  box.replaceChildren(...attributes.map((one) => question(one, values[one.code], say, answered)));
}

/** @param {Attribute} one @param {string | string[] | undefined} value @param {Say} say @param {(code: string, value: string | string[]) => void} answered */
function question(one, value, say, answered) {
  const id = `attributes.${one.code}`;
  const label = one.description + (one.required ? " *" : "");
  const fault = h("p", { className: "fault", id: wordsId(id) });
  if (one.datatype === "multivaluelist") {
    /** @type {HTMLInputElement[]} */
    const boxes = one.values.map(({ key }) => h("input", { type: "checkbox", value: key, checked: value?.includes(key) ?? false, onchange: tell }));
    function tell() {
      answered(one.code, boxes.filter(({ checked }) => checked).map((box) => box.value));
    }
    const choices = one.values.map(({ name }, at) => h("label", { className: "tick" }, boxes[at], name));
    return h("fieldset", { id, tabIndex: -1, "aria-describedby": fault.id }, h("legend", {}, label), ...choices, fault);
  }
  const input = inputFor(one, typeof value === "string" ? value : "", say);
  Object.assign(input, { id, required: one.required });
  input.setAttribute("aria-describedby", fault.id);
  input.addEventListener("input", () => answered(one.code, input.value));
  return h("div", {}, h("label", { htmlFor: id }, label), input, fault);
}

/** @param {Attribute} one @param {string} value @param {Say} say */
function inputFor(one, value, say) {
  switch (one.datatype) {
    case "singlevaluelist": {
      const options = one.values.map(({ key, name }) => h("option", { value: key, selected: key === value }, name));
      return h("select", {}, h("option", { value: "" }, say("choose")), ...options);
    }
    case "text":
      return h("textarea", { value, rows: 3, maxLength: 4000 });
    case "number":
      return h("input", { value, inputMode: "decimal" });
    case "datetime":
      return h("input", { value, type: "datetime-local" });
    default:
      return h("input", { value, maxLength: 4000 });
  }
}

/** A button that asks once more before it acts. @param {string} words @param {string} sure @param {() => void} act @param {string} [label] */
export function twice(words, sure, act, label) {
  const button = h("button", { type: "button", className: "plain", "aria-label": label ?? null, onclick: press, onblur: calm }, words);
  let asked = false;
  function press() {
    if (asked) {
      act();
      return;
    }
    asked = true;
    button.textContent = sure;
    button.removeAttribute("aria-label");
  }
  function calm() {
    asked = false;
    button.textContent = words;
    if (label) button.setAttribute("aria-label", label);
  }
  return button;
}

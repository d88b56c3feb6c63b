// The form of a plan's rules: grids, bands, balance, what may be broken and at which weight, preset.

import { h } from "../dom.js";
import { PRESETS, SOFT, kept, rulesOf, valuesOf } from "../edit/rules_values.js";
import { text } from "../i18n.js";
import { keepingFocus } from "./toolbar.js";

/** @typedef {import("../i18n.js").Lang} Lang */
/** @typedef {import("../edit/rules_values.js").Values} Values */

/**
 * @param {HTMLDetailsElement} box
 * @param {() => import("../state.js").State} get
 * @param {(rules: Record<string, any>) => void} send
 */
export function createRulesForm(box, get, send) {
  const title = h("summary");
  const form = h("form", { className: "rules", noValidate: true, onsubmit: save });
  const saved = h("span", { id: "rules-saved" });
  const changed = h("p", { id: "rules-changed", className: "elsewhere", role: "status", hidden: true });
  box.append(title, changed, form);
  let shown = "";
  let plan = 0;
  /** What the form was filled with last. @type {Values} */
  let base = {};
  /** @type {import("../edit/rules_values.js").Fault[]} */
  let faults = [];

  /** @param {Event} event */
  function save(event) {
    event.preventDefault();
    const { edit, lang } = get();
    if (!edit) return;
    const found = rulesOf(typed(), edit.rules);
    faults = found.faults;
    showFaults(lang);
    const first = form.querySelector("[aria-invalid]");
    if (first instanceof HTMLElement) first.focus();
    if (faults.length) return;
    changed.hidden = true;
    fill(valuesOf(found.rules));
    send(found.rules);
  }

  /** What stands in the form; boxes that are not ticked and fields that are switched off are absent from its data. @returns {Values} */
  const typed = () => {
    const empty = Object.fromEntries(SOFT.map((name) => [`soft.${name}`, ""]));
    const off = Object.fromEntries([...form.querySelectorAll("input:disabled")].map((one) => (one instanceof HTMLInputElement ? [one.name, one.value] : [])));
    return { ...base, ...empty, ...off, ...Object.fromEntries(/** @type {any} */ (new FormData(form))) };
  };

  /** @param {Values} values */
  function fill(values) {
    for (const control of form.elements) {
      if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = values[control.name] === "on";
      else if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) control.value = values[control.name];
    }
    for (const weight of form.querySelectorAll(".weight")) {
      if (weight instanceof HTMLInputElement) weight.disabled = !values[weight.name.replace("weight.", "soft.")];
    }
  }

  /** @param {Lang} lang */
  function showFaults(lang) {
    for (const old of form.querySelectorAll(".fault")) old.remove();
    for (const input of form.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    for (const { field, key, values } of faults) {
      const input = form.querySelector(`[name="${field}"]`);
      const id = `fault-${field.replace(".", "-")}`;
      input?.setAttribute("aria-invalid", "true");
      input?.setAttribute("aria-describedby", id);
      input?.closest(".field")?.append(h("p", { id, className: "fault broken" }, text(lang, key, values)));
    }
  }

  return {
    /** What is being typed stays, whatever is saved meanwhile and in whichever language. @param {import("../state.js").State} state */
    render({ edit, lang }) {
      box.hidden = !edit;
      if (!edit) return;
      saved.textContent = savedWords(edit, lang);
      const now = JSON.stringify([edit.plan, edit.rules, lang]);
      if (now === shown) return;
      shown = now;
      const held = valuesOf(edit.rules);
      const other = edit.plan !== plan;
      const { values, elsewhere } = other ? { values: held, elsewhere: [] } : kept(typed(), base, held);
      if (other) faults = [];
      [plan, base] = [edit.plan, held];
      if (title.lang !== lang) {
        title.lang = lang;
        title.textContent = text(lang, "rules");
        keepingFocus(form, () => form.replaceChildren(...fields(lang, saved)));
      }
      fill(values);
      showFaults(lang);
      if (!other && !elsewhere.length) return;
      changed.hidden = !elsewhere.length;
      const rules = elsewhere.map((name) => ruleWords(held, name, lang)).join(text(lang, "comma"));
      changed.textContent = text(lang, "rulesElsewhere", { rules });
    },
  };
}

/** Beside the button, what the line below the map says of saving rules. @param {import("../edit/state.js").Editing} edit @param {Lang} lang */
const savedWords = ({ message }, lang) => (message && "text" in message && ["rulesSaving", "rulesSaved"].includes(message.text) ? text(lang, message.text) : "");

/** A rule as it is saved. @param {Values} values @param {string} name @param {Lang} lang */
function ruleWords(values, name, lang) {
  if (name === "preset") return `${text(lang, name)} ${text(lang, `preset_${values[name]}`)}`;
  const [low, high] = [values[`${name}.low`], values[`${name}.high`]];
  const limits = name === "balance" ? values.balance && `${values.balance}%` : low && text(lang, "limits", { low, high });
  const soft = values[`soft.${name}`] ? `${text(lang, "soft")} ${values[`weight.${name}`]}` : "";
  return [text(lang, `rule_${name}`), limits || (name === "contiguity" ? "" : text(lang, "ruleOff")), soft].filter(Boolean).join(" ");
}

/** @param {Lang} lang @param {HTMLElement} saved says that rules are saved @returns {HTMLElement[]} */
function fields(lang, saved) {
  const input = (/** @type {string} */ name, /** @type {string} */ label, /** @type {object} */ more = {}) =>
    h("input", { id: `rules-${name}`, name, inputMode: "decimal", autocomplete: "off", "aria-label": label, ...more });
  const bands = ["grids", "households", "persons"].map((name) => {
    const label = text(lang, `rule_${name}`);
    return h(
      "div",
      { className: "field", role: "group", "aria-label": label },
      h("span", {}, label),
      input(`${name}.low`, `${label} ${text(lang, "least")}`),
      h("span", { "aria-hidden": true }, "–"),
      input(`${name}.high`, `${label} ${text(lang, "most")}`),
      softBox(name, lang),
    );
  });
  const balance = text(lang, "rule_balance");
  const preset = h("select", { id: "rules-preset", name: "preset" }, ...PRESETS.map((one) => h("option", { value: one }, text(lang, `preset_${one}`))));
  return [
    h("p", { className: "quiet" }, text(lang, "rulesHint")),
    ...bands,
    h("div", { className: "field", role: "group", "aria-label": balance }, h("span", {}, balance), input("balance", balance), h("span", {}, "%"), softBox("balance", lang)),
    h("div", { className: "field", role: "group", "aria-label": text(lang, "rule_contiguity") }, h("span", {}, text(lang, "rule_contiguity")), softBox("contiguity", lang)),
    h("div", { className: "field" }, h("label", { htmlFor: "rules-preset" }, text(lang, "preset")), preset),
    h("p", { className: "row" }, h("button", { id: "rules-save", className: "main-button" }, text(lang, "saveRules")), saved),
  ];
}

/** Whether the rule may be broken, and at which weight. @param {string} name @param {Lang} lang */
function softBox(name, lang) {
  const label = text(lang, `rule_${name}`);
  const weight = h("input", {
    id: `rules-weight.${name}`,
    name: `weight.${name}`,
    className: "weight",
    inputMode: "decimal",
    "aria-label": `${label} ${text(lang, "weight")}`,
  });
  const box = h("input", { type: "checkbox", id: `rules-soft.${name}`, name: `soft.${name}`, value: "on", onchange: () => (weight.disabled = !box.checked) });
  return h("span", { className: "soft" }, h("label", {}, box, " ", text(lang, "soft")), weight);
}

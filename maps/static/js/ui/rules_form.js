// The form of a plan's rules: grids, bands, balance, what may be broken and at which weight, preset.

import { h } from "../dom.js";
import { command } from "../edit/requests.js";
import { PRESETS, SOFT, rulesOf, valuesOf } from "../edit/rules_values.js";
import { text } from "../i18n.js";

/** @typedef {import("../i18n.js").Lang} Lang */

/**
 * @param {HTMLDetailsElement} box
 * @param {() => import("../state.js").State} get
 * @param {(one: import("../edit/queue.js").Command) => void} send
 */
export function createRulesForm(box, get, send) {
  const title = h("summary");
  const form = h("form", { className: "rules", noValidate: true, onsubmit: save });
  box.append(title, form);
  let shown = "";

  /** @param {Event} event */
  function save(event) {
    event.preventDefault();
    const { edit, lang } = get();
    if (!edit) return;
    const values = { ...valuesOf(edit.rules), ...emptied(), ...Object.fromEntries(/** @type {any} */ (new FormData(form))) };
    const { rules, faults } = rulesOf(values, edit.rules);
    showFaults(faults, lang);
    if (!faults.length) send(command("rules", rules));
  }

  /** Boxes that are not ticked are absent from a form's data. */
  const emptied = () => Object.fromEntries(SOFT.map((name) => [`soft.${name}`, ""]));

  /** @param {import("../edit/rules_values.js").Fault[]} faults @param {Lang} lang */
  function showFaults(faults, lang) {
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
    const first = form.querySelector("[aria-invalid]");
    if (first instanceof HTMLElement) first.focus();
  }

  return {
    /** @param {import("../state.js").State} state */
    render({ edit, lang }) {
      box.hidden = !edit;
      if (!edit) return;
      const now = JSON.stringify([edit.plan, edit.rules, lang]);
      if (now === shown) return;
      shown = now;
      title.textContent = text(lang, "rules");
      form.replaceChildren(...fields(valuesOf(edit.rules), lang));
    },
  };
}

/** @param {Record<string, string>} values @param {Lang} lang @returns {HTMLElement[]} */
function fields(values, lang) {
  const input = (/** @type {string} */ name, /** @type {string} */ label, /** @type {object} */ more = {}) =>
    h("input", { name, value: values[name], inputMode: "decimal", autocomplete: "off", "aria-label": label, ...more });
  const bands = ["grids", "households", "persons"].map((name) => {
    const label = text(lang, `rule_${name}`);
    return h(
      "div",
      { className: "field", role: "group", "aria-label": label },
      h("span", {}, label),
      input(`${name}.low`, `${label} ${text(lang, "least")}`),
      h("span", { "aria-hidden": true }, "–"),
      input(`${name}.high`, `${label} ${text(lang, "most")}`),
      softBox(name, values, lang),
    );
  });
  const balance = text(lang, "rule_balance");
  const preset = h("select", { id: "rules-preset", name: "preset" }, ...PRESETS.map((one) => h("option", { value: one, selected: one === values.preset }, text(lang, `preset_${one}`))));
  return [
    h("p", { className: "quiet" }, text(lang, "rulesHint")),
    ...bands,
    h("div", { className: "field", role: "group", "aria-label": balance }, h("span", {}, balance), input("balance", balance), h("span", {}, "%"), softBox("balance", values, lang)),
    h("div", { className: "field", role: "group", "aria-label": text(lang, "rule_contiguity") }, h("span", {}, text(lang, "rule_contiguity")), softBox("contiguity", values, lang)),
    h("div", { className: "field" }, h("label", { htmlFor: "rules-preset" }, text(lang, "preset")), preset),
    h("p", { className: "row" }, h("button", { id: "rules-save", className: "main-button" }, text(lang, "saveRules"))),
  ];
}

/** Whether the rule may be broken, and at which weight. @param {string} name @param {Record<string, string>} values @param {Lang} lang */
function softBox(name, values, lang) {
  const label = text(lang, `rule_${name}`);
  const soft = values[`soft.${name}`] === "on";
  const weight = h("input", {
    name: `weight.${name}`,
    value: values[`weight.${name}`],
    className: "weight",
    disabled: !soft,
    inputMode: "decimal",
    "aria-label": `${label} ${text(lang, "weight")}`,
  });
  const box = h("input", { type: "checkbox", name: `soft.${name}`, value: "on", checked: soft, onchange: () => (weight.disabled = !box.checked) });
  return h("span", { className: "soft" }, h("label", {}, box, " ", text(lang, "soft")), weight);
}

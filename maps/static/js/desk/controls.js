// The controls of a step's form, one for each name of a field.

import { h } from "../dom.js";
import { lastReview, UNITS } from "./evidence.js";
import { formText } from "./form_texts.js";
import { positionButton } from "./position.js";
import { KINDS } from "./state.js";

/**
 * @typedef {object} Given
 * @property {import("./evidence.js").FieldName} name
 * @property {boolean} required
 * @property {string} prefix of ids
 * @property {import("../lang.js").Lang} lang
 * @property {import("./forms.js").Around} around
 * @property {Record<string, any>} values typed before
 */

/** @param {Given} given @returns {Node} */
export function controlOf(given) {
  const make = MAKERS[given.name];
  const parts = make ? make(given) : [];
  const all = document.createDocumentFragment();
  all.append(...parts);
  return all;
}

/** @param {Given} given @param {string} [key] of the words, where they are not those of the field */
function labelFor({ name, prefix, lang, required }, key = name) {
  const star = required ? h("span", { className: "must", "aria-hidden": "true" }, " *") : null;
  return h("label", { htmlFor: `${prefix}-${key}` }, formText(lang, `label_${key}`), star);
}

/** @param {Given} given @param {string} key @param {Record<string, any>} [more] */
function inputOf({ prefix, values, required }, key, more = {}) {
  return h("input", {
    id: `${prefix}-${key}`, name: key, value: values[key] ?? "", autocomplete: "off",
    "aria-required": required ? "true" : null, ...more,
  });
}

/** @param {Given} given @param {string} key @param {number} rows */
function areaOf({ prefix, values, required }, key, rows = 3) {
  return h("textarea", {
    id: `${prefix}-${key}`, name: key, rows, maxLength: 4000, value: values[key] ?? "",
    "aria-required": required ? "true" : null,
  });
}

/** @param {Given} given @param {string} key @param {[string, string][]} options @param {string} [chosen] */
function selectOf({ prefix, values, required }, key, options, chosen = "") {
  const select = h(
    "select",
    { id: `${prefix}-${key}`, name: key, "aria-required": required ? "true" : null },
    ...options.map(([value, words]) => h("option", { value }, words)),
  );
  select.value = values[key] ?? chosen;
  return select;
}

/** @param {{code: string, name: string}[]} rows @returns {[string, string][]} */
const optionsOf = (rows) => rows.map(({ code, name }) => [code, name]);

/** @type {Partial<Record<import("./evidence.js").FieldName, (given: Given) => Node[]>>} */
const MAKERS = {
  note: (given) => [labelFor(given), areaOf(given, "note")],
  public_note: (given) => [labelFor(given), areaOf(given, "public_note")],
  document: (given) => [labelFor(given), inputOf(given, "document", { maxLength: 200 })],
  reason_code: (given) => [
    labelFor(given),
    selectOf(given, "reason_code", [["", formText(given.lang, "choose")], ...optionsOf(given.around.reasonCodes)]),
  ],
  target: (given) => {
    const list = h("datalist", { id: `${given.prefix}-numbers` }, ...given.around.numbers.map((value) => h("option", { value })));
    const input = inputOf(given, "target", { maxLength: 40 });
    input.setAttribute("list", list.id);
    return [labelFor(given), input, list];
  },
  assignee: (given) => {
    const named = given.around.workers.map(({ name, on_duty }) => ({ code: name, name: on_duty ? formText(given.lang, "onDuty", { name }) : name }));
    return [labelFor(given), selectOf(given, "assignee", [["", formText(given.lang, "choose")], ...optionsOf(named)])];
  },
  until: (given) => [
    labelFor(given),
    inputOf(given, "until", { type: "date", min: new Date().toISOString().slice(0, 10), max: lastReview(new Date()) }),
  ],
  limit: (given) => [
    labelFor(given, "limit_value"),
    h(
      "div",
      { className: "row" },
      inputOf(given, "limit_value", { type: "number", min: "0.5", max: "365", step: "0.5", inputMode: "decimal" }),
      h("label", { className: "unseen", htmlFor: `${given.prefix}-limit_unit` }, formText(given.lang, "label_limit_unit")),
      selectOf(given, "limit_unit", UNITS.map((unit) => [unit, formText(given.lang, `unit_${unit}`)]), "work_day"),
    ),
  ],
  satisfied: (given) => [
    labelFor(given),
    selectOf(given, "satisfied", [["", formText(given.lang, "choose")], ["true", formText(given.lang, "yes")], ["false", formText(given.lang, "no")]]),
  ],
  internal: (given) => [
    h(
      "label",
      { className: "tick" },
      h("input", { type: "checkbox", name: "internal", checked: given.values.internal === true }),
      h("span", {}, formText(given.lang, "label_internal")),
    ),
  ],
  department: (given) => {
    const { departments, routed } = given.around;
    const named = departments.map(({ code, name }) => ({ code, name: code === routed ? formText(given.lang, "routedOne", { name }) : name }));
    return [labelFor(given), selectOf(given, "department", [["", formText(given.lang, "choose")], ...optionsOf(named)], routed ?? "")];
  },
  reason: (given) => [labelFor(given), areaOf(given, "reason", 2)],
  notice: (given) => [
    labelFor(given, "text_zh"), areaOf(given, "text_zh"), labelFor(given, "text_en"), areaOf(given, "text_en"),
    labelFor(given, "days"), inputOf(given, "days", { type: "number", min: "1", max: "90", value: given.values.days ?? "7" }),
    h("p", { className: "quiet small-print" }, formText(given.lang, "hint_notice")),
  ],
  change: (given) => {
    const keep = /** @type {[string, string]} */ (["", formText(given.lang, "keep")]);
    const { categories } = given.around;
    const conditions = selectOf(given, "change_condition", [keep]);
    const category = selectOf(given, "change_category", [keep, ...optionsOf(categories)]);
    const offer = () => {
      const found = categories.find(({ code }) => code === category.value)?.conditions ?? [];
      conditions.replaceChildren(...[keep, ...optionsOf(found)].map(([value, words]) => h("option", { value }, words)));
    };
    category.addEventListener("change", offer);
    offer();
    return [
      labelFor(given, "change_category"), category,
      labelFor(given, "change_condition"), conditions,
      labelFor(given, "change_kind"),
      selectOf(given, "change_kind", [keep, ...KINDS.map((kind) => /** @type {[string, string]} */ ([kind, formText(given.lang, `kindOf_${kind}`)]))]),
      labelFor(given, "change_level"), selectOf(given, "change_level", [keep, ["1", "1"], ["2", "2"], ["3", "3"]]),
      labelFor(given, "change_lon"), inputOf(given, "change_lon", { inputMode: "decimal" }),
      labelFor(given, "change_lat"), inputOf(given, "change_lat", { inputMode: "decimal" }),
    ];
  },
  position: (given) => [positionButton(given.lang, given.values.position ?? null)],
};

// Reporting what a grid worker found: beside a building or at the position that they attach.

import { h } from "../dom.js";
import { createCamera } from "../desk/camera.js";
import { positionButton } from "../desk/position.js";
import { buildingName, text } from "./texts.js";

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {import("./state.js").Item} Item
 * @typedef {import("./state.js").Building} Building
 * @typedef {{lang: Lang, categories: any[], buildings: Building[], communities: {code: string, name: string}[], community: string}} Around
 * @typedef {(body: Record<string, any>, values: Record<string, any>, shots: import("./state.js").Shot[], title: string, replaces: Item | null) => Promise<void>} OnReport
 */

/**
 * A choice of community, where there are several.
 * @param {string} id @param {Around} around @param {(code: string) => void} onChoose @returns {HTMLElement[]}
 */
export function communityChooser(id, { lang, communities, community }, onChoose) {
  if (communities.length < 2) return [];
  const select = h("select", { id, name: "community", onchange: () => onChoose(select.value) }, ...communities.map(({ code, name }) => h("option", { value: code }, name)));
  select.value = community;
  return [h("label", { htmlFor: id }, text(lang, "community")), select];
}

/** @param {HTMLElement} element @param {OnReport} onReport @param {(code: string) => void} onCommunity */
export function createReport(element, onReport, onCommunity) {
  /** @type {import("./state.js").Shot[]} */
  let shots = [];
  /** @type {Item | null} */
  let replaces = null;
  /** @type {HTMLFormElement | null} */
  let form = null;

  /** What is typed now. @returns {Record<string, any>} */
  function valuesOf() {
    if (!form) return {};
    const place = form.querySelector("[data-position]")?.getAttribute("data-position");
    return { ...Object.fromEntries(new FormData(form)), ...(place ? { position: place.split(",").map(Number) } : {}) };
  }

  /** @param {Around} around @param {Record<string, any>} [values] */
  function render(around, values = valuesOf()) {
    const { lang, categories, buildings } = around;
    const say = (/** @type {string} */ key, words = {}) => text(lang, key, words);
    const alert = h("p", { className: "refusal", role: "alert", hidden: true });
    const category = h("select", { id: "report-category", name: "category" }, h("option", { value: "" }, say("choose")));
    for (const group of new Set(categories.map((one) => one.group_name))) {
      const options = categories.filter((one) => one.group_name === group).map(({ code, name }) => h("option", { value: code }, name));
      category.append(h("optgroup", { label: group }, ...options));
    }
    category.value = values.category ?? "";
    const building = h(
      "select",
      { id: "report-building", name: "building" },
      h("option", { value: "" }, say("notAtBuilding")),
      ...buildings.map(({ id, name }) => h("option", { value: String(id) }, name)),
    );
    building.value = values.building ?? "";
    const asked = h("div", { className: "field" });
    const ask = () => asked.replaceChildren(...questionsOf(lang, categories.find(({ code }) => code === category.value), values));
    category.addEventListener("change", ask);
    ask();
    form = h(
      "form",
      { className: "step", noValidate: true, "aria-labelledby": "report-title" },
      h("h2", { id: "report-title" }, say("reportTitle")),
      alert,
      h("label", { htmlFor: "report-category" }, say("category")), category,
      asked,
      h("label", { htmlFor: "report-description" }, say("descriptionLabel")),
      h("textarea", { id: "report-description", name: "description", rows: 3, maxLength: 4000, value: values.description ?? "" }),
      createCamera({ lang, action: "report", id: "report-photos", shots, kinds: false }),
      ...communityChooser("report-community", around, onCommunity),
      h("label", { htmlFor: "report-building" }, say("ofBuilding")), building,
      positionButton(lang, values.position ?? null, "positionInstead"),
      h("label", { htmlFor: "report-address" }, say("address")),
      h("input", { id: "report-address", name: "address", maxLength: 200, autocomplete: "off", value: values.address ?? "" }),
      h("button", { type: "submit", className: "primary" }, say("send")),
    );
    element.replaceChildren(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const filled = valuesOf();
      const chosen = categories.find(({ code }) => code === filled.category);
      const beside = buildings.find(({ id }) => String(id) === filled.building);
      const place = filled.position ?? (beside && [beside.lon, beside.lat]);
      const fault = faultOf(lang, chosen, filled, place, shots.length);
      alert.hidden = !fault;
      alert.textContent = fault;
      if (fault) return alert.scrollIntoView({ block: "nearest" });
      const taken = shots;
      const before = replaces;
      [shots, replaces] = [[], null];
      render(around, {});
      await onReport(bodyOf(lang, chosen, filled, place, beside), filled, taken, `${say("report")} · ${chosen.name}`, before);
    });
  }

  return {
    render,
    /** A report that was refused is written anew. @param {Around} around @param {Item} item */
    mend(around, item) {
      replaces = item;
      shots = [...item.shots];
      render(around, item.values);
    },
    /** Beside this building something was found. @param {Around} around @param {number} building */
    beside: (around, building) => render(around, { ...valuesOf(), building: String(building) }),
  };
}

/** What a category asks for. @param {Lang} lang @param {any} category @param {Record<string, any>} values */
function questionsOf(lang, category, values) {
  const input = (/** @type {string} */ name, /** @type {string} */ label, more = {}) => [
    h("label", { htmlFor: `report-${name}` }, label),
    h("input", { id: `report-${name}`, name, value: values[name] ?? "", autocomplete: "off", maxLength: 200, ...more }),
  ];
  const questions = (category?.attributes ?? []).flatMap((/** @type {any} */ one) => {
    const name = `attribute_${one.code}`;
    const label = one.required ? `${one.description} *` : one.description;
    if (!one.values.length) return input(name, label, one.datatype === "number" ? { inputMode: "decimal" } : {});
    const options = one.values.map((/** @type {any} */ value) => h("option", { value: value.key }, value.name));
    const select = h("select", { id: `report-${name}`, name }, h("option", { value: "" }, text(lang, "choose")), ...options);
    select.value = values[name] ?? "";
    return [h("label", { htmlFor: `report-${name}` }, label), select];
  });
  if (category?.contact !== "required") return questions;
  return [...questions, ...input("name", text(lang, "contactName")), ...input("phone", text(lang, "contactPhone"), { type: "tel" })];
}

/** @param {Lang} lang @param {any} category @param {Record<string, any>} values @param {number[] | undefined} place @param {number} photos */
function faultOf(lang, category, values, place, photos) {
  if (!category) return text(lang, "needCategory");
  const missing = category.attributes.find((/** @type {any} */ one) => one.required && !values[`attribute_${one.code}`]?.trim());
  if (missing) return text(lang, "needAttribute", { name: missing.description });
  if (!photos && !values.description.trim()) return text(lang, "needWords");
  return place ? "" : text(lang, "keepPlace");
}

/** @param {Lang} lang @param {any} category @param {Record<string, any>} values @param {number[]} place @param {Building | undefined} beside */
function bodyOf(lang, category, values, [lon, lat], beside) {
  const attributes = Object.fromEntries(
    category.attributes
      .map((/** @type {any} */ one) => [one.code, one.datatype === "multivaluelist" ? [values[`attribute_${one.code}`]] : values[`attribute_${one.code}`]])
      .filter((/** @type {[string, any]} */ [, value]) => [value].flat().some(Boolean)),
  );
  const contact = values.phone ? { contact: { name: values.name ?? "", phone: values.phone } } : {};
  return {
    lon, lat, category: category.code, description: values.description.trim(), attributes, lang, source: "patrol",
    address: [beside && buildingName(lang, beside.name), values.address.trim()].filter(Boolean).join(" "), seen_at: new Date().toISOString(), ...contact,
  };
}

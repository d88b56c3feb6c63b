// What the routing rules would do with a report at a place: which rule counts, why those before it do not, and who is told.

import { write } from "../api.js";
import { byId, h } from "../dom.js";
import { toldOf } from "../door.js";
import { formText } from "./form_texts.js";
import { gridText, text } from "./texts.js";

/** @typedef {import("../lang.js").Lang} Lang */

/** Of longitude and latitude. */
const MOST_DEGREES = [180, 90];

/**
 * @param {(lon: number, lat: number) => void} onPlace a place was typed
 * @param {() => {categories: {code: string, name: string, conditions?: {code: string, name: string}[]}[], departments: {code: string, name: string}[]}} choicesOf
 */
export function createDryRun(onPlace, choicesOf) {
  const form = byId("dry-form", HTMLFormElement);
  const answer = byId("dry-answer", HTMLElement);
  const [lon, lat] = ["dry-lon", "dry-lat"].map((id) => byId(id, HTMLInputElement));
  const fault = byId("dry-fault", HTMLElement);
  const category = byId("dry-category", HTMLSelectElement);
  const condition = byId("dry-condition", HTMLSelectElement);
  /** @type {Lang} */
  let lang = "zh";

  function offerConditions() {
    const found = choicesOf().categories.find(({ code }) => code === category.value)?.conditions ?? [];
    condition.replaceChildren(
      h("option", { value: "" }, text(lang, "noCondition")),
      ...found.map(({ code, name }) => h("option", { value: code }, name)),
    );
  }

  /** Longitude and latitude as they were typed; null, and told at the field, where one is none. @returns {[number, number] | null} */
  function typedPlace() {
    const values = [lon, lat].map((one) => (one.value.trim() ? Number(one.value.normalize("NFKC")) : NaN));
    const wrong = values.map((value, at) => !(Math.abs(value) <= MOST_DEGREES[at]));
    [lon, lat].forEach((one, at) => one.setAttribute("aria-invalid", String(wrong[at])));
    const at = wrong.indexOf(true);
    fault.textContent = at < 0 ? "" : text(lang, "noDegrees", { name: text(lang, at ? "lat" : "lon"), value: [lon, lat][at].value || "–", most: MOST_DEGREES[at] });
    if (at >= 0) [lon, lat][at].focus();
    return at < 0 ? [values[0], values[1]] : null;
  }

  async function run() {
    const place = typedPlace();
    if (!place) return;
    onPlace(...place);
    try {
      const told = await write("POST", "incidents/routes/dry-run", {
        lon: place[0], lat: place[1], category: category.value, condition: condition.value || null,
      });
      answer.replaceChildren(...answerOf(lang, told, choicesOf().departments));
    } catch (error) {
      answer.replaceChildren(h("p", { className: "fault" }, ...toldOf(error)));
    }
  }

  category.addEventListener("change", offerConditions);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });

  return {
    /** @param {Lang} language */
    render(language) {
      const [chosen, before] = [category.value, condition.value];
      lang = language;
      category.replaceChildren(...choicesOf().categories.map(({ code, name }) => h("option", { value: code }, name)));
      if (chosen) category.value = chosen;
      offerConditions();
      condition.value = before;
      if (answer.childElementCount) run();
    },

    /** A place was clicked on the map. @param {number} x @param {number} y degrees */
    take(x, y) {
      [lon.value, lat.value] = [x.toFixed(6), y.toFixed(6)];
      run();
    },
  };
}

/** @param {Lang} lang @param {any} told @param {{code: string, name: string}[]} departments */
function answerOf(lang, told, departments) {
  const say = (/** @type {string} */ key, values = {}) => text(lang, key, values);
  const { spot, route, tried, limits, people } = told;
  const department = departments.find(({ code }) => code === route?.department)?.name ?? route?.department ?? say("none");
  const before = tried.filter((/** @type {any} */ one) => one.against);
  return [
    h("h3", {}, route ? say("ruleCounts", { name: route.name }) : say("noRule")),
    h(
      "dl",
      {},
      h("dt", {}, say("routedTo")), h("dd", {}, h("b", {}, department)),
      h("dt", {}, say("level")), h("dd", {}, String(route?.level ?? "–")),
      h("dt", {}, say("community")), h("dd", {}, spot.community_name),
      h("dt", {}, say("grid")), h("dd", {}, gridText(lang, spot.grid_number, spot.grid)),
      h("dt", {}, say("people")), h("dd", {}, people.join(lang === "zh" ? "、" : ", ") || say("nobody")),
    ),
    h("h3", {}, say("limits")),
    h("ul", { className: "plain" }, ...limits.map((/** @type {any} */ one) => h("li", {}, limitText(lang, one)))),
    h("h3", {}, say("before")),
    before.length
      ? h("ol", { className: "plain" }, ...before.map((/** @type {any} */ one) => h("li", {}, say("against", { position: one.position, name: one.name, why: say(`against_${one.against}`) }))))
      : h("p", {}, say("none")),
  ];
}

/** @param {Lang} lang @param {{stage: string, name: string, unit: string, value: number}} limit */
function limitText(lang, { stage, name, unit, value }) {
  const stageName = text(lang, `stage_${stage}`);
  return `${stageName}${name ? ` · ${name}` : ""}: ${value} ${formText(lang, `unit_${unit}`)}`;
}

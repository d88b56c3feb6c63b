// One case: facts, both clocks, what may be done, photos, reporter and history. The form of a step stays while the rest changes.

import { byId, h } from "../dom.js";
import { createActions } from "./actions.js";
import { badgesOf, clockOf } from "./list.js";
import { historyOf } from "./history.js";
import { stateSign } from "./marks.js";
import { photosOf } from "./photos.js";
import { reporterOf } from "./reporter.js";
import { gridText, text, timeText } from "./texts.js";

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {import("./state.js").Case} Case
 * @typedef {object} Acts
 * @property {() => void} back
 * @property {(kase: Case) => void} changed the case after a step, or as it was read anew
 * @property {() => void} reload
 * @property {(kase: Case) => boolean} moderates whether the reader decides what the public sees there
 * @property {(kase: Case) => import("./forms.js").Around} around
 */

/** @param {HTMLElement} element @param {Acts} acts */
export function createCase(element, acts) {
  const [head, facts, photos, rest] = ["case-head", "case-facts", "case-photos", "case-rest"].map((id) => byId(id, HTMLElement));
  const actions = createActions(byId("case-actions", HTMLElement), byId("case-form", HTMLElement), acts);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !(event.target instanceof HTMLInputElement)) acts.back();
  });

  return {
    /** @param {Lang} lang @param {string | null} number @param {Case | null} kase null while it is read */
    render(lang, number, kase) {
      element.hidden = number === null;
      if (number === null) return actions.clear();
      head.replaceChildren(...headOf(lang, number, kase, acts.back));
      for (const box of [facts, photos, rest]) box.hidden = kase === null;
      actions.render(lang, kase);
      if (!kase) return;
      facts.replaceChildren(...factsOf(lang, kase, acts.around(kase).categories));
      photos.replaceChildren(photosOf(lang, kase, acts.moderates(kase), acts.reload));
      const opened = rest.querySelector("details")?.open && rest.dataset.number === kase.number;
      if (!opened || rest.dataset.lang !== lang) rest.replaceChildren(reporterOf(lang, kase), historyOf(lang, kase));
      else rest.lastElementChild?.replaceWith(historyOf(lang, kase));
      Object.assign(rest.dataset, { number: kase.number, lang });
    },

    focus: () => byId("case-title", HTMLElement).focus(),
    typed: actions.typed,
  };
}

/** @param {Lang} lang @param {string} number @param {Case | null} kase @param {() => void} back */
function headOf(lang, number, kase, back) {
  const title = kase ? `${kase.category_name}` : text(lang, "loading");
  return [
    h("button", { type: "button", className: "back", onclick: back }, `← ${text(lang, "back")}`),
    h("h2", { id: "case-title", tabIndex: -1 }, title, " ", h("small", {}, number)),
    ...(kase
      ? [
          h("p", { className: "standing" }, stateSign(kase.state, kase), h("b", { id: "case-state" }, kase.state_name), h("span", {}, text(lang, kase.kind)), ...badgesOf(lang, { ...kase, kind: "" })),
        ]
      : []),
  ];
}

/** @param {Lang} lang @param {string} key @param {string | null} due */
function clockRow(lang, key, due) {
  return h(
    "div",
    { className: `clock${due && Date.parse(due) < Date.now() ? " late" : ""}` },
    h("span", { className: "quiet" }, text(lang, key)),
    clockOf(lang, due),
    h("small", {}, due ? text(lang, "dueAt", { at: timeText(lang, due) }) : ""),
  );
}

/**
 * What was asked for this category, in the words of the catalogue.
 * @param {Case} kase @param {any[]} categories @returns {[string, string][]}
 */
function answersOf(kase, categories) {
  const asked = categories.find(({ code }) => code === kase.category)?.attributes ?? [];
  return Object.entries(kase.attributes ?? {}).map(([code, value]) => {
    const one = asked.find((/** @type {any} */ attribute) => attribute.code === code);
    const named = [value].flat().map((key) => one?.values.find((/** @type {any} */ known) => known.key === key)?.name ?? key);
    return [`=${one?.description ?? code}`, named.join("、")];
  });
}

/** @param {Lang} lang @param {Case} kase @param {any[]} categories */
function factsOf(lang, kase, categories) {
  const say = (/** @type {string} */ key, values = {}) => text(lang, key, values);
  const address = kase.address || `${kase.lon.toFixed(5)}, ${kase.lat.toFixed(5)}`;
  const place = kase.accuracy_m ? say("accuracy", { text: address, m: Math.round(kase.accuracy_m) }) : address;
  const step = kase.steps?.[kase.step - 1];
  const stepText = step && kase.stage === "handle" ? say("steps", { n: kase.step, of: kase.steps.length, name: step.name }) : null;
  /** @type {[string, string | null | undefined][]} */
  const rows = [
    ["description", kase.description],
    ["place", place],
    ["community", kase.community_name ?? kase.community],
    ["grid", gridText(lang, kase.grid_number, kase.grid)],
    ["department", kase.department_name],
    ["assignee", kase.assignee],
    ["reportedAt", timeText(lang, kase.reported_at)],
    ["step", stepText],
    ["askedFor", kase.asked && say(`asked_${kase.asked.what}`, { by: kase.asked.by })],
    ["reviewAt", kase.review_at && timeText(lang, kase.review_at)],
    ["publicNote", kase.public_note],
    ["satisfied", typeof kase.satisfied === "boolean" ? say(kase.satisfied ? "isSatisfied" : "notSatisfied") : null],
    ["returns", kase.returns + kase.reworks + kase.extensions ? `${kase.returns} / ${kase.reworks} / ${kase.extensions}` : null],
    ...answersOf(kase, categories),
  ];
  const clocks = kase.open
    ? h("div", { className: "clocks" }, clockRow(lang, "stageClock", kase.stage_due_at), clockRow(lang, "wholeClock", kase.due_at))
    : null;
  const shown = rows.filter(([, value]) => value);
  return [
    ...(clocks ? [clocks] : []),
    ...(kase.escalation ? [h("p", { className: "badge overdue" }, say("escalated", { n: kase.escalation }))] : []),
    h("dl", {}, ...shown.flatMap(([key, value]) => [h("dt", {}, key.startsWith("=") ? key.slice(1) : say(key)), h("dd", {}, value ?? "")])),
  ];
}

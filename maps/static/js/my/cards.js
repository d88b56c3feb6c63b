// My open incidents as cards with large buttons for the next steps; a step's form opens in its card.

import { h } from "../dom.js";
import { createForm } from "../desk/forms.js";
import { badgesOf, clockOf } from "../desk/list.js";
import { stateSign } from "../desk/marks.js";
import { buttonsOf, byTimeLeft, foreseen, nearest } from "./state.js";
import { buildingName, text } from "./texts.js";

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {import("../desk/state.js").Case} Case
 * @typedef {import("./state.js").Item} Item
 * @typedef {{lang: Lang, cases: Case[], items: Item[], table: import("./state.js").Table | null, categories: any[], buildings: import("./state.js").Building[]}} Shown
 * @typedef {(kase: Case, step: import("../desk/evidence.js").Allowed, body: Record<string, any>, values: Record<string, any>,
 *   shots: import("./state.js").Shot[], replaces: Item | null) => Promise<void>} OnStep
 */

/** Where to go, in words. @param {Lang} lang @param {Case} kase @param {import("./state.js").Building[]} buildings */
function placeOf(lang, kase, buildings) {
  const near = kase.address ? null : nearest(buildings, kase);
  return kase.address || (near ? text(lang, "nearBuilding", { name: buildingName(lang, near.name) }) : `${kase.lon.toFixed(5)}, ${kase.lat.toFixed(5)}`);
}

/** @param {HTMLElement} element @param {OnStep} onStep */
export function createCards(element, onStep) {
  /** @type {{number: string, form: ReturnType<typeof createForm>, replaces: Item | null} | null} */
  let open = null;
  /** @type {Shown | null} */
  let shown = null;

  function close() {
    const before = open;
    open = null;
    if (shown) render(shown);
    const selector = `[data-number="${before?.number}"] [data-action="${before?.form.step.action}"]`;
    const button = element.querySelector(selector);
    if (button instanceof HTMLElement) button.focus();
  }

  /** @param {Case} kase @param {import("../desk/evidence.js").Allowed} step @param {Item | null} replaces */
  function start(kase, step, replaces = null) {
    if (!shown) return;
    const before = open?.number === kase.number && !replaces ? open.form : null;
    const form = createForm({
      lang: shown.lang, step, position: true,
      values: replaces?.values ?? before?.values(),
      shots: replaces ? [...replaces.shots] : before?.shots,
      around: { departments: [], routed: null, reasonCodes: kase.reason_codes, workers: kase.workers ?? [], categories: shown.categories, numbers: [] },
      onSubmit: async (body, shots) => {
        await onStep(kase, step, body, form.values(), [...shots], replaces);
        close();
      },
      onCancel: close,
    });
    open = { number: kase.number, form, replaces };
    render(shown);
    form.element.scrollIntoView({ block: "nearest" });
    form.focus();
  }

  /** The card of a form that is being written stays, whatever was read. @param {Shown} now */
  function render(now) {
    const other = shown?.lang !== now.lang;
    const unfolded = [...element.querySelectorAll("details[open]")].map((one) => one.closest("[data-number]")?.getAttribute("data-number") + one.className);
    const held = open?.form.element.contains(document.activeElement) ? document.activeElement : null;
    const written = open && shown?.cases.find((one) => one.number === open?.number);
    if (written && !now.cases.some((one) => one.number === written.number)) now = { ...now, cases: [...now.cases, written] };
    shown = now;
    if (open && other) {
      const { form, number, replaces } = open;
      const kase = now.cases.find((one) => one.number === number);
      const step = kase?.allowed.find((one) => one.action === form.step.action);
      open = null;
      if (kase && step) return start(kase, step, { ...(replaces ?? /** @type {any} */ ({})), values: form.values(), shots: form.shots });
    }
    const cards = byTimeLeft(now.cases).map((kase) => cardOf(now, kase));
    element.replaceChildren(...(cards.length ? cards : [h("li", { className: "empty" }, text(now.lang, "nothing"))]));
    if (held instanceof HTMLElement) held.focus();
    for (const one of element.querySelectorAll("details")) {
      if (unfolded.includes(one.closest("[data-number]")?.getAttribute("data-number") + one.className)) one.open = true;
    }
  }

  /** @param {Shown} now @param {Case} kase */
  function cardOf({ lang, items, table, buildings }, kase) {
    const { state, label, allowed, waiting } = foreseen(kase, items, table);
    const { big, more } = buttonsOf(allowed);
    const own = open?.number === kase.number ? open : null;
    const buttonOf = (/** @type {import("../desk/evidence.js").Allowed} */ step) =>
      h(
        "button",
        { type: "button", "data-action": step.action, "aria-expanded": String(own?.form.step.action === step.action), onclick: () => (own?.form.step.action === step.action ? close() : start(kase, step)) },
        step.name,
      );
    return h(
      "li",
      { className: `card${kase.overdue ? " late" : ""}`, "data-number": kase.number },
      h("h2", {}, stateSign(state, kase), kase.category_name, ...badgesOf(lang, kase)),
      h("p", { className: "state" }, `${label} · `, waiting ? h("b", {}, text(lang, "stepsWaiting", { n: waiting })) : clockOf(lang, kase.stage_due_at)),
      h("p", { className: "place" }, placeOf(lang, kase, buildings)),
      kase.description ? h("p", {}, kase.description) : null,
      h(
        "details",
        { className: "facts" },
        h("summary", {}, text(lang, "details")),
        h(
          "dl",
          {},
          ...[
            ["where", `${kase.lon.toFixed(5)}, ${kase.lat.toFixed(5)}`],
            ["publicNote", kase.public_note],
            ["number", kase.number],
          ].flatMap(([key, value]) => (value ? [h("dt", {}, text(lang, key)), h("dd", {}, value)] : [])),
        ),
        h("a", { className: "wide", href: `/desk#case=${encodeURIComponent(kase.number)}` }, text(lang, "inDesk")),
      ),
      h("div", { className: "big" }, ...big.map(buttonOf)),
      more.length ? h("details", { className: "more-steps" }, h("summary", {}, text(lang, "more")), h("div", { className: "big small" }, ...more.map(buttonOf))) : null,
      own ? own.form.element : null,
    );
  }

  return {
    render,
    /** A step that was refused is written anew, from what was typed. @param {Item} item */
    mend(item) {
      const kase = shown?.cases.find((one) => one.number === item.number);
      const step = kase?.allowed.find((one) => one.action === item.action) ?? {
        action: item.action, name: item.title.split(" · ")[0],
        evidence: shown?.table?.transitions.find((one) => one.action === item.action)?.evidence ?? [],
      };
      if (kase) start(kase, step, item);
      return Boolean(kase);
    },
    /** Whether something is being written. */
    typed: () => open !== null,
  };
}

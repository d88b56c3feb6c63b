// The queue: a row for each incident, which opens its case; rows can be ticked for a step with many.

import { nextIndex } from "../arrows.js";
import { h, renew } from "../dom.js";
import { stateSign } from "./marks.js";
import { leftText, text, timeText } from "./texts.js";

/**
 * @typedef {import("./state.js").Desk} Desk
 * @typedef {import("./state.js").Row} Row
 */

/** Where the time left is written again every minute. @param {import("../lang.js").Lang} lang @param {string | null} due */
export function clockOf(lang, due) {
  return h("span", { className: "time-left", "data-due": due ?? "" }, leftText(lang, due, Date.now()));
}

/** Writes again how long there is still time. @param {import("../lang.js").Lang} lang */
export function windClocks(lang) {
  for (const one of document.querySelectorAll("[data-due]")) {
    one.textContent = leftText(lang, one.getAttribute("data-due") || null, Date.now());
  }
}

/** What must not be missed of a case, in words. @param {import("../lang.js").Lang} lang @param {Row} row */
export function badgesOf(lang, row) {
  const names = [];
  if (row.kind === "emergency") names.push("emergency");
  if (row.overdue) names.push("overdue");
  if (row.supervised) names.push("supervised");
  return names.map((name) => h("span", { className: `badge ${name}` }, text(lang, name)));
}

/**
 * @param {HTMLElement} element @param {(number: string) => void} onOpen @param {(number: string, on: boolean) => void} onTick
 * @param {(number: string | null) => void} onPoint
 */
export function createList(element, onOpen, onTick, onPoint) {
  /** @param {EventTarget | null} target */
  const numberAt = (target) =>
    (target instanceof Element && target.closest("li")?.getAttribute("data-number")) || null;

  element.addEventListener("click", ({ target }) => {
    const number = target instanceof Element && target.closest("button") ? numberAt(target) : null;
    if (number) onOpen(number);
  });
  element.addEventListener("change", ({ target }) => {
    const number = numberAt(target);
    if (number && target instanceof HTMLInputElement) onTick(number, target.checked);
  });
  element.addEventListener("keydown", (event) => {
    const buttons = [...element.querySelectorAll("button")];
    const at = buttons.findIndex((one) => numberAt(one) === numberAt(event.target));
    const button = buttons[nextIndex(event.key, at, buttons.length) ?? -1];
    if (!button) return;
    event.preventDefault();
    button.focus();
  });
  element.addEventListener("mouseover", ({ target }) => onPoint(numberAt(target)));
  element.addEventListener("mouseleave", () => onPoint(null));
  element.addEventListener("focusin", ({ target }) => onPoint(numberAt(target)));

  return {
    /** @param {Desk} desk */
    render(desk) {
      const held = document.activeElement instanceof HTMLElement && element.contains(document.activeElement);
      const number = held ? numberAt(document.activeElement) : null;
      const ticking = document.activeElement instanceof HTMLInputElement;
      renew(element, desk.rows.map((row) => rowOf(desk, row)));
      for (const box of element.querySelectorAll("input")) box.checked = desk.ticked.includes(numberAt(box) ?? "");
      if (number) this.focus(number, ticking);
    },

    /** @param {string} number @param {boolean} [box] whether its tick box is meant */
    focus(number, box = false) {
      const row = [...element.children].find((one) => one.getAttribute("data-number") === number);
      row?.querySelector(box ? "input" : "button")?.focus();
    },
  };
}

/** @param {Desk} desk @param {Row} row */
function rowOf({ lang, number }, row) {
  const chosen = row.number === number;
  return h(
    "li",
    { "data-number": row.number, className: chosen ? "chosen" : "" },
    h(
      "label",
      { className: "tick" },
      h("input", { type: "checkbox", "aria-label": text(lang, "tick", { number: row.number }) }),
    ),
    h(
      "button",
      { type: "button", "aria-current": chosen ? "true" : null },
      h("span", { className: "top" }, stateSign(row.state, row), h("b", {}, row.category_name), ...badgesOf(lang, row)),
      h("span", { className: "middle-line" }, `${row.state_name} · `, row.open ? clockOf(lang, row.stage_due_at) : timeText(lang, row.updated_at)),
      h("span", { className: "quiet" }, [row.address, row.number, row.department_name].filter(Boolean).join(" · ")),
    ),
  );
}

// The list of communities, equal to the map: a link each, with its state in words and what is broken.

import { nextIndex } from "../arrows.js";
import { h } from "../dom.js";
import { swatchOf } from "../palette.js";
import { communityAddress, SYMBOLS } from "./state.js";
import { brokenText, text } from "./texts.js";

/** More broken rules of a community are counted, not told. */
const MOST_REASONS = 3;

/**
 * @typedef {import("./state.js").City} City
 * @typedef {import("./state.js").Row} Row
 * @typedef {import("./map.js").Settings["palette"]} Palette
 */

/**
 * @param {HTMLElement} body of the table @param {Palette} palette
 * @param {(row: Row | null, reveal: boolean) => void} onPoint
 */
export function createList(body, palette, onPoint) {
  /** @type {Map<string, Row>} */
  let rows = new Map();

  /** @param {EventTarget | null} target */
  const rowAt = (target) =>
    rows.get((target instanceof Element && target.closest("tr")?.getAttribute("data-code")) || "") ?? null;

  body.addEventListener("focusin", ({ target }) => onPoint(rowAt(target), true));
  body.addEventListener("focusout", () => onPoint(null, false));
  body.addEventListener("mouseover", ({ target }) => onPoint(rowAt(target), false));
  body.addEventListener("mouseleave", () => onPoint(null, false));
  body.addEventListener("keydown", (event) => {
    const links = [...body.querySelectorAll("a")];
    const link = links[nextIndex(event.key, links.findIndex((one) => one === event.target), links.length) ?? -1];
    if (!link) return;
    event.preventDefault();
    link.focus();
  });

  return {
    /** @param {City} city */
    render(city) {
      const kept = new Map([...body.children].map((one) => [one.getAttribute("data-code"), one]));
      const focused = rowAt(document.activeElement)?.code;
      rows = new Map(city.rows.map((row) => [row.code, row]));
      body.replaceChildren(...city.rows.map((row) => rowOf(city, row, palette)));
      if (focused && kept.has(focused)) this.focus(focused);
    },

    /** @param {string} code */
    focus(code) {
      for (const one of body.children) {
        if (one.getAttribute("data-code") === code) one.querySelector("a")?.focus();
      }
    },

    /** @param {string | null} code */
    mark(code) {
      for (const one of body.children) one.classList.toggle("chosen", one.getAttribute("data-code") === code);
    },
  };
}

/** @param {City} city @param {Row} row @param {Palette} palette */
function rowOf({ lang }, row, palette) {
  const numbers = new Intl.NumberFormat(lang);
  const reasons = row.broken.slice(0, MOST_REASONS).map((one) => h("li", {}, brokenText(lang, one)));
  const rest = row.broken.length - reasons.length;
  if (rest > 0) reasons.push(h("li", {}, text(lang, "andMore", { n: rest })));
  const inForce = row.state === "adopted" || row.state === "broken";
  const beside = inForce && row.underway ? text(lang, row.underway === "draft" ? "underwayDraft" : "underwayProposed") : "";
  return h(
    "tr",
    { "data-code": row.code },
    h("th", { scope: "row" }, h("a", { href: communityAddress(row.code) }, row.name), h("small", {}, row.code)),
    h(
      "td",
      { className: `state ${row.state}` },
      swatchOf(palette.states[row.state], palette.ink),
      `${SYMBOLS[row.state]} ${text(lang, row.state)}`,
      beside ? h("small", {}, beside) : null,
      reasons.length ? h("ul", {}, ...reasons) : null,
    ),
    h("td", {}, numbers.format(row.households)),
    h("td", {}, inForce ? numbers.format(row.grids) : "–"),
  );
}

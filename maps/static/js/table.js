// The table of grids: counts, each rule held or not and by how much, totals and what is in no grid.

import { h } from "./dom.js";
import { text } from "./i18n.js";
import { swatch } from "./palette.js";

/**
 * @typedef {import("./types.js").Plan} Plan
 * @typedef {import("./types.js").Check} Check
 * @typedef {import("./types.js").Palette} Palette
 * @typedef {import("./i18n.js").Lang} Lang
 */

const RULED = /** @type {const} */ (["households", "persons"]);

/**
 * @param {Plan} plan @param {number | null} chosen @param {Lang} lang @param {Palette} palette
 * @param {(number: number) => void} onChoose
 */
export function gridTable(plan, chosen, lang, palette, onChoose) {
  const t = textsOf(lang);
  const numbers = new Intl.NumberFormat(lang);
  const limits = (/** @type {"households" | "persons"} */ rule) => {
    const band = plan.rules[rule];
    return band ? t("limits", { low: band[0], high: band[1] }) : t("ruleOff");
  };
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, t("grid")),
    ...RULED.map((rule) => h("th", { scope: "col" }, t(rule), h("small", {}, limits(rule)))),
    h("th", { scope: "col" }, t("buildings")),
    h("th", { scope: "col" }, t("area")),
  );
  const rows = plan.grids.map((grid) =>
    h(
      "tr",
      {
        className: grid.number === chosen ? "chosen" : "",
        "data-grid": grid.number,
        onclick: () => onChoose(grid.number),
      },
      h(
        "th",
        { scope: "row" },
        h(
          "button",
          { type: "button", id: `grid-${grid.number}`, className: "grid-button", "aria-pressed": grid.number === chosen, title: grid.code },
          swatch(palette, grid.number),
          String(grid.number),
        ),
        plan.status === "adopted" ? h("small", { className: "grid-code", title: grid.code }, shortCode(grid.code, plan.community)) : "",
      ),
      ...RULED.map((rule) => h("td", {}, count(grid[rule], numbers), mark(grid.rules[rule], lang))),
      h("td", {}, numbers.format(grid.buildings)),
      h("td", {}, hectares(grid.area_m2, lang), piecesMark(grid.rules.contiguity, lang)),
    ),
  );
  const known = plan.grids.every((grid) => grid.area_m2 !== null);
  const area = known ? plan.grids.reduce((sum, grid) => sum + (grid.area_m2 ?? 0), 0) : null;
  const foot = [sumRow(t("total"), plan.totals, hectares(area, lang), numbers)];
  if (plan.unassigned.buildings) {
    foot.unshift(sumRow(t("unassigned"), plan.unassigned, "", numbers, swatch(palette, null)));
  }
  return h(
    "table",
    {},
    h("caption", { className: "unseen" }, t("gridsCaption")),
    h("thead", {}, head),
    h("tbody", {}, ...rows),
    h("tfoot", {}, ...foot),
  );
}

/**
 * The rules of the plan as a whole, each with its mark.
 * @param {Plan} plan @param {Lang} lang
 */
export function planChecks(plan, lang) {
  const t = textsOf(lang);
  const { grids, balance_tolerance: balance, contiguity } = plan.checks;
  const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
  const lines = [];
  if (grids) lines.push(h("li", {}, mark(grids, lang, false), t("ruleGrids", { value: grids.value, low: grids.low, high: grids.high })));
  if (balance) {
    const values = { value: percent.format(balance.value), high: percent.format(balance.high) };
    lines.push(h("li", {}, mark(balance, lang, false), t("ruleBalance", values)));
  }
  if (contiguity) {
    const words = contiguity.held ? t("contiguous") : t("apart", { value: contiguity.value });
    lines.push(h("li", {}, mark(contiguity, lang, false), words));
  }
  return lines.length ? h("ul", { className: "checks" }, ...lines) : null;
}

/**
 * ✓ or ✗ with its meaning in words; a broken rule of counts says by how much.
 * @param {Check | null} check @param {Lang} lang @param {boolean} [amount]
 */
function mark(check, lang, amount = true) {
  if (!check) return null;
  if (check.excused) {
    const words = text(lang, check.by < 0 ? "excusedUnder" : "excused", { by: Math.abs(check.by) });
    return h("span", {}, h("span", { className: "mark held", role: "img", "aria-label": text(lang, "held") }, "✓"), h("small", { className: "excused" }, words));
  }
  if (check.held) return h("span", { className: "mark held", role: "img", "aria-label": text(lang, "held") }, "✓");
  const words = text(lang, check.by < 0 ? "under" : "over", { by: Math.abs(check.by) });
  const cross = h("span", { className: "mark broken", role: "img", "aria-label": words }, "✗");
  return amount ? h("span", { className: "broken" }, cross, h("small", {}, words)) : cross;
}

/** Nothing for a grid in one piece, else how many pieces it is in. @param {Check | null} check @param {Lang} lang */
function piecesMark(check, lang) {
  if (!check || check.held) return null;
  const words = text(lang, "parts", { value: check.value });
  return h("span", { className: "broken" }, h("span", { className: "mark", "aria-hidden": true }, "✗"), h("small", {}, words));
}

/**
 * @param {string} title @param {import("./types.js").Totals} totals @param {string} area
 * @param {Intl.NumberFormat} numbers @param {HTMLElement | null} [icon]
 */
function sumRow(title, totals, area, numbers, icon = null) {
  const counts = [totals.households, totals.persons, totals.buildings].map((value) => h("td", {}, count(value, numbers)));
  return h("tr", {}, h("th", { scope: "row" }, icon, title), ...counts, h("td", {}, area));
}

/** A grid's code without that of its community, which stands above. @param {string} code @param {string} community */
const shortCode = (code, community) => (code.startsWith(community) ? `…${code.slice(community.length)}` : code);

/** A dash for what nobody counted. @param {number | null} value @param {Intl.NumberFormat} numbers */
const count = (value, numbers) => (value === null ? "–" : numbers.format(value));

/** @param {number | null} area_m2 @param {Lang} lang */
function hectares(area_m2, lang) {
  if (area_m2 === null) return "…";
  return new Intl.NumberFormat(lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(area_m2 / 10_000);
}

/** @param {Lang} lang */
const textsOf = (lang) => (/** @type {string} */ key, /** @type {Record<string, string | number>} */ values = {}) =>
  text(lang, key, values);

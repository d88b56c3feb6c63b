// What a job proposes, in words and numbers: the rules before and after, the moves by grid, and why not.

import { h } from "../dom.js";
import { partsOf } from "../edit/proposals.js";
import { text } from "../i18n.js";
import { swatch } from "../palette.js";

/**
 * @typedef {import("../edit/jobs.js").Job} Job
 * @typedef {import("../types.js").Standing} Standing
 * @typedef {import("../i18n.js").Lang} Lang
 */

/**
 * @param {Job} job @param {import("../edit/division.js").Move[]} moves @param {number} movedSince buildings that somebody moved since
 * @param {import("../edit/division.js").Division} division
 * @param {number} chosen which alternative @param {Lang} lang @param {import("../types.js").Palette} palette
 * @param {{choose: (alternative: number) => void, mark: (grids: ReadonlySet<number | null>) => void, accept: (grids: ReadonlySet<number | null>) => void, discard: () => void}} acts
 * @returns {HTMLElement[]}
 */
export function proposal(job, moves, movedSince, division, chosen, lang, palette, acts) {
  const { result } = job;
  const title = h("h3", { tabIndex: -1 }, text(lang, "jobDone", { job: text(lang, `job_${job.kind}`) }));
  const close = h("button", { type: "button", id: "job-discard", onclick: acts.discard }, text(lang, moves.length ? "jobDiscard" : "close"));
  const reasons = result?.reasons.length ? h("ul", { className: "reasons" }, ...result.reasons.map(({ text: words }) => h("li", {}, words))) : null;
  const parts = partsOf(division, moves);
  const state = h("p", {}, text(lang, `jobStatus_${job.status === "failed" ? "failed" : moves.length ? "moves" : "none"}`, { n: moves.length }));
  // why not is answered by the reasons alone
  const answered = job.kind === "explain" && reasons !== null;
  const others = movedSince ? h("p", { className: "moved-since" }, text(lang, "jobMovedSince", { n: movedSince })) : null;
  if (!parts.length) return [title, alternatives(result, chosen, lang, acts), answered ? null : state, others, reasons, h("p", { className: "row" }, close)].filter((one) => one !== null);
  const boxes = parts.map((part) => {
    const box = h("input", { type: "checkbox", checked: true, onchange: () => acts.mark(ticked()) });
    const name = part.grid === null ? text(lang, "unassigned") : text(lang, "gridOption", { number: part.grid });
    const words = text(lang, "jobPart", { n: part.buildings, households: part.households });
    return { box, grid: part.grid, item: h("li", {}, h("label", {}, box, " ", swatch(palette, part.grid), name, " ", h("small", {}, words))) };
  });
  const ticked = () => new Set(boxes.filter(({ box }) => box.checked).map(({ grid }) => grid));
  const accept = h("button", { type: "button", id: "job-accept", className: "main-button", onclick: () => acts.accept(ticked()) }, text(lang, "jobAccept"));
  return [
    title,
    alternatives(result, chosen, lang, acts),
    state,
    others,
    effect(result?.before ?? null, result?.alternatives?.length || movedSince ? null : (result?.after ?? null), lang),
    reasons,
    h("fieldset", {}, h("legend", {}, text(lang, "jobParts")), h("ul", {}, ...boxes.map(({ item }) => item))),
    h("p", { className: "row" }, accept, close),
  ].filter((one) => one !== null);
}

/** @param {import("../edit/jobs.js").Result | null} result @param {number} chosen @param {Lang} lang @param {{choose: (alternative: number) => void}} acts */
function alternatives(result, chosen, lang, { choose }) {
  const several = result?.alternatives ?? [];
  if (!several.length) return null;
  const buttons = several.map(({ preset, moves }, i) =>
    h("button", { type: "button", "aria-pressed": i === chosen, onclick: () => choose(i) }, text(lang, `preset_${preset}`), " ", h("small", {}, text(lang, "jobMoves", { n: moves.length }))),
  );
  return h("div", { className: "row alternatives", role: "group", "aria-label": text(lang, "jobAlternatives") }, ...buttons);
}

/** Broken rules before and after, and what has no grid. @param {Standing | null} before @param {Standing | null} after @param {Lang} lang */
function effect(before, after, lang) {
  if (!before || !after) return null;
  const values = { before: brokenRules(before), after: brokenRules(after), loose: before.unassigned.buildings, left: after.unassigned.buildings };
  return h("p", {}, text(lang, "jobEffect", values));
}

/** How many rules do not hold. @param {Standing} standing */
export function brokenRules({ grids, checks }) {
  const all = [...grids.flatMap((grid) => [grid.rules.households, grid.rules.persons]), ...Object.values(checks)];
  return all.filter((check) => check && !check.held).length;
}

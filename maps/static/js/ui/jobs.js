// The engine beside the planner: start a job, see how far it is, look at what it proposes, take all of it or some.

import { Told } from "../api.js";
import { h } from "../dom.js";
import { toldOf } from "../door.js";
import { cancelJob, followJob, readJob, startJob } from "../edit/jobs.js";
import { movesInto, openMoves, previewOf } from "../edit/proposals.js";
import { moveCommand } from "../edit/requests.js";
import { movedByHand, withMessage } from "../edit/state.js";
import { text } from "../i18n.js";
import { proposal } from "./proposal.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {import("../edit/jobs.js").JobKind} JobKind
 * @typedef {import("../edit/jobs.js").Job} Job
 */

/** @type {JobKind[]} */
const KINDS = ["draw", "repair", "complete", "suggest", "explain"];
/** @type {JobKind[]} Those that work around what was moved by hand; a draw and a split are asked for to change it. */
const KEEPING = ["repair", "complete", "suggest", "explain"];

/**
 * @param {HTMLElement} section @param {() => State} get
 * @param {import("../edit/editor.js").Editor} editor @param {import("../types.js").Palette} palette
 */
export function createJobs(section, get, editor, palette) {
  const bar = h("div", { className: "row", role: "group" });
  const keep = h("input", { type: "checkbox", id: "job-keep", checked: true });
  const keepLabel = h("span");
  const keepLine = h("label", { className: "quiet" }, keep, " ", keepLabel);
  const state = h("div", { className: "job", role: "status" });
  const result = h("div", { className: "proposal" });
  section.append(bar, keepLine, state, result);
  /** @type {{plan: number, kind: JobKind, id: number | null, close: () => void} | null} */
  let running = null;
  /** @type {Job | null} */
  let done = null;
  /** Which alternative of several is looked at. */
  let chosen = 0;
  let plan = 0;

  /** @param {JobKind} kind @param {object} [more] */
  async function start(kind, more = {}) {
    const { edit } = get();
    if (!edit || running) return;
    drop();
    const kept = keep.checked && KEEPING.includes(kind) ? { keep: [...movedByHand(edit)] } : {};
    running = { plan: edit.plan, kind, id: null, close: () => {} };
    showProgress(null);
    try {
      const job = await startJob(edit.plan, kind, { ...kept, ...more });
      if (!running || running.plan !== edit.plan) return void cancelJob(job.id);
      follow(job.id);
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      running = null;
      state.replaceChildren(h("p", { className: "broken" }, ...toldOf(error)));
      renderBar();
    }
  }

  /** @param {number} id of the job that is running */
  function follow(id) {
    if (!running) return;
    running.id = id;
    running.close = followJob(id, { progress: showProgress, done: () => finish(id) }).close;
  }

  /** @param {import("../edit/jobs.js").Progress | null} progress */
  function showProgress(progress) {
    const { lang } = get();
    if (!running) return;
    const share = progress?.share ?? 0;
    const words = text(lang, "jobRunning", { job: text(lang, `job_${running.kind}`) });
    state.replaceChildren(
      h("p", {}, words),
      h("progress", { max: 1, value: share, "aria-label": words }),
      h("button", { type: "button", id: "job-cancel", onclick: () => running?.id && cancelJob(running.id) }, text(lang, "jobCancel")),
    );
    renderBar();
  }

  /** @param {number} id */
  async function finish(id) {
    const { lang } = get();
    const job = await readJob(id, lang);
    if (running?.id !== id) return;
    running = null;
    done = job;
    chosen = 0;
    state.replaceChildren();
    renderBar();
    renderResult();
    const heading = result.querySelector("h3");
    if (heading instanceof HTMLElement) heading.focus();
  }

  /** @returns {ReturnType<typeof openMoves>} what is proposed, as far as it can still be done */
  function moves() {
    const { edit } = get();
    const all = done?.result?.alternatives?.[chosen]?.moves ?? done?.result?.moves ?? [];
    return edit ? openMoves(edit.queue.shown, all) : { open: [], movedSince: 0 };
  }

  function renderResult() {
    const { edit, lang } = get();
    if (!done || !edit) return;
    const { open, movedSince } = moves();
    editor.change((one) => ({ ...one, preview: previewOf(open) }));
    result.replaceChildren(
      ...proposal(done, open, movedSince, edit.shown, chosen, lang, palette, {
        choose(alternative) {
          chosen = alternative;
          renderResult();
        },
        mark: (grids) => editor.change((one) => ({ ...one, preview: previewOf(movesInto(open, grids)) })),
        accept,
        discard: drop,
      }),
    );
  }

  /** @param {ReadonlySet<number | null>} grids */
  function accept(grids) {
    const accepted = movesInto(moves().open, grids);
    const job = done;
    drop();
    if (!accepted.length || !job) return;
    editor.send(moveCommand("accept", accepted, { job: job.id, kind: job.kind }));
    editor.change((edit) => withMessage(edit, { text: "accepted", values: { n: accepted.length } }));
  }

  /** What a job proposed is looked at no more. */
  function drop() {
    done = null;
    result.replaceChildren();
    state.replaceChildren();
    if (get().edit?.preview) editor.change((one) => ({ ...one, preview: null }));
  }

  function renderBar() {
    const { lang } = get();
    bar.setAttribute("aria-label", text(lang, "engine"));
    keepLabel.textContent = text(lang, "jobKeep");
    bar.replaceChildren(
      ...KINDS.map((kind) =>
        h("button", { type: "button", id: `job-${kind}`, title: text(lang, `hint_${kind}`), disabled: running !== null, onclick: () => start(kind) }, text(lang, `job_${kind}`)),
      ),
    );
  }

  return {
    start,
    /** @param {State} now @param {State} before */
    render({ edit, lang, plan: shown }, before) {
      section.hidden = !edit;
      if ((edit?.plan ?? 0) !== plan) {
        plan = edit?.plan ?? 0;
        running?.close();
        running = null;
        drop();
        if (shown?.job && shown.id === plan) {
          running = { plan, kind: shown.job.kind, id: null, close: () => {} };
          follow(shown.job.id);
          showProgress(null);
        }
      }
      if (!edit) return;
      if (lang !== before.lang || !before.edit) renderBar();
      if (done && (lang !== before.lang || edit.queue.shown !== before.edit?.queue.shown)) renderResult();
    },
  };
}

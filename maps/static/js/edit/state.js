// The state of editing one plan and the pure actions on it. What the server owns is in `queue`, `locks`, `steps`, `rules`.

import { changesOf, withChanges } from "./division.js";
import { lockSet } from "./locks.js";
import { createQueue } from "./queue.js";

/**
 * @typedef {import("./division.js").Division} Division
 * @typedef {import("./queue.js").Queue} Queue
 * @typedef {import("./locks.js").LockSet} LockSet
 * @typedef {"look" | "click" | "brush" | "lasso" | "estate" | "block" | "sweep"} Tool
 * @typedef {"saved" | "saving" | "undecided" | "broken" | "signedOut"} Link how the page stands with the server
 * @typedef {{moved: number, to: number | null, locked: number}} Done what an operation did and left
 * @typedef {{text: string, values?: Record<string, number>} | {done: Done} | {words: string, dropped: number} | {unread: string}} Message a text's
 *   key; what was done; the server's words, and how many later edits were taken back with the one refused; why news could not be read
 *
 * @typedef {object} Editing
 * @property {number} plan id
 * @property {Queue} queue
 * @property {Division} shown the queue's division, with the stroke under the hand and nothing else
 * @property {LockSet} locks
 * @property {import("../types.js").Steps} steps
 * @property {Record<string, any>} rules
 * @property {Tool} tool
 * @property {number} target grid number, 0: none
 * @property {number} radius of the brush, pixels
 * @property {ReadonlySet<number>} chosen ids of the buildings chosen in the list
 * @property {Link} link
 * @property {readonly import("./queue.js").Clash[]} clashes to be decided before anything more is sent
 * @property {Message | null} message
 * @property {readonly string[]} people who else has the plan open
 * @property {ReadonlyMap<number, {buildings: readonly number[], stands: boolean}>} byHand by revision: what this page moved by hand
 *   since it opened the plan, and whether undo has left it
 * @property {ReadonlyMap<number, number> | null} preview id → grid number that a job proposes
 */

export const TOOLS = /** @type {const} */ (["look", "click", "brush", "lasso", "estate", "block", "sweep"]);
const RADII = [6, 10, 16, 24, 36, 54, 80];

/**
 * @param {import("../types.js").Plan} plan @param {Division} division
 * @returns {Editing}
 */
export function startEditing(plan, division) {
  const first = [...division.tallies.keys()].filter(Boolean).sort((a, b) => a - b)[0];
  return {
    plan: plan.id,
    queue: createQueue(division, plan.revision),
    shown: division,
    locks: lockSet(plan.locks),
    steps: plan.history,
    rules: plan.rules,
    tool: "look",
    target: first ?? 1,
    radius: 16,
    chosen: new Set(),
    link: "saved",
    clashes: [],
    message: null,
    people: [],
    byHand: new Map(),
    preview: null,
  };
}

/** The queue changed: the stroke under the hand, if any, is begun anew by its owner. @param {Editing} edit @param {Queue} queue @returns {Editing} */
export const withQueue = (edit, queue) => ({ ...edit, queue, shown: queue.shown });

/** The stroke so far, not yet sent. @param {Editing} edit @param {readonly import("./division.js").Move[]} moves @returns {Editing} */
export const withStroke = (edit, moves) => ({
  ...edit,
  shown: withChanges(edit.queue.shown, changesOf(edit.shown.ground, moves)),
});

/**
 * What the server says of the plan beside its division.
 * @param {Editing} edit
 * @param {{locks?: import("./locks.js").Locks, history?: import("../types.js").Steps, rules?: Record<string, any>}} answer
 * @returns {Editing}
 */
export const withAnswer = (edit, { locks, history, rules }) => ({
  ...edit,
  locks: locks ? lockSet(locks) : edit.locks,
  steps: history ?? edit.steps,
  rules: rules ?? edit.rules,
});

/** What the engine proposed is not by hand, nor when it is made again after a clash. @param {string} kind @param {Record<string, any>} [details] */
const isByHand = (kind, details) => kind !== "accept" && details?.job === undefined;

/**
 * Remembers what was moved by hand: undo takes it back, redo brings it again.
 * @param {Editing} edit @param {import("../types.js").Edit} made the server's record of what this page did
 * @returns {Editing}
 */
export function withMade(edit, { revision, kind, moves, details, undoes }) {
  const byHand = new Map(edit.byHand);
  if (kind === "undo" || kind === "redo") {
    const turned = byHand.get(undoes ?? 0);
    if (turned) byHand.set(undoes ?? 0, { ...turned, stands: kind === "redo" });
  } else if (moves.length && isByHand(kind, details)) {
    byHand.set(revision, { buildings: moves.map(([building]) => building), stands: true });
  }
  return { ...edit, byHand };
}

/** Ids of the buildings that stand where this page moved them by hand, or are on their way there. @param {Editing} edit @returns {Set<number>} */
export function movedByHand({ byHand, queue }) {
  const made = [...byHand.values()].filter(({ stands }) => stands).flatMap(({ buildings }) => buildings);
  const waiting = queue.pending.filter(({ kind, body }) => kind === "moves" && isByHand(body.kind, body.details));
  return new Set([...made, ...waiting.flatMap(({ moves }) => moves.map(({ building }) => building))]);
}

/** @param {Editing} edit @param {Tool} tool @returns {Editing} */
export const withTool = (edit, tool) => ({ ...edit, tool, message: null });

/** @param {Editing} edit @param {number} target @returns {Editing} */
export const withTarget = (edit, target) => ({ ...edit, target });

/** @param {Editing} edit @param {1 | -1} step to the next larger or smaller brush @returns {Editing} */
export function resized(edit, step) {
  const at = Math.min(RADII.length - 1, Math.max(0, RADII.indexOf(edit.radius) + step));
  return { ...edit, radius: RADII[at] };
}

/** @param {Editing} edit @param {Iterable<number>} ids @returns {Editing} */
export const withChosen = (edit, ids) => ({ ...edit, chosen: new Set(ids) });

/** @param {Editing} edit @param {Message | null} message @returns {Editing} */
export const withMessage = (edit, message) => ({ ...edit, message });

/** Whether the page still says that rules are being saved, though the server has answered. @param {Editing} edit */
export const isSavingRules = ({ message, queue }) =>
  message !== null && "text" in message && message.text === "rulesSaving" && !queue.pending.some(({ kind }) => kind === "rules");

/** Whether undo can be asked for: an edit of mine stands, or is on its way. @param {Editing} edit */
export const canUndo = (edit) => stepsLeft(edit).undo > 0;

/** @param {Editing} edit */
export const canRedo = (edit) => stepsLeft(edit).redo > 0;

const STEPS_AHEAD = 5;

/**
 * How often undo and redo can be asked for when all that waits is done; there may be any number before it. What they
 * bring is seen when the server answers, so that a key held down does not run far ahead of it.
 * @param {Editing} edit
 */
function stepsLeft({ steps, queue }) {
  const ahead = queue.pending.filter(({ kind }) => kind === "undo" || kind === "redo");
  if (ahead.length >= STEPS_AHEAD) return { undo: 0, redo: 0 };
  let undo = steps.undo ? Infinity : 0;
  let redo = steps.redo ? Infinity : 0;
  for (const { kind, moves } of queue.pending) {
    if (kind === "undo") undo--, redo++;
    else if (kind === "redo") undo++, redo--;
    else if (kind === "rules" || moves.length) undo++, (redo = 0);
  }
  return { undo, redo };
}

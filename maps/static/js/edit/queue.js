// Edits on their way: what the server has confirmed, what waits to be sent, and what the page shows, which is both.
// Pure: each function gives a new queue. Shown is always the base with all waiting moves on it.

import { changesOf, withChanges } from "./division.js";

/**
 * @typedef {import("./division.js").Division} Division
 * @typedef {import("./division.js").Move} Move
 * @typedef {import("../types.js").Edit} Edit
 *
 * @typedef {object} Command one request that changes the plan
 * @property {string} key sent as Idempotency-Key: the same for as long as the body is
 * @property {"moves" | "undo" | "redo" | "locks" | "rules" | "name"} kind
 * @property {any} [body]
 * @property {readonly Move[]} moves what it changes, shown before the server confirms it; empty where only the server knows
 * @property {boolean} [sent] it may have reached the server: its answer never came
 * @property {string} [id] its first key; a key is new where the body is
 * @property {string | null} [of] of undo and redo: id of the waiting command that it turns; it falls with that one
 *
 * @typedef {object} Queue
 * @property {number} revision of the base
 * @property {Division} base
 * @property {readonly Command[]} pending oldest first
 * @property {Division} shown
 *
 * @typedef {{command: Command, buildings: readonly number[], edits: readonly Edit[]}} Clash
 */

/** @param {Division} base @param {number} revision @returns {Queue} */
export const createQueue = (base, revision) => ({ revision, base, pending: [], shown: base });

/** @param {Queue} queue @param {Command} command @returns {Queue} */
export const enqueue = (queue, command) => ({
  ...queue,
  pending: [...queue.pending, { id: command.key, of: turnedBy(command.kind, queue.pending), ...command }],
  shown: moved(queue.shown, command.moves),
});

/**
 * The waiting command that an undo or redo would turn; null where it is one that the server has done.
 * @param {Command["kind"]} kind @param {readonly Command[]} pending @returns {string | null}
 */
function turnedBy(kind, pending) {
  /** @type {string[]} */
  const done = [];
  /** @type {string[]} */
  const undone = [];
  for (const { kind: before, id, key, moves } of pending) {
    if (before === "undo") done.pop(), undone.push(id ?? key);
    else if (before === "redo") undone.pop(), done.push(id ?? key);
    else if (before === "rules" || moves.length) done.push(id ?? key), (undone.length = 0);
  }
  return (kind === "undo" ? done : kind === "redo" ? undone : []).pop() ?? null;
}

/**
 * What is left of waiting commands when some fell away: undo and redo of these fall too, or they would turn another.
 * @param {readonly Command[]} before @param {readonly Command[]} left @returns {Command[]}
 */
export function followed(before, left) {
  const gone = new Set(before.map(({ id, key }) => id ?? key));
  for (const { id, key } of left) gone.delete(id ?? key);
  return left.filter(({ id, key, of }) => {
    if (!of || !gone.has(of)) return true;
    gone.add(id ?? key);
    return false;
  });
}

/** The first command goes on its way; from now on it may have reached the server. @param {Queue} queue @returns {Queue} */
export const sending = (queue) => ({
  ...queue,
  pending: queue.pending.map((command, i) => (i ? command : { ...command, sent: true })),
});

/** The server did not do the first command, as it says itself. @param {Queue} queue @returns {Queue} */
export const unsent = (queue) => ({
  ...queue,
  pending: queue.pending.map((command, i) => (i ? command : { ...command, sent: false })),
});

/**
 * The server did the first command. What it answers goes before what was expected: what waits is made from there.
 * @param {Queue} queue @param {{revision: number, edit: Edit | null}} answer @returns {Queue}
 */
export function confirmed(queue, { revision, edit }) {
  const [done, ...pending] = queue.pending;
  const moves = edit && edit.revision > queue.revision ? movesOf(edit) : [];
  const base = moved(queue.base, moves);
  const after = { revision: Math.max(queue.revision, edit?.revision ?? revision), base };
  if (sameMoves(moves, done.moves)) return { ...after, pending, shown: queue.shown };
  return { ...after, ...onto(base, pending, (command, made) => rewritten(command, made, command.key)) };
}

/**
 * Undo and redo that were asked for before it was known that none is left fall away before they are sent.
 * @param {Queue} queue @param {import("../types.js").Steps} steps as the server told them with its last answer
 * @returns {Queue}
 */
export function spared(queue, steps) {
  const first = queue.pending.findIndex(({ kind }) => !((kind === "undo" || kind === "redo") && !steps[kind]));
  const left = queue.pending.slice(first < 0 ? queue.pending.length : first);
  return left.length === queue.pending.length ? queue : { ...queue, pending: followed(queue.pending, left) };
}

/**
 * The server refused the first command: it is taken back, and with it what was built upon it.
 * @param {Queue} queue @returns {{queue: Queue, dropped: number}} dropped: further commands taken back
 */
export function refused(queue) {
  const [, ...rest] = queue.pending;
  /** @type {Command[]} */
  const pending = [];
  let shown = queue.base;
  for (const command of rest) {
    const fits = command.moves.every(({ building, from }) => gridAt(shown, building) === from);
    if (fits) pending.push(command), (shown = moved(shown, command.moves));
  }
  const left = followed(queue.pending, pending);
  return { queue: { ...queue, pending: left, shown }, dropped: rest.length - left.length };
}

/**
 * Others' edits arrived: they go under what waits. A waiting command that wants the same building elsewhere clashes;
 * where all is as it would have moved it, it is done already and falls away.
 * @param {Queue} queue @param {readonly Edit[]} edits @param {() => string} newKey
 * @returns {{queue: Queue, clashes: Clash[]}} on clashes, the queue still holds the commands: decide with `settled`
 */
export function overtaken(queue, edits, newKey) {
  const news = edits.filter((edit) => edit.revision > queue.revision).sort((a, b) => a.revision - b.revision);
  if (!news.length) return { queue, clashes: [] };
  const base = news.reduce((division, edit) => moved(division, movesOf(edit)), queue.base);
  const theirs = new Set(news.flatMap((edit) => edit.moves.map(([building]) => building)));
  /** @type {Clash[]} */
  const clashes = [];
  const pending = queue.pending.flatMap((command) => {
    const mine = command.moves.filter(({ building, to }) => !(theirs.has(building) && gridAt(base, building) === to));
    const buildings = mine.map((move) => move.building).filter((building) => theirs.has(building));
    const alike = news.filter((edit) => command.kind === "rules" && edit.kind === "rules");
    if (buildings.length || alike.length) {
      const touching = news.filter((edit) => edit.moves.some(([building]) => buildings.includes(building)));
      clashes.push({ command, buildings, edits: [...touching, ...alike] });
    }
    if (mine.length === command.moves.length) return [command];
    return mine.length ? [rewritten(command, mine, newKey())] : [];
  });
  const revision = news[news.length - 1].revision;
  const left = followed(queue.pending, pending);
  return { queue: { revision, base, pending: left, shown: shownOf(base, left) }, clashes };
}

/**
 * After clashes: with `reapply`, my moves are made from where the buildings are now; else they are given up.
 * @param {Queue} queue @param {readonly Clash[]} clashes @param {boolean} reapply @param {() => string} newKey
 * @returns {Queue}
 */
export function settled(queue, clashes, reapply, newKey) {
  const clashing = new Set(clashes.map(({ command }) => command.key));
  const wanted = reapply ? queue.pending : queue.pending.filter(({ key }) => !clashing.has(key));
  const { pending, shown } = onto(queue.base, wanted, (command, moves) => rewritten(command, moves, newKey(), "reapply"));
  return { ...queue, pending: followed(queue.pending, pending), shown };
}

/**
 * Waiting commands made from where the buildings are now; one of moves that are all made already falls away.
 * @param {Division} base @param {readonly Command[]} waiting
 * @param {(command: Command, moves: readonly Move[]) => Command} rewrite
 * @returns {{pending: readonly Command[], shown: Division}}
 */
function onto(base, waiting, rewrite) {
  let shown = base;
  const pending = waiting.flatMap((command) => {
    const moves = rebased(shown, command.moves);
    shown = moved(shown, moves);
    if (command.moves.length && !moves.length) return [];
    return [same(moves, command.moves) ? command : rewrite(command, moves)];
  });
  return { pending: followed(waiting, pending), shown };
}

/** Moves made from where the buildings are; those that are there already fall away. @param {Division} division @param {readonly Move[]} moves */
export const rebased = (division, moves) =>
  moves
    .map(({ building, to }) => ({ building, from: gridAt(division, building), to }))
    .filter(({ from, to }) => from !== to);

/** @param {Edit} edit @returns {Move[]} */
export const movesOf = (edit) => edit.moves.map(([building, from, to]) => ({ building, from, to }));

/** @param {Division} division @param {number} building id @returns {number | null} */
export function gridAt({ ground, of }, building) {
  const index = ground.at.get(building);
  return index === undefined ? null : of[index] || null;
}

/** @param {Command} command @param {readonly Move[]} moves @param {string} key @param {string} [kind] @returns {Command} */
const rewritten = (command, moves, key, kind = command.body?.kind) => ({
  ...command,
  key,
  moves,
  sent: false,
  body: { ...command.body, kind, moves },
});

/** @param {Division} division @param {readonly Move[]} moves */
const moved = (division, moves) => withChanges(division, changesOf(division.ground, moves));

/** @param {Division} base @param {readonly Command[]} pending */
const shownOf = (base, pending) => pending.reduce((division, command) => moved(division, command.moves), base);

/** Move by move. @param {readonly Move[]} a @param {readonly Move[]} b */
const same = (a, b) =>
  a.length === b.length && a.every(({ building, from, to }, i) => b[i].building === building && b[i].from === from && b[i].to === to);

/** In any order, from wherever. @param {readonly Move[]} a @param {readonly Move[]} b */
function sameMoves(a, b) {
  if (a.length !== b.length) return false;
  const targets = new Map(a.map(({ building, to }) => [building, to]));
  return b.every(({ building, to }) => targets.has(building) && targets.get(building) === to);
}

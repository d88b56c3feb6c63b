// What a job of the engine proposes: grouped by grid, to be accepted whole or in part. Pure.

import { gridAt } from "./queue.js";

/**
 * @typedef {import("./division.js").Division} Division
 * @typedef {import("./division.js").Move} Move
 * @typedef {{grid: number | null, buildings: number, households: number}} Part moves into one grid; null: none
 */

/**
 * The moves that can still be made, and how many buildings were moved elsewhere since: these stay where somebody put them.
 * @param {Division} division @param {readonly Move[]} moves each from where its building was when the engine read the plan
 * @returns {{open: Move[], movedSince: number}}
 */
export function openMoves(division, moves) {
  const left = moves.filter(({ building, to }) => gridAt(division, building) !== to);
  const open = left.filter(({ building, from }) => gridAt(division, building) === from);
  return { open, movedSince: left.length - open.length };
}

/** Moves by the grid that they lead to, ascending, no grid last. @param {Division} division @param {readonly Move[]} moves @returns {Part[]} */
export function partsOf({ ground }, moves) {
  /** @type {Map<number | null, Part>} */
  const parts = new Map();
  for (const { building, to } of moves) {
    const part = parts.get(to) ?? { grid: to, buildings: 0, households: 0 };
    parts.set(to, part);
    part.buildings++;
    part.households += ground.households[ground.at.get(building) ?? -1] ?? 0;
  }
  return [...parts.values()].sort((a, b) => (a.grid ?? Infinity) - (b.grid ?? Infinity));
}

/** Those that lead to the grids chosen. @param {readonly Move[]} moves @param {ReadonlySet<number | null>} grids */
export const movesInto = (moves, grids) => moves.filter(({ to }) => grids.has(to));

/** What the map shows of them: id → grid number, 0 for none. @param {readonly Move[]} moves */
export const previewOf = (moves) => new Map(moves.map(({ building, to }) => [building, to ?? 0]));

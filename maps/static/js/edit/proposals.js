// What a job of the engine proposes: grouped by grid, to be accepted whole or in part. Pure.

import { rebased } from "./queue.js";

/**
 * @typedef {import("./division.js").Division} Division
 * @typedef {import("./division.js").Move} Move
 * @typedef {{grid: number | null, buildings: number, households: number}} Part moves into one grid; null: none
 */

/**
 * The moves that still change something, made from where the buildings are now.
 * @param {Division} division @param {readonly Move[]} moves
 */
export const openMoves = (division, moves) => rebased(division, moves);

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

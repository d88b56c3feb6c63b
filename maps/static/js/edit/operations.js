// Operations on a division: each gives the moves to make, and what stays where it is and why.

import { gridNumbers, membersOf } from "./division.js";
import { eachNeighbour } from "./ground.js";
import { isLocked } from "./locks.js";

/**
 * @typedef {import("./division.js").Division} Division
 * @typedef {import("./division.js").Move} Move
 * @typedef {import("./locks.js").LockSet} LockSet
 * @typedef {{locks: LockSet}} Held what may not be moved
 * @typedef {{moves: Move[], locked: number}} Operation buildings moved, and how many are left because locked
 */

/**
 * Buildings to one grid; those that are there already are not mentioned.
 * @param {Division} division @param {Held} held @param {Iterable<number>} indices @param {number} grid 0: none
 * @returns {Operation}
 */
export const assign = (division, held, indices, grid) =>
  operation(division, held, [...new Set(indices)].map((index) => [index, grid]));

/** One grid becomes part of another. @param {Division} division @param {Held} held @param {number} from @param {number} into */
export const merge = (division, held, from, into) => assign(division, held, membersOf(division, from), into);

/**
 * Dissolves a grid: its buildings are in no grid, or go to the neighbours, the outermost first, each to the grid with
 * which it has the longest border. What no other grid borders on is in no grid.
 * @param {Division} division @param {Held} held @param {number} grid @param {boolean} toNeighbours
 */
export function remove(division, held, grid, toNeighbours) {
  const members = membersOf(division, grid);
  if (!toNeighbours) return assign(division, held, members, 0);
  const of = division.of.slice();
  let waiting = members;
  while (waiting.length) {
    const wave = waiting
      .map((index) => /** @type {[number, number]} */ ([index, longestBorder(division.ground, of, index, grid)]))
      .filter(([, to]) => to);
    if (!wave.length) break;
    for (const [index, to] of wave) of[index] = to;
    waiting = waiting.filter((index) => of[index] === grid);
  }
  return operation(division, held, members.map((index) => [index, of[index] === grid ? 0 : of[index]]));
}

/** @param {import("./ground.js").Ground} ground @param {Int32Array} of @param {number} index @param {number} but */
function longestBorder(ground, of, index, but) {
  /** @type {Map<number, number>} */
  const lengths = new Map();
  eachNeighbour(ground, index, (other, border) => {
    const grid = of[other];
    if (grid && grid !== but) lengths.set(grid, (lengths.get(grid) ?? 0) + ground.borders[border].length_m);
  });
  let best = 0;
  for (const [grid, length] of lengths) if (!best || length > /** @type {number} */ (lengths.get(best))) best = grid;
  return best;
}

/** The first number that no grid has, up to the largest allowed; null: all are taken. @param {Division} division @param {number} largest */
export function freeNumber(division, largest) {
  const taken = new Set(gridNumbers(division));
  for (let number = 1; number <= largest; number++) if (!taken.has(number)) return number;
  return null;
}

/** Grids that have a border with this one. @param {Division} division @param {number} grid @returns {number[]} ascending */
export function neighbouringGrids({ ground, of }, grid) {
  const found = new Set();
  for (const { a, b } of ground.borders) {
    if (of[a] === grid) found.add(of[b]);
    if (of[b] === grid) found.add(of[a]);
  }
  found.delete(grid);
  found.delete(0);
  return [...found].sort((a, b) => a - b);
}

/** @param {Division} division @param {Held} held @param {[number, number][]} wanted @returns {Operation} */
function operation(division, { locks }, wanted) {
  const { ground, of } = division;
  /** @type {Operation} */
  const done = { moves: [], locked: 0 };
  for (const [index, grid] of wanted) {
    if (of[index] === grid) continue;
    const building = ground.ids[index];
    if (isLocked(division, locks, index, grid)) done.locked++;
    else done.moves.push({ building, from: of[index] || null, to: grid || null });
  }
  return done;
}

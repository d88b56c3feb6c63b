// How a division stands to the rules, in the shape of the server's standing, so that one table shows both.

import { gridNumbers } from "./division.js";

/**
 * @typedef {import("./division.js").Division} Division
 * @typedef {import("../types.js").Check} Check
 * @typedef {import("../types.js").Standing} Standing
 * @typedef {Record<string, any>} Rules
 */

const BANDS = /** @type {const} */ (["households", "persons"]);

/** @param {Division} division @param {Rules} rules @returns {Standing} */
export function standingOf(division, rules) {
  const grids = gridNumbers(division).map((number) => gridRow(division, rules, number));
  const broken = grids.filter((grid) => grid.rules.contiguity && !grid.rules.contiguity.held).length;
  const judged = grids.filter((grid) => !grid.rules.households?.excused);
  return {
    grids,
    unassigned: totals(division, 0),
    checks: {
      grids: grids.length ? band(grids.length, rules.grids) : null,
      balance_tolerance: rules.balance_tolerance == null ? null : band(deviation(judged), [0, rules.balance_tolerance]),
      contiguity: grids.length ? band(broken, [0, 0]) : null,
    },
  };
}

/** The largest grid number that the rules allow; without a rule there is no such number. @param {Rules} rules */
export const largestNumber = (rules) => (rules.grids ? rules.grids[1] : Infinity);

/** @param {Division} division @param {Rules} rules @param {number} number */
function gridRow(division, rules, number) {
  const sums = totals(division, number);
  /** @type {Record<"households" | "persons" | "contiguity", Check | null>} */
  const checks = {
    households: band(sums.households, rules.households),
    persons: band(sums.persons, rules.persons),
    contiguity: band(pieces(division, rules, number), [1, 1]),
  };
  if (rules.oversized === "own_grid" && sums.buildings === 1) excuse(checks);
  return { number, ...sums, rules: checks };
}

/**
 * Pieces of a grid, those as one that a link joins where the rules let grids span gaps. As links are a tree, each that
 * lies within the grid joins two more.
 * @param {Division} division @param {Rules} rules @param {number} number
 */
function pieces({ ground, of, tallies }, rules, number) {
  const apart = tallies.get(number)?.pieces ?? 0;
  const spansGaps = rules.contiguity === "gaps" || rules.soft?.contiguity !== undefined;
  return spansGaps ? apart - ground.links.filter(([a, b]) => of[a] === number && of[b] === number).length : apart;
}

/** @param {Division} division @param {number} number */
function totals({ ground, tallies }, number) {
  const { buildings = 0, households = 0, persons = 0 } = tallies.get(number) ?? {};
  return { buildings, households, persons: ground.personsKnown ? persons : null };
}

/** A grid of one building above one band is bound by none, where the rules say so. @param {Record<string, Check | null>} checks */
function excuse(checks) {
  if (!BANDS.some((name) => (checks[name]?.by ?? 0) > 0)) return;
  for (const name of BANDS) {
    const check = checks[name];
    if (check?.by) checks[name] = { ...check, held: true, excused: true };
  }
}

/** Largest deviation of a grid's households from their mean, a share of it. @param {{households: number}[]} grids */
function deviation(grids) {
  const mean = grids.reduce((sum, grid) => sum + grid.households, 0) / grids.length;
  return mean ? Math.max(...grids.map((grid) => Math.abs(grid.households - mean))) / mean : 0;
}

/** @param {number | null} value @param {[number, number] | null | undefined} limits @returns {Check | null} */
function band(value, limits) {
  if (value === null || !limits) return null;
  const [low, high] = limits;
  const by = value < low ? value - low : value > high ? value - high : 0;
  return { value, low, high, held: by === 0, by };
}

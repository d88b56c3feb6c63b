// The buildings that a tool takes: pure functions from a place on the ground to indices.

import { eachNeighbour } from "./ground.js";
import { inside, near } from "./geometry.js";

/**
 * @typedef {import("./ground.js").Ground} Ground
 * @typedef {import("./division.js").Division} Division
 * @typedef {import("./geometry.js").Point} Point
 */

/** The building at a point; the last drawn where several overlap. @param {Ground} ground @param {Point} point @returns {number | null} */
export function buildingAt({ shapes }, point) {
  for (let i = shapes.length - 1; i >= 0; i--) {
    const [west, north, east, south] = shapes[i].box;
    if (point[0] < west || point[0] > east || point[1] < north || point[1] > south) continue;
    if (inside(point, shapes[i].rings)) return i;
  }
  return null;
}

/**
 * Buildings that a round brush touches on its way from a to b.
 * @param {Ground} ground @param {Point} a @param {Point} b @param {number} radius Mercator units
 */
export function brushed({ shapes }, a, b, radius) {
  const found = [];
  for (let i = 0; i < shapes.length; i++) if (near(shapes[i], a, b, radius)) found.push(i);
  return found;
}

/** Buildings whose middle lies in the line drawn around them. @param {Ground} ground @param {readonly Point[]} line */
export function lassoed({ shapes }, line) {
  if (line.length < 3) return [];
  const ring = Float64Array.from(line.flat());
  const found = [];
  for (let i = 0; i < shapes.length; i++) if (inside(shapes[i].centre, [ring])) found.push(i);
  return found;
}

/** The whole estate of a building, or the building alone. @param {Ground} ground @param {number} index */
export function estateOf({ estates }, index) {
  const estate = estates[index];
  if (estate === null) return [index];
  return estates.flatMap((one, i) => (one === estate ? [i] : []));
}

/**
 * Which of the buildings touched by a sweep join the grid that it began in: those that share a border with it, or with
 * one that joins, so that the sweep pushes the grid's border and leaves no island behind.
 * @param {Division} division @param {number} grid 1 or more @param {Iterable<number>} touched @returns {number[]}
 */
export function swept({ ground, of }, grid, touched) {
  const waiting = new Set([...touched].filter((index) => of[index] !== grid));
  /** @type {Set<number>} */
  const joined = new Set();
  const borders = (/** @type {number} */ index) => {
    let found = false;
    eachNeighbour(ground, index, (other) => (found ||= of[other] === grid || joined.has(other)));
    return found;
  };
  for (let before = -1; before !== joined.size; ) {
    before = joined.size;
    for (const index of waiting) if (borders(index)) joined.add(index), waiting.delete(index);
  }
  return [...joined];
}

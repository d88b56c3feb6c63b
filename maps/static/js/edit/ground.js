// What edits are judged on and never changes while one plan is open: buildings, their counts, shapes and neighbours.

import { shapeOf } from "./geometry.js";

/**
 * A building's place in `ids` is its index; everything else goes by index.
 * @typedef {object} Ground
 * @property {readonly number[]} ids
 * @property {ReadonlyMap<number, number>} at id → index
 * @property {Int32Array} households
 * @property {Int32Array} persons
 * @property {boolean} personsKnown whether anybody counted or estimated those of any building
 * @property {readonly (number | null)[]} estates
 * @property {readonly import("./geometry.js").Shape[]} shapes
 * @property {Int32Array} first neighbours of i stand in `next` from first[i] to first[i + 1]
 * @property {Int32Array} next index of the neighbour
 * @property {Int32Array} edge number of the border with it, as in `borders`
 * @property {readonly {a: number, b: number, length_m: number, line: readonly (readonly [number, number][])[]}[]} borders
 * @property {readonly (readonly [number, number])[]} links over the gaps of the ground: a tree of its parts
 *
 * @typedef {{edges: [number, number, number][], lines: [number, number][][][], links: [number, number][]}} Neighbours as the server answers
 */

/**
 * @param {import("../types.js").BuildingCollection} buildings
 * @param {Neighbours} neighbours edges and links between buildings that are not there are left out
 * @returns {Ground}
 */
export function createGround(buildings, neighbours) {
  const rows = buildings.features.map((feature) => feature.properties);
  const ids = rows.map((row) => row.id);
  const at = new Map(ids.map((id, index) => [id, index]));
  const borders = neighbours.edges.flatMap(([a, b, length_m], edge) => {
    const [from, to] = [at.get(a), at.get(b)];
    return from === undefined || to === undefined ? [] : [{ a: from, b: to, length_m, line: neighbours.lines[edge] ?? [] }];
  });
  const links = neighbours.links.flatMap(([a, b]) => {
    const [from, to] = [at.get(a), at.get(b)];
    return from === undefined || to === undefined ? [] : [/** @type {const} */ ([from, to])];
  });
  return {
    ids,
    at,
    households: Int32Array.from(rows, (row) => row.households),
    persons: Int32Array.from(rows, (row) => row.persons),
    personsKnown: rows.some((row) => row.persons_kind !== "none"),
    estates: rows.map((row) => row.estate_id ?? null),
    shapes: buildings.features.map((feature) => shapeOf(feature.geometry)),
    borders,
    links,
    ...rowsOf(ids.length, borders),
  };
}

/** Each building's borders in compressed rows. @param {number} n @param {readonly {a: number, b: number}[]} borders */
function rowsOf(n, borders) {
  const first = new Int32Array(n + 1);
  for (const { a, b } of borders) first[a + 1]++, first[b + 1]++;
  for (let i = 0; i < n; i++) first[i + 1] += first[i];
  const fill = first.slice();
  const next = new Int32Array(2 * borders.length);
  const edge = new Int32Array(2 * borders.length);
  borders.forEach(({ a, b }, number) => {
    edge[fill[a]] = edge[fill[b]] = number;
    next[fill[a]++] = b;
    next[fill[b]++] = a;
  });
  return { first, next, edge };
}

/**
 * What lies behind a building: calls back with each neighbour and the border's number.
 * @param {Ground} ground @param {number} index @param {(neighbour: number, border: number) => void} visit
 */
export function eachNeighbour({ first, next, edge }, index, visit) {
  for (let k = first[index]; k < first[index + 1]; k++) visit(next[k], edge[k]);
}

// Street blocks: buildings that one reaches over the ground of neighbours without crossing a street, railway or water.

import { crosses, mercator } from "./geometry.js";
import { eachNeighbour } from "./ground.js";

/**
 * @typedef {import("./ground.js").Ground} Ground
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {readonly [Point, Point]} Stretch
 */

/** Ways inside of a block, which do not bound it. */
const INNER_WAYS = /^(service|footway|path|steps|pedestrian|cycleway|track|corridor|bridleway)/;

/**
 * The stretches of barriers that bound blocks: roads but inner ways, railways, water; not walls.
 * @param {GeoJSON.FeatureCollection} barriers @returns {Stretch[]}
 */
export function blockBounds(barriers) {
  return barriers.features.flatMap(({ geometry, properties }) => {
    const { kind, class: roadClass } = properties ?? {};
    if (kind === "wall" || (kind === "road" && INNER_WAYS.test(roadClass ?? ""))) return [];
    return lines(geometry).flatMap((positions) => {
      const points = positions.map(([lon, lat]) => mercator(lon, lat));
      return points.slice(1).map((point, i) => /** @type {Stretch} */ ([points[i], point]));
    });
  });
}

/** @param {GeoJSON.Geometry} geometry @returns {GeoJSON.Position[][]} */
function lines(geometry) {
  switch (geometry.type) {
    case "LineString":
      return [geometry.coordinates];
    case "MultiLineString":
    case "Polygon":
      return geometry.coordinates;
    case "MultiPolygon":
      return geometry.coordinates.flat();
    case "GeometryCollection":
      return geometry.geometries.flatMap(lines);
    default:
      return [];
  }
}

/**
 * The block of a building: neighbours belong together where the straight line between their middles crosses no bound.
 * @param {Ground} ground @param {readonly Stretch[]} bounds @param {number} index @returns {number[]}
 */
export function blockOf(ground, bounds, index) {
  const found = new Set([index]);
  const open = [index];
  while (open.length) {
    const at = /** @type {number} */ (open.pop());
    eachNeighbour(ground, at, (other) => {
      if (found.has(other) || parted(ground.shapes[at].centre, ground.shapes[other].centre, bounds)) return;
      found.add(other);
      open.push(other);
    });
  }
  return [...found];
}

/** @param {Point} a @param {Point} b @param {readonly Stretch[]} bounds */
function parted(a, b, bounds) {
  const [west, east] = a[0] < b[0] ? [a[0], b[0]] : [b[0], a[0]];
  const [north, south] = a[1] < b[1] ? [a[1], b[1]] : [b[1], a[1]];
  return bounds.some(
    ([c, d]) =>
      Math.max(c[0], d[0]) >= west &&
      Math.min(c[0], d[0]) <= east &&
      Math.max(c[1], d[1]) >= north &&
      Math.min(c[1], d[1]) <= south &&
      crosses(a, b, c, d),
  );
}

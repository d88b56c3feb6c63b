// A lattice of buildings for tests: squares of 20 m, 40 m apart, neighbours to the east and north, 10 households each.

import { createGround } from "../../maps/static/js/edit/ground.js";

const STEP = 0.0004;

/** Building ids are 1, 2, … row by row from the south-west. */
export function buildings(columns, rows, more = () => ({})) {
  const features = [];
  for (let id = 1; id <= columns * rows; id++) {
    const [column, row] = [(id - 1) % columns, Math.floor((id - 1) / columns)];
    const [west, south] = [113 + column * STEP, 27 + row * STEP];
    const [east, north] = [west + STEP / 2, south + STEP / 2];
    const outline = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    features.push({
      type: "Feature",
      geometry: { type: "MultiPolygon", coordinates: [[outline]] },
      properties: { id, source_id: `b${id}`, households: 10, persons: 30, persons_kind: "real", estate_id: null, ...more(id) },
    });
  }
  return { type: "FeatureCollection", features };
}

/** Middle of a building, degrees. */
export const middle = (columns, id) => [
  113 + ((id - 1) % columns) * STEP + STEP / 4,
  27 + Math.floor((id - 1) / columns) * STEP + STEP / 4,
];

export function lattice(columns, rows, more) {
  const edges = [];
  for (let id = 1; id <= columns * rows; id++) {
    if (id % columns) edges.push([id, id + 1, 20]);
    if (id + columns <= columns * rows) edges.push([id, id + columns, 30]);
  }
  return createGround(buildings(columns, rows, more), { edges, lines: edges.map(() => []), links: [] });
}

/** Numbers that look random and are the same each time (mulberry32). */
export function randomly(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

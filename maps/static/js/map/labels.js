// The number of each grid, on a building near its middle; it stays where it is while that building is in the grid.

import { degrees } from "../edit/geometry.js";
import { gridNumbers, membersOf } from "../edit/division.js";

/** @typedef {import("../edit/division.js").Division} Division */

/** The building nearest to the middle of a grid's buildings, as an index. @param {Division} division @param {number} grid */
export function labelPlace(division, grid) {
  const { shapes, households } = division.ground;
  const members = membersOf(division, grid);
  let [x, y, weight] = [0, 0, 0];
  for (const index of members) {
    const own = 1 + households[index];
    x += own * shapes[index].centre[0];
    y += own * shapes[index].centre[1];
    weight += own;
  }
  let [best, least] = [members[0], Infinity];
  for (const index of members) {
    const [cx, cy] = shapes[index].centre;
    const away = Math.hypot(cx - x / weight, cy - y / weight);
    if (away < least) [best, least] = [index, away];
  }
  return best;
}

/** @param {L.LayerGroup} group @param {string} [pane] where markers are, unless told otherwise */
export function createLabels(group, pane = "markerPane") {
  /** @type {Map<number, {marker: L.Marker, index: number}>} */
  const shown = new Map();
  /** @type {ReadonlySet<number>} */
  let locked = new Set();

  /** @param {number} grid */
  const icon = (grid) =>
    L.divIcon({
      className: locked.has(grid) ? "grid-number locked" : "grid-number",
      html: String(grid),
      iconSize: [30, 30],
    });

  /** @param {Division} division @param {number} index @returns {[number, number]} */
  function latLng(division, index) {
    const [lon, lat] = degrees(division.ground.shapes[index].centre);
    return [lat, lon];
  }

  return {
    clear() {
      group.clearLayers();
      shown.clear();
    },
    /** @param {Division} division */
    update(division) {
      const grids = gridNumbers(division);
      for (const [grid, { marker }] of shown) {
        if (!division.tallies.has(grid)) group.removeLayer(marker), shown.delete(grid);
      }
      for (const grid of grids) {
        const has = shown.get(grid);
        if (has && division.of[has.index] === grid) continue;
        const index = labelPlace(division, grid);
        if (has) {
          has.marker.setLatLng(latLng(division, index));
          has.index = index;
          continue;
        }
        const marker = L.marker(latLng(division, index), { icon: icon(grid), pane, interactive: false, keyboard: false });
        shown.set(grid, { marker: marker.addTo(group), index });
      }
    },
    /** Grids that are locked carry it on their number. @param {ReadonlySet<number>} grids */
    setLocked(grids) {
      locked = grids;
      for (const [grid, { marker }] of shown) marker.setIcon(icon(grid));
    },
  };
}

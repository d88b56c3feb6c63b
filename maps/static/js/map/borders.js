// Borders between grids, drawn from the lines between neighbours: an edit adds and takes away only the lines it changes.

/**
 * @typedef {import("../edit/division.js").Division} Division
 */

/**
 * @param {L.LayerGroup} group @param {L.Canvas} renderer @param {string} ink
 */
export function createBorders(group, renderer, ink) {
  /** @type {Map<number, L.Polyline>} */
  const drawn = new Map();
  /** @type {number | null} */
  let strong = null;

  /** @param {Division} division @param {number} border */
  function settle({ ground, of }, border) {
    const { a, b, line } = ground.borders[border];
    const apart = of[a] !== of[b] && line.length > 0;
    const has = drawn.get(border);
    if (!apart) {
      if (has) group.removeLayer(has), drawn.delete(border);
      return;
    }
    const weight = strong !== null && (of[a] === strong || of[b] === strong) ? 5 : 2.5;
    if (has) {
      if (has.options.weight !== weight) has.setStyle({ weight });
      return;
    }
    const latLngs = line.map((part) => part.map(([lon, lat]) => /** @type {[number, number]} */ ([lat, lon])));
    const layer = L.polyline(latLngs, { renderer, color: ink, weight, interactive: false, smoothFactor: 0 });
    drawn.set(border, layer);
    group.addLayer(layer);
  }

  return {
    clear() {
      group.clearLayers();
      drawn.clear();
      strong = null;
    },
    /** @param {Division} division @param {number | null} grid drawn strongly */
    showAll(division, grid) {
      strong = grid;
      for (let border = 0; border < division.ground.borders.length; border++) settle(division, border);
    },
    /** @param {Division} division @param {Iterable<number>} indices of buildings that changed their grid */
    update(division, indices) {
      const { first, edge } = division.ground;
      for (const index of indices) {
        for (let k = first[index]; k < first[index + 1]; k++) settle(division, edge[k]);
      }
    },
  };
}

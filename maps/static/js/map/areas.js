// The areas of grids as the server derives them: tinted ground, and, for those who only look, borders and numbers.

const QUIET = { smoothFactor: 0, interactive: false };

/**
 * @param {{areas: L.LayerGroup, borders: L.LayerGroup, labels: L.LayerGroup}} groups
 * @param {{areas: L.Canvas, borders: L.Canvas}} canvases
 * @param {(grid: number) => string} fillOf @param {string} ink
 */
export function createAreas(groups, canvases, fillOf, ink) {
  /** @type {Map<number, L.GeoJSON>} */
  const areas = new Map();
  /** @type {Map<number, L.GeoJSON>} */
  const borders = new Map();

  /** @param {boolean} strong @returns {L.PathOptions} */
  const borderStyle = (strong) => ({ color: ink, weight: strong ? 5 : 2.5, fill: false });

  return {
    clear() {
      for (const group of Object.values(groups)) group.clearLayers();
      areas.clear();
      borders.clear();
    },

    /** @param {GeoJSON.FeatureCollection} collection @param {boolean} withBorders borders and numbers too */
    show(collection, withBorders) {
      this.clear();
      for (const feature of collection.features) {
        if (!feature.geometry) continue;
        const { number, label } = /** @type {{number: number, label: [number, number]}} */ (feature.properties);
        const tint = { stroke: false, fillColor: fillOf(number), fillOpacity: 0.22 };
        areas.set(number, shape(feature, canvases.areas, tint).addTo(groups.areas));
        if (!withBorders) continue;
        borders.set(number, shape(feature, canvases.borders, borderStyle(false)).addTo(groups.borders));
        L.marker([label[1], label[0]], {
          icon: L.divIcon({ className: "grid-number", html: String(number), iconSize: [30, 30] }),
          interactive: false,
          keyboard: false,
        }).addTo(groups.labels);
      }
    },

    /** Bring out the border of one grid. @param {number | null} chosen */
    choose(chosen) {
      for (const [number, border] of borders) {
        border.setStyle(borderStyle(number === chosen));
        if (number === chosen) border.bringToFront();
      }
    },

    /** @param {number} number @returns {L.LatLngBounds | undefined} */
    boundsOf: (number) => areas.get(number)?.getBounds(),
  };
}

/** @param {GeoJSON.Feature} feature @param {L.Canvas} renderer @param {L.PathOptions} style */
const shape = (feature, renderer, style) =>
  L.geoJSON(feature, /** @type {L.GeoJSONOptions} */ ({ ...QUIET, renderer, style }));

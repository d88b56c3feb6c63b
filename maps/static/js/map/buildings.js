// The buildings on the map: each in the colour of its grid; only those whose look changes are drawn anew.

import { gridStyle } from "../palette.js";

/**
 * @typedef {import("../types.js").BuildingProperties} BuildingProperties
 * @typedef {L.Polygon & {feature: GeoJSON.Feature<GeoJSON.MultiPolygon, BuildingProperties>}} BuildingLayer
 */

const DETAILED_FROM_ZOOM = 15.5;

/**
 * @param {L.Map} map @param {L.LayerGroup} group @param {L.Canvas} renderer
 * @param {import("../types.js").Palette} palette @param {(grid: number | null) => string} fillOf
 * @param {(id: number) => boolean} onClick whether the click is spent; else the map has it too
 */
export function createBuildings(map, group, renderer, palette, fillOf, onClick) {
  /** @type {Map<number, BuildingLayer>} */
  const layers = new Map();
  /** @type {(id: number) => number | null} */
  let gridOf = () => null;
  /** @type {number | null} */
  let picked = null;
  /** @type {number | null} */
  let chosenGrid = null;
  /** @type {ReadonlySet<number>} */
  let chosen = new Set();
  /** @type {ReadonlyMap<number, number>} */
  let preview = new Map();
  let detailed = false;

  map.on("zoomend", () => {
    if (detailed === map.getZoom() >= DETAILED_FROM_ZOOM) return;
    detailed = !detailed;
    restyle(layers.keys());
  });

  /** Dark outlines from near; from far they would hide the colour of small buildings. @param {number | null} grid */
  const outline = (grid) => (detailed ? palette.ink : gridStyle(palette, grid).colour);

  /** @param {number} id @returns {L.PathOptions} */
  function styleOf(id) {
    const proposed = preview.get(id);
    const grid = proposed === undefined ? gridOf(id) : proposed || null;
    const faded = chosenGrid !== null && grid !== chosenGrid && !chosen.has(id);
    const marked = id === picked || chosen.has(id);
    return {
      fillColor: fillOf(grid),
      fillOpacity: faded ? 0.35 : 1,
      color: marked || proposed !== undefined ? "#000000" : outline(grid),
      opacity: faded ? 0.35 : 1,
      weight: id === picked ? 4 : marked || proposed !== undefined ? 3 : 0.8,
      dashArray: proposed === undefined ? undefined : "4 3",
    };
  }

  /** @param {Iterable<number>} ids */
  function restyle(ids) {
    for (const id of ids) layers.get(id)?.setStyle(styleOf(id));
  }

  return {
    /** @param {import("../types.js").BuildingCollection} collection */
    show(collection) {
      group.clearLayers();
      layers.clear();
      picked = chosenGrid = null;
      chosen = new Set();
      preview = new Map();
      gridOf = () => null;
      L.geoJSON(collection, /** @type {L.GeoJSONOptions} */ ({
        smoothFactor: 0, // Leaflet's default drops corners of small buildings
        renderer,
        style: (feature) => styleOf(feature?.properties.id),
        onEachFeature(feature, layer) {
          layers.set(feature.properties.id, /** @type {BuildingLayer} */ (layer));
          layer.on("click", (event) => {
            if (onClick(feature.properties.id)) L.DomEvent.stopPropagation(event);
          });
        },
      })).addTo(group);
    },

    /** Colour buildings by their grid: those given, or all. @param {(id: number) => number | null} of @param {Iterable<number>} [ids] */
    recolour(of, ids = layers.keys()) {
      gridOf = of;
      restyle(ids);
    },

    /** Mark one building. @param {number | null} id @returns {BuildingLayer | undefined} */
    pick(id) {
      const before = picked;
      picked = id;
      restyle([before, id].filter((one) => one !== null));
      const layer = id === null ? undefined : layers.get(id);
      layer?.bringToFront();
      return layer;
    },

    /** Fade the buildings of other grids; null brings all back. @param {number | null} grid */
    chooseGrid(grid) {
      const before = chosenGrid;
      chosenGrid = grid;
      const some = (/** @type {number} */ id) => gridOf(id) === before || gridOf(id) === grid;
      restyle(before === null || grid === null ? layers.keys() : [...layers.keys()].filter(some));
    },

    /** Mark the buildings chosen in the list. @param {ReadonlySet<number>} ids */
    setChosen(ids) {
      const changed = [...new Set([...chosen, ...ids])].filter((id) => chosen.has(id) !== ids.has(id));
      chosen = ids;
      restyle(changed);
    },

    /** Show where buildings would go. @param {ReadonlyMap<number, number>} moves id → grid number, 0: none */
    setPreview(moves) {
      const changed = new Set([...preview.keys(), ...moves.keys()]);
      preview = moves;
      restyle(changed);
    },

    /** @param {number} id */
    centreOf: (id) => layers.get(id)?.getBounds().getCenter(),

    /** @param {(id: number) => boolean} wanted @returns {L.LatLngBounds} */
    boundsOf(wanted) {
      const bounds = L.latLngBounds([]);
      for (const [id, layer] of layers) if (wanted(id)) bounds.extend(layer.getBounds());
      return bounds;
    },
  };
}

// The map behind a small adapter, so that the library can change: show data, colour it by grid, select, fit.

import { fillMaker, gridStyle } from "./palette.js";

/**
 * @typedef {import("./types.js").PageSettings} PageSettings
 * @typedef {import("./types.js").Bbox} Bbox
 * @typedef {import("./types.js").BuildingProperties} BuildingProperties
 * @typedef {import("./types.js").BuildingCollection} BuildingCollection
 * @typedef {L.Polygon & {feature: GeoJSON.Feature<GeoJSON.MultiPolygon, BuildingProperties>}} BuildingLayer
 */

/** Panes from the ground up; only buildings take the pointer. */
const PANES = { ground: 300, buildings: 400, borders: 450 };
const DETAILED_FROM_ZOOM = 15.5;
const SMOOTH = { smoothFactor: 0 }; // Leaflet's default drops corners of small buildings
const WORLD = /** @type {[number, number][]} */ ([[-90, -360], [-90, 360], [90, 360], [90, -360]]);
const MARGIN = /** @type {[number, number]} */ ([24, 24]);

/** @type {Record<string, L.PolylineOptions>} */
const BARRIER_STYLES = {
  water: { color: "#a9cbe3", weight: 3, fill: true, fillColor: "#c4ddee", fillOpacity: 1 },
  road: { color: "#c9ced3", weight: 1.5 },
  main_road: { color: "#b4bbc2", weight: 4 },
  railway: { color: "#7d868f", weight: 2, dashArray: "8 4" },
  wall: { color: "#a08a70", weight: 1.5, dashArray: "2 3" },
};
const MAIN_ROADS = /^(motorway|trunk|primary|secondary|tertiary)/;

/**
 * @param {HTMLElement} element
 * @param {PageSettings} settings
 * @param {(building: number | null) => void} onPick
 */
export function createMap(element, settings, onPick) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, { zoomControl: false, zoomSnap: 0.25, fadeAnimation: !still, zoomAnimation: !still });
  map.attributionControl.setPrefix(false);
  if (settings.caption) map.attributionControl.addAttribution(escapeHtml(settings.caption));
  if (settings.basemapUrl) L.tileLayer(settings.basemapUrl, { maxZoom: 22, opacity: 0.6 }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  for (const [name, level] of Object.entries(PANES)) {
    const pane = map.createPane(name);
    pane.style.zIndex = String(level);
    if (name !== "buildings") pane.style.pointerEvents = "none";
  }
  const canvases = {
    ground: L.canvas({ pane: "ground", padding: 0.3 }),
    buildings: L.canvas({ pane: "buildings", padding: 0.3, tolerance: 2 }),
    borders: L.canvas({ pane: "borders", padding: 0.3 }),
  };
  const groups = {
    community: L.layerGroup().addTo(map),
    areas: L.layerGroup().addTo(map),
    barriers: L.layerGroup().addTo(map),
    buildings: L.layerGroup().addTo(map),
    borders: L.layerGroup().addTo(map),
    labels: L.layerGroup().addTo(map),
  };
  const fillOf = fillMaker(settings.palette);
  const ink = settings.palette.ink;
  /** @type {Map<number, BuildingLayer>} */
  const buildings = new Map();
  /** @type {Map<number, {border: L.GeoJSON, area: L.GeoJSON, label: L.Marker}>} */
  const grids = new Map();
  /** @type {(id: number) => number | null} */
  let gridOf = () => null;
  /** @type {number | null} */
  let picked = null;
  /** @type {number | null} */
  let chosen = null;

  let detailed = false;

  map.on("click", () => onPick(null));
  map.on("zoomend", () => {
    if (detailed === map.getZoom() >= DETAILED_FROM_ZOOM) return;
    detailed = !detailed;
    for (const id of buildings.keys()) restyle(id);
  });

  /** @param {number} id @returns {L.PathOptions} */
  function buildingStyle(id) {
    const grid = gridOf(id);
    const faded = chosen !== null && grid !== chosen;
    return {
      fillColor: fillOf(grid),
      fillOpacity: faded ? 0.35 : 1,
      color: id === picked ? "#000000" : outline(grid),
      opacity: faded ? 0.35 : 1,
      weight: id === picked ? 4 : 0.8,
    };
  }

  /** Dark outlines from near; from far they would hide the colour of small buildings. @param {number | null} grid */
  const outline = (grid) => (detailed ? ink : gridStyle(settings.palette, grid).colour);

  /** @param {number | null} id */
  const restyle = (id) => id !== null && buildings.get(id)?.setStyle(buildingStyle(id));

  /** @param {Bbox} bbox */
  function fit([west, south, east, north]) {
    map.fitBounds([[south, west], [north, east]], { padding: MARGIN, animate: !still });
  }

  return {
    fit,
    zoomIn: () => void map.zoomIn(),
    zoomOut: () => void map.zoomOut(),
    resized: () => void map.invalidateSize({ animate: false }),

    /**
     * Show a community: the ground outside its boundary veiled, barriers quiet, buildings without grids.
     * @param {import("./types.js").Community} community
     * @param {BuildingCollection} collection
     * @param {GeoJSON.FeatureCollection} barriers
     */
    showCommunity(community, collection, barriers) {
      for (const group of Object.values(groups)) group.clearLayers();
      buildings.clear();
      grids.clear();
      picked = chosen = null;
      gridOf = () => null;
      const { west, south, east, north } = edges(community.bbox);
      map.setMaxBounds([[south - 0.05, west - 0.05], [north + 0.05, east + 0.05]]);
      const holes = community.boundary.coordinates.map((polygon) => L.GeoJSON.coordsToLatLngs(polygon[0]));
      const quiet = { ...SMOOTH, renderer: canvases.ground, interactive: false };
      L.geoJSON(community.boundary, /** @type {L.GeoJSONOptions} */ ({
        ...quiet,
        style: { stroke: false, fillColor: "#ffffff", fillOpacity: 1 },
      })).addTo(groups.community);
      L.geoJSON(barriers, /** @type {L.GeoJSONOptions} */ ({ ...quiet, style: barrierStyle })).addTo(groups.barriers);
      L.polygon([WORLD, ...holes], { ...quiet, stroke: false, fillColor: "#e9ecee", fillOpacity: 0.72 }).addTo(groups.barriers);
      L.geoJSON(community.boundary, /** @type {L.GeoJSONOptions} */ ({
        ...quiet,
        renderer: canvases.borders,
        style: { color: "#52606d", weight: 1.5, fill: false },
      })).addTo(groups.community);
      L.geoJSON(collection, /** @type {L.GeoJSONOptions} */ ({
        ...SMOOTH,
        renderer: canvases.buildings,
        style: (feature) => buildingStyle(feature?.properties.id),
        onEachFeature(feature, layer) {
          buildings.set(feature.properties.id, /** @type {BuildingLayer} */ (layer));
          layer.on("click", (event) => {
            L.DomEvent.stopPropagation(event);
            onPick(feature.properties.id);
          });
        },
      })).addTo(groups.buildings);
      fit(community.bbox);
    },

    /**
     * Show a plan's grids: tinted areas, dark borders, and a number in each.
     * @param {GeoJSON.FeatureCollection} collection
     */
    showGrids(collection) {
      for (const name of /** @type {const} */ (["areas", "borders", "labels"])) groups[name].clearLayers();
      grids.clear();
      for (const feature of collection.features) {
        const { number, label } = /** @type {{number: number, label: [number, number]}} */ (feature.properties);
        const quiet = { ...SMOOTH, interactive: false };
        const area = L.geoJSON(feature, /** @type {L.GeoJSONOptions} */ ({
          ...quiet,
          renderer: canvases.ground,
          style: { stroke: false, fillColor: fillOf(number), fillOpacity: 0.22 },
        })).addTo(groups.areas);
        const border = L.geoJSON(feature, /** @type {L.GeoJSONOptions} */ ({
          ...quiet,
          renderer: canvases.borders,
          style: borderStyle(false),
        })).addTo(groups.borders);
        const badge = L.marker([label[1], label[0]], {
          icon: L.divIcon({ className: "grid-number", html: String(number), iconSize: [30, 30] }),
          interactive: false,
          keyboard: false,
        }).addTo(groups.labels);
        grids.set(number, { area, border, label: badge });
      }
    },

    /** Colour every building by its grid. @param {(id: number) => number | null} of */
    setAssignments(of) {
      gridOf = of;
      for (const id of buildings.keys()) restyle(id);
    },

    /** Mark a building, or none. @param {number | null} id @param {boolean} reveal move the map to it */
    pick(id, reveal) {
      const before = picked;
      picked = id;
      restyle(before);
      restyle(id);
      const layer = id === null ? undefined : buildings.get(id);
      if (!layer) return;
      layer.bringToFront();
      if (reveal && !map.getBounds().pad(-0.1).contains(layer.getBounds())) {
        map.panTo(layer.getBounds().getCenter(), { animate: !still });
      }
    },

    /** Bring out a grid and fade the others; null brings all back. @param {number | null} number */
    choose(number) {
      chosen = number;
      for (const [one, { border }] of grids) {
        border.setStyle(borderStyle(one === number));
        if (one === number) border.bringToFront();
      }
      for (const id of buildings.keys()) restyle(id);
      const grid = number === null ? undefined : grids.get(number);
      if (grid) map.fitBounds(grid.border.getBounds(), { padding: MARGIN, animate: !still });
    },
  };

  /** @param {boolean} strong @returns {L.PathOptions} */
  function borderStyle(strong) {
    return { color: ink, weight: strong ? 5 : 2.5, fill: false };
  }
}

/** @param {Bbox} bbox */
const edges = ([west, south, east, north]) => ({ west, south, east, north });

/** @param {GeoJSON.Feature | undefined} feature @returns {L.PathOptions} */
function barrierStyle(feature) {
  const { kind, class: roadClass } = feature?.properties ?? {};
  const style = BARRIER_STYLES[kind === "road" && MAIN_ROADS.test(roadClass ?? "") ? "main_road" : kind];
  return feature?.geometry.type.endsWith("Polygon") ? style : { ...style, fill: false };
}

/** @param {string} words */
function escapeHtml(words) {
  const element = document.createElement("span");
  element.textContent = words;
  return element.innerHTML;
}

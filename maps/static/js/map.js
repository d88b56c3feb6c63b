// The map behind a small adapter, so that the library can change: show data, colour it by grid, select, edit, fit.

import { addBasemap } from "./basemap.js";
import { degrees } from "./edit/geometry.js";
import { createAreas } from "./map/areas.js";
import { drawBackdrop } from "./map/backdrop.js";
import { createBorders } from "./map/borders.js";
import { createBuildings } from "./map/buildings.js";
import { createLabels } from "./map/labels.js";
import { createPadlocks } from "./map/marks.js";
import { createPins } from "./map/pins.js";
import { createPointer } from "./map/pointer.js";
import { createSwipe } from "./map/swipe.js";
import { fillMaker } from "./palette.js";

/**
 * @typedef {import("./types.js").PageSettings} PageSettings
 * @typedef {import("./types.js").Bbox} Bbox
 * @typedef {import("./edit/division.js").Division} Division
 */

/** Panes from the ground up; only buildings take the pointer. */
const PANES = { ground: 300, areas: 320, buildings: 400, borders: 450, strokes: 480 };
const MARGIN = /** @type {[number, number]} */ ([24, 24]);

/**
 * @param {HTMLElement} element
 * @param {PageSettings} settings
 * @param {(building: number | null) => void} onPick
 * @param {import("./map/pointer.js").Hands} hands
 */
export function createMap(element, settings, onPick, hands) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  keepDigits();
  const map = L.map(element, { zoomControl: false, zoomSnap: 0.25, fadeAnimation: !still, zoomAnimation: !still, trackResize: false });
  map.attributionControl.setPrefix(false);
  if (settings.caption) map.attributionControl.addAttribution(escapeHtml(settings.caption));
  addBasemap(map, settings.basemap);
  L.control.scale({ imperial: false }).addTo(map);
  for (const [name, level] of Object.entries(PANES)) {
    const pane = map.createPane(name);
    pane.style.zIndex = String(level);
    if (name !== "buildings") pane.style.pointerEvents = "none";
  }
  const canvas = (/** @type {string} */ pane, tolerance = 0) => L.canvas({ pane, padding: 0.3, tolerance });
  const canvases = { ground: canvas("ground"), areas: canvas("areas"), buildings: canvas("buildings", 2), borders: canvas("borders") };
  const layerGroup = () => L.layerGroup().addTo(map);
  const groups = { community: layerGroup(), areas: layerGroup(), barriers: layerGroup(), borders: layerGroup(), labels: layerGroup() };
  const { ink } = settings.palette;
  const fillOf = fillMaker(settings.palette);
  const buildings = createBuildings(map, layerGroup(), canvases.buildings, settings.palette, fillOf, (id) => {
    if (takeClick) return false;
    onPick(id);
    return true;
  });
  const areas = createAreas({ areas: groups.areas, borders: groups.borders, labels: groups.labels }, canvases, fillOf, ink);
  const borders = createBorders(layerGroup(), canvases.borders, ink);
  const labels = createLabels(layerGroup());
  const padlocks = createPadlocks(layerGroup(), canvases.borders);
  const pointer = createPointer(map, element, hands);
  const line = L.polyline([], { renderer: L.svg({ pane: "strokes" }), color: ink, weight: 2, dashArray: "6 4", interactive: false });
  /** @type {(id: number) => number | null} */
  let gridOf = () => null;
  /** @type {number | null} */
  let chosen = null;
  let editing = false;
  /** What was brought into sight last. @type {L.LatLngBounds | null} */
  let inSight = null;

  const pins = createPins(layerGroup());
  const swipe = createSwipe(map, ["areas", "borders", "markerPane"], fillOf, ink);
  /** @type {((place: [number, number]) => void) | null} takes the next click */
  let takeClick = null;

  map.on("click", (event) => {
    const take = takeClick;
    takeClick = null;
    if (take) take([event.latlng.lng, event.latlng.lat]);
    else onPick(null);
  });

  /** @param {Bbox} bbox */
  const fit = ([west, south, east, north]) => show(L.latLngBounds([south, west], [north, east]), !still);

  /** @param {L.LatLngBounds} bounds @param {boolean} animate */
  function show(bounds, animate) {
    inSight = bounds;
    map.fitBounds(bounds, { padding: MARGIN, animate });
  }

  /** What was whole in sight stays so, unless the reader has moved the map elsewhere. */
  function resized() {
    const whole = inSight && map.getBounds().contains(inSight);
    map.invalidateSize({ animate: false });
    if (inSight && whole && !map.getBounds().contains(inSight)) show(inSight, false);
  }

  return {
    fit,
    zoomIn: () => void map.zoomIn(),
    zoomOut: () => void map.zoomOut(),
    resized,

    /**
     * Show a community: the ground outside its boundary veiled, barriers quiet, buildings without grids.
     * @param {import("./types.js").Community} community
     * @param {import("./types.js").BuildingCollection} collection
     * @param {GeoJSON.FeatureCollection} barriers
     */
    showCommunity(community, collection, barriers) {
      for (const group of Object.values(groups)) group.clearLayers();
      for (const one of [areas, borders, labels, padlocks]) one.clear();
      chosen = null;
      editing = false;
      gridOf = () => null;
      const [west, south, east, north] = community.bbox;
      map.setMaxBounds([[south - 0.05, west - 0.05], [north + 0.05, east + 0.05]]);
      drawBackdrop(community, barriers, canvases.ground, groups);
      buildings.show(collection);
      fit(community.bbox);
    },

    /** Show a plan's grids: tinted areas, and borders and numbers unless edits draw them. @param {GeoJSON.FeatureCollection} collection */
    showGrids: (collection) => areas.show(collection, !editing),

    /** Colour every building by its grid. @param {(id: number) => number | null} of */
    setAssignments(of) {
      gridOf = of;
      buildings.recolour(of);
    },

    /**
     * Show a division under the hand: colours, borders and numbers follow each edit.
     * @param {Division} division @param {readonly number[] | null} changed indices; null: all
     */
    showDivision(division, changed) {
      gridOf = (id) => division.of[division.ground.at.get(id) ?? -1] || null;
      if (changed) {
        buildings.recolour(gridOf, changed.map((index) => division.ground.ids[index]));
        borders.update(division, changed);
      } else {
        editing = true;
        groups.borders.clearLayers();
        groups.labels.clearLayers();
        buildings.recolour(gridOf);
        borders.showAll(division, chosen);
      }
      labels.update(division);
    },

    /** No more edits: what only editing draws goes. */
    endEditing() {
      if (!editing) return;
      editing = false;
      for (const one of [borders, labels, padlocks]) one.clear();
      buildings.setPreview(new Map());
      buildings.setChosen(new Set());
      pointer.use(false, 0);
    },

    /** @param {ReadonlySet<number>} ids @param {ReadonlySet<number>} grids */
    setLocked(ids, grids) {
      padlocks.show(ids, buildings.centreOf);
      labels.setLocked(grids);
    },

    setPins: pins.show,
    showOther: swipe.show.bind(swipe),
    moveSwipe: swipe.move,
    endSwipe: () => swipe.end(),
    takePlace(/** @type {typeof takeClick} */ take) {
      takeClick = take;
      element.classList.toggle("placing", take !== null);
    },
    /** @param {number} id @returns {[number, number] | null} degrees */
    centreOf(id) {
      const centre = buildings.centreOf(id);
      return centre ? [centre.lng, centre.lat] : null;
    },
    /** @param {[number, number]} place degrees */
    showPlace: ([lng, lat]) => void map.panTo([lat, lng], { animate: !still }),

    setChosen: buildings.setChosen,
    setPreview: buildings.setPreview,

    /** @param {boolean} strokes whether the pointer draws @param {number} radius of the brush in pixels, 0: none @param {boolean} aims at single places */
    useTool(strokes, radius, aims) {
      pointer.use(strokes, radius);
      element.classList.toggle("aiming", aims);
    },

    /** The line under the hand; empty: none. @param {readonly import("./edit/geometry.js").Point[]} points */
    showLine(points) {
      if (!points.length) return void line.remove();
      line.setLatLngs(points.map((point) => L.latLng(degrees(point)[1], degrees(point)[0])));
      if (!map.hasLayer(line)) line.addTo(map);
    },

    /** Mark a building, or none. @param {number | null} id @param {boolean} reveal move the map to it */
    pick(id, reveal) {
      const layer = buildings.pick(id);
      if (layer && reveal && !map.getBounds().pad(-0.1).contains(layer.getBounds())) {
        map.panTo(layer.getBounds().getCenter(), { animate: !still });
      }
    },

    /** Bring out a grid and fade the others; null brings all back. @param {number | null} number @param {Division | null} division while editing */
    choose(number, division) {
      chosen = number;
      areas.choose(number);
      if (division) borders.showAll(division, number);
      buildings.chooseGrid(number);
      if (number === null) return;
      const bounds = (!editing && areas.boundsOf(number)) || buildings.boundsOf((id) => gridOf(id) === number);
      if (bounds.isValid()) show(bounds, !still);
    },
  };
}

/** The digit 6 names a grid: the library would zoom out, as it is the key of the minus on French keyboards. */
function keepDigits() {
  const { Keyboard } = /** @type {any} */ (L.Map);
  const { zoomOut, ...codes } = Keyboard.prototype.keyCodes;
  Keyboard.include({ keyCodes: { ...codes, zoomOut: zoomOut.filter((/** @type {number} */ code) => code !== "6".charCodeAt(0)) } });
}

/** @param {string} words */
function escapeHtml(words) {
  const element = document.createElement("span");
  element.textContent = words;
  return element.innerHTML;
}

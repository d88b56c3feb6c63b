// The city's map behind a small adapter: bring out, mark, fit; pointer and keyboard choose a community.

import { addBasemap } from "../basemap.js";
import { canvasFill } from "../palette.js";
import { createLabels } from "./labels.js";
import { createTiles } from "./tiles.js";

/**
 * @typedef {import("../types.js").Bbox} Bbox
 * @typedef {Record<string, any>} Properties of a community in a tile
 *
 * @typedef {object} Settings
 * @property {import("../basemap.js").Basemap | null} basemap
 * @property {string} caption
 * @property {{states: Record<string, {colour: string, pattern: string}>, ink: string}} palette
 *
 * @typedef {object} Acts
 * @property {(community: Properties | null, how: "pointer" | "keyboard", x: number, y: number) => void} point at a community
 * @property {(code: string) => void} open
 * @property {() => void} moved
 * @property {(error: unknown) => void} failed
 */

const MARGIN = /** @type {[number, number]} */ ([16, 16]);

/** @param {HTMLElement} element @param {Settings} settings @param {Acts} acts */
export function createCityMap(element, { basemap, caption, palette }, acts) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    zoomControl: false,
    zoomSnap: 0.5,
    minZoom: 2,
    maxZoom: 18,
    fadeAnimation: !still,
    zoomAnimation: !still,
  });
  map.attributionControl.setPrefix(false);
  const words = document.createElement("span");
  words.textContent = caption;
  if (caption) map.attributionControl.addAttribution(words.innerHTML);
  addBasemap(map, basemap);
  L.control.scale({ imperial: false }).addTo(map);
  const fills = Object.fromEntries(
    Object.entries(palette.states).map(([state, style]) => [state, canvasFill(style, palette.ink)]),
  );
  const tiles = createTiles(map, { fills, ink: palette.ink }, acts.failed);
  const showLabels = createLabels(map);
  /** Until it is known where the communities are, the map shows no place. */
  let placed = false;
  map.whenReady(() => (placed = true));
  const label = () => placed && showLabels(tiles.shown());
  const follow = () => {
    label();
    if (document.activeElement === element) acts.point(tiles.at(map.getCenter()), "keyboard", 0, 0);
  };
  tiles.onLoad(follow);
  map.on("moveend", () => {
    follow();
    acts.moved();
  });
  map.on("mousemove", ({ latlng, containerPoint: { x, y } }) => {
    const community = tiles.at(latlng);
    element.classList.toggle("over", community !== null);
    acts.point(community, "pointer", x, y);
  });
  map.on("mouseout", () => acts.point(null, "pointer", 0, 0));
  map.on("click", ({ latlng }) => {
    const community = tiles.at(latlng);
    if (community) acts.open(community.code);
  });
  element.addEventListener("keydown", ({ key }) => {
    const community = key === "Enter" && placed ? tiles.at(map.getCenter()) : null;
    if (community) acts.open(community.code);
  });
  new ResizeObserver(() => void map.invalidateSize({ animate: false })).observe(element);

  return {
    zoomIn: () => void map.zoomIn(),
    zoomOut: () => void map.zoomOut(),
    mark: tiles.mark,
    refresh: async () => {
      await tiles.refresh();
      label();
    },

    /** @param {(properties: Properties) => boolean} test */
    show(test) {
      tiles.show(test);
      label();
    },

    /** @param {Bbox} bbox */
    fit([west, south, east, north]) {
      map.fitBounds([[south, west], [north, east]], { padding: MARGIN, animate: false, maxZoom: 17 });
    },

    /** Move the map so that a place is in view. @param {[number, number]} place degrees */
    reveal([lng, lat]) {
      if (!map.getBounds().pad(-0.05).contains([lat, lng])) map.panTo([lat, lng], { animate: !still });
    },

    /** @returns {import("./state.js").View | null} */
    view() {
      if (!placed) return null;
      const { lat, lng } = map.getCenter();
      return { zoom: map.getZoom(), lat, lng };
    },

    /** @param {import("./state.js").View} view */
    setView: ({ zoom, lat, lng }) => void map.setView([lat, lng], zoom, { animate: false }),
  };
}

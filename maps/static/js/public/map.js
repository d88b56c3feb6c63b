// The public map behind a small adapter: dots, densities, and the dot that is chosen.

import { read } from "../api.js";
import { addBasemap } from "../basemap.js";
import { showGround } from "../ground/outlines.js";
import { classOf } from "./state.js";

/** @typedef {import("./state.js").Row} Row */

const FILLS = ["#ffffff", "#cfe3ef", "#86b6d2", "#3b7ca3", "#164a69"];
const OPEN = { color: "#8a4a00", fillColor: "#ffb347" };
const CLOSED = { color: "#1d6b3f", fillColor: "#ffffff" };

/**
 * @param {HTMLElement} element
 * @param {{basemap: import("../basemap.js").Basemap | null, caption: string}} settings
 * @param {(number: string) => void} choose
 */
export function createPublicMap(element, { basemap, caption }, choose) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, { zoomControl: false, maxZoom: 19, fadeAnimation: !still, zoomAnimation: !still });
  map.attributionControl.setPrefix(false);
  const words = document.createElement("span");
  words.textContent = caption;
  if (caption) map.attributionControl.addAttribution(words.innerHTML);
  addBasemap(map, basemap);
  if (!basemap) showGround(map, (bbox) => read("reports/ground", { bbox }));
  L.control.scale({ imperial: false }).addTo(map);
  const grounds = L.geoJSON(undefined, { style: { color: "#8795a1", weight: 1, fill: false }, interactive: false }).addTo(map);
  const cells = L.layerGroup().addTo(map);
  const dots = L.layerGroup().addTo(map);
  /** @type {Map<string, L.CircleMarker>} */
  let byNumber = new Map();
  new ResizeObserver(() => void map.invalidateSize({ animate: false })).observe(element);

  return {
    zoomIn: () => void map.zoomIn(),
    zoomOut: () => void map.zoomOut(),

    /** The communities, and all of them in view. @param {GeoJSON.FeatureCollection} boundaries */
    ground(boundaries) {
      grounds.clearLayers();
      grounds.addData(boundaries);
      this.whole();
    },

    whole() {
      const bounds = grounds.getBounds();
      if (bounds.isValid()) map.fitBounds(bounds, { animate: false });
      else map.setView([0, 0], 2);
    },

    /** @param {Row[]} rows */
    show(rows) {
      dots.clearLayers();
      byNumber = new Map();
      for (const row of rows) {
        const style = { radius: 8, weight: 2, fillOpacity: 0.9, ...(row.open ? OPEN : CLOSED) };
        const dot = L.circleMarker([row.lat, row.lon], style);
        dot.on("click", () => choose(row.number));
        dots.addLayer(dot);
        byNumber.set(row.number, dot);
      }
    },

    /** @param {GeoJSON.FeatureCollection | null} grids @param {number[]} lows @param {(properties: any) => string} wordsOf */
    density(grids, lows, wordsOf) {
      cells.clearLayers();
      if (!grids) return;
      const layer = L.geoJSON(grids, {
        style: (feature) => ({
          color: "#56636f",
          weight: 1,
          fillColor: FILLS[classOf(feature?.properties.count ?? null, lows)],
          fillOpacity: 0.7,
        }),
        onEachFeature: (feature, cell) => {
          const told = document.createElement("span");
          told.textContent = wordsOf(feature.properties);
          cell.bindTooltip(told, { sticky: true });
        },
      });
      cells.addLayer(layer);
      layer.bringToBack();
    },

    /** @param {string | null} number */
    mark(number) {
      for (const [one, dot] of byNumber) dot.setStyle({ weight: one === number ? 5 : 2 }).setRadius(one === number ? 12 : 8);
      const dot = number === null ? undefined : byNumber.get(number);
      if (!dot) return;
      dot.bringToFront();
      if (!map.getBounds().pad(-0.1).contains(dot.getLatLng())) map.panTo(dot.getLatLng(), { animate: !still });
    },
  };
}

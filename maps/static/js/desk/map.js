// The desk's map behind a small adapter: cases by shape and colour, outlines of grids, and a place that is picked.

import { read } from "../api.js";
import { addBasemap } from "../basemap.js";
import { showGround } from "../ground/outlines.js";
import { stateSign } from "./marks.js";

/**
 * @typedef {import("./state.js").Row} Row
 * @typedef {{basemap: import("../basemap.js").Basemap | null, caption: string}} Settings
 * @typedef {{open: (number: string) => void, pick: (lon: number, lat: number) => void}} Acts
 */
const SIZE = 26;
const NEAR_ZOOM = 18;

/** @param {HTMLElement} element @param {Settings} settings @param {Acts} acts */
export function createDeskMap(element, { basemap, caption }, acts) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, { zoomControl: false, minZoom: 2, maxZoom: 20, zoomSnap: 0.5, fadeAnimation: !still, zoomAnimation: !still });
  map.attributionControl.setPrefix(false);
  const words = document.createElement("span");
  words.textContent = caption;
  if (caption) map.attributionControl.addAttribution(words.innerHTML);
  addBasemap(map, basemap);
  if (!basemap) showGround(map, (bbox) => read("/reports/ground", { bbox }));
  L.control.scale({ imperial: false }).addTo(map);
  map.setView([0, 0], 2);
  const outlines = L.layerGroup().addTo(map);
  const cases = L.layerGroup().addTo(map);
  const picked = L.layerGroup().addTo(map);
  /** @type {Map<string, L.Marker>} */
  const markers = new Map();
  let picking = false;
  map.on("click", ({ latlng }) => picking && acts.pick(latlng.wrap().lng, latlng.wrap().lat));
  new ResizeObserver(() => void map.invalidateSize({ animate: false })).observe(element);

  /** @param {Row} row @param {boolean} chosen */
  function markerOf(row, chosen) {
    const box = document.createElement("div");
    box.append(stateSign(row.state, row));
    const icon = L.divIcon({ html: box, className: `case-sign${chosen ? " chosen" : ""}`, iconSize: [SIZE, SIZE] });
    const title = `${row.category_name} · ${row.state_name} · ${row.number}`;
    const marker = L.marker([row.lat, row.lon], { icon, title, keyboard: false, zIndexOffset: chosen ? 1000 : 0 });
    marker.on("click", () => acts.open(row.number));
    return marker;
  }

  return {
    zoomIn: () => void map.zoomIn(),
    zoomOut: () => void map.zoomOut(),

    /** @param {Row[]} rows @param {string | null} chosen */
    show(rows, chosen) {
      cases.clearLayers();
      markers.clear();
      for (const row of rows) {
        const marker = markerOf(row, row.number === chosen);
        markers.set(row.number, marker);
        cases.addLayer(marker);
      }
    },

    /** @param {string | null} number */
    point(number) {
      for (const [one, marker] of markers) marker.getElement()?.classList.toggle("pointed", one === number);
    },

    /** @param {Row[]} rows */
    fit(rows) {
      const bounds = outlines.getLayers().length ? L.featureGroup(/** @type {L.Layer[]} */ (outlines.getLayers())).getBounds() : L.latLngBounds([]);
      for (const { lat, lon } of rows) bounds.extend([lat, lon]);
      if (bounds.isValid()) map.fitBounds(bounds, { padding: [32, 32], maxZoom: NEAR_ZOOM, animate: false });
    },

    /** Where there is nothing to fit to: all communities. @param {GeoJSON.FeatureCollection} boundaries */
    home(boundaries) {
      const bounds = L.geoJSON(boundaries).getBounds();
      if (bounds.isValid()) map.fitBounds(bounds, { animate: false });
    },

    /** @param {Row} row */
    reveal({ lat, lon }) {
      if (!map.getBounds().pad(-0.1).contains([lat, lon])) map.panTo([lat, lon], { animate: !still });
    },

    /** Grids of the plans in force. @param {GeoJSON.FeatureCollection[]} collections */
    outline(collections) {
      outlines.clearLayers();
      for (const one of collections) outlines.addLayer(L.geoJSON(one, { interactive: false, style: () => ({ className: "grid-outline", fill: false }) }));
    },

    /** Whether a click picks a place. @param {boolean} on */
    pickPlaces(on) {
      picking = on;
      element.classList.toggle("picking", on);
      if (!on) picked.clearLayers();
    },

    /** @param {number} lon @param {number} lat */
    showPicked(lon, lat) {
      picked.clearLayers();
      picked.addLayer(L.circleMarker([lat, lon], { radius: 10, className: "picked", interactive: false }));
      map.panTo([lat, lon], { animate: !still });
    },
  };
}

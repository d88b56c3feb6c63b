// The map on which the place is chosen: by tap, by dragging the pin, by keyboard, or from the device's position.

import { read } from "../api.js";

/** @typedef {import("./types.js").Place} Place */

const STEP_PX = 16;
const CLOSE_ZOOM = 17;
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {HTMLElement} element
 * @param {{basemap: import("../basemap.js").Basemap | null, caption: string}} settings
 * @param {(lon: number, lat: number, how: "stay" | "follow") => void} chosen by hand; follow: the map may have to move
 */
export function createPlaceMap(element, { basemap, caption }, chosen) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    zoomControl: false,
    keyboard: false,
    minZoom: 3,
    maxZoom: 20,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
  });
  map.attributionControl.setPrefix(false);
  const words = document.createElement("span");
  words.textContent = caption;
  if (caption) map.attributionControl.addAttribution(words.innerHTML);
  // Only what is needed is loaded.
  if (basemap) void import("../basemap.js").then(({ addBasemap }) => addBasemap(map, basemap));
  else {
    const ground = (/** @type {string} */ bbox) => read("/reports/ground", { bbox });
    void import("../ground/outlines.js").then(({ showGround }) => showGround(map, ground));
  }
  const icon = L.divIcon({ className: "pin", iconSize: [34, 44], iconAnchor: [17, 44] });
  const pin = L.marker([0, 0], { icon, draggable: true, keyboard: false, autoPan: true });
  const ring = L.circle([0, 0], { interactive: false, className: "ring", weight: 1, fillOpacity: 0.15 });
  /** Whether a place is in view; until then the map shows none. */
  let viewed = false;
  let pinned = false;

  map.on("click", ({ latlng }) => chosen(latlng.lng, latlng.lat, "stay"));
  pin.on("dragend", () => chosen(pin.getLatLng().lng, pin.getLatLng().lat, "stay"));
  new ResizeObserver(() => void map.invalidateSize({ animate: false })).observe(element);

  element.addEventListener("keydown", (event) => {
    if (!viewed || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (step) {
      const far = event.shiftKey ? 2 : STEP_PX;
      const from = map.project(pinned ? pin.getLatLng() : map.getCenter());
      const { lat, lng } = map.unproject(pinned ? from.add([step[0] * far, step[1] * far]) : from);
      chosen(lng, lat, "follow");
    } else if (event.key === "+" || event.key === "=") zoom(1);
    else if (event.key === "-") zoom(-1);
    else if (event.key === "Enter" && !pinned) chosen(map.getCenter().lng, map.getCenter().lat, "stay");
    else return;
    event.preventDefault();
  });

  /** About the pin where it is in view, so that it does not leave it. @param {number} by */
  function zoom(by) {
    const seen = pinned && map.getBounds().contains(pin.getLatLng());
    map.setZoomAround(seen ? pin.getLatLng() : map.getCenter(), map.getZoom() + by, { animate: !still });
  }

  return {
    zoom,

    /** What is served, as the background. @param {GeoJSON.FeatureCollection} collection */
    serve(collection) {
      const style = { className: "served", weight: 2, fillOpacity: 0.06, interactive: false };
      const layer = L.geoJSON(collection, { style, interactive: false }).addTo(map);
      const bounds = layer.getBounds();
      if (viewed) return;
      if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12], animate: false, maxZoom: CLOSE_ZOOM });
      else map.setView([0, 0], 3, { animate: false });
      viewed = true;
    },

    /** The pin where the place is, or none. @param {Place | null} place @param {"stay" | "follow" | "near"} how follow: keep it in view; near: come close to it */
    show(place, how) {
      pinned = place !== null;
      if (!place) {
        pin.remove();
        ring.remove();
        return;
      }
      const at = L.latLng(place.lat, place.lon);
      if (how === "near") map.setView(at, viewed ? Math.max(map.getZoom(), CLOSE_ZOOM) : CLOSE_ZOOM, { animate: viewed && !still });
      else if (how === "follow" && !map.getBounds().pad(-0.1).contains(at)) map.panTo(at, { animate: !still });
      viewed = true;
      pin.setLatLng(at).addTo(map);
      if (place.accuracy_m) ring.setLatLng(at).setRadius(place.accuracy_m).addTo(map);
      else ring.remove();
    },
  };
}

/**
 * Where the device is, or why that is not known: a key of the texts.
 * @returns {Promise<{place: Place} | {refused: string}>}
 */
export function located() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) {
      resolve({ refused: "locateAbsent" });
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ place: { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy } }),
      ({ code }) => resolve({ refused: code === 1 ? "locateRefused" : "locateFailed" }),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 },
    );
  });
}

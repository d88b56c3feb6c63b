// Names of communities with the symbol of their state, as many as there is room for.

import { BY_URGENCY, SYMBOLS } from "./state.js";

/** More communities in a view are told apart by their looks alone. */
const MOST = 150;
const HEIGHT = 22;
const PER_LETTER = { wide: 14, narrow: 8 };

/** @param {string} words about, in pixels */
export function widthOf(words) {
  let width = 12;
  for (const letter of words) width += letter > "⺀" ? PER_LETTER.wide : PER_LETTER.narrow;
  return width;
}

/**
 * Those of the boxes that do not touch one before them.
 * @template {{x: number, y: number, width: number}} Box centre and width
 * @param {Box[]} boxes in the order of their importance
 */
export function withoutOverlap(boxes) {
  /** @type {Box[]} */
  const placed = [];
  for (const box of boxes) {
    const free = placed.every(
      (other) => Math.abs(box.x - other.x) * 2 > box.width + other.width || Math.abs(box.y - other.y) > HEIGHT,
    );
    if (free) placed.push(box);
  }
  return placed;
}

/** @param {L.Map} map */
export function createLabels(map) {
  const group = L.layerGroup().addTo(map);
  map.getPane("markerPane")?.setAttribute("aria-hidden", "true");

  /** @param {Record<string, any>[]} communities */
  return function show(communities) {
    group.clearLayers();
    const view = map.getBounds();
    const inside = communities.filter(({ lon, lat }) => view.contains([lat, lon]));
    if (inside.length > MOST) return;
    const boxes = inside
      .sort((a, b) => BY_URGENCY.indexOf(a.state) - BY_URGENCY.indexOf(b.state) || b.households - a.households)
      .map(({ lon, lat, name, state }) => {
        const words = `${SYMBOLS[/** @type {keyof SYMBOLS} */ (state)]} ${name}`;
        const { x, y } = map.latLngToContainerPoint([lat, lon]);
        return { x, y, width: widthOf(words), words, place: L.latLng(lat, lon) };
      });
    for (const { words, width, place } of withoutOverlap(boxes)) {
      const element = document.createElement("span");
      element.textContent = words;
      const icon = L.divIcon({ className: "community-label", html: element, iconSize: [width, HEIGHT] });
      L.marker(place, { icon, interactive: false, keyboard: false }).addTo(group);
    }
  };
}

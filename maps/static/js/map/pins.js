// Numbered pins of comments.

/** @typedef {{id: number, place: [number, number], label: string}} Pin place: degrees, east first */

/** @param {L.LayerGroup} group */
export function createPins(group) {
  return {
    /** @param {readonly Pin[]} pins @param {(id: number) => void} onClick */
    show(pins, onClick) {
      group.clearLayers();
      for (const { id, place, label } of pins) {
        const icon = L.divIcon({ className: "comment-pin", html: label, iconSize: [26, 26], iconAnchor: [13, 30] });
        L.marker([place[1], place[0]], { icon, keyboard: false, zIndexOffset: 500 })
          .on("click", () => onClick(id))
          .addTo(group);
      }
    },
  };
}

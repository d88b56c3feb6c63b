// Houses and roads under what a map shows, so that a place can be found where there is no basemap.

const FROM_ZOOM = 16;
const NAMES_FROM_ZOOM = 18;

/**
 * Follows the map from now on.
 * @param {L.Map} map
 * @param {(bbox: string) => Promise<{buildings: GeoJSON.FeatureCollection, roads: GeoJSON.FeatureCollection}>} read
 */
export function showGround(map, read) {
  const renderer = L.canvas({ padding: 0.3 });
  const roads = L.geoJSON(undefined, { interactive: false, style: { renderer, color: "#b9c2c9", weight: 4 } });
  const houses = L.geoJSON(undefined, {
    interactive: false,
    style: { renderer, color: "#8b979f", weight: 1, fillColor: "#fff", fillOpacity: 1 },
  });
  const names = L.layerGroup().addTo(map);
  /** @type {L.LatLngBounds | null} */
  let known = null;

  async function look() {
    const { x, y } = map.getSize();
    const near = map.getZoom() >= FROM_ZOOM && x > 0 && y > 0;
    for (const layer of [roads, houses]) near ? layer.addTo(map) : layer.remove();
    label();
    if (!near || known?.contains(map.getBounds())) return;
    const wanted = (known = map.getBounds().pad(0.4));
    const found = await read(wanted.toBBoxString()).catch(() => null);
    if (known !== wanted) return;
    if (!found) known = null;
    else {
      roads.clearLayers().addData(found.roads);
      houses.clearLayers().addData(found.buildings);
      await look();
    }
  }

  function label() {
    names.clearLayers();
    if (map.getZoom() < NAMES_FROM_ZOOM) return;
    for (const house of /** @type {L.Polygon[]} */ (houses.getLayers())) {
      const at = house.getBounds().getCenter();
      if (!house.feature?.properties.name || !map.getBounds().contains(at)) continue;
      const html = document.createElement("small");
      Object.assign(html.style, { display: "block", textAlign: "center" });
      html.textContent = house.feature.properties.name;
      L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ html, className: "", iconSize: [60, 14] }) }).addTo(names);
    }
  }

  map.on("moveend", () => void look());
  map.whenReady(() => void look());
}

// What lies under and around the buildings: the ground of the community, barriers, and a veil over everything outside.

const SMOOTH = { smoothFactor: 0 };
const WORLD = /** @type {[number, number][]} */ ([[-90, -360], [-90, 360], [90, 360], [90, -360]]);

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
 * @param {import("../types.js").Community} community
 * @param {GeoJSON.FeatureCollection} barriers
 * @param {L.Canvas} canvas
 * @param {{community: L.LayerGroup, barriers: L.LayerGroup}} groups
 */
export function drawBackdrop({ boundary }, barriers, canvas, groups) {
  const quiet = { ...SMOOTH, renderer: canvas, interactive: false };
  const holes = boundary.coordinates.map((polygon) => L.GeoJSON.coordsToLatLngs(polygon[0]));
  L.geoJSON(boundary, /** @type {L.GeoJSONOptions} */ ({
    ...quiet,
    style: { stroke: false, fillColor: "#ffffff", fillOpacity: 1 },
  })).addTo(groups.community);
  L.geoJSON(barriers, /** @type {L.GeoJSONOptions} */ ({ ...quiet, style: barrierStyle })).addTo(groups.barriers);
  L.polygon([WORLD, ...holes], { ...quiet, stroke: false, fillColor: "#e9ecee", fillOpacity: 0.72 }).addTo(groups.barriers);
  L.geoJSON(boundary, /** @type {L.GeoJSONOptions} */ ({
    ...quiet,
    style: { color: "#52606d", weight: 1.5, fill: false },
  })).addTo(groups.community);
}

/** @param {GeoJSON.Feature | undefined} feature @returns {L.PathOptions} */
function barrierStyle(feature) {
  const { kind, class: roadClass } = feature?.properties ?? {};
  const style = BARRIER_STYLES[kind === "road" && MAIN_ROADS.test(roadClass ?? "") ? "main_road" : kind];
  return feature?.geometry.type.endsWith("Polygon") ? style : { ...style, fill: false };
}

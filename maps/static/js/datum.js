// Where Chinese web maps draw a place: GCJ-02 (Amap, Tencent) and BD-09 (Baidu) of WGS 84, by the community's published
// formulas, the same as in gis_core/datum.py. Degrees.

/** @typedef {"wgs84" | "gcj02" | "bd09"} Datum */
/** @typedef {[lon: number, lat: number]} LonLat */

const { PI, abs, atan2, cos, hypot, sin, sqrt } = Math;
const AXIS_M = 6378245;
const ECCENTRICITY_2 = 0.00669342162296594323;
const BAIDU_ANGLE = (PI * 3000) / 180;
/** Outside of this rectangle around China nothing is shifted. */
const WEST = 72.004, EAST = 137.8347, SOUTH = 0.8293, NORTH = 55.8271;

/** @param {LonLat} place WGS 84 @param {Datum} datum @returns {LonLat} */
export function shifted(place, datum) {
  const [lon, lat] = place;
  if (datum === "wgs84" || lon < WEST || lon > EAST || lat < SOUTH || lat > NORTH) return place;
  return datum === "gcj02" ? gcj02(place) : bd09(gcj02(place));
}

/**
 * Where a place of the datum is; the shift varies slowly, so that a few steps come to a millimetre.
 * @param {LonLat} place of the datum @param {Datum} datum @returns {LonLat} WGS 84
 */
export function unshifted(place, datum) {
  let [lon, lat] = place;
  for (let step = 0; step < 8; step++) {
    const [x, y] = shifted([lon, lat], datum);
    lon += place[0] - x;
    lat += place[1] - y;
  }
  return [lon, lat];
}

/** @param {LonLat} place @returns {LonLat} */
function gcj02([lon, lat]) {
  const x = lon - 105, y = lat - 35;
  const root = sqrt(abs(x));
  const shared = 20 * sin(6 * PI * x) + 20 * sin(2 * PI * x);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root +
    ((shared + 20 * sin(PI * x) + 40 * sin((PI * x) / 3) + 150 * sin((PI * x) / 12) + 300 * sin((PI * x) / 30)) * 2) / 3;
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root +
    ((shared + 20 * sin(PI * y) + 40 * sin((PI * y) / 3) + 160 * sin((PI * y) / 12) + 320 * sin((PI * y) / 30)) * 2) / 3;
  const phi = (lat * PI) / 180;
  const curvature = 1 - ECCENTRICITY_2 * sin(phi) ** 2;
  const meridian = (AXIS_M * (1 - ECCENTRICITY_2)) / curvature ** 1.5;
  const parallel = (AXIS_M / sqrt(curvature)) * cos(phi);
  return [lon + ((east / parallel) * 180) / PI, lat + ((north / meridian) * 180) / PI];
}

/** @param {LonLat} place GCJ-02 @returns {LonLat} */
function bd09([lon, lat]) {
  const radius = hypot(lon, lat) + 0.00002 * sin(lat * BAIDU_ANGLE);
  const angle = atan2(lat, lon) + 0.000003 * cos(lon * BAIDU_ANGLE);
  return [radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006];
}

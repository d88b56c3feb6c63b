// Plane geometry on Mercator units: the world is 1 wide, so that a pixel at zoom z is 1 / (256 * 2^z).

/** @typedef {readonly [number, number]} Point x east, y south, Mercator units */
/** @typedef {Float64Array} Ring x, y, x, y, …; the first point is not repeated at the end */
/** @typedef {{rings: readonly Ring[], box: readonly [number, number, number, number], centre: Point}} Shape */

/** @param {number} lon degrees @param {number} lat degrees @returns {Point} */
export function mercator(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** Degrees of a point: [lon, lat]. @param {Point} point @returns {[number, number]} */
export function degrees([x, y]) {
  return [(x - 0.5) * 360, (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI];
}

/** @param {number} pixels @param {number} zoom */
export const unitsOf = (pixels, zoom) => pixels / (256 * 2 ** zoom);

/** @param {GeoJSON.MultiPolygon} geometry @returns {Shape} */
export function shapeOf(geometry) {
  const rings = geometry.coordinates.flatMap((polygon) => polygon.map(ringOf));
  /** @type {[number, number, number, number]} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      box[0] = Math.min(box[0], ring[i]);
      box[1] = Math.min(box[1], ring[i + 1]);
      box[2] = Math.max(box[2], ring[i]);
      box[3] = Math.max(box[3], ring[i + 1]);
    }
  }
  return { rings, box, centre: rings.length ? centroid(rings[0]) : [0, 0] };
}

/** @param {GeoJSON.Position[]} positions */
function ringOf(positions) {
  return Float64Array.from(positions.slice(0, -1).flatMap(([lon, lat]) => mercator(lon, lat)));
}

/** Middle of a ring's area; of its points where it has none. @param {Ring} ring @returns {Point} */
function centroid(ring) {
  const [x0, y0] = ring;
  let [area, x, y, sumX, sumY] = [0, 0, 0, 0, 0];
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    const [ax, ay, bx, by] = [ring[i] - x0, ring[i + 1] - y0, ring[j] - x0, ring[j + 1] - y0];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
    sumX += ax;
    sumY += ay;
  }
  const points = ring.length / 2;
  return area ? [x0 + x / (3 * area), y0 + y / (3 * area)] : [x0 + sumX / points, y0 + sumY / points];
}

/** Whether a point lies in rings, holes left out (even-odd). @param {Point} point @param {readonly Ring[]} rings */
export function inside([x, y], rings) {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
  }
  return odd;
}

/**
 * Whether a shape comes within a distance of the stretch from a to b.
 * @param {Shape} shape @param {Point} a @param {Point} b @param {number} distance Mercator units
 */
export function near(shape, a, b, distance) {
  const [west, north, east, south] = shape.box;
  if (Math.max(a[0], b[0]) + distance < west || Math.min(a[0], b[0]) - distance > east) return false;
  if (Math.max(a[1], b[1]) + distance < north || Math.min(a[1], b[1]) - distance > south) return false;
  if (inside(a, shape.rings) || inside(b, shape.rings)) return true;
  for (const ring of shape.rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      if (apart(a, b, [ring[j], ring[j + 1]], [ring[i], ring[i + 1]]) <= distance) return true;
    }
  }
  return false;
}

/** Distance of two stretches. @param {Point} a @param {Point} b @param {Point} c @param {Point} d */
function apart(a, b, c, d) {
  if (crosses(a, b, c, d)) return 0;
  return Math.min(fromStretch(a, c, d), fromStretch(b, c, d), fromStretch(c, a, b), fromStretch(d, a, b));
}

/** @param {Point} p @param {Point} a @param {Point} b */
function fromStretch(p, a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length)) : 0;
  return Math.hypot(p[0] - a[0] - share * dx, p[1] - a[1] - share * dy);
}

/** Whether two stretches cross or touch. @param {Point} a @param {Point} b @param {Point} c @param {Point} d */
export function crosses(a, b, c, d) {
  const side = (/** @type {Point} */ p, /** @type {Point} */ q, /** @type {Point} */ r) =>
    (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  const [c1, d1, a1, b1] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (c1 === 0 && d1 === 0) return false;
  return c1 * d1 <= 0 && a1 * b1 <= 0;
}

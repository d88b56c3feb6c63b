// Reads vector tiles (Mapbox Vector Tile 2.1): polygons with their properties. Pure.

/**
 * @typedef {object} Feature
 * @property {number} id
 * @property {Record<string, any>} properties
 * @property {number[][]} rings each x, y, x, y, … in units of the tile, 0 to `extent`
 *
 * @typedef {{extent: number, features: Feature[]}} Layer
 */

const KIND = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };
const utf8 = new TextDecoder();

/** The fields of a protocol buffer, one after the other. */
class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  get done() {
    return this.at >= this.bytes.length;
  }

  /** A whole number of up to 53 bits. */
  varint() {
    let [value, factor, byte] = [0, 1, 0];
    do {
      byte = this.bytes[this.at++];
      value += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte & 0x80);
    return value;
  }

  chunk() {
    const length = this.varint();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** All fields as [number, value]; fixed-width ones as the number that they are. @returns {Generator<[number, any]>} */
  *fields() {
    while (!this.done) {
      const key = this.varint();
      const kind = key & 7;
      if (kind === KIND.varint) yield [key >> 3, this.varint()];
      else if (kind === KIND.bytes) yield [key >> 3, this.chunk()];
      else if (kind === KIND.fixed64) yield [key >> 3, this.view.getFloat64((this.at += 8) - 8, true)];
      else if (kind === KIND.fixed32) yield [key >> 3, this.view.getFloat32((this.at += 4) - 4, true)];
      else throw new Error(`A tile has a field of the unknown kind ${kind}`);
    }
  }
}

/** @param {Uint8Array} bytes @returns {number[]} */
function numbers(bytes) {
  const reader = new Reader(bytes);
  const found = [];
  while (!reader.done) found.push(reader.varint());
  return found;
}

/** @param {number} value */
const zigzag = (value) => (value % 2 ? -(value + 1) / 2 : value / 2);

/** A value of a property: field 1 is a text, 6 a signed number, 7 true or false, all others numbers. @param {Uint8Array} bytes */
function valueOf(bytes) {
  for (const [field, value] of new Reader(bytes).fields()) {
    if (field === 1) return utf8.decode(value);
    if (field === 6) return zigzag(value);
    return field === 7 ? value === 1 : value;
  }
  return null;
}

/** @param {number[]} commands @returns {number[][]} */
function ringsOf(commands) {
  /** @type {number[][]} */
  const rings = [];
  let [x, y] = [0, 0];
  for (let at = 0; at < commands.length; ) {
    const [command, count] = [commands[at] & 7, commands[at++] >> 3];
    if (command === 7) continue;
    for (let k = 0; k < count; k++) {
      x += zigzag(commands[at++]);
      y += zigzag(commands[at++]);
      if (command === 1) rings.push([]);
      rings[rings.length - 1].push(x, y);
    }
  }
  return rings;
}

/** @param {Uint8Array} bytes @param {string[]} keys @param {any[]} values @returns {Feature} */
function featureOf(bytes, keys, values) {
  /** @type {Feature} */
  const feature = { id: 0, properties: {}, rings: [] };
  for (const [field, value] of new Reader(bytes).fields()) {
    if (field === 1) feature.id = value;
    else if (field === 4) feature.rings = ringsOf(numbers(value));
    else if (field === 2) {
      const tags = numbers(value);
      for (let at = 0; at < tags.length; at += 2) feature.properties[keys[tags[at]]] = values[tags[at + 1]];
    }
  }
  return feature;
}

/** The layers of a tile by their names. @param {Uint8Array} bytes @returns {Record<string, Layer>} */
export function decodeTile(bytes) {
  /** @type {Record<string, Layer>} */
  const layers = {};
  for (const [field, layer] of new Reader(bytes).fields()) {
    if (field !== 3) continue;
    /** @type {{name: string, extent: number, features: Uint8Array[], keys: string[], values: any[]}} */
    const raw = { name: "", extent: 4096, features: [], keys: [], values: [] };
    for (const [part, value] of new Reader(layer).fields()) {
      if (part === 1) raw.name = utf8.decode(value);
      else if (part === 2) raw.features.push(value);
      else if (part === 3) raw.keys.push(utf8.decode(value));
      else if (part === 4) raw.values.push(valueOf(value));
      else if (part === 5) raw.extent = value;
    }
    const features = raw.features.map((one) => featureOf(one, raw.keys, raw.values));
    layers[raw.name] = { extent: raw.extent, features };
  }
  return layers;
}

/** Whether a point lies in a feature's area: a ray from it crosses the rings an odd number of times. @param {Feature} feature @param {number} x @param {number} y */
export function holds({ rings }, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

// The vector tiles of the city on canvases: each community in the look of its state, faded where the filter leaves it out.

import { decodeTile, holds } from "./mvt.js";

/**
 * @typedef {import("./mvt.js").Feature} Feature
 * @typedef {object} Tile
 * @property {HTMLCanvasElement} canvas
 * @property {L.Coords} coords
 * @property {Feature[]} features
 * @property {number} scale pixels per unit of the tile
 * @property {AbortController} stop
 *
 * @typedef {object} Look
 * @property {Record<string, string>} fills by state
 * @property {string} ink
 */

const SIZE = 256;
const FADED = 0.15;
const WORLD = L.latLngBounds([-90, -180], [90, 180]);

class CityTiles extends L.GridLayer {
  /** @param {L.GridLayerOptions} options @param {(coords: L.Coords, done: L.DoneCallback) => HTMLElement} make */
  constructor(options, make) {
    super(options);
    this.createTile = make;
  }
}

/**
 * @param {L.Map} map @param {Look} look
 * @param {(error: unknown) => void} onFailure
 */
export function createTiles(map, look, onFailure) {
  /** @type {Map<string, Tile>} */
  const tiles = new Map();
  /** @type {(properties: Record<string, any>) => boolean} */
  let isShown = () => true;
  /** @type {string | null} */
  let at = null;

  /** @param {{x: number, y: number, z: number}} coords */
  const keyOf = ({ x, y, z }) => `${z}/${x}/${y}`;

  /** @param {L.Coords} coords @param {L.DoneCallback} done */
  function make(coords, done) {
    const ratio = window.devicePixelRatio || 1;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIZE * ratio;
    /** @type {Tile} */
    const tile = { canvas, coords, features: [], scale: 1, stop: new AbortController() };
    tiles.set(keyOf(coords), tile);
    load(tile).then(
      () => done(undefined, canvas),
      (error) => {
        if (tile.stop.signal.aborted) return;
        onFailure(error);
        done(error, canvas);
      },
    );
    return canvas;
  }

  /** @param {Tile} tile */
  async function load(tile) {
    const answer = await fetch(`tiles/city/${keyOf(tile.coords)}`, { signal: tile.stop.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const layer = decodeTile(new Uint8Array(await answer.arrayBuffer())).city;
    tile.features = layer?.features ?? [];
    tile.scale = SIZE / (layer?.extent ?? SIZE);
    paint(tile);
  }

  /** @param {Tile} tile */
  function paint({ canvas, features, scale }) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const ratio = canvas.width / SIZE;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, SIZE, SIZE);
    context.strokeStyle = look.ink;
    context.lineJoin = "round";
    for (const feature of features) {
      const path = pathOf(feature, scale);
      const strong = feature.properties.code === at;
      context.globalAlpha = isShown(feature.properties) ? 0.85 : FADED;
      context.fillStyle = look.fills[feature.properties.state];
      context.fill(path, "evenodd");
      context.globalAlpha = 0.7;
      context.lineWidth = 0.75;
      context.stroke(path);
      if (strong) context.globalAlpha = 1, (context.lineWidth = 5), context.stroke(path);
    }
  }

  const layer = new CityTiles({ tileSize: SIZE, noWrap: true, bounds: WORLD, updateWhenZooming: false, keepBuffer: 1 }, make);
  layer.on("tileunload", (event) => {
    const key = keyOf(event.coords);
    tiles.get(key)?.stop.abort();
    tiles.delete(key);
  });
  layer.addTo(map);

  /** The tiles of the zoom that is shown. */
  const present = () => [...tiles.values()].filter((tile) => tile.coords.z === Math.round(map.getZoom()));

  return {
    /** What listens is told whenever all tiles of the view are there. @param {() => void} listener */
    onLoad: (listener) => void layer.on("load", listener),

    /** Bring out what passes a test. @param {typeof isShown} test */
    show(test) {
      isShown = test;
      for (const tile of tiles.values()) paint(tile);
    },

    /** Mark a community, or none. @param {string | null} code */
    mark(code) {
      const touched = [code, at];
      at = code;
      for (const tile of tiles.values()) {
        if (tile.features.some((one) => touched.includes(one.properties.code))) paint(tile);
      }
    },

    /** Read all tiles again, which the server answers with what has changed. */
    async refresh() {
      await Promise.all([...tiles.values()].map((tile) => load(tile).catch(onFailure)));
    },

    /** Properties of the communities of the view that pass the test, each once. */
    shown() {
      const found = new Map();
      for (const { features } of present()) {
        for (const { id, properties } of features) if (isShown(properties)) found.set(id, properties);
      }
      return [...found.values()];
    },

    /** Properties of the community at a place; null where there is none. @param {L.LatLng} place */
    at(place) {
      const z = Math.round(map.getZoom());
      const point = map.project(place, z);
      const [x, y] = [Math.floor(point.x / SIZE), Math.floor(point.y / SIZE)];
      const tile = tiles.get(keyOf({ x, y, z }));
      if (!tile) return null;
      const [tx, ty] = [(point.x - x * SIZE) / tile.scale, (point.y - y * SIZE) / tile.scale];
      return tile.features.find((one) => holds(one, tx, ty))?.properties ?? null;
    },
  };
}

/** @param {Feature} feature @param {number} scale */
function pathOf({ rings }, scale) {
  const path = new Path2D();
  for (const ring of rings) {
    path.moveTo(ring[0] * scale, ring[1] * scale);
    for (let k = 2; k < ring.length; k += 2) path.lineTo(ring[k] * scale, ring[k + 1] * scale);
    path.closePath();
  }
  return path;
}

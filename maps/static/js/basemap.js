// The background of tiles, where the server has one. Tiles of a shifted datum are laid so that what they show lies under
// the data: to two pixels, since the shift changes from place to place.

import { shifted, unshifted } from "./datum.js";

/** @typedef {{url: string, datum: import("./datum.js").Datum}} Basemap */

/** @param {L.Map} map @param {Basemap | null} basemap */
export function addBasemap(map, basemap) {
  if (!basemap) return;
  const options = { maxZoom: 22, opacity: 0.6 };
  const layer = basemap.datum === "wgs84" ? L.tileLayer(basemap.url, options) : shiftedTiles(basemap, options);
  layer.addTo(map);
}

/**
 * Each tile lies where the middle of what it shows is.
 * @param {Basemap} basemap @param {L.TileLayerOptions} options
 */
function shiftedTiles({ url, datum }, options) {
  /** @type {any} Leaflet's own methods for this are not in its types */
  const own = L.TileLayer.prototype;
  /** @type {any} */
  const Layer = L.TileLayer.extend({
    /** Which tiles are in view. @param {L.LatLng} center */
    _getTiledPixelBounds({ lng, lat }) {
      const [x, y] = shifted([lng, lat], datum);
      return own._getTiledPixelBounds.call(this, L.latLng(y, x));
    },

    /** The middle of a tile on the map. @param {L.Point} coords @returns {L.Point} */
    _middle(coords) {
      const { lng, lat } = this._map.unproject(coords.add([0.5, 0.5]).scaleBy(this.getTileSize()), this._tileZoom);
      const [x, y] = unshifted([lng, lat], datum);
      return this._map.project([y, x], this._tileZoom);
    },

    /** Width and height that leave no gap to the next tiles. @param {L.Point} coords */
    _size(coords) {
      const next = this._middle(coords.add([1, 1]));
      return next.subtract(this._middle(coords));
    },

    /** @param {L.Point} coords */
    _getTilePos(coords) {
      return this._middle(coords).subtract(this._size(coords).divideBy(2)).subtract(this._level.origin).round();
    },

    /** @param {L.Point & {z: number}} coords @param {Node} container */
    _addTile(coords, container) {
      own._addTile.call(this, coords, container);
      const { style } = this._tiles[this._tileCoordsToKey(coords)].el;
      const size = this._size(coords);
      style.width = `${Math.ceil(size.x)}px`;
      style.height = `${Math.ceil(size.y)}px`;
    },
  });
  return new Layer(url, options);
}

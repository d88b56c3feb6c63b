// Small signs on buildings, drawn on the canvas: a padlock where a building is locked.

/** @typedef {L.CircleMarker & {_point: L.Point, _renderer: {_ctx: CanvasRenderingContext2D, _drawing: boolean}, _empty: () => boolean}} Mark */

const PadlockLayer = L.CircleMarker.extend({
  _updatePath() {
    const mark = /** @type {Mark} */ (/** @type {unknown} */ (this));
    if (!mark._renderer._drawing || mark._empty()) return;
    const { x, y } = mark._point;
    const context = mark._renderer._ctx;
    context.save();
    context.globalAlpha = 1;
    context.strokeStyle = context.fillStyle = "#26323d";
    context.lineWidth = 4;
    for (const [line, body] of [["#ffffff", "#ffffff"], ["#26323d", "#26323d"]]) {
      context.strokeStyle = line;
      context.fillStyle = body;
      context.beginPath();
      context.arc(x, y - 1, 3, Math.PI, 0);
      context.stroke();
      const edge = body === "#ffffff" ? 1.5 : 0;
      context.fillRect(x - 5 - edge, y - 1 - edge, 10 + 2 * edge, 7 + 2 * edge);
      context.lineWidth = 1.8;
    }
    context.restore();
  },
});

/** @param {L.LayerGroup} group @param {L.Canvas} renderer */
export function createPadlocks(group, renderer) {
  /** @type {Map<number, L.Layer>} */
  const shown = new Map();
  return {
    clear() {
      group.clearLayers();
      shown.clear();
    },
    /** @param {ReadonlySet<number>} ids @param {(id: number) => L.LatLng | undefined} placeOf */
    show(ids, placeOf) {
      for (const [id, layer] of shown) if (!ids.has(id)) group.removeLayer(layer), shown.delete(id);
      for (const id of ids) {
        const place = shown.has(id) ? undefined : placeOf(id);
        if (!place) continue;
        const Padlock = /** @type {new (place: L.LatLng, options: L.CircleMarkerOptions) => L.Layer} */ (/** @type {unknown} */ (PadlockLayer));
        const layer = new Padlock(place, { renderer, radius: 8, interactive: false });
        shown.set(id, layer);
        group.addLayer(layer);
      }
    },
  };
}

// Another plan beside the one on the page: its areas, buildings, borders and numbers in panes that are cut at a line,
// while what is drawn of the page's own plan is cut on the other side.

import { createAreas } from "./areas.js";
import { createBorders } from "./borders.js";
import { createLabels } from "./labels.js";

const PANE = "other";
/** Areas lie as deep as those of the page's plan. */
const PANES = { otherAreas: 321, [PANE]: 620 };

/**
 * @param {L.Map} map @param {readonly string[]} ownPanes panes of the page's plan that would show through
 * @param {(grid: number | null) => string} fillOf @param {string} ink
 */
export function createSwipe(map, ownPanes, fillOf, ink) {
  const panes = Object.entries(PANES).map(([name, level]) => {
    const pane = map.createPane(name);
    pane.style.zIndex = String(level);
    pane.style.pointerEvents = "none";
    return pane;
  });
  const renderer = L.canvas({ pane: PANE, padding: 0.3 });
  const layerGroup = () => L.layerGroup().addTo(map);
  const canvases = { areas: L.canvas({ pane: "otherAreas", padding: 0.3 }), borders: renderer };
  const areas = createAreas({ areas: layerGroup(), borders: layerGroup(), labels: layerGroup() }, canvases, fillOf, ink);
  const buildings = L.layerGroup();
  const borders = createBorders(layerGroup(), renderer, ink);
  const labels = createLabels(layerGroup(), PANE);
  let share = 0.5;
  let active = false;

  function cut() {
    if (!active) return;
    const northWest = map.containerPointToLayerPoint([0, 0]);
    const southEast = map.containerPointToLayerPoint(map.getSize());
    const middle = northWest.x + (southEast.x - northWest.x) * share;
    const clip = (/** @type {number} */ left, /** @type {number} */ right) => `rect(${northWest.y}px, ${right}px, ${southEast.y}px, ${left}px)`;
    for (const pane of panes) pane.style.clip = clip(middle, southEast.x);
    for (const own of ownElements()) own.style.clip = clip(northWest.x, middle);
  }

  const ownElements = () => ownPanes.flatMap((name) => map.getPane(name) ?? []);
  map.on("move zoomend resize", cut);

  return {
    /**
     * @param {import("../types.js").BuildingCollection} collection @param {import("../edit/division.js").Division} division
     * @param {GeoJSON.FeatureCollection} grids
     */
    show(collection, division, grids) {
      this.end();
      active = true;
      areas.show(grids, false);
      L.geoJSON(collection, /** @type {L.GeoJSONOptions} */ ({
        smoothFactor: 0,
        renderer,
        interactive: false,
        style: (feature) => {
          const index = division.ground.at.get(feature?.properties.id);
          const grid = index === undefined ? null : division.of[index] || null;
          return { fillColor: fillOf(grid), fillOpacity: 1, color: ink, weight: 0.8 };
        },
      })).addTo(buildings);
      buildings.addTo(map);
      borders.showAll(division, null);
      labels.update(division);
      cut();
    },
    /** Where the line stands. @param {number} at 0: at the left, 1: at the right */
    move(at) {
      share = at;
      cut();
    },
    end() {
      active = false;
      buildings.clearLayers();
      for (const one of [areas, borders, labels]) one.clear();
      for (const pane of [...panes, ...ownElements()]) pane.style.clip = "";
    },
  };
}

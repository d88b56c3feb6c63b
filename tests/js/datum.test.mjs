import assert from "node:assert/strict";
import test from "node:test";

import { shifted, unshifted } from "../../maps/static/js/datum.js";

// By gis_core/datum.py, which is tested against published pairs: WGS 84, GCJ-02, BD-09.
const PLACES = [
  [[116.4, 39.9], [116.406242785, 39.90140353], [116.412628029, 39.907733782]],
  [[113.85, 27.62], [113.855312474, 27.616596385], [113.861804568, 27.622693775]],
  [[87.6, 43.8], [87.602838972, 43.80121203], [87.609210152, 43.807472508]],
];

test("a place is where the datum draws it", () => {
  for (const [wgs84, gcj02, bd09] of PLACES) {
    for (const [datum, expected] of [["wgs84", wgs84], ["gcj02", gcj02], ["bd09", bd09]]) {
      const [lon, lat] = shifted(wgs84, datum);
      assert.ok(Math.abs(lon - expected[0]) < 1e-8 && Math.abs(lat - expected[1]) < 1e-8, `${datum}: ${lon}, ${lat}`);
    }
  }
});

test("abroad nothing is shifted", () => {
  for (const datum of ["gcj02", "bd09"]) assert.deepEqual(shifted([14.4, 50.1], datum), [14.4, 50.1]);
});

test("back from a datum to where the place is", () => {
  for (const [wgs84, gcj02, bd09] of PLACES) {
    for (const [datum, told] of [["gcj02", gcj02], ["bd09", bd09]]) {
      const [lon, lat] = unshifted(told, datum);
      assert.ok(Math.abs(lon - wgs84[0]) < 1e-8 && Math.abs(lat - wgs84[1]) < 1e-8, `${datum}: ${lon}, ${lat}`);
    }
  }
});

// What the page knows without network: the catalogue and the background of the map as they were last read.

import { readBoundaries, readCatalogue } from "./server.js";

/** @param {import("./types.js").Store} store */
export function createKnown(store) {
  /** @template T @param {string} name @param {() => Promise<T>} ask @returns {Promise<T | undefined>} */
  async function readOrKnown(name, ask) {
    const known = await store.known(name);
    if (!navigator.onLine && known) return known;
    try {
      const fresh = await ask();
      await store.learn(name, fresh);
      return fresh;
    } catch {
      return known;
    }
  }

  return {
    /** In the other language rather than not at all. @param {import("./types.js").Lang} lang @returns {Promise<import("./types.js").Category[]>} */
    async categories(lang) {
      const found = await readOrKnown(`catalogue-${lang}`, () => readCatalogue(lang));
      return found ?? (await store.known(`catalogue-${lang === "zh" ? "en" : "zh"}`)) ?? [];
    },

    /** @returns {Promise<GeoJSON.FeatureCollection>} */
    boundaries: async () => (await readOrKnown("boundaries", readBoundaries)) ?? { type: "FeatureCollection", features: [] },
  };
}

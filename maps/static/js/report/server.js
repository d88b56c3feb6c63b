// What the page asks the server. Refusals carry the server's own words.

import { ask, NoAnswer, read, Refusal } from "../asking.js";
import { outcomeOf } from "./queue.js";

/** @typedef {import("./types.js").Lang} Lang */
/** @typedef {import("./types.js").Spot} Spot */
/** @typedef {import("./types.js").Near} Near */

const SEND_MS = 120_000;
const NEAR_MS = 6_000;

/** @param {Lang} lang @returns {Promise<import("./types.js").Category[]>} */
export const readCatalogue = async (lang) => (await read("/incidents/catalogue", { lang })).categories;

/** @returns {Promise<GeoJSON.FeatureCollection>} */
export const readBoundaries = async () => (await read("/reports/map")).boundaries;

/** @param {import("./types.js").Place} place @param {Lang} lang @returns {Promise<Spot>} */
export const readSpot = ({ lon, lat }, lang) => read("/reports/place", { lon, lat, datum: "wgs84", lang });

/** What may be the same; nothing where that cannot be told in time. @param {import("./types.js").Draft} draft @param {Lang} lang @returns {Promise<Near[]>} */
export async function readNear({ place, category }, lang) {
  if (!place || !category || !navigator.onLine) return [];
  const { lon, lat } = place;
  const query = new URLSearchParams({ category, lon: String(lon), lat: String(lat), lang });
  try {
    return (await ask(`/reports/near?${query}`, { signal: AbortSignal.timeout(NEAR_MS) })).duplicates;
  } catch {
    return [];
  }
}

/** A private link as a path of this server, under whatever name the page was opened. @param {string} link */
const pathOf = (link) => new URL(link, location.href).pathname;

/** @param {import("./types.js").Item} item @param {Lang} lang @returns {Promise<import("./types.js").Outcome>} */
export async function send(item, lang) {
  const body = new FormData();
  body.append("report", JSON.stringify(item.report));
  item.photos.forEach(({ blob }, at) => body.append("photos", blob, `${at + 1}.jpg`));
  const headers = { "Idempotency-Key": item.key };
  try {
    const outcome = outcomeOf(200, await ask(`/reports?lang=${lang}`, { method: "POST", body, headers, signal: AbortSignal.timeout(SEND_MS) }));
    return "taken" in outcome ? { taken: { ...outcome.taken, link: pathOf(outcome.taken.link) } } : outcome;
  } catch (error) {
    if (error instanceof Refusal) return outcomeOf(error.status, error.problem);
    if (error instanceof NoAnswer) return outcomeOf(0, null);
    throw error;
  }
}

/** Follow what somebody else reported. @param {string} number @param {object} who contact and consent @param {Lang} lang @returns {Promise<string>} the private link */
export async function follow(number, who, lang) {
  const { link } = await ask(`/reports/${encodeURIComponent(number)}/followers?lang=${lang}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...who, lang }),
  });
  return pathOf(link);
}

// What the pages of staff ask of the server about incidents.

import { read, write, writeForm } from "../api.js";

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {{blob: Blob, kind: string}} StepPhoto
 * @typedef {{number: string, action: string, step: Record<string, any>, photos: StepPhoto[], revision: number, key: string}} Sent
 */

/** @param {string} number */
export const incidentPath = (number) => `incidents/${encodeURIComponent(number)}`;

/** @param {string} number @param {Lang} lang @returns {Promise<import("./state.js").Case>} */
export const readCase = (number, lang) => read(incidentPath(number), { lang });

/**
 * Takes a step with a case, on the revision that it was decided on; the case after it.
 * @param {Sent} sent @returns {Promise<import("./state.js").Case>}
 */
export function sendStep({ number, action, step, photos, revision, key }) {
  const path = `${incidentPath(number)}/${action}`;
  const headers = { "If-Match": `"r${revision}"`, "Idempotency-Key": key };
  if (!photos.length) return write("POST", path, step, headers);
  const form = new FormData();
  form.append("step", JSON.stringify(step));
  for (const { blob, kind } of photos) {
    form.append("photos", blob, "photo.jpg");
    form.append("kinds", kind);
  }
  return writeForm(path, form, headers);
}

/**
 * A report by one of the staff.
 * @param {Record<string, any>} report @param {Blob[]} photos @param {string} key
 * @returns {Promise<{number: string, community: {code: string, name: string}, next: string}>}
 */
export function sendReport(report, photos, key) {
  const form = new FormData();
  form.append("report", JSON.stringify(report));
  for (const blob of photos) form.append("photos", blob, "photo.jpg");
  return writeForm("incidents", form, { "Idempotency-Key": key });
}

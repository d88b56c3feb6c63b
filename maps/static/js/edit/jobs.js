// A job of the engine: started, followed by the server's news of it, cancelled.

import { read, write } from "../api.js";

/**
 * @typedef {"draw" | "repair" | "complete" | "suggest" | "explain" | "split"} JobKind
 * @typedef {{share: number, found: any}} Progress
 * @typedef {object} Result
 * @property {string} status
 * @property {import("./division.js").Move[]} moves
 * @property {{text: string}[]} reasons
 * @property {import("../types.js").Standing | null} before
 * @property {import("../types.js").Standing | null} after
 * @property {{preset: string, figures: any, moves: import("./division.js").Move[]}[]} [alternatives]
 *
 * @typedef {{id: number, kind: JobKind, status: "queued" | "running" | "done" | "failed" | "cancelled", progress: Progress | null, result: Result | null}} Job
 */

/** @param {number} plan @param {JobKind} kind @param {object} body @returns {Promise<Job>} */
export const startJob = (plan, kind, body) => write("POST", `plans/${plan}/${kind}`, body);

/** @param {number} id @param {string} lang @returns {Promise<Job>} */
export const readJob = (id, lang) => read(`jobs/${id}`, { lang });

/** @param {number} id */
export const cancelJob = (id) => write("DELETE", `jobs/${id}`);

/**
 * @param {number} id @param {{progress: (progress: Progress) => void, done: () => void}} heard
 */
export function followJob(id, heard) {
  const source = new EventSource(`jobs/${id}/events`);
  source.addEventListener("progress", (event) => heard.progress(JSON.parse(/** @type {MessageEvent} */ (event).data)));
  source.addEventListener("done", () => {
    source.close();
    heard.done();
  });
  return { close: () => source.close() };
}

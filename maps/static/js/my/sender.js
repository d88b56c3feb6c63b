// Sends what waits, one after the other and in order; what the server refuses stays with its words.

import { NoAnswer, Refusal, write } from "../api.js";
import { sendReport, sendStep } from "../desk/sending.js";
import { nextToSend, revisionOf } from "./state.js";

/** @typedef {import("./state.js").Item} Item */

/**
 * @param {Awaited<ReturnType<typeof import("./store.js").openStore>>} store
 * @param {{sent: (item: Item, answer: any) => void, changed: () => Promise<void> | void, signedOut: () => void}} acts
 */
export function createSender(store, acts) {
  /** @type {Promise<void> | null} */
  let sending = null;
  /** Revisions of cases after own steps. @type {Map<string, number>} */
  const own = new Map();

  /** @param {Item} item */
  async function send(item) {
    const { key, number, action, body, shots } = item;
    if (item.kind === "visit") return write("POST", "visits", body, { "Idempotency-Key": key });
    if (item.kind === "report") return sendReport(body, shots.map((shot) => shot.blob), key);
    const after = await sendStep({ number, action, step: body, photos: shots, revision: revisionOf(item, own), key });
    own.set(number, after.revision);
    return after;
  }

  /** @param {string} account @returns {Promise<void>} */
  async function sendAll(account) {
    for (;;) {
      const item = nextToSend(await store.items(), account);
      if (!item) return;
      try {
        const answer = await send(item);
        await store.drop(item.key);
        acts.sent(item, answer);
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) return acts.signedOut();
        if (error instanceof NoAnswer || !(error instanceof Refusal) || error.status >= 500) return;
        await store.put({ ...item, refusal: error.message });
      }
      await acts.changed();
    }
  }

  return {
    /** Sends all that can be sent; at most one is under way. @param {string} account */
    flush(account) {
      sending ??= sendAll(account).finally(() => (sending = null));
      return sending;
    },
    /** A case was read anew. @param {string} number @param {number} revision */
    seen: (number, revision) => void own.set(number, Math.max(revision, own.get(number) ?? 0)),
  };
}

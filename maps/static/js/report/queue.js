// Reports on their way: kept until the server has taken them, each under one key, so that one that was sent twice is
// stored once. Clock, store, network and lock are given, so that tests wind them by hand.

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Outcome} Outcome */

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 600_000;
const NOT_YET = [408, 425, 429];

/**
 * @param {"waiting" | "aside"} state @param {Item["draft"]} draft @param {Item["photos"]} photos
 * @param {string} name of the category @param {number} now ms
 * @returns {Item}
 */
export const itemOf = (state, draft, photos, name, now) =>
  ({ key: draft.key, state, draft, photos, name, made_at: now, tries: 0, next_at: 0 });

/** How long to wait after so many tries. @param {number} tries from 1 @param {number} random 0–1, so that not all come back at once */
export const waitAfter = (tries, random) =>
  Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) * (0.75 + random / 2);

/** What an answer means. @param {number} status 0: none came @param {any} body @param {number | null} [wait] ms @returns {Outcome} */
export function outcomeOf(status, body, wait = null) {
  if (status >= 200 && status < 300) return typeof body?.number === "string" ? { taken: body } : { later: null };
  if (status >= 400 && status < 500 && !NOT_YET.includes(status)) {
    return { refused: { status, detail: body?.detail, faults: body?.faults } };
  }
  return { later: wait };
}

/** @param {import("./types.js").Around} around */
export function createQueue({ store, send, lock, now, later, random, told }) {
  let working = Promise.resolve();
  let stop = () => {};

  /** @param {Item} item */
  async function attempt(item) {
    const outcome = await send(item);
    if ("taken" in outcome) await store.finish(item, outcome.taken);
    else if ("refused" in outcome) await store.put({ ...item, state: "refused", problem: outcome.refused });
    else {
      const tries = item.tries + 1;
      const wait = Math.max(waitAfter(tries, random()), outcome.later ?? 0);
      await store.put({ ...item, tries, next_at: now() + wait });
    }
    told(item, outcome);
  }

  const waiting = async () => (await store.all()).filter(({ state }) => state === "waiting").sort((a, b) => a.made_at - b.made_at);

  /** @param {boolean} atOnce */
  async function work(atOnce) {
    for (const item of await waiting()) if (atOnce || item.next_at <= now()) await attempt(item);
    stop();
    const [first] = (await waiting()).map(({ next_at }) => next_at).sort((a, b) => a - b);
    if (first !== undefined) stop = later(Math.max(first - now(), 0), () => void flush());
  }

  /** Sends what is due, or all that waits. */
  function flush(atOnce = false) {
    const turn = working.then(() => lock(() => work(atOnce)));
    working = turn.catch(() => {});
    return turn;
  }

  return { flush };
}

// The queue in this browser: one tab sends at a time, on opening the page, when the network returns, and by and by.

import { createQueue } from "./queue.js";
import { send } from "./server.js";

const NAME = "wangge-report";

/**
 * @param {import("./types.js").Store} store @param {() => import("./types.js").Lang} lang
 * @param {{changed: () => Promise<void>, taken: (receipt: import("./types.js").Receipt) => void, refused: (item: import("./types.js").Item) => void}} acts
 */
export function createSending(store, lang, { changed, taken, refused }) {
  const others = new BroadcastChannel(NAME);
  others.addEventListener("message", () => void changed());

  const queue = createQueue({
    store,
    send: (item) => send(item, lang()),
    lock: async (work) => void (await (navigator.locks ? navigator.locks.request(NAME, work) : work())),
    now: () => Date.now(),
    later: (wait, act) => {
      const timer = setTimeout(act, wait);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    told: (item, outcome) => {
      void announce();
      if ("taken" in outcome) taken(outcome.taken);
      else if ("refused" in outcome) refused({ ...item, state: "refused", problem: outcome.refused });
    },
  });

  /** Shows the lists anew, here and in other tabs. */
  async function announce() {
    others.postMessage("changed");
    await changed();
  }

  addEventListener("online", () => void queue.flush(true));
  document.addEventListener("visibilitychange", () => void (document.hidden || queue.flush()));
  return { announce, flush: queue.flush };
}

// The server's news of a plan: others' edits, its status, comments, who is there. The browser connects again by itself.

const AGAIN_AFTER_MS = 3000;

/**
 * @param {number} plan @param {() => number} revision that the page has when it connects
 * @param {{
 *   edit: (edit: import("../types.js").Edit) => void,
 *   people: (names: string[]) => void,
 *   status: () => void,
 *   comment: () => void,
 *   back: () => void,
 * }} heard back: the line is there (again)
 */
export function listenToPlan(plan, revision, heard) {
  /** @type {EventSource} */
  let source;
  let ended = false;

  function connect() {
    if (ended) return;
    source = new EventSource(`plans/${plan}/events?after=${revision()}`);
    const on = (/** @type {string} */ name, /** @type {(data: any) => void} */ act) =>
      source.addEventListener(name, (event) => act(JSON.parse(/** @type {MessageEvent} */ (event).data)));
    on("edit", heard.edit);
    on("presence", ({ people }) => heard.people(people));
    on("status", heard.status);
    on("comment", heard.comment);
    source.addEventListener("open", heard.back);
    // A browser gives up where the answer is an error, as from a server that is just starting.
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && setTimeout(connect, AGAIN_AFTER_MS));
  }

  connect();
  return {
    close() {
      ended = true;
      source.close();
    },
  };
}

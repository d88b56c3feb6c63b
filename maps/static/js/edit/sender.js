// Sends waiting commands one after another. A command that gets no answer is sent again, with the same key, when the
// server is back; nothing else goes on its way before.

import { NoAnswer, Refusal } from "../api.js";
import { confirmed, overtaken, refused, sending, spared, unsent } from "./queue.js";
import { newKey } from "../key.js";
import { requestOf } from "./requests.js";

/**
 * @typedef {import("./queue.js").Queue} Queue
 * @typedef {import("./state.js").Link} Link
 * @typedef {import("../types.js").Edit} Edit
 *
 * @typedef {object} Desk what the sender works for
 * @property {number} plan
 * @property {() => Queue} queue
 * @property {(queue: Queue, clashes?: import("./queue.js").Clash[]) => void} setQueue
 * @property {(answer: any) => void} answered the standing that the server gave
 * @property {(words: string, dropped: number) => void} refused the server's words, and how many later commands fell with it
 * @property {(link: Link) => void} link
 * @property {(method: any, path: string, body: unknown, headers: Record<string, string>) => Promise<any>} write
 * @property {(retry: () => void, delay_ms: number) => void} later
 */

/** Others' edits of other buildings are no obstacle, and come with the answer. */
const LENIENT = "handling=lenient";
const DELAYS_MS = [500, 1000, 2000, 5000, 10000];

/** @param {Desk} desk @param {boolean} [held] whether there are clashes to decide first, see `release` */
export function createSender(desk, held = false) {
  let busy = false;
  let closed = false;
  let failures = 0;
  /** @type {Edit[]} */
  let heard = [];

  async function run() {
    if (busy || held || closed) return;
    busy = true;
    while (!held && !closed && desk.queue().pending.length) {
      desk.link("saving");
      if (!(await sendFirst())) break;
      takeHeard();
    }
    busy = false;
    takeHeard();
    if (!desk.queue().pending.length && !closed) desk.link("saved");
  }

  /** Whether to go on with the next. */
  async function sendFirst() {
    const [command] = desk.queue().pending;
    desk.setQueue(sending(desk.queue()));
    const { method, path, body } = requestOf(desk.plan, command);
    const headers = { "If-Match": `"r${desk.queue().revision}"`, "Idempotency-Key": command.key, Prefer: LENIENT };
    try {
      const answer = await desk.write(method, path, body, headers);
      if (closed) return false;
      failures = 0;
      if (answer.missed?.length) overtake(answer.missed);
      desk.setQueue(spared(confirmed(desk.queue(), answer), answer.history));
      desk.answered(answer);
      return true;
    } catch (error) {
      return !closed && failed(error);
    }
  }

  /** @param {unknown} error @returns {boolean} whether to go on */
  function failed(error) {
    if (error instanceof NoAnswer) {
      desk.link("broken");
      desk.later(run, DELAYS_MS[Math.min(failures++, DELAYS_MS.length - 1)]);
      return false;
    }
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) {
      desk.link("signedOut");
      return false;
    }
    if (error.status === 412 && error.problem.delta.edits.length) {
      desk.setQueue(unsent(desk.queue()));
      overtake(error.problem.delta.edits);
      return true;
    }
    const { queue, dropped } = refused(desk.queue());
    desk.setQueue(queue);
    desk.refused(error.message, dropped);
    return true;
  }

  /** @param {readonly Edit[]} edits */
  function overtake(edits) {
    const { queue, clashes } = overtaken(desk.queue(), edits, newKey);
    desk.setQueue(queue, clashes);
    if (clashes.length) hold();
  }

  /** Nothing goes on its way before the clashes are decided. */
  function hold() {
    held = true;
    desk.link("undecided");
  }

  /** What was heard while a command was on its way may be that command: it is looked at when the answer is there. */
  function takeHeard() {
    const edits = heard;
    heard = [];
    if (edits.length) overtake(edits);
  }

  if (held) hold();
  return {
    run,
    /** Edits told by the server without being asked. @param {readonly Edit[]} edits */
    hear(edits) {
      heard.push(...edits);
      if (!busy && !held && !desk.queue().pending.some((command) => command.sent)) takeHeard();
    },
    /** The clashes are decided. */
    release() {
      held = false;
      run();
    },
    /** Nothing more is sent; what waits stays kept. */
    close: () => void (closed = true),
  };
}

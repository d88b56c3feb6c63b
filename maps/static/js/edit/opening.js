// What editing a plan needs before it can begin: the ground, and edits that an earlier page left unsent.

import { communityPath, read } from "../api.js";
import { divide } from "./division.js";
import { createGround } from "./ground.js";
import { createKeeper } from "./keeping.js";
import { enqueue, followed, gridAt, rebased } from "./queue.js";
import { newKey } from "../key.js";
import { startEditing, withQueue } from "./state.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {import("./queue.js").Clash} Clash
 * @typedef {ReturnType<typeof createKeeper>} Keeper
 */

/** Whether the reader may change the plan on the page: a draft, whose buildings are whole. @param {State} state */
export const mayEdit = ({ plan }) =>
  Boolean(plan?.may?.includes("plan.edit") && plan.status === "draft" && !Object.keys(plan.split).length);

/**
 * @param {State} state with a plan
 * @returns {Promise<{edit: import("./state.js").Editing, keeper: Keeper, clashes: Clash[]} | null>} null: it may not be edited
 */
export async function openEditing(state) {
  const { plan, community, buildings, session } = state;
  if (!plan || !community || !buildings || !mayEdit(state)) return null;
  const neighbours = await read(`${communityPath(community.code)}/neighbours`);
  const ground = createGround(buildings, neighbours);
  const division = divide(ground, state.assignments);
  const keeper = createKeeper(localStorage, session?.account.name ?? "", plan.id, newKey());
  return { ...restored(startEditing(plan, division), keeper.takeOver()), keeper };
}

/**
 * Puts kept commands back in the queue. One that may have reached the server goes again as it was; one that fits no
 * more, since others moved its buildings, clashes.
 * @param {import("./state.js").Editing} start @param {import("./queue.js").Command[]} commands
 */
export function restored(start, commands) {
  let { queue } = start;
  /** @type {Clash[]} */
  const clashes = [];
  for (const one of commands) {
    const done = !one.sent && one.moves.length > 0 && !rebased(queue.shown, one.moves).length;
    if (done) continue;
    const unfit = one.moves.filter(({ building, from }) => gridAt(queue.shown, building) !== from);
    if (unfit.length && !one.sent) clashes.push({ command: one, buildings: unfit.map((move) => move.building), edits: [] });
    queue = enqueue(queue, one);
  }
  queue = { ...queue, pending: followed(commands, queue.pending) };
  return { edit: withQueue(start, queue), clashes };
}

// Joins what editing a plan consists of: the state, the queue of edits and its sender, the pointer, and the server's news.

import { NoAnswer, Refusal, Told, read, write } from "../api.js";
import { membersOf } from "./division.js";
import { blockBounds, blockOf } from "./blocks.js";
import * as actions from "./state.js";
import { isStroke } from "./strokes.js";
import { lockMessage } from "./locks.js";
import { assign } from "./operations.js";
import { enqueue, settled } from "./queue.js";
import { newKey } from "../key.js";
import { command, moveCommand } from "./requests.js";
import { createHands } from "./hands.js";
import { createKeeper } from "./keeping.js";
import { createSender } from "./sender.js";
import { estateOf } from "./tools.js";
import { openEditing } from "./opening.js";
import { listenToPlan } from "./live.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {import("./state.js").Editing} Editing
 * @typedef {ReturnType<typeof createEditor>} Editor
 */

const REFRESH_AFTER_MS = 900;

/**
 * @param {{get: () => State, apply: (action: (state: State) => State) => void}} store
 * @param {{showLine: (points: readonly import("./geometry.js").Point[]) => void}} map
 * @param {(code: string, plan: number) => void} reload shows a plan as it is on the server
 * @param {{comment: () => void}} heard
 */
export function createEditor(store, map, reload, heard) {
  /** @type {{close: () => void, sender: ReturnType<typeof createSender>, keeper: import("./opening.js").Keeper} | null} */
  let work = null;
  /** @type {number | undefined} */
  let refreshing;

  const editing = () => store.get().edit;
  /** @param {(edit: Editing) => Editing} action */
  const change = (action) => store.apply((s) => (s.edit ? { ...s, edit: action(s.edit) } : s));
  const hands = createHands(editing, change, act, map.showLine);

  /** Begin to edit the plan on the page, where the reader may. @param {() => boolean} current */
  async function open(current) {
    close();
    const opened = await openEditing(store.get());
    if (!opened || !current()) return;
    const { edit, keeper, clashes } = opened;
    store.apply((s) => ({ ...s, edit: { ...edit, clashes } }));
    /** @type {import("./sender.js").Desk} */
    const desk = {
      plan: edit.plan,
      queue: () => /** @type {Editing} */ (editing()).queue,
      setQueue(queue, found = []) {
        change((one) => ({ ...actions.withQueue(one, queue), clashes: found.length ? found : one.clashes }));
        hands.redraw();
        keeper.keep(queue.pending);
      },
      answered(answer) {
        change((one) => told(actions.withAnswer(one, answer), answer.edit));
        refreshSoon();
      },
      refused: (words, dropped) => change((one) => actions.withMessage(one, { words, dropped })),
      link: (link) => change((one) => (one.link === link ? one : { ...one, link })),
      write,
      later: (retry, delay_ms) => void setTimeout(retry, delay_ms),
    };
    const sender = createSender(desk, clashes.length > 0);
    const live = listenToPlan(edit.plan, () => editing()?.queue.revision ?? 0, {
      edit: (one) => {
        sender.hear([one]);
        refreshSoon();
      },
      people(people) {
        const own = store.get().session?.account.display_name;
        change((one) => ({ ...one, people: people.filter((name) => name !== own) }));
      },
      status: refreshSoon,
      comment: heard.comment,
      back: () => sender.run(),
    });
    work = {
      sender,
      keeper,
      close() {
        live.close();
        sender.close();
      },
    };
    sender.run();
  }

  function close() {
    work?.close();
    work = null;
    clearTimeout(refreshing);
    if (editing()) store.apply((s) => ({ ...s, edit: null }));
  }

  /** Areas, codes and what else only the server knows, once the hand rests. */
  function refreshSoon() {
    clearTimeout(refreshing);
    refreshing = window.setTimeout(refresh, REFRESH_AFTER_MS);
  }

  async function refresh() {
    const edit = editing();
    if (!edit || hands.busy() || edit.queue.pending.length) return edit && refreshSoon();
    const { lang } = store.get();
    try {
      const [plan, grids] = await Promise.all([read(`plans/${edit.plan}`, { lang }), read(`plans/${edit.plan}/grids`, { lang })]);
      const now = editing();
      if (now?.plan !== plan.id) return;
      store.apply((s) => ({ ...s, plan, grids, plans: s.plans.map((row) => (row.id === plan.id ? { ...row, ...pick(plan) } : row)) }));
      if (now && plan.revision === now.queue.revision && !now.queue.pending.length) change((one) => actions.withAnswer(one, plan));
      if (plan.status !== "draft") reload(plan.community, plan.id);
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      if (error instanceof Refusal && error.status === 401) change((one) => ({ ...one, link: "signedOut" }));
      else if (!(error instanceof NoAnswer)) change((one) => actions.withMessage(one, { unread: error.message }));
    }
  }

  /** @param {import("./queue.js").Command} one */
  function send(one) {
    change((edit) => actions.withQueue(edit, enqueue(edit.queue, one)));
    const edit = /** @type {Editing} */ (editing());
    work?.keeper.keep(edit.queue.pending);
    work?.sender.run();
  }

  /**
   * Carry out an operation and say what it did.
   * @param {string} kind @param {import("./operations.js").Operation} operation @param {Record<string, any>} [details]
   */
  function act(kind, operation, details) {
    const { moves, locked } = operation;
    if (moves.length) send(moveCommand(kind, moves, details));
    const to = moves[0]?.to ?? null;
    change((edit) => actions.withMessage(edit, { done: { moved: moves.length, to, locked } }));
  }

  /** Buildings by id to a grid. @param {Iterable<number>} ids @param {number} grid @param {string} [kind] */
  function assignBuildings(ids, grid, kind = "click") {
    const edit = editing();
    if (!edit) return;
    const { ground } = edit.shown;
    const indices = [...ids].flatMap((id) => ground.at.get(id) ?? []);
    act(kind, assign(edit.shown, edit, indices, grid));
  }

  /** A click with a tool that takes what is under it. @param {number} id @returns {boolean} whether the click is spent */
  function click(id) {
    const edit = editing();
    const index = edit?.shown.ground.at.get(id);
    if (!edit || index === undefined || edit.tool === "look" || isStroke(edit.tool)) return false;
    const { ground } = edit.shown;
    if (edit.tool === "click") act("click", assign(edit.shown, edit, [index], edit.target));
    if (edit.tool === "estate") act("estate", assign(edit.shown, edit, estateOf(ground, index), edit.target));
    if (edit.tool === "block") {
      const { barriers } = store.get();
      const block = blockOf(ground, barriers ? blockBounds(barriers) : [], index);
      act("estate", assign(edit.shown, edit, block, edit.target), { block: true });
    }
    return true;
  }

  /** The clashes are decided: my moves again from where things are now, or given up. @param {boolean} reapply */
  function decide(reapply) {
    change((edit) => ({
      ...actions.withQueue(edit, settled(edit.queue, edit.clashes, reapply, newKey)),
      clashes: [],
      message: null,
    }));
    const edit = editing();
    if (edit) work?.keeper.keep(edit.queue.pending);
    work?.sender.release();
  }

  /** My edits become a plan of my own, and this one stays as the others have it. @param {string} name */
  async function forkMine(name) {
    const edit = editing();
    const { community } = store.get();
    if (!edit || !work || !community) return;
    const mine = settled(edit.queue, edit.clashes, true, newKey).pending.filter((one) => one.moves.length);
    const { id } = await write("POST", `plans/${edit.plan}/fork`, { name });
    createKeeper(localStorage, store.get().session?.account.name ?? "", id, newKey()).keep(mine);
    work.keeper.keep([]);
    reload(community.code, id);
  }

  return {
    forkMine,
    open,
    close,
    change,
    act,
    click,
    decide,
    send,
    assignBuildings,
    /** @param {Record<string, any>} rules */
    setRules(rules) {
      send(command("rules", rules));
      change((edit) => actions.withMessage(edit, { text: "rulesSaving" }));
    },
    refreshSoon,
    hands: hands.hands,
    undo: () => editing() && actions.canUndo(/** @type {Editing} */ (editing())) && send(command("undo")),
    redo: () => editing() && actions.canRedo(/** @type {Editing} */ (editing())) && send(command("redo")),
    /** @param {Partial<import("./locks.js").Locks>} lock @param {Partial<import("./locks.js").Locks>} unlock */
    setLocks(lock, unlock) {
      send(command("locks", { lock, unlock }));
      change((edit) => actions.withMessage(edit, lockMessage(lock, unlock)));
    },
    /** @param {number} grid @returns {number[]} ids */
    members: (grid) => {
      const edit = editing();
      return edit ? membersOf(edit.shown, grid).map((index) => edit.shown.ground.ids[index]) : [];
    },
  };
}

/** Remembers what was done, and says what undo and redo did, or that rules are saved. @param {Editing} edit @param {import("../types.js").Edit | null} made */
function told(edit, made) {
  const after = made ? actions.withMade(edit, made) : edit;
  if (actions.isSavingRules(after)) return actions.withMessage(after, { text: "rulesSaved" });
  if (!made) return after;
  if (made.kind !== "undo" && made.kind !== "redo") return after;
  return actions.withMessage(after, { text: made.kind === "undo" ? "undone" : "redone", values: { n: made.moves.length } });
}

/** What the list of plans shows of one. @param {import("../types.js").Plan} plan */
const pick = ({ status, name, grids }) => ({ status, name, grids: grids.length });

// The planner's desk: everything on the page beside the plan itself: tools, engine, rules, history, comments, comparing.

import { byId, h } from "../dom.js";
import { loginAddress } from "../door.js";
import { differences } from "../edit/division.js";
import { withChosen } from "../edit/state.js";
import { toggleBuildings } from "../edit/locks.js";
import { isStroke } from "../edit/strokes.js";
import { text } from "../i18n.js";
import { createClashDialog } from "./clash_dialog.js";
import { createComments } from "./comments.js";
import { createCompare } from "./compare.js";
import { gridActions } from "./grid_actions.js";
import { createHistory } from "./history.js";
import { createJobs } from "./jobs.js";
import { listenToKeys, singleKeys } from "./keys.js";
import { createPlanMenu } from "./plan_menu.js";
import { createRulesForm } from "./rules_form.js";
import { createStatus } from "./status.js";
import { createToolbar, keepingFocus } from "./toolbar.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {import("../edit/state.js").Editing} Editing
 */

/**
 * @param {{get: () => State}} store @param {ReturnType<typeof import("../map.js").createMap>} map
 * @param {import("../edit/editor.js").Editor} editor @param {import("../types.js").Palette} palette
 * @param {(code: string, plan: number) => void} reload shows a plan, its community's list of plans read anew
 */
export function createDesk(store, map, editor, palette, reload) {
  const toolbar = createToolbar(byId("edit-bar", HTMLElement), palette, editor);
  const status = createStatus(byId("edit-status", HTMLElement), loginAddress);
  const dialog = byId("ask", HTMLDialogElement);
  const [actions, menuPlace, keys] = ["grid-actions", "plan-menu", "keys"].map((id) => byId(id, HTMLElement));
  const menu = createPlanMenu(store.get, dialog, { send: editor.send, reload });
  const jobs = createJobs(byId("engine", HTMLElement), store.get, editor, palette);
  const rules = createRulesForm(byId("rules", HTMLDetailsElement), store.get, editor.setRules);
  const history = createHistory(byId("history", HTMLDetailsElement), store.get);
  const comments = createComments(byId("comments", HTMLDetailsElement), dialog, store.get, map);
  const compare = createCompare(byId("compare", HTMLDetailsElement), byId("swipe-line", HTMLElement), store.get, map);
  const clashes = createClashDialog(byId("clash", HTMLDialogElement), {
    reapply: () => editor.decide(true),
    discard: () => editor.decide(false),
    fork: () => {
      const { plan, lang } = store.get();
      editor.forkMine(text(lang, "forkedName", { name: plan?.name ?? "" }).trim());
    },
  });
  listenToKeys(editor, () => store.get().edit, toolbar.newGrid);

  /** @param {Editing} edit @param {Editing | null} before */
  function renderMap(edit, before) {
    if (edit.shown !== before?.shown) map.showDivision(edit.shown, before && differences(edit.shown, before.shown));
    if (edit.tool !== before?.tool || edit.radius !== before.radius) {
      map.useTool(isStroke(edit.tool), edit.tool === "brush" ? edit.radius : 0, edit.tool !== "look");
    }
    if (edit.locks !== before?.locks) map.setLocked(lockedBuildings(edit), edit.locks.grids);
    if (edit.chosen !== before?.chosen) map.setChosen(edit.chosen);
    if (edit.preview !== before?.preview) map.setPreview(edit.preview ?? new Map());
  }

  /** What the buttons of the list do with the buildings chosen in it. @param {State} now */
  function renderChosen({ edit, lang }) {
    const ids = [...(edit?.chosen ?? [])];
    const bar = byId("chosen-bar", HTMLElement);
    bar.hidden = !ids.length;
    if (!ids.length) return;
    const button = (/** @type {string} */ key, /** @type {() => void} */ onclick) => h("button", { type: "button", id: key, className: "small", onclick }, text(lang, key));
    const words = text(lang, "chosenCount", { n: ids.length });
    bar.setAttribute("aria-label", words);
    keepingFocus(bar, () =>
      bar.replaceChildren(
        h("span", { role: "status" }, words),
        button("chosenTo", () => listActs.assign(ids, "target")),
        button("chosenLock", () => listActs.lock(ids)),
        button("chosenClear", () => listActs.choose(new Set())),
      ),
    );
  }

  /** What the list of buildings does while editing. */
  const listActs = {
    choose: (/** @type {ReadonlySet<number>} */ ids) => editor.change((edit) => withChosen(edit, ids)),
    assign(/** @type {number[]} */ ids, /** @type {number | "target"} */ grid) {
      const edit = store.get().edit;
      if (edit) editor.assignBuildings(ids, grid === "target" ? edit.target : grid);
    },
    lock(/** @type {number[]} */ ids) {
      const edit = store.get().edit;
      if (!edit) return;
      const { lock = {}, unlock = {} } = toggleBuildings(edit.locks, ids);
      editor.setLocks(lock, unlock);
    },
  };

  /** @param {State} now */
  function renderKeys({ edit, lang }) {
    keys.hidden = !edit;
    const box = h("input", { type: "checkbox", checked: singleKeys.on(), onchange: () => singleKeys.set(box.checked) });
    keys.replaceChildren(
      h("summary", {}, text(lang, "keysTitle")),
      h("p", {}, text(lang, "keysText")),
      h("p", {}, text(lang, "listKeys")),
      h("label", {}, box, " ", text(lang, "keysOn")),
    );
  }

  return {
    commentsChanged: comments.load,

    /** The map and the bars first: they must follow the hand. @param {State} now @param {State} before */
    renderFirst(now, before) {
      if (now.edit === before.edit && now.lang === before.lang) return;
      const same = now.edit?.plan === before.edit?.plan ? before.edit : null;
      if (before.edit && !same) map.endEditing();
      if (now.edit) renderMap(now.edit, same);
      toolbar.render(now.edit, same, now.lang, now.lang !== before.lang);
      status.render(now.edit, now.lang);
      if (now.edit?.clashes !== before.edit?.clashes) clashes.render(now.edit?.clashes ?? [], now.lang);
    },

    /** The panel's parts that change with the plan, not with each edit. @param {State} now @param {State} before */
    render(now, before) {
      const changed = (/** @type {(keyof State)[]} */ ...names) => names.some((name) => now[name] !== before[name]);
      const opened = Boolean(now.edit) !== Boolean(before.edit);
      if (changed("community", "plan", "lang") || opened || now.edit?.queue.pending.length !== before.edit?.queue.pending.length) {
        keepingFocus(menuPlace, () => menuPlace.replaceChildren(...menu.render(now)));
      }
      if (changed("edit", "lang")) {
        jobs.render(now, before);
        rules.render(now);
      }
      if (changed("edit", "plan", "lang")) history.render(now);
      if (changed("plan", "building", "lang")) keepingFocus(byId("comments", HTMLElement), () => comments.render(now));
      if (changed("plan", "plans", "lang")) compare.render(now);
      if (now.edit?.chosen !== before.edit?.chosen || changed("lang")) renderChosen(now);
      if (changed("lang") || opened) renderKeys(now);
    },

    /** What may follow a moment later. @param {State} now */
    renderLater(now) {
      keepingFocus(actions, () => actions.replaceChildren(...gridActions(now, editor, (grid) => jobs.start("split", { grid }))));
    },
    listActs,
  };
}

/** Buildings with a padlock: locked themselves or with their estate. @param {Editing} edit */
function lockedBuildings({ shown: { ground }, locks }) {
  const ids = new Set(locks.buildings);
  ground.estates.forEach((estate, index) => {
    if (estate !== null && locks.estates.has(estate)) ids.add(ground.ids[index]);
  });
  return ids;
}

// Comments pinned to the map: the list, a new one at a place or at the chosen building, and marking them settled.

import { Told, read, write } from "../api.js";
import { h } from "../dom.js";
import { toldOf } from "../door.js";
import { text } from "../i18n.js";
import { selectedBuilding, titleOf } from "../state.js";
import { ask } from "./ask.js";

/**
 * @typedef {{id: number, place: [number, number], text: string, by_name: string, at: string, resolved_by_name: string | null}} Comment
 */

/**
 * @param {HTMLDetailsElement} box @param {HTMLDialogElement} dialog @param {() => import("../state.js").State} get
 * @param {{
 *   setPins: (comments: {id: number, place: [number, number], label: string}[], onClick: (id: number) => void) => void,
 *   centreOf: (id: number) => [number, number] | null,
 *   showPlace: (place: [number, number]) => void,
 *   takePlace: (take: ((place: [number, number]) => void) | null) => void,
 * }} map
 */
export function createComments(box, dialog, get, map) {
  const title = h("summary");
  const bar = h("p", { className: "row" });
  const hint = h("p", { className: "quiet", role: "status" });
  const list = h("ol", { className: "comments" });
  box.append(title, bar, hint, list);
  /** @type {Comment[]} */
  let comments = [];
  let shown = "";

  async function load() {
    const { plan } = get();
    if (!plan) return;
    const answer = await read(`plans/${plan.id}/comments`);
    if (get().plan?.id !== plan.id) return;
    comments = answer.comments;
    renderList();
  }

  function renderList() {
    const { plan, lang } = get();
    const open = comments.filter((one) => !one.resolved_by_name);
    title.textContent = text(lang, "comments", { n: open.length });
    map.setPins(
      open.map((one) => ({ id: one.id, place: one.place, label: String(comments.indexOf(one) + 1) })),
      reveal,
    );
    const may = plan?.may?.includes("comment.write") ?? false;
    const rows = comments.map((one, i) => row(one, i + 1, may));
    list.replaceChildren(...(rows.length ? rows : [h("li", { className: "quiet" }, text(lang, "commentsEmpty"))]));
  }

  /** @param {Comment} one @param {number} number @param {boolean} may */
  function row(one, number, may) {
    const { lang } = get();
    const time = new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle: "short" }).format(new Date(one.at));
    const settled = one.resolved_by_name !== null;
    const button = (/** @type {string} */ key, /** @type {() => void} */ onclick) => h("button", { type: "button", className: "small", onclick }, text(lang, key));
    return h(
      "li",
      { id: `comment-${one.id}`, tabIndex: -1, className: settled ? "settled" : "" },
      h("p", {}, h("b", {}, `${number} `), one.text),
      h("small", { className: "quiet" }, `${one.by_name} · ${time}${settled ? ` · ${text(lang, "settledBy", { by: one.resolved_by_name ?? "" })}` : ""}`),
      h(
        "span",
        { className: "row" },
        button("commentShow", () => map.showPlace(one.place)),
        may ? button(settled ? "commentReopen" : "commentSettle", () => settle(one, !settled)) : null,
      ),
    );
  }

  /** @param {number} id */
  function reveal(id) {
    box.open = true;
    document.getElementById(`comment-${id}`)?.focus();
  }

  /** @param {Comment} one @param {boolean} resolved */
  const settle = (one, resolved) => attempt(() => write("PATCH", `comments/${one.id}`, { resolved }));

  /** @param {[number, number]} place @param {string} where */
  async function add(place, where) {
    const { plan, lang } = get();
    const words = await ask(dialog, { title: text(lang, "commentNew"), words: where, label: text(lang, "commentText"), ok: text(lang, "save"), long: true }, lang);
    if (plan && words?.trim()) await attempt(() => write("POST", `plans/${plan.id}/comments`, { place, text: words }));
  }

  /** @param {() => Promise<unknown>} step */
  async function attempt(step) {
    try {
      await step();
      await load();
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      hint.replaceChildren(...toldOf(error));
    }
  }

  function addByClick() {
    const { lang } = get();
    hint.textContent = text(lang, "commentClick");
    map.takePlace((place) => {
      hint.textContent = "";
      add(place, "");
    });
  }

  function addAtBuilding() {
    const state = get();
    const building = selectedBuilding(state);
    const place = building && map.centreOf(building.id);
    if (building && place) add(place, titleOf(building));
  }

  return {
    load,
    /** @param {import("../state.js").State} state */
    render({ plan, building, lang }) {
      box.hidden = !plan?.may?.includes("draft.read");
      const now = `${plan?.id} ${lang}`;
      if (now !== shown) {
        shown = now;
        comments = [];
        hint.textContent = "";
        map.takePlace(null);
        if (plan) renderList();
        if (!box.hidden) load();
      }
      if (box.hidden) return;
      bar.hidden = !plan?.may?.includes("comment.write");
      bar.replaceChildren(
        h("button", { type: "button", id: "comment-add", onclick: addByClick }, text(lang, "commentAdd")),
        h("button", { type: "button", id: "comment-building", disabled: building === null, onclick: addAtBuilding }, text(lang, "commentBuilding")),
      );
    },
  };
}

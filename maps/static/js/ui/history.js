// The plan's journal: who changed what and when, newest first; more on request.

import { read } from "../api.js";
import { h } from "../dom.js";
import { text } from "../i18n.js";

const PAGE = 20;

/**
 * An edit in words.
 * @param {import("../types.js").Edit} edit @param {import("../i18n.js").Lang} lang
 */
export function editWords({ kind, moves, details, undoes }, lang) {
  if (kind === "undo" || kind === "redo") return text(lang, `did_${kind}`, { n: moves.length, revision: undoes ?? 0 });
  if (kind === "status") return text(lang, "did_status", { status: text(lang, details.after) });
  if (kind === "name") return text(lang, "did_name", { name: details.after });
  if (kind === "rules" || kind === "locks") return text(lang, `did_${kind}`);
  const targets = [...new Set(moves.map(([, , to]) => to ?? 0))].sort((a, b) => a - b);
  const grids = targets.filter(Boolean);
  const to = grids.length ? [text(lang, "did_grids", { n: grids.length, numbers: grids.join(text(lang, "comma")) })] : [];
  if (targets[0] === 0) to.push(text(lang, "unassigned"));
  return text(lang, "did_moves", { tool: text(lang, `by_${kind}`), n: moves.length, to: to.join(text(lang, "comma")) });
}

/** @param {HTMLDetailsElement} box @param {() => import("../state.js").State} get */
export function createHistory(box, get) {
  const list = h("ol", { className: "history" });
  const more = h("button", { type: "button", id: "history-more", hidden: true, onclick: () => load(next) });
  const title = h("summary");
  box.append(title, list, more);
  box.addEventListener("toggle", () => box.open && load(null));
  /** @type {number | null} */
  let next = null;
  let shown = "";

  /** @param {number | null} before a revision; null: from the newest */
  async function load(before) {
    const { plan } = get();
    if (!plan) return;
    const page = await read(`plans/${plan.id}/history`, { limit: PAGE, ...(before === null ? {} : { before }) });
    if (get().plan?.id !== plan.id) return;
    const { lang } = get();
    const rows = page.edits.map((/** @type {import("../types.js").Edit} */ edit) => row(edit, lang));
    if (before === null) list.replaceChildren(...(rows.length ? rows : [h("li", { className: "quiet" }, text(lang, "historyEmpty"))]));
    else list.append(...rows);
    next = page.next;
    more.hidden = next === null;
    more.textContent = text(lang, "historyMore");
  }

  return {
    /** @param {import("../state.js").State} state */
    render({ plan, edit, lang }) {
      box.hidden = !plan?.may?.includes("draft.read");
      title.textContent = text(lang, "history");
      const now = `${plan?.id} ${edit?.queue.revision ?? plan?.revision} ${lang}`;
      if (box.hidden || now === shown) return;
      shown = now;
      if (box.open) load(null);
    },
  };
}

/** @param {import("../types.js").Edit} edit @param {import("../i18n.js").Lang} lang */
function row(edit, lang) {
  const time = new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle: "short" }).format(new Date(edit.at));
  const number = h("b", {}, text(lang, "editNumber", { revision: edit.revision }));
  return h("li", {}, h("span", {}, number, " ", editWords(edit, lang)), h("small", { className: "quiet" }, `${edit.by_name} · ${time}`));
}

// The bar of editing tools above the map: tool, size of the brush, target grid, undo and redo, and what was done.

import { h } from "../dom.js";
import { gridNumbers } from "../edit/division.js";
import { freeNumber } from "../edit/operations.js";
import { largestNumber } from "../edit/standing.js";
import { TOOLS, canRedo, canUndo, resized, withMessage, withTarget, withTool } from "../edit/state.js";
import { text } from "../i18n.js";
import { swatch } from "../palette.js";

/**
 * @typedef {import("../edit/state.js").Editing} Editing
 * @typedef {import("../edit/state.js").Tool} Tool
 * @typedef {import("../i18n.js").Lang} Lang
 */

/** Keys of the tools, in the order of TOOLS. */
export const TOOL_KEYS = ["v", "c", "b", "l", "e", "k", "s"];
/** Grids with a button of their own; the others are in a list. */
const MOST_BUTTONS = 16;

/** @param {string} tool @param {"tool" | "hint"} kind */
const key = (tool, kind) => kind + tool[0].toUpperCase() + tool.slice(1);

/**
 * @param {HTMLElement} bar @param {import("../types.js").Palette} palette
 * @param {import("../edit/editor.js").Editor} editor
 */
export function createToolbar(bar, palette, editor) {
  const tools = h("div", { className: "tool-group" });
  const targets = h("div", { className: "tool-group targets", role: "group" });
  const steps = h("div", { className: "tool-group" });
  bar.append(tools, steps, targets);
  bar.addEventListener("keydown", rove);

  /** @param {Editing} edit @param {Lang} lang */
  function renderTools(edit, lang) {
    const buttons = TOOLS.map((tool, i) =>
      button(text(lang, key(tool, "tool")), `tool-${tool}`, edit.tool === tool, () => editor.change((one) => withTool(one, tool)), TOOL_KEYS[i]),
    );
    const sizes = edit.tool === "brush" ? [sizeButton("−", "smaller", -1, lang), sizeButton("+", "larger", 1, lang)] : [];
    buttons.splice(TOOLS.indexOf("brush") + 1, 0, ...sizes);
    tools.replaceChildren(...buttons);
  }

  /** @param {string} sign @param {string} label @param {1 | -1} step @param {Lang} lang */
  const sizeButton = (sign, label, step, lang) =>
    h("button", { type: "button", id: `brush-${label}`, className: "size", "aria-label": text(lang, label), onclick: () => editor.change((one) => resized(one, step)) }, sign);

  /** @param {Editing} edit @param {Lang} lang */
  function renderTargets(edit, lang) {
    targets.setAttribute("aria-label", text(lang, "target"));
    const grids = targetNumbers(edit);
    const chips = [0, ...grids.slice(0, MOST_BUTTONS)].map((grid) => {
      const label = grid ? text(lang, "targetGrid", { number: grid }) : text(lang, "targetNone");
      const isLocked = edit.locks.all || edit.locks.grids.has(grid);
      const chip = h(
        "button",
        {
          type: "button",
          id: `target-${grid}`,
          className: isLocked ? "chip-button locked" : "chip-button",
          "aria-pressed": edit.target === grid,
          "aria-label": isLocked ? `${label} (${text(lang, "lockedGrid")})` : label,
          onclick: () => editor.change((one) => withTarget(one, grid)),
        },
        swatch(palette, grid || null),
        grid ? String(grid) : text(lang, "unassigned"),
      );
      return chip;
    });
    const rest = grids.slice(MOST_BUTTONS);
    const more = rest.length ? [moreTargets(edit, rest, lang)] : [];
    const add = h("button", { type: "button", id: "target-new", title: "N", onclick: newGrid }, `+ ${text(lang, "targetNew")}`);
    targets.replaceChildren(h("span", { className: "group-name", "aria-hidden": true }, text(lang, "target")), ...chips, ...more, add);
  }

  /** Where targets go on beyond the ends of their row, the chosen one is brought into sight. */
  function showTarget() {
    const chip = targets.querySelector("[aria-pressed=true]");
    if (!(chip instanceof HTMLElement)) return;
    const [from, to] = [chip.offsetLeft, chip.offsetLeft + chip.offsetWidth];
    const isSeen = from >= targets.scrollLeft && to <= targets.scrollLeft + targets.clientWidth;
    if (!isSeen) targets.scrollLeft = (from + to - targets.clientWidth) / 2;
  }

  /** @param {Editing} edit @param {number[]} grids @param {Lang} lang */
  function moreTargets(edit, grids, lang) {
    const options = grids.map((grid) => h("option", { value: String(grid) }, text(lang, "gridOption", { number: grid })));
    const select = h(
      "select",
      { "aria-label": text(lang, "targetMore"), onchange: () => editor.change((one) => withTarget(one, Number(select.value))) },
      h("option", { value: String(edit.target) }, "…"),
      ...options,
    );
    select.value = String(edit.target);
    return select;
  }

  /** The next free number becomes the target. */
  function newGrid() {
    editor.change((edit) => {
      const grid = freeNumber(edit.shown, largestNumber(edit.rules));
      return grid === null ? withMessage(edit, { text: "noFreeNumber" }) : withTarget(edit, grid);
    });
  }

  /** @param {Editing} edit @param {Lang} lang */
  function renderSteps(edit, lang) {
    steps.replaceChildren(
      h("button", { type: "button", id: "undo", disabled: !canUndo(edit), title: text(lang, "undoKey"), onclick: editor.undo }, text(lang, "undo")),
      h("button", { type: "button", id: "redo", disabled: !canRedo(edit), title: text(lang, "redoKey"), onclick: editor.redo }, text(lang, "redo")),
      h("button", { type: "button", id: "lock-all", "aria-pressed": edit.locks.all, onclick: () => lockAll(edit.locks.all) }, text(lang, edit.locks.all ? "unlockAll" : "lockAll")),
    );
  }

  /** @param {boolean} locked whether all is locked now */
  const lockAll = (locked) => editor.setLocks(locked ? {} : { all: true }, locked ? { all: true } : {});

  /** Arrow keys move within the bar, as toolbars do. @param {KeyboardEvent} event */
  function rove(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.target instanceof HTMLSelectElement) return;
    const stops = [...bar.querySelectorAll("button:not(:disabled), select")];
    const at = stops.indexOf(/** @type {Element} */ (document.activeElement));
    const next = stops[(at + step + stops.length) % stops.length];
    if (at < 0 || !(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
  }

  return {
    newGrid,
    /** @param {Editing | null} edit @param {Editing | null} before @param {Lang} lang @param {boolean} anew */
    render(edit, before, lang, anew) {
      bar.hidden = !edit;
      if (!edit) return;
      bar.setAttribute("aria-label", text(lang, "toolbar"));
      const changed = (/** @type {(keyof Editing)[]} */ ...names) => anew || !before || names.some((name) => edit[name] !== before[name]);
      keepingFocus(bar, () => {
        if (changed("tool")) renderTools(edit, lang);
        if (changed("target", "locks", "rules") || otherGrids(edit, before)) renderTargets(edit, lang);
        if (changed("steps", "queue", "locks")) renderSteps(edit, lang);
      });
      if (changed("target")) showTarget();
    },
  };
}

/** Numbers that buttons are shown for: every grid there is, and a new one that is the target. @param {Editing} edit */
function targetNumbers(edit) {
  const grids = gridNumbers(edit.shown);
  return edit.target && !grids.includes(edit.target) ? [...grids, edit.target].sort((a, b) => a - b) : grids;
}

/** @param {Editing} edit @param {Editing | null} before */
const otherGrids = (edit, before) => !before || String(targetNumbers(edit)) !== String(targetNumbers(before));

/** @param {string} label @param {string} id @param {boolean} pressed @param {() => void} onclick @param {string} shortcut */
const button = (label, id, pressed, onclick, shortcut) =>
  h("button", { type: "button", id, "aria-pressed": pressed, onclick, title: `${label} (${shortcut.toUpperCase()})`, "aria-keyshortcuts": shortcut }, label, h("kbd", { "aria-hidden": true }, shortcut.toUpperCase()));

/**
 * Elements that are made anew lose the focus: give it to the one with the same id.
 * @param {HTMLElement} within @param {() => void} render
 */
export function keepingFocus(within, render) {
  const focused = document.activeElement;
  const id = focused && within.contains(focused) ? focused.id : "";
  render();
  if (id && document.activeElement !== document.getElementById(id)) document.getElementById(id)?.focus();
}

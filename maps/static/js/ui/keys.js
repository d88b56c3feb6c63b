// Keys of editing. Single letters can be switched off, since they get in the way of some assistive technology.

import { TOOLS, resized, withTarget, withTool } from "../edit/state.js";
import { TOOL_KEYS } from "./toolbar.js";

const KEPT = "wangge-single-keys";

export const singleKeys = {
  on: () => localStorage.getItem(KEPT) !== "off",
  /** @param {boolean} on */
  set: (on) => localStorage.setItem(KEPT, on ? "on" : "off"),
};

/**
 * @param {import("../edit/editor.js").Editor} editor @param {() => import("../edit/state.js").Editing | null} editing
 * @param {() => void} newGrid
 */
export function listenToKeys(editor, editing, newGrid) {
  document.addEventListener("keydown", (event) => {
    if (!editing() || event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const act = event.ctrlKey || event.metaKey ? combined(event) : event.altKey ? undefined : single(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });

  /** @param {KeyboardEvent} event */
  function combined({ key, shiftKey }) {
    const letter = key.toLowerCase();
    if (letter === "z") return shiftKey ? editor.redo : editor.undo;
    if (letter === "y") return editor.redo;
  }

  /** @param {string} key @returns {(() => void) | undefined} */
  function single(key) {
    if (key === "Escape") return () => editor.change((edit) => withTool(edit, "look"));
    if (!singleKeys.on()) return undefined;
    const tool = TOOLS[TOOL_KEYS.indexOf(key.toLowerCase())];
    if (tool) return () => editor.change((edit) => withTool(edit, tool));
    if (/^\d$/.test(key)) return () => editor.change((edit) => withTarget(edit, Number(key)));
    if (key === "[" || key === "]") return () => editor.change((edit) => resized(edit, key === "]" ? 1 : -1));
    if (key.toLowerCase() === "n") return newGrid;
  }
}

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type));

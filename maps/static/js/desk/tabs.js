// The two tabs of the left panel, by the pattern of tabs: arrows move, the chosen one is in the order of the Tab key.

import { byId } from "../dom.js";

const TABS = /** @type {const} */ (["queue", "dry"]);
const element = byId("tabs", HTMLElement);
const buttons = TABS.map((name) => byId(`tab-${name}`, HTMLButtonElement));

/** @param {number} at */
function choose(at) {
  element.dispatchEvent(new CustomEvent("tab", { detail: TABS[at] }));
  buttons[at].focus();
}

buttons.forEach((button, at) => button.addEventListener("click", () => choose(at)));
element.addEventListener("keydown", ({ key }) => {
  const at = buttons.findIndex((one) => one === document.activeElement);
  if (key === "ArrowRight" || key === "ArrowLeft") choose((at + 1) % TABS.length);
});

/** @param {"queue" | "dry"} tab */
export function renderTabs(tab) {
  TABS.forEach((name, at) => {
    buttons[at].setAttribute("aria-selected", String(name === tab));
    buttons[at].tabIndex = name === tab ? 0 : -1;
    byId(`panel-${name}`, HTMLElement).hidden = name !== tab;
  });
}

const toggle = byId("map-toggle", HTMLButtonElement);
toggle.addEventListener("click", () => {
  const shown = document.body.classList.toggle("with-map");
  toggle.setAttribute("aria-expanded", String(shown));
});

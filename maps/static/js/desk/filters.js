// What narrows the queue: which cases, words, state, kind, category and marks; and how many cases are in each state.

import { byId, h, renew } from "../dom.js";
import { signOf, stateSign } from "./marks.js";
import { KINDS, MARK_NAMES, narrowed, VIEWS } from "./state.js";
import { text } from "./texts.js";

/**
 * @typedef {import("./state.js").Desk} Desk
 * @typedef {import("./state.js").Filter} Filter
 * @typedef {{states: {state: string, name: string}[], categories: {code: string, name: string}[]}} Choices
 */
const PAUSE_MS = 250;
const MARKS = /** @type {const} */ (["overdue", "supervised", "mine"]);

/** @param {(change: Partial<Filter>) => void} onNarrow */
export function createFilters(onNarrow) {
  const search = byId("search", HTMLInputElement);
  const [state, kind, category] = ["state", "kind", "category"].map((name) => byId(`filter-${name}`, HTMLSelectElement));
  /** @type {number | undefined} */
  let typing;
  search.addEventListener("input", () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(() => onNarrow({ q: search.value.trim() }), PAUSE_MS);
  });
  state.addEventListener("change", () => onNarrow({ state: state.value }));
  kind.addEventListener("change", () => onNarrow({ kind: kind.value }));
  category.addEventListener("change", () => onNarrow({ category: category.value }));
  for (const name of MARKS) {
    const box = byId(`filter-${name}`, HTMLInputElement);
    box.addEventListener("change", () => onNarrow({ [name]: box.checked }));
  }
  byId("views", HTMLElement).addEventListener("click", ({ target }) => {
    const view = target instanceof HTMLElement ? VIEWS.find((one) => one === target.dataset.view) : undefined;
    if (view) onNarrow({ view });
  });
  byId("counts", HTMLElement).addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    if (button?.dataset.state !== undefined) onNarrow({ state: button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.state });
  });

  return {
    /** @param {Desk} desk @param {Choices} choices */
    render({ lang, filter }, choices) {
      fill(state, choices.states.map(({ state: code, name }) => [code, name]), lang, filter.state);
      fill(kind, KINDS.map((one) => [one, text(lang, one)]), lang, filter.kind);
      fill(category, choices.categories.map(({ code, name }) => [code, name]), lang, filter.category);
      for (const name of MARKS) byId(`filter-${name}`, HTMLInputElement).checked = filter[name];
      for (const one of byId("views", HTMLElement).querySelectorAll("button")) {
        one.setAttribute("aria-pressed", String(one.dataset.view === filter.view));
      }
      if (document.activeElement !== search) search.value = filter.q;
      search.placeholder = text(lang, "search");
      const n = narrowed(filter);
      byId("filters-title", HTMLElement).textContent = n ? text(lang, "filtersOn", { n }) : text(lang, "filters");
    },

    /** @param {Desk} desk @param {Choices} choices */
    renderCounts({ filter, counts }, { states }) {
      const box = byId("counts", HTMLElement);
      const focused = document.activeElement instanceof HTMLElement && box.contains(document.activeElement) ? document.activeElement.dataset.state : null;
      const shown = states.filter(({ state: one }) => counts.states[one] || one === filter.state);
      renew(
        box,
        shown.map(({ state: one, name }) =>
          h(
            "button",
            { type: "button", "data-state": one, "aria-pressed": String(one === filter.state) },
            stateSign(one), `${name} `, h("strong", {}, String(counts.states[one] ?? 0)),
          ),
        ),
      );
      const again = [...box.querySelectorAll("button")].find((one) => one.dataset.state === focused);
      if (focused) again?.focus();
    },
  };
}

/** What the shapes on the map mean. @param {HTMLElement} element @param {import("../lang.js").Lang} lang */
export function renderLegend(element, lang) {
  const signs = MARK_NAMES.map((mark) => h("li", {}, signOf(mark), text(lang, `mark_${mark}`)));
  element.replaceChildren(...signs, h("li", {}, signOf("new", { overdue: true }), text(lang, "overdue")));
}

/** @param {HTMLSelectElement} select @param {[string, string][]} options @param {import("../lang.js").Lang} lang @param {string} chosen */
function fill(select, options, lang, chosen) {
  select.replaceChildren(...[["", text(lang, "any")], ...options].map(([value, words]) => h("option", { value }, words)));
  select.value = chosen;
}

// Choosing a category: by group or by search; what was chosen stands alone until it is changed.

import { h } from "../dom.js";
import { grouped, matching } from "./state.js";

/** @typedef {import("./types.js").Category} Category */

/**
 * @param {{box: HTMLElement, search: HTMLInputElement, list: HTMLElement, chosen: HTMLElement}} parts
 * @param {(category: Category | null) => void} choose
 */
export function createChooser({ box, search, list, chosen }, choose) {
  /** @type {Category[]} */
  let categories = [];
  /** @type {import("./types.js").Say} */
  let say = String;

  /** @param {Category} one */
  const button = (one) =>
    h(
      "button",
      {
        type: "button",
        className: `category ${one.kind}`,
        onclick: () => {
          choose(one);
          chosen.querySelector("button")?.focus();
        },
      },
      h("strong", {}, one.name),
      h("small", {}, one.description),
    );

  function render() {
    const words = search.value.trim();
    if (words) {
      const found = matching(categories, words);
      list.replaceChildren(
        found.length ? h("div", { className: "categories" }, ...found.map(button)) : h("p", { role: "status" }, say("noMatch", { words })),
      );
      return;
    }
    const open = new Set([...list.querySelectorAll("details[open]")].map((one) => one.getAttribute("data-group")));
    list.replaceChildren(
      ...grouped(categories).map((group) =>
        h(
          "details",
          { "data-group": group.code, open: open.has(group.code) },
          h(
            "summary",
            {},
            h("strong", {}, group.name),
            h("small", {}, group.categories.map(({ name }) => name).join(" · ")),
          ),
          h("div", { className: "categories" }, ...group.categories.map(button)),
        ),
      ),
    );
  }

  search.addEventListener("input", render);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });

  return {
    /** @param {Category[]} given @param {Category | null} category @param {import("./types.js").Say} words_of */
    show(given, category, words_of) {
      categories = given;
      say = words_of;
      box.hidden = category !== null;
      chosen.hidden = category === null;
      render();
      if (!category) {
        chosen.replaceChildren();
        return;
      }
      const change = () => {
        search.value = "";
        choose(null);
        search.focus();
      };
      chosen.replaceChildren(
        h("p", { className: "chosen-name" }, h("strong", {}, category.name), h("small", {}, category.group_name)),
        h("button", { type: "button", onclick: change }, say("change")),
        category.kind === "emergency" ? h("p", { className: "warning" }, say("emergency")) : "",
      );
    },
  };
}

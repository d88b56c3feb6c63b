// The header: communities and plans to choose from, and every text that an element of the page names.

import { byId, h } from "../dom.js";
import { showWho } from "../door.js";
import { text } from "../i18n.js";
import { fillTexts } from "../lang.js";

/** @typedef {import("../state.js").State} State */

/** Fills every element that names its text. @param {State} now @param {HTMLInputElement[]} hinted with their label as a hint */
export function renderTexts({ lang }, hinted) {
  document.title = `${text(lang, "title")} · ${text(lang, "subtitle")}`;
  fillTexts(lang, (key) => text(lang, key));
  for (const input of hinted) input.placeholder = input.getAttribute("aria-label") ?? "";
}

/** @param {State} now */
export function renderCommunities({ communities, community }) {
  const chooser = byId("community-chooser", HTMLSelectElement);
  const search = byId("community-search", HTMLInputElement);
  const options = communities.map((row) => h("option", { value: row.code }, row.name));
  if (community && !communities.some((row) => row.code === community.code)) {
    options.unshift(h("option", { value: community.code }, community.name));
  }
  chooser.replaceChildren(...options);
  chooser.value = community?.code ?? "";
  chooser.disabled = !options.length;
  search.hidden = communities.length < 12 && !search.value;
}

/** A plan in a list of plans. @param {import("../types.js").PlanRow} row @param {import("../i18n.js").Lang} lang */
export function planName(row, lang) {
  const words = text(lang, "planOption", { version: row.version, status: text(lang, row.status) });
  return row.name ? `${words} · ${row.name}` : words;
}

/** @param {State} now */
export function renderPlans({ plans, plan, lang }) {
  const chooser = byId("plan-chooser", HTMLSelectElement);
  const options = plans.map((row) => h("option", { value: String(row.id) }, planName(row, lang)));
  chooser.replaceChildren(...(options.length ? options : [h("option", { value: "" }, text(lang, "noPlanYet"))]));
  chooser.value = String(plan?.id ?? "");
  chooser.disabled = !options.length;
}

/** Who is signed in. @param {State} now */
export function renderWho({ session, lang }) {
  showWho(session, (name) => text(lang, "signedInAs", { name }));
}

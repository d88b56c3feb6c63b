// What can be done with the plan as a whole: rename, fork, propose, adopt, retire, reopen; only what the reader may.

import { Told, communityPath, write } from "../api.js";
import { h } from "../dom.js";
import { toldOf } from "../door.js";
import { command } from "../edit/requests.js";
import { text } from "../i18n.js";
import { ask } from "./ask.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {"rename" | "fork" | "create" | "propose" | "reopen" | "adopt" | "retire"} Step
 */

/** @type {Record<"propose" | "reopen" | "adopt" | "retire", {from: string[], needs: string}>} */
const STATES = {
  propose: { from: ["draft"], needs: "plan.edit" },
  reopen: { from: ["proposed"], needs: "plan.edit" },
  adopt: { from: ["proposed"], needs: "plan.adopt" },
  retire: { from: ["draft", "proposed", "adopted"], needs: "plan.adopt" },
};

/**
 * The steps open to the reader, in the order of a plan's life.
 * @param {{status: string, may?: string[]} | null} plan @param {boolean} edited whether it is under the hand
 * @param {readonly string[]} [here] permissions in the community, where no plan is shown
 * @returns {Step[]}
 */
export function openSteps(plan, edited, here = []) {
  if (!plan) return here.includes("plan.edit") ? ["create"] : [];
  const may = new Set(plan.may ?? []);
  /** @type {Step[]} */
  const steps = [];
  if (edited) steps.push("rename");
  if (may.has("plan.edit")) steps.push("fork", "create");
  for (const [step, { from, needs }] of Object.entries(STATES)) {
    if (from.includes(plan.status) && may.has(needs)) steps.push(/** @type {Step} */ (step));
  }
  return steps;
}

/** The plan on paper, as it is saved. @param {number} plan @param {import("../i18n.js").Lang} lang */
function printLinks(plan, lang) {
  const papers = { A3: "paper=A3", A1: "paper=A1", sheets: "paper=A3&sheets=true" };
  const links = Object.entries(papers).map(([paper, query]) =>
    h("a", { id: `print-${paper}`, href: `plans/${plan}/print?${query}&lang=${lang}`, target: "_blank", rel: "noopener" }, text(lang, `print_${paper}`)),
  );
  return h("p", { className: "row print" }, h("span", { className: "quiet" }, text(lang, "print")), ...links);
}

/**
 * @param {() => State} get @param {HTMLDialogElement} dialog
 * @param {{send: (one: import("../edit/queue.js").Command) => void, reload: (code: string, plan: number) => void}} acts
 */
export function createPlanMenu(get, dialog, acts) {
  /** @type {Record<Step, () => Promise<void>>} */
  const run = {
    async rename() {
      const { plan, lang } = get();
      const name = await ask(dialog, { title: text(lang, "rename"), label: text(lang, "planName"), value: plan?.name, ok: text(lang, "save") }, lang);
      if (name !== null) acts.send(command("name", { name }));
    },
    async fork() {
      const { plan, lang } = get();
      const name = await ask(dialog, { title: text(lang, "fork"), words: text(lang, "forkWords"), label: text(lang, "planName"), value: plan?.name, ok: text(lang, "fork") }, lang);
      if (plan && name !== null) open(await write("POST", `plans/${plan.id}/fork`, { name }));
    },
    async create() {
      const { community, plan, lang } = get();
      const name = await ask(dialog, { title: text(lang, "create"), words: text(lang, plan ? "createWords" : "createFirst"), label: text(lang, "planName"), ok: text(lang, "create") }, lang);
      if (community && name !== null) open(await write("POST", `${communityPath(community.code)}/plans`, { name, rules: plan?.rules ?? {} }));
    },
    propose: () => change("propose"),
    reopen: () => change("reopen"),
    adopt: () => change("adopt"),
    retire: () => change("retire"),
  };

  /** @param {"propose" | "reopen" | "adopt" | "retire"} step */
  async function change(step) {
    const { plan, edit, lang } = get();
    const sure = await ask(dialog, { title: text(lang, step), words: text(lang, `${step}Words`), ok: text(lang, step) }, lang);
    if (!plan || sure === null) return;
    await write("POST", `plans/${plan.id}/${step}`, undefined, { "If-Match": `"r${edit?.queue.revision ?? plan.revision}"` });
    acts.reload(plan.community, plan.id);
  }

  /** @param {{id: number}} made */
  function open({ id }) {
    const { community } = get();
    if (community) acts.reload(community.code, id);
  }

  return {
    /** @param {State} state @returns {HTMLElement[]} */
    render({ community, plan, edit, lang }) {
      const waits = Boolean(edit?.queue.pending.length);
      const buttons = openSteps(plan, Boolean(edit), community?.may).map((step) =>
        h("button", { type: "button", id: `plan-${step}`, disabled: waits, onclick: () => attempt(run[step]) }, text(lang, step)),
      );
      const menu = buttons.length ? [h("div", { className: "row", role: "group", "aria-label": text(lang, "planMenu") }, ...buttons)] : [];
      return plan?.grids.length ? [...menu, printLinks(plan.id, lang)] : menu;
    },
  };

  /** The server's words, where it refuses. @param {() => Promise<void>} step */
  async function attempt(step) {
    try {
      await step();
    } catch (error) {
      const { lang } = get();
      if (!(error instanceof Told)) throw error;
      await ask(dialog, { title: text(lang, "refusedTitle"), words: toldOf(error), ok: text(lang, "close"), told: true }, lang);
    }
  }
}

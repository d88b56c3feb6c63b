// Messages to whoever is signed in: how many are unread, and the list; asked for again while the page is in sight.

import { read, write } from "../api.js";
import { byId, h } from "../dom.js";
import { text, timeText } from "./texts.js";

/**
 * @typedef {{id: number, at: string, subject: string, body: string, number: string | null, urgent: boolean, read_at: string | null}} Message
 */
const EVERY_MS = 30_000;
const PAGE = 30;

/** @param {() => import("../lang.js").Lang} langOf @param {(number: string) => void} onOpen */
export function createInbox(langOf, onOpen) {
  const button = byId("inbox-button", HTMLButtonElement);
  const dialog = byId("inbox", HTMLDialogElement);
  /** @type {Message[]} */
  let messages = [];
  let unread = 0;
  let more = false;

  function render() {
    const lang = langOf();
    button.replaceChildren(text(lang, "inbox"), ...(unread ? [" ", h("strong", { className: "count" }, String(unread))] : []));
    button.setAttribute("aria-label", unread ? text(lang, "inboxUnread", { n: unread }) : text(lang, "inbox"));
    if (!dialog.open) return;
    dialog.replaceChildren(
      h("h2", { id: "inbox-title" }, text(lang, "inbox")),
      messages.length ? h("ul", { className: "messages" }, ...messages.map((one) => rowOf(lang, one))) : h("p", {}, text(lang, "inboxEmpty")),
      h(
        "div",
        { className: "row" },
        more ? h("button", { type: "button", onclick: () => load(true) }, text(lang, "older")) : null,
        h("button", { type: "button", className: "primary", onclick: () => dialog.close() }, text(lang, "close")),
      ),
    );
  }

  /** @param {import("../lang.js").Lang} lang @param {Message} message */
  function rowOf(lang, message) {
    const { number } = message;
    const open = async () => {
      await take(message);
      dialog.close();
      if (number) onOpen(number);
    };
    return h(
      "li",
      { className: message.read_at ? "" : "unread" },
      h("p", {}, h("b", {}, message.subject), message.read_at ? null : h("span", { className: "badge" }, text(lang, "unread")), message.urgent ? h("span", { className: "badge emergency" }, text(lang, "urgent")) : null),
      h("p", { className: "body" }, message.body),
      h("p", { className: "quiet small-print" }, timeText(lang, message.at)),
      number ? h("button", { type: "button", onclick: open }, text(lang, "openCase", { number })) : null,
    );
  }

  /** @param {Message} message */
  async function take(message) {
    if (message.read_at) return;
    await write("POST", `inbox/${message.id}/read`).catch(() => null);
    messages = messages.map((one) => (one.id === message.id ? { ...one, read_at: new Date().toISOString() } : one));
    unread = Math.max(0, unread - 1);
    render();
  }

  /** @param {boolean} older */
  async function load(older) {
    const before = older ? messages.at(-1)?.id : undefined;
    try {
      const answer = await read("inbox", { limit: PAGE, lang: langOf(), ...(before ? { before } : {}) });
      messages = older ? [...messages, ...answer.messages] : answer.messages;
      more = answer.messages.length === PAGE;
      unread = answer.unread;
      render();
    } catch {
      // The next time will tell; the queue says when the server is away.
    }
  }

  button.addEventListener("click", async () => {
    dialog.showModal();
    render();
    await load(false);
  });
  window.setInterval(() => document.visibilityState === "visible" && !dialog.open && load(false), EVERY_MS);
  return { load: () => load(false), render };
}

// The acknowledgement: number, grid, what happens next, until when, and the private link.

import { h } from "../dom.js";
import { moment } from "./texts.js";

/** Whose grid it is. @param {Record<string, any>} spot @param {import("./types.js").Say} say */
export function spotWords({ community, grid }, say) {
  if (!community) return "";
  return grid ? say("inGrid", { community: community.name, grid: grid.number }) : community.name;
}

/**
 * @param {HTMLElement} box @param {() => boolean} idle whether nothing else is being written @param {() => void} again
 */
export function createReceipt(box, idle, again) {
  /** @type {{receipt: import("./types.js").Receipt, title: string} | null} */
  let shown = null;

  const hide = () => {
    shown = null;
    box.hidden = true;
  };

  return {
    hide,
    shown: () => shown !== null,

    /** In another language. @param {import("./types.js").Language} language */
    retell(language) {
      if (shown) this.tell(shown.receipt, shown.title, language);
    },

    /** Leads the reader there, unless they are writing. @param {import("./types.js").Receipt} receipt @param {string} title a key of the texts @param {import("./types.js").Language} language */
    tell(receipt, title, { say, lang }) {
      shown = { receipt, title };
      const heading = h("h2", { tabIndex: -1 }, `✓ ${say(title)}`);
      const leave = () => {
        hide();
        again();
      };
      box.replaceChildren(heading, ...facts(receipt, say, lang), ...linkPart(receipt, say, lang, leave));
      box.hidden = false;
      if (!idle()) return;
      heading.focus();
      box.scrollIntoView({ block: "start" });
    },
  };
}

/** @param {import("./types.js").Receipt} receipt @param {import("./types.js").Say} say @param {import("./types.js").Lang} lang */
function facts(receipt, say, lang) {
  /** @type {[string, string][]} */
  const rows = [
    [say("number"), receipt.number],
    [say("place"), spotWords(receipt, say)],
    [say("next"), receipt.next ?? ""],
    [say("due"), receipt.due_at ? moment(receipt.due_at, lang) : ""],
  ];
  const told = rows.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return [h("dl", {}, ...told)];
}

/** @param {import("./types.js").Receipt} receipt @param {import("./types.js").Say} say @param {import("./types.js").Lang} lang @param {() => void} again */
function linkPart(receipt, say, lang, again) {
  const address = h("input", { id: "link", readOnly: true, value: new URL(receipt.link, location.href).href });
  const copied = h("span", { role: "status" });
  address.addEventListener("focus", () => address.select());
  const copy = async () => {
    address.select();
    try {
      await navigator.clipboard.writeText(address.value);
    } catch {
      document.execCommand("copy");
    }
    copied.textContent = say("copied");
  };
  return [
    h("label", { htmlFor: "link" }, say("link")),
    address,
    h("p", { className: "row" },
      h("button", { type: "button", className: "main-button", onclick: copy }, say("copy")),
      h("a", { className: "button", href: `${receipt.link}?lang=${lang}` }, say("open")),
      h("button", { type: "button", className: "plain", onclick: again }, say("another")),
      copied),
  ];
}

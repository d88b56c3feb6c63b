// Address, words and contact: what is written goes into the draft.

import { byId } from "../dom.js";
import { showAttributes } from "./form.js";
import { lengthOf, LONGEST_TEXT, reachable } from "./state.js";

const CONTACT_WORDS = { none: "noContact", optional: "anonymous", required: "required" };

/** @param {string} id */
const input = (id) => byId(id, HTMLInputElement);

/** @param {() => import("./types.js").Draft} draft @param {(draft: import("./types.js").Draft) => void} write */
export function createFields(draft, write) {
  const description = byId("description", HTMLTextAreaElement);
  const attributes = byId("attributes", HTMLElement);

  description.addEventListener("input", () => write({ ...draft(), description: description.value }));
  input("address").addEventListener("input", () => write({ ...draft(), address: input("address").value }));
  input("consent").addEventListener("change", () => write({ ...draft(), consent: input("consent").checked }));
  for (const name of /** @type {const} */ (["name", "phone", "email"])) {
    input(name).addEventListener("input", () =>
      write({ ...draft(), contact: { ...draft().contact, [name]: input(name).value } }));
  }

  return {
    /** What follows from the draft. @param {import("./types.js").Category | null} category @param {import("./types.js").Say} say */
    follow(category, say) {
      showAttributes(attributes, category?.attributes ?? [], draft().attributes, say, (code, value) =>
        write({ ...draft(), attributes: { ...draft().attributes, [code]: value } }));
      const n = lengthOf(draft().description);
      const counter = byId("counter", HTMLElement);
      counter.textContent = say("counter", { n });
      counter.classList.toggle("over", n > LONGEST_TEXT);
      const asked = category?.contact ?? "optional";
      byId("contact", HTMLElement).hidden = asked === "none";
      byId("contact-words", HTMLElement).textContent = say(CONTACT_WORDS[asked]);
      input("consent").disabled = !reachable(draft());
    },

    /** The draft as it is, in the page's language. @param {import("./types.js").Say} say */
    fill(say) {
      const { address, contact, consent } = draft();
      for (const [id, value] of Object.entries({ address, ...contact })) input(id).value = value;
      if (description.value !== draft().description) description.value = draft().description;
      input("consent").checked = consent;
      attributes.dataset.shown = "";
      input("search").placeholder = say("search");
      input("address").placeholder = say("addressExample");
      description.placeholder = say("descriptionExample");
    },
  };
}

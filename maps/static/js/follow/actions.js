// What the holder of a private link may do, each as a small form.

import { h } from "../dom.js";
import { createPhotos } from "../report/photos.js";

/** @typedef {import("./view.js").Case["may"][number]} Action */
/** @typedef {{note: string, satisfied?: boolean, photos: import("../report/types.js").Photo[]}} Step */

const TAKES_PHOTOS = ["note_or_photo", "photo_or_note"];

/**
 * @param {HTMLElement} box @param {import("./view.js").Case} one @param {import("../report/types.js").Say} say
 * @param {(action: Action, step: Step) => Promise<string | null>} take answers with what was refused
 */
export function showActions(box, one, say, take) {
  box.hidden = !one.may.length && !one.follower;
  box.replaceChildren(
    h("h2", {}, say("actions")),
    one.follower ? h("p", {}, say("followerHint")) : "",
    ...one.may.map((action) => h("details", { name: "action" }, h("summary", {}, action.name), formOf(action, say, take))),
  );
}

/** @param {Action} action @param {import("../report/types.js").Say} say @param {(action: Action, step: Step) => Promise<string | null>} take */
function formOf(action, say, take) {
  const id = `note-${action.action}`;
  const judges = action.evidence.includes("satisfied");
  const note = h("textarea", { id, rows: 3, maxLength: 4000 });
  const words = h("p", { className: "fault", role: "alert" });
  const button = h("button", { className: "main-button", type: "submit" }, say("send", { action: action.name }));
  const radios = [true, false].map((value) => h("input", { type: "radio", name: "satisfied", value: String(value) }));
  /** @type {Step["photos"]} */
  let photos = [];
  const form = h("form", { className: "step", noValidate: true },
    judges
      ? h("fieldset", { className: "choice" }, h("legend", {}, action.name),
          ...radios.map((radio, at) => h("label", { className: "tick" }, radio, say(at ? "unsatisfied" : "satisfied"))))
      : "",
    h("label", { htmlFor: id }, say(judges ? "noteOptional" : "note")),
    note,
    action.evidence.some((name) => TAKES_PHOTOS.includes(name)) ? photoPart() : "",
    words,
    button);

  function photoPart() {
    const list = h("ul", { className: "photos" });
    const input = h("input", { type: "file", accept: "image/*", multiple: true });
    const told = h("p", { className: "fault", role: "status" });
    createPhotos(list, [input], told, (chosen) => void (photos = chosen)).show([], say);
    return h("div", {}, list, h("p", {}, h("label", { className: "button" }, input, h("span", {}, say("addPhotos")))), told);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = radios.find(({ checked }) => checked);
    if (judges && !chosen) {
      words.textContent = say("needsChoice");
      radios[0].focus();
      return;
    }
    button.disabled = true;
    words.textContent = "";
    const step = { note: note.value.trim(), photos, ...(chosen ? { satisfied: chosen.value === "true" } : {}) };
    words.textContent = await take(action, step);
    button.disabled = false;
  });
  return form;
}

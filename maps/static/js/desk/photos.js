// Photos of a case: small ones, a large one to look at, and what the public may see of it.

import { write } from "../api.js";
import { byId, h } from "../dom.js";
import { createCover } from "./cover.js";
import { formText } from "./form_texts.js";
import { incidentPath } from "./sending.js";
import { text } from "./texts.js";

/** @typedef {import("./state.js").Photo} Photo */

/** @param {import("../lang.js").Lang} lang @param {Photo} photo */
const standingOf = (lang, photo) => text(lang, photo.public ? "isPublic" : photo.moderated ? "notPublic" : "notModerated");

/** @param {import("../lang.js").Lang} lang @param {string} kind @param {number} n */
const nameOf = (lang, kind, n) => text(lang, "photoOf", { kind: formText(lang, `kind_${kind}`), n });

/**
 * @param {import("../lang.js").Lang} lang @param {import("./state.js").Case} kase
 * @param {boolean} moderates whether the reader decides what the public sees @param {() => void} onChange
 */
export function photosOf(lang, kase, moderates, onChange) {
  const shown = kase.photos.map((photo, at) => {
    const name = nameOf(lang, photo.kind, at + 1);
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", "aria-label": `${name} · ${text(lang, "openPhoto")}`, onclick: () => openPhoto(lang, kase.number, photo, name, moderates, onChange) },
        h("img", { src: photo.url, alt: "", loading: "lazy" }),
      ),
      h("span", { className: "small-print" }, `${formText(lang, `kind_${photo.kind}`)} · ${standingOf(lang, photo)}`),
    );
  });
  const content = shown.length ? h("ul", { className: "photos" }, ...shown) : h("p", { className: "quiet" }, text(lang, "noPhotos"));
  return h("section", {}, h("h3", {}, text(lang, "photos")), content);
}

/** @param {import("../lang.js").Lang} lang @param {string} number @param {Photo} photo @param {string} name @param {boolean} moderates @param {() => void} onChange */
function openPhoto(lang, number, photo, name, moderates, onChange) {
  const dialog = byId("photo", HTMLDialogElement);
  const alert = h("p", { className: "fault", role: "alert" });
  const cover = createCover(lang, photo, name);

  /** @param {boolean} open */
  async function decide(open) {
    try {
      await write("PATCH", `${incidentPath(number)}/photos/${photo.id}`, { public: open, boxes: open ? cover.boxes() : [] });
      await fetch(photo.url, { cache: "reload" }); // the browser may still hold it without the boxes
      dialog.close();
      onChange();
    } catch (error) {
      alert.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  const close = h("button", { type: "button", onclick: () => dialog.close() }, text(lang, "close"));
  const buttons = moderates
    ? [
        h("button", { type: "button", className: "primary", onclick: () => decide(true) }, text(lang, "publish")),
        h("button", { type: "button", onclick: () => decide(false) }, text(lang, "keepPrivate")),
      ]
    : [];
  dialog.replaceChildren(
    h("h2", { id: "photo-title" }, name),
    h("p", { className: "quiet" }, standingOf(lang, photo)),
    cover.picture,
    ...(moderates ? [cover.tools] : []),
    alert,
    h("div", { className: "row" }, ...buttons, close),
  );
  dialog.showModal();
}

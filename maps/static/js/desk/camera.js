// Photos taken or chosen on the device: made small there, so that neither the place nor the camera's marks leave it.

import { h } from "../dom.js";
import { MOST_PHOTOS, PHOTO_KINDS, photoKind } from "./evidence.js";
import { formText } from "./form_texts.js";

/** @typedef {import("../lang.js").Lang} Lang */
/** @typedef {{blob: Blob, kind: string, preview: string}} Shot */

const LONGEST_SIDE = 1600;
const PREVIEW_SIDE = 240;
const QUALITY = 0.82;

/** How large a picture becomes. @param {number} width @param {number} height @param {number} longest */
export function shrunkSize(width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Drawn anew on a canvas: what a file tells beside its pixels is gone. @param {ImageBitmap} picture @param {number} longest */
function drawn(picture, longest) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, shrunkSize(picture.width, picture.height, longest));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** @param {Blob} file @returns {Promise<{blob: Blob, preview: string}>} */
export async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = drawn(picture, LONGEST_SIDE);
  /** @type {Blob | null} */
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new Error("No JPEG");
  return { blob, preview: drawn(picture, PREVIEW_SIDE).toDataURL("image/jpeg", 0.7) };
}

/**
 * Camera or files, small pictures of what was taken, and of what kind each is.
 * @param {{lang: Lang, action: string, id: string, shots: Shot[], kinds?: boolean, onChange?: () => void}} options
 *   shots: filled and emptied here
 */
export function createCamera({ lang, action, id, shots, kinds = true, onChange }) {
  const say = (/** @type {string} */ key, values = {}) => formText(lang, key, values);
  const input = h("input", { id, type: "file", accept: "image/*", multiple: true, className: "unseen" });
  const status = h("p", { className: "quiet small-print", role: "status" });
  const list = h("ul", { className: "shots" });

  function render() {
    list.replaceChildren(...shots.map((shot, at) => shotOf(shot, at)));
    input.disabled = shots.length >= MOST_PHOTOS;
    onChange?.();
  }

  /** @param {Shot} shot @param {number} at */
  function shotOf(shot, at) {
    const name = say("photoNumber", { n: at + 1 });
    const chooser = h("select", { "aria-label": say("photoKindOf", { n: at + 1 }) });
    for (const kind of PHOTO_KINDS) chooser.append(h("option", { value: kind }, say(`kind_${kind}`)));
    chooser.value = shot.kind;
    chooser.addEventListener("change", () => (shot.kind = chooser.value));
    const drop = () => {
      shots.splice(at, 1);
      render();
      input.focus();
    };
    return h(
      "li",
      {},
      h("img", { src: shot.preview, alt: name }),
      kinds ? chooser : null,
      h("button", { type: "button", onclick: drop, "aria-label": say("dropPhoto", { n: at + 1 }) }, say("drop")),
    );
  }

  input.addEventListener("change", async () => {
    const files = [...(input.files ?? [])].slice(0, MOST_PHOTOS - shots.length);
    status.textContent = say("preparing");
    try {
      for (const file of files) shots.push({ ...(await shrunk(file)), kind: photoKind(action, shots.length) });
      status.textContent = "";
    } catch {
      status.textContent = say("notAPicture");
    }
    input.value = "";
    render();
  });
  render();
  return h("div", { className: "camera" }, input, h("label", { htmlFor: id, className: "button" }, say("takePhoto")), list, status);
}

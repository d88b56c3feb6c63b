// Photos made small on the device: what they say of camera, time and place is gone before anything is sent.

import { h } from "../dom.js";
import { MOST_PHOTOS } from "./state.js";

/** @typedef {import("./types.js").Photo} Photo */

const LONGEST_PX = 1600;
const QUALITY = 0.8;
const THUMB_PX = 192;

/** Width and height that fit into a square of this side, never larger than they were. @param {number} width @param {number} height @param {number} most */
export function fitted(width, height, most) {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A JPEG, upright, of the picture; throws where the browser cannot read it. @param {Blob} file @returns {Promise<Photo>} */
export async function shrunk(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const size = fitted(bitmap.width, bitmap.height, LONGEST_PX);
  const canvas = drawn(bitmap, size);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!(blob instanceof Blob)) throw new Error("The canvas gave no picture");
  return { blob, ...size };
}

/** @param {ImageBitmap} bitmap @param {{width: number, height: number}} size */
function drawn(bitmap, { width, height }) {
  const canvas = h("canvas", { width, height });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("The canvas cannot be drawn upon");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, 0, 0, width, height);
  return canvas;
}

/**
 * A list of photos with buttons that add and remove them.
 * @param {HTMLElement} list @param {HTMLInputElement[]} inputs @param {HTMLElement} words
 * @param {(photos: Photo[]) => void} changed
 */
export function createPhotos(list, inputs, words, changed) {
  /** @type {Photo[]} */
  let photos = [];
  /** @type {import("./types.js").Say} */
  let say = String;
  let ready = Promise.resolve();
  /** @type {WeakMap<Photo, HTMLElement>} */
  const thumbs = new WeakMap();

  /** @param {Photo} photo */
  function thumbOf(photo) {
    const made = thumbs.get(photo) ?? h("span", { className: "thumb", role: "img" });
    if (!thumbs.has(photo)) {
      thumbs.set(photo, made);
      void createImageBitmap(photo.blob).then((bitmap) => {
        made.replaceChildren(drawn(bitmap, fitted(bitmap.width, bitmap.height, THUMB_PX)));
        bitmap.close();
      });
    }
    return made;
  }

  function render() {
    const items = photos.map((photo, at) => {
      const thumb = thumbOf(photo);
      thumb.setAttribute("aria-label", say("photo", { n: at + 1 }));
      const label = say("removePhoto", { n: at + 1 });
      return h("li", {}, thumb, h("button", { type: "button", "aria-label": label, onclick: () => remove(at) }, "✕"));
    });
    list.replaceChildren(...items);
    for (const input of inputs) {
      input.disabled = photos.length >= MOST_PHOTOS;
      input.parentElement?.classList.toggle("full", input.disabled);
    }
  }

  /** @param {number} at */
  function remove(at) {
    photos = photos.filter((_, other) => other !== at);
    words.textContent = "";
    render();
    const next = list.querySelectorAll("button")[Math.min(at, photos.length - 1)];
    if (next) next.focus();
    else inputs[inputs.length - 1].focus();
    changed(photos);
  }

  /** @param {File[]} files */
  async function add(files) {
    const told = [];
    words.textContent = say("preparing");
    for (const file of files) {
      if (photos.length >= MOST_PHOTOS) {
        told.push(say("manyPhotos"));
        break;
      }
      try {
        const photo = await shrunk(file);
        photos = [...photos, photo];
      } catch {
        told.push(say("badPhoto", { name: file.name }));
      }
      render();
    }
    words.textContent = told.join(" ");
    changed(photos);
  }

  for (const input of inputs) {
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      if (files.length) ready = ready.then(() => add(files));
    });
  }

  return {
    /** When all that was chosen has been made small. */
    ready: () => ready,

    /** @param {Photo[]} given @param {import("./types.js").Say} words_of */
    show(given, words_of) {
      photos = given;
      say = words_of;
      render();
    },
  };
}

// Black boxes over what must not be seen in a photo: dragged on it, or given by numbers.

import { h } from "../dom.js";
import { text } from "./texts.js";

const LABELS = ["boxLeft", "boxTop", "boxWidth", "boxHeight"];

/** Width and height, which are more than nothing; left and top are less than all. @param {string} key */
const isExtent = (key) => key === "boxWidth" || key === "boxHeight";

/** @param {number} percent @param {boolean} extent */
const inRange = (percent, extent) => (extent ? percent > 0 && percent <= 100 : percent >= 0 && percent < 100);

/** @typedef {[x: number, y: number, w: number, h: number]} Box pixels of the photo */

/** The box between two points of the picture as it is shown, in the photo's pixels. @param {[number, number]} from @param {[number, number]} to shares of width and height @param {{width: number, height: number}} size @returns {Box} */
export function boxBetween(from, to, { width, height }) {
  const [left, right] = [from[0], to[0]].map((one) => Math.min(1, Math.max(0, one))).sort((a, b) => a - b);
  const [top, bottom] = [from[1], to[1]].map((one) => Math.min(1, Math.max(0, one))).sort((a, b) => a - b);
  const [x, y] = [Math.floor(left * width), Math.floor(top * height)];
  return [x, y, Math.ceil(right * width) - x, Math.ceil(bottom * height) - y];
}

/** @param {import("../lang.js").Lang} lang @param {import("./state.js").Photo} photo @param {string} name */
export function createCover(lang, photo, name) {
  /** @type {Box[]} */
  const boxes = [];
  const image = h("img", { src: photo.url, alt: name, draggable: false });
  const layer = h("div", { className: "boxes" });
  const picture = h("div", { className: "picture" }, image, layer);
  // Its room is there before the photo is: a box drawn meanwhile lies where it was drawn.
  picture.style.aspectRatio = `${photo.width} / ${photo.height}`;
  picture.style.width = `min(100%, ${photo.width}px, ${56 * (photo.width / photo.height)}vh)`;
  const count = h("span", { role: "status" });

  function render() {
    const { width, height } = photo;
    layer.replaceChildren(
      ...boxes.map(([x, y, w, tall]) => {
        const box = h("span", {});
        Object.assign(box.style, {
          left: `${(100 * x) / width}%`, top: `${(100 * y) / height}%`, width: `${(100 * w) / width}%`, height: `${(100 * tall) / height}%`,
        });
        return box;
      }),
    );
    count.textContent = text(lang, "boxCount", { n: boxes.length });
  }

  /** @type {[number, number] | null} */
  let from = null;
  /** @param {PointerEvent} event @returns {[number, number]} */
  const shareOf = ({ clientX, clientY }) => {
    const { left, top, width, height } = image.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  };
  layer.addEventListener("pointerdown", (event) => {
    from = shareOf(event);
    layer.setPointerCapture(event.pointerId);
  });
  layer.addEventListener("pointerup", (event) => {
    if (!from) return;
    const box = boxBetween(from, shareOf(event), photo);
    from = null;
    if (box[2] > 2 && box[3] > 2) boxes.push(box);
    render();
  });

  const inputs = LABELS.map((key) =>
    h("input", { type: "number", min: "0", max: "100", value: isExtent(key) ? "20" : "40" }),
  );
  const labels = LABELS.map((key, at) => h("label", {}, text(lang, key), inputs[at]));
  const add = () => {
    const wrong = inputs.map((one, at) => !inRange(Number(one.value), isExtent(LABELS[at])));
    inputs.forEach((one, at) => one.setAttribute("aria-invalid", String(wrong[at])));
    const at = wrong.indexOf(true);
    fault.textContent = at < 0 ? "" : text(lang, isExtent(LABELS[at]) ? "boxExtent" : "boxPlace", { name: text(lang, LABELS[at]), value: inputs[at].value });
    if (at >= 0) return inputs[at].focus();
    const [x, y, w, tall] = inputs.map((one) => Number(one.value) / 100);
    boxes.push(boxBetween([x, y], [x + w, y + tall], photo));
    render();
  };
  const fault = h("p", { className: "fault", role: "alert" });
  const undo = () => {
    boxes.pop();
    render();
  };
  const tools = h(
    "div",
    { className: "cover-tools" },
    h("p", { className: "quiet small-print" }, text(lang, "boxesHint")),
    h("div", { className: "row" }, ...labels, h("button", { type: "button", onclick: add }, text(lang, "addBox")), h("button", { type: "button", onclick: undo }, text(lang, "undoBox")), count),
    fault,
  );
  render();
  return { picture, tools, boxes: () => boxes };
}

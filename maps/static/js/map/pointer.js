// Strokes on the map by mouse, pen or finger. A second finger ends the stroke and moves the map instead; the space bar
// or the middle button held down moves the map while a tool is active.

import { mercator } from "../edit/geometry.js";

/**
 * @typedef {import("../edit/geometry.js").Point} Point
 * @typedef {object} Hands
 * @property {(point: Point, zoom: number) => boolean} begin whether there is a stroke
 * @property {(point: Point, zoom: number) => void} move
 * @property {() => void} end
 * @property {() => void} cancel
 */

/**
 * @param {L.Map} map @param {HTMLElement} element @param {Hands} hands
 */
export function createPointer(map, element, hands) {
  const cursor = document.createElement("div");
  cursor.className = "brush-cursor";
  cursor.hidden = true;
  element.append(cursor);
  let drawing = false;
  let radius = 0;
  let space = false;
  /** @type {number | null} */
  let stroke = null;
  /** @type {Set<number>} */
  const fingers = new Set();

  /** @param {PointerEvent} event @returns {Point} */
  function at(event) {
    const { lng, lat } = map.mouseEventToLatLng(event);
    return mercator(lng, lat);
  }

  function stop(/** @type {boolean} */ cancelled) {
    if (stroke === null) return;
    stroke = null;
    if (cancelled) hands.cancel();
    else hands.end();
  }

  const setPanning = (/** @type {boolean} */ on) => (on ? map.dragging.enable() : map.dragging.disable());

  element.addEventListener(
    "pointerdown",
    (event) => {
      if (!drawing) return;
      fingers.add(event.pointerId);
      if (fingers.size > 1) return stop(true);
      if (event.button === 1) setPanning(true);
      if (event.button !== 0 || space || onControl(event)) return;
      if (!hands.begin(at(event), map.getZoom())) return;
      stroke = event.pointerId;
      element.setPointerCapture(event.pointerId);
    },
    true,
  );
  element.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    moveCursor(event);
    if (event.pointerId === stroke) hands.move(at(event), map.getZoom());
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    element.addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      if (event.button === 1 && drawing && !space) setPanning(false);
      if (event.pointerId === stroke) stop(name === "pointercancel");
    });
  }
  element.addEventListener("pointerleave", () => (cursor.hidden = true));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop(true);
    if (event.key !== " " || !drawing || event.target !== element) return;
    event.preventDefault();
    space = true;
    setPanning(true);
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== " " || !space) return;
    space = false;
    setPanning(!drawing);
  });

  /** @param {PointerEvent} event */
  function moveCursor(event) {
    const frame = element.getBoundingClientRect();
    cursor.hidden = !radius || event.pointerType === "touch";
    cursor.style.transform = `translate(${event.clientX - frame.left - radius}px, ${event.clientY - frame.top - radius}px)`;
  }

  return {
    /** @param {boolean} strokes whether the pointer draws @param {number} brush radius in pixels, 0: no round cursor */
    use(strokes, brush) {
      stop(true);
      drawing = strokes;
      radius = brush;
      element.classList.toggle("drawing", strokes);
      cursor.hidden = true;
      cursor.style.width = cursor.style.height = `${2 * brush}px`;
      setPanning(!strokes);
      for (const one of [map.boxZoom, map.doubleClickZoom]) strokes ? one.disable() : one.enable();
    },
  };
}

/** @param {Event} event */
const onControl = (event) => event.target instanceof Element && event.target.closest("button, a") !== null;

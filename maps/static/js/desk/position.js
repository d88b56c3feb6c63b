// The device's position, sent only when the button was pressed for this one step.

import { h } from "../dom.js";
import { formText } from "./form_texts.js";

/** @param {import("../lang.js").Lang} lang @param {[number, number] | null} before @param {string} [hint] key of the words while there is none */
export function positionButton(lang, before, hint = "positionHint") {
  const status = h("span", { className: "quiet small-print", role: "status" });
  const button = h("button", { type: "button" });
  const box = h("div", { className: "position" }, button, status);

  /** @param {[number, number] | null} place */
  function show(place) {
    if (place) box.setAttribute("data-position", place.join(","));
    else box.removeAttribute("data-position");
    button.textContent = formText(lang, place ? "removePosition" : "attachPosition");
    status.textContent = formText(lang, place ? "positionAttached" : hint);
  }

  button.addEventListener("click", () => {
    if (box.hasAttribute("data-position")) return show(null);
    status.textContent = formText(lang, "locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => show([coords.longitude, coords.latitude]),
      () => (status.textContent = formText(lang, "noPosition")),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 },
    );
  });
  show(before);
  return box;
}

// The step of the place: pin, position of the device, and whose grid it lies in.

import { Refusal } from "../asking.js";
import { byId } from "../dom.js";
import { createPlaceMap, located } from "./map.js";
import { spotWords } from "./receipt.js";
import { readSpot } from "./server.js";
import { placed } from "./state.js";

/** A position worse than this is to be checked on the map, metres. */
const FAR_M = 200;
const PAUSE_MS = 350;

/**
 * @param {any} settings of the page
 * @param {object} page
 * @param {() => import("./types.js").Draft} page.draft
 * @param {(draft: import("./types.js").Draft) => void} page.write
 * @param {() => {say: import("./types.js").Say, lang: import("./types.js").Lang}} page.language
 * @param {() => void} page.checked it is known anew whether somebody is there to take a report
 */
export function createWhere(settings, { draft, write, language, checked }) {
  const words = byId("spot", HTMLElement);
  const position = byId("located", HTMLElement);
  let standing = "";
  let soon = 0;

  const map = createPlaceMap(byId("map", HTMLElement), settings, (lon, lat, how) => {
    write(placed(draft(), lon, lat));
    map.show(draft().place, how);
    position.textContent = "";
    tell(language().say("checking"));
    clearTimeout(soon);
    soon = window.setTimeout(() => void check(), PAUSE_MS);
  });

  /** @param {string} told @param {"" | "inside" | "outside"} [where] "": not known */
  function tell(told, where = "") {
    standing = where;
    words.textContent = told;
    words.className = `spot ${where}`;
    checked();
  }

  async function check() {
    const { say, lang } = language();
    const { place } = draft();
    if (!place) tell(say("noPlace"));
    else if (!navigator.onLine) tell(say("unchecked"));
    else {
      try {
        const spot = await readSpot(place, lang);
        if (place === draft().place) tell(spotWords(spot, say), "inside");
      } catch (error) {
        if (place !== draft().place) return;
        if (error instanceof Refusal && error.status === 400) tell(error.message, "outside");
        else tell(say("unchecked"));
      }
    }
  }

  byId("locate", HTMLElement).addEventListener("click", async () => {
    const { say } = language();
    position.textContent = say("locating");
    const answer = await located();
    if ("refused" in answer) {
      position.textContent = say(answer.refused);
      return;
    }
    const { lon, lat, accuracy_m } = answer.place;
    const m = Math.ceil(accuracy_m ?? 0);
    write(placed(draft(), lon, lat, accuracy_m));
    position.textContent = say(m > FAR_M ? "locatedFar" : "located", { m });
    map.show(draft().place, "near");
    await check();
  });
  byId("zoom-in", HTMLElement).addEventListener("click", () => map.zoom(1));
  byId("zoom-out", HTMLElement).addEventListener("click", () => map.zoom(-1));

  return {
    serve: map.serve,
    check,

    /** Another draft is written on. */
    show() {
      position.textContent = "";
      map.show(draft().place, "near");
      void check();
    },

    /** Why nobody takes a report from there; null: somebody does, or it is not known yet. */
    refused: () => (standing === "outside" ? words.textContent : null),
  };
}

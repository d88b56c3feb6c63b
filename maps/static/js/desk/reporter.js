// How to reach the reporter: shown only for a purpose, and each look is logged by the server.

import { read } from "../api.js";
import { h } from "../dom.js";
import { toldOf } from "../door.js";
import { incidentPath } from "./sending.js";
import { text } from "./texts.js";

/** Nothing for those who may not ask. @param {import("../lang.js").Lang} lang @param {import("./state.js").Case} kase */
export function reporterOf(lang, kase) {
  if (!kase.reads_reporter) return "";
  const say = (/** @type {string} */ key) => text(lang, key);
  const fault = h("p", { id: "purpose-fault", className: "fault", role: "alert" });
  const purpose = h("input", { id: "purpose", "aria-describedby": fault.id, maxLength: 200, autocomplete: "off", "aria-required": "true" });
  const answer = h("div", { role: "status" });
  const form = h(
    "form",
    { className: "reporter", noValidate: true },
    h("p", { className: "quiet small-print" }, say("reporterHint")),
    h("label", { htmlFor: "purpose" }, say("purpose")),
    purpose,
    fault,
    h("div", { className: "row" }, h("button", { type: "submit" }, say("readReporter"))),
    answer,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const lacks = !purpose.value.trim();
    fault.textContent = lacks ? say("needPurpose") : "";
    purpose.setAttribute("aria-invalid", String(lacks));
    if (lacks) return purpose.focus();
    try {
      const found = await read(`${incidentPath(kase.number)}/reporter`, { purpose: purpose.value.trim(), lang });
      const rows = ["name", "phone", "email"].filter((name) => found[name]);
      answer.replaceChildren(
        rows.length
          ? h(
              "dl",
              {},
              ...rows.flatMap((name) => [h("dt", {}, say(name)), h("dd", {}, found[name])]),
              h("dt", {}, say("consent")), h("dd", {}, say(found.consent ? "given" : "notGiven")),
            )
          : h("p", {}, say("noReporter")),
      );
    } catch (error) {
      answer.replaceChildren(h("p", { className: "fault" }, ...toldOf(error)));
    }
  });
  return h("details", {}, h("summary", {}, say("reporter")), kase.has_reporter ? form : h("p", {}, say("noReporter")));
}

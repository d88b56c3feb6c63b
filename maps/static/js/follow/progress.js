// How far a case has come, as a line of a few stations. Pure.

/** @typedef {{kind: string, state: string, history: {state: string}[]}} Standing */
/** @typedef {{name: string, when: "past" | "now" | "ahead"}} Station name: a key of the texts */

const WORK = ["reported", "accepted", "handled", "verified", "closed"];
const PAPERS = ["reported", "collected", "reviewed", "decided", "publicised", "closed"];
/** The station that each state stands at; states beside the line stand where the case was before. @type {Record<string, string>} */
const STATION = {
  reported: "reported",
  verifying: "reported",
  accepted: "accepted",
  dispatched: "handled",
  in_progress: "handled",
  returned: "handled",
  forwarded: "handled",
  rework: "handled",
  reopened: "accepted",
  resolved: "verified",
  verified: "verified",
  closed: "closed",
  collected: "collected",
  community_checked: "reviewed",
  subdistrict_reviewed: "reviewed",
  decided: "decided",
  publicised: "publicised",
};

/** @param {Standing} standing @returns {Station[]} */
export function stationsOf({ kind, state, history }) {
  const line = kind === "approval" ? PAPERS : WORK;
  const passed = [state, ...history.map((entry) => entry.state).reverse()];
  const known = passed.map((one) => line.indexOf(STATION[one])).find((at) => at >= 0) ?? 0;
  const ended = state === "closed";
  return line.map((name, at) => ({ name, when: at < known || (ended && at === known) ? "past" : at === known ? "now" : "ahead" }));
}

// The state of the incident desk and the pure actions on it.

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {"open" | "closed" | "all"} View
 * @typedef {{view: View, state: string, kind: string, category: string, overdue: boolean, supervised: boolean, mine: boolean, q: string}} Filter
 *
 * @typedef {object} Row an incident in the list
 * @property {string} number
 * @property {string} category
 * @property {string} category_name
 * @property {string} kind
 * @property {number} level
 * @property {string} state
 * @property {string} state_name
 * @property {boolean} open
 * @property {string} community
 * @property {string | null} grid
 * @property {number} lon
 * @property {number} lat
 * @property {string} address
 * @property {string | null} department
 * @property {string | null} department_name
 * @property {string | null} assignee
 * @property {boolean} overdue
 * @property {boolean} supervised
 * @property {number} escalation
 * @property {string | null} stage_due_at
 * @property {string | null} due_at
 * @property {string} reported_at
 * @property {string} updated_at
 * @property {any} asked
 * @property {number} revision
 *
 * @typedef {{seq: number, at: string, by: string, who: string, role: string, actor: string, action: string, action_name: string, before: string | null, after: string, public: boolean, text: string | null, details: Record<string, any>}} Entry
 * @typedef {{id: number, kind: string, url: string, width: number, height: number, public: boolean, moderated: boolean}} Photo
 * @typedef {Row & Record<string, any> & {description: string, history: Entry[], photos: Photo[],
 *   allowed: import("./evidence.js").Allowed[], reason_codes: {code: string, name: string}[], workers: {name: string, on_duty: boolean}[],
 *   has_reporter: boolean, reads_reporter: boolean}} Case
 *
 * @typedef {object} Desk
 * @property {Lang} lang
 * @property {"loading" | "ready" | "failed"} phase
 * @property {string | null} failure
 * @property {import("../types.js").Session | null} session
 * @property {Filter} filter
 * @property {Row[]} rows
 * @property {string | null} next where the list goes on
 * @property {{states: Record<string, number>, overdue: number, supervised: number}} counts
 * @property {string[]} ticked numbers of the rows that a step for many is meant for
 * @property {"queue" | "dry"} tab
 * @property {string | null} number of the case that is open
 * @property {Case | null} kase null while it is read
 */

export const VIEWS = /** @type {View[]} */ (["open", "closed", "all"]);
export const KINDS = ["emergency", "coordination", "general", "approval"];
/** @type {Filter} */
export const NO_FILTER = Object.freeze({ view: "open", state: "", kind: "", category: "", overdue: false, supervised: false, mine: false, q: "" });
const NO_COUNTS = Object.freeze({ states: {}, overdue: 0, supervised: 0 });

/** @param {Lang} lang @param {string} hash @returns {Desk} */
export function initialDesk(lang, hash) {
  const { filter, number, tab } = parseHash(hash);
  return {
    lang, filter, number, tab, phase: "loading", failure: null, session: null, rows: [], next: null,
    counts: NO_COUNTS, ticked: [], kase: null,
  };
}

/**
 * A page of the list arrived: the first one of a filter, or more of the same. What is not listed any more is not ticked.
 * @param {Desk} desk @param {{incidents: Row[], next: string | null}} answer @param {boolean} more @returns {Desk}
 */
export function withPage(desk, { incidents, next }, more) {
  const known = new Set(desk.rows.map((row) => row.number));
  const rows = more ? [...desk.rows, ...incidents.filter((row) => !known.has(row.number))] : incidents;
  const ticked = desk.ticked.filter((number) => rows.some((row) => row.number === number));
  return { ...desk, phase: "ready", failure: null, rows, next, ticked };
}

/** A narrower or wider list; nothing stays ticked that is not seen. @param {Desk} desk @param {Partial<Filter>} change @returns {Desk} */
export const withFilter = (desk, change) => ({ ...desk, filter: { ...desk.filter, ...change }, ticked: [] });

/** @param {Desk} desk @param {string} number @param {boolean} on @returns {Desk} */
export function withTick(desk, number, on) {
  const others = desk.ticked.filter((one) => one !== number);
  return { ...desk, ticked: on ? [...others, number] : others };
}

/** Ticks all that are listed, or none. @param {Desk} desk @param {boolean} on @returns {Desk} */
export const withAllTicked = (desk, on) => ({ ...desk, ticked: on ? desk.rows.map((row) => row.number) : [] });

/** The revision of each ticked row, which a step for many is decided on. @param {Desk} desk @returns {Record<string, number>} */
export const tickedRevisions = ({ rows, ticked }) =>
  Object.fromEntries(rows.filter(({ number }) => ticked.includes(number)).map(({ number, revision }) => [number, revision]));

/** The case is read or was worked on: its row in the list tells the same. @param {Desk} desk @param {Case} kase @returns {Desk} */
export function withCase(desk, kase) {
  if (desk.number !== kase.number) return desk;
  const rows = desk.rows.map((row) => (row.number === kase.number ? { ...row, ...rowOf(kase, row) } : row));
  return { ...desk, kase, rows };
}

/** @param {Case} kase @param {Row} row @returns {Row} */
function rowOf(kase, row) {
  const values = Object.keys(row).filter((name) => name in kase).map((name) => [name, kase[name]]);
  return /** @type {Row} */ (Object.fromEntries(values));
}

/** What happened to a case since it was read. @param {Case | null} before @param {Case} now @returns {Entry[]} */
export function newEntries(before, now) {
  const last = Math.max(0, ...(before?.history ?? []).map((one) => one.seq));
  return now.history.filter((one) => one.seq > last);
}

/**
 * How long there is still time.
 * @param {string | null} due ISO @param {number} now ms @returns {{over: boolean, minutes: number} | null} null: no limit runs
 */
export function timeLeft(due, now) {
  if (!due) return null;
  const minutes = Math.round((Date.parse(due) - now) / 60_000);
  return { over: minutes < 0, minutes: Math.abs(minutes) };
}

/** @typedef {"new" | "waiting" | "working" | "checking" | "paused" | "ended"} Mark */
/** @type {Record<Mark, string[]>} */
const MARKS = {
  new: ["reported", "verifying", "reopen_requested"],
  waiting: ["accepted", "returned", "reopened"],
  working: ["dispatched", "in_progress", "forwarded", "rework", "collected", "community_checked", "subdistrict_reviewed"],
  checking: ["resolved", "verified", "decided", "publicised"],
  paused: ["awaiting_reporter", "suspended"],
  ended: ["closed", "rejected", "merged", "cancelled"],
};
export const MARK_NAMES = /** @type {Mark[]} */ (Object.keys(MARKS));

/** What a state looks like on the map and in the list. @param {string} state @returns {Mark} */
export const markOf = (state) => MARK_NAMES.find((mark) => MARKS[mark].includes(state)) ?? "new";

/** Parameters of the list. @param {Filter} filter @param {string} after @returns {Record<string, string>} */
export function queryOf(filter, after) {
  /** @type {Record<string, string>} */
  const query = { view: filter.view };
  for (const name of /** @type {const} */ (["state", "kind", "category", "q"])) if (filter[name]) query[name] = filter[name];
  for (const name of /** @type {const} */ (["overdue", "supervised", "mine"])) if (filter[name]) query[name] = "true";
  if (after) query.after = after;
  return query;
}

/** How many filters narrow the list beside view and words. @param {Filter} filter */
export const narrowed = (filter) => Object.keys(queryOf({ ...filter, view: "all", q: "" }, "")).length - 1;

/** @param {string} hash @returns {{filter: Filter, number: string | null, tab: "queue" | "dry"}} */
export function parseHash(hash) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const word = (/** @type {string} */ name) => (/^\w{1,40}$/.test(values.get(name) ?? "") ? values.get(name) ?? "" : "");
  const on = (/** @type {string} */ name) => values.get(name) === "true";
  const view = VIEWS.find((one) => one === values.get("view")) ?? "open";
  const number = values.get("case");
  return {
    filter: {
      view, state: word("state"), kind: KINDS.includes(word("kind")) ? word("kind") : "", category: word("category"),
      overdue: on("overdue"), supervised: on("supervised"), mine: on("mine"), q: (values.get("q") ?? "").slice(0, 100),
    },
    number: number && /^[\w-]{1,40}$/.test(number) ? number : null,
    tab: values.get("tab") === "dry" ? "dry" : "queue",
  };
}

/** @param {Pick<Desk, "filter" | "number" | "tab">} desk */
export function formatHash({ filter, number, tab }) {
  const { view, ...query } = queryOf(filter, "");
  const values = new URLSearchParams(view === "open" ? query : { view, ...query });
  if (tab !== "queue") values.set("tab", tab);
  if (number) values.set("case", number);
  const text = values.toString();
  return text && `#${text}`;
}

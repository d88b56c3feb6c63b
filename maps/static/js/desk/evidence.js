// What a step asks for, as fields of a form; and what was filled in, as the step that is sent. Pure.

/**
 * @typedef {"note" | "public_note" | "internal" | "reason_code" | "target" | "department" | "reason" | "document"
 *   | "assignee" | "until" | "limit" | "satisfied" | "change" | "notice" | "photos" | "position"} FieldName
 * @typedef {{name: FieldName, required: boolean}} Field
 * @typedef {{action: string, name: string, evidence: string[]}} Allowed a step that may be taken
 * @typedef {Record<string, any>} Values what was filled in, by the name of its control
 * @typedef {"near" | "context" | "before" | "after" | "other"} PhotoKind
 */

/** Fields by the names of evidence in the table of transitions; true: it cannot be left out. @type {Record<string, [FieldName, boolean][]>} */
const FIELDS = {
  note: [["note", true]],
  public_note: [["public_note", true]],
  photo_or_note: [["photos", false], ["note", false]],
  note_or_photo: [["note", false], ["photos", false]],
  on_site: [["photos", false], ["position", false], ["note", false]],
  after_photo: [["photos", false], ["document", false]],
  reason_code: [["reason_code", true]],
  target: [["target", true]],
  department: [["department", true], ["reason", false]],
  until: [["until", true]],
  limit: [["limit", true]],
  satisfied: [["satisfied", true]],
  assignee: [["assignee", true]],
  change: [["change", false]],
  notice: [["notice", true]],
};
/** Steps whose note the reporter reads unless it is marked internal. */
const SHARED = ["comment", "answer"];
/** Steps that are taken with what the catalogue or a leader says, where a photo has no meaning. */
const WITHOUT_PHOTOS = ["merge", "assign", "reject", "publicise", "acknowledge", "supervise", "refuse"];
export const PHOTO_KINDS = /** @type {PhotoKind[]} */ (["near", "context", "before", "after", "other"]);
export const UNITS = ["work_hour", "work_day", "natural_day", "urgent_hour", "urgent_day"];
export const MOST_PHOTOS = 6;
const LONGEST_SUSPENSION_DAYS = 90;

/**
 * The fields of a step: what is asked for first, then a note and photos, which may go with most steps.
 * @param {{action: string, evidence: string[]}} step @returns {Field[]}
 */
export function fieldsOf({ action, evidence }) {
  /** @type {Map<FieldName, boolean>} */
  const found = new Map();
  for (const [name, required] of evidence.flatMap((one) => FIELDS[one] ?? [])) {
    found.set(name, required || (found.get(name) ?? false));
  }
  if (!found.has("note")) found.set("note", false);
  if (SHARED.includes(action)) found.set("internal", false);
  if (!found.has("photos") && !WITHOUT_PHOTOS.includes(action)) found.set("photos", false);
  return [...found].map(([name, required]) => ({ name, required }));
}

/** The evidence that needs words of its own, because one thing or another will do. @param {string[]} evidence */
export const choicesOf = (evidence) =>
  evidence.filter((one) => ["photo_or_note", "note_or_photo", "on_site", "after_photo"].includes(one));

/** What kind of photo the n-th one of a step usually is. @param {string} action @param {number} n from 0 @returns {PhotoKind} */
export function photoKind(action, n) {
  if (["resolve", "finish_step", "answered", "verify", "recheck"].includes(action)) return "after";
  if (action === "close_on_spot") return n === 0 ? "before" : "after";
  if (["start", "respond", "fail"].includes(action)) return "before";
  if (["check", "accept", "report"].includes(action)) return n === 0 ? "near" : n === 1 ? "context" : "other";
  return "other";
}

/**
 * Names of fields that must be filled in and are not.
 * @param {{action: string, evidence: string[]}} step @param {Values} values @param {number} photos how many there are
 * @param {{routed?: string | null, onSite?: boolean}} [around] the department that the routing rule names; whether who takes the step is on site
 * @returns {FieldName[]}
 */
export function lacking(step, values, photos, { routed = null, onSite = false } = {}) {
  const lacks = fieldsOf(step).filter(({ name, required }) => required && !isFilled(name, values)).map(({ name }) => name);
  const either = step.evidence.some((one) => one === "photo_or_note" || one === "note_or_photo");
  const there = onSite && step.evidence.includes("on_site") && !values.position;
  if ((either || there) && !photos && !isFilled("note", values) && !lacks.includes("note")) lacks.push("note");
  const overridden = step.evidence.includes("department") && routed && values.department && values.department !== routed;
  if (overridden && !isFilled("reason", values)) lacks.push("reason");
  if (step.evidence.includes("change") && !Object.keys(changeOf(values)).length) lacks.push("change");
  return lacks;
}

/** @param {FieldName} name @param {Values} values */
function isFilled(name, values) {
  if (name === "limit") return Number(values.limit_value) > 0;
  if (name === "satisfied") return values.satisfied === "true" || values.satisfied === "false";
  if (name === "notice") return Boolean(values.text_zh?.trim() && values.text_en?.trim() && Number(values.days) >= 1);
  return Boolean(String(values[name] ?? "").trim());
}

/** What is to be corrected. @param {Values} values @returns {Record<string, any>} */
function changeOf(values) {
  /** @type {Record<string, any>} */
  const change = {};
  for (const name of ["category", "condition", "kind"]) if (values[`change_${name}`]) change[name] = values[`change_${name}`];
  if (values.change_level) change.level = Number(values.change_level);
  const [lon, lat] = [values.change_lon, values.change_lat].map((one) => (String(one ?? "").trim() ? Number(one) : NaN));
  if (Number.isFinite(lon) && Number.isFinite(lat)) Object.assign(change, { lon, lat });
  return change;
}

/**
 * The step as it is sent: only what was asked for and filled in.
 * @param {{action: string, evidence: string[]}} step @param {Values} values @returns {Record<string, any>}
 */
export function stepOf(step, values) {
  const names = new Set(fieldsOf(step).map(({ name }) => name));
  /** @type {Record<string, any>} */
  const body = {};
  for (const name of /** @type {FieldName[]} */ (["note", "public_note", "reason_code", "target", "department", "reason", "document", "assignee"])) {
    const value = String(values[name] ?? "").trim();
    if (names.has(name) && value) body[name] = value;
  }
  if (names.has("internal") && values.internal) body.internal = true;
  if (names.has("until") && values.until) body.until = new Date(`${values.until}T17:00`).toISOString();
  if (names.has("limit") && values.limit_value) body.limit = { unit: values.limit_unit, value: Number(values.limit_value) };
  if (names.has("satisfied") && values.satisfied) body.satisfied = values.satisfied === "true";
  if (names.has("change")) body.change = changeOf(values);
  if (names.has("notice")) {
    body.notice = { text_zh: values.text_zh?.trim(), text_en: values.text_en?.trim(), days: Number(values.days) };
  }
  if (values.position) [body.lon, body.lat] = values.position;
  return body;
}

/**
 * Fields that a refusal speaks of.
 * @param {{detail?: string, faults?: (string | {field: string})[]}} problem as the server tells it: faults with their fields, or words that name them
 * @param {Field[]} fields @returns {FieldName[]}
 */
export function fieldsIn({ detail = "", faults = [detail] }, fields) {
  /** @param {string} name */
  const told = (name) => faults.some((one) => (typeof one === "string" ? new RegExp(`(^|[^A-Za-z_])${name}($|[^A-Za-z_])`).test(one) : one.field === name));
  return fields.filter(({ name }) => told(name)).map(({ name }) => name);
}

/** The last day to which a case may be suspended, as a date field takes it. @param {Date} now */
export function lastReview(now) {
  return new Date(now.getTime() + LONGEST_SUSPENSION_DAYS * 86_400_000).toISOString().slice(0, 10);
}

// What is being reported, as plain values: a draft is replaced, never changed. No page, no network.

/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").Photo} Photo */
/** @typedef {import("./types.js").Fault} Fault */
/** @typedef {import("./types.js").Category} Category */

export const MOST_PHOTOS = 6;
export const LONGEST_TEXT = 4000;
const PHONE = /^\+?[0-9][0-9 ()-]{4,28}[0-9]$/;
const EMAIL = /^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$/;
const NUMBER = /^-?\d{1,15}(\.\d{1,9})?$/;

/** @param {string} key @returns {Draft} */
export const blank = (key) => ({
  key,
  place: null,
  address: "",
  category: null,
  attributes: {},
  description: "",
  contact: { name: "", phone: "", email: "" },
  consent: false,
});

/** Whether nothing would be lost with it. @param {Draft} draft @param {readonly Photo[]} photos */
export const isBlank = (draft, photos) =>
  !photos.length && !draft.place && !draft.category && !draft.description.trim() && !draft.address.trim();

/** Characters as the server counts them. @param {string} text */
export const lengthOf = (text) => [...text].length;

/** @param {Draft} draft @param {number} lon @param {number} lat @param {number | null} [accuracy_m] @returns {Draft} */
export const placed = (draft, lon, lat, accuracy_m = null) => ({
  ...draft,
  place: { lon: rounded(lon), lat: rounded(lat), accuracy_m: accuracy_m === null ? null : Math.ceil(accuracy_m) },
});

/** To a centimetre. @param {number} degrees */
const rounded = (degrees) => Math.round(degrees * 1e7) / 1e7;

/** Another category; answers that it does not ask for are left out. @param {Draft} draft @param {Category | null} category @returns {Draft} */
export function categorised(draft, category) {
  const asked = new Set(category?.attributes.map(({ code }) => code));
  const attributes = Object.fromEntries(Object.entries(draft.attributes).filter(([code]) => asked.has(code)));
  return { ...draft, category: category?.code ?? null, attributes };
}

/** Categories that hold every word in a name, the description or the keywords. @param {readonly Category[]} categories @param {string} words */
export function matching(categories, words) {
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
  return categories.filter((one) => {
    const told = [one.name, one.group_name, one.description, one.keywords, one.code].join(" ").toLowerCase();
    return asked.every((word) => told.includes(word));
  });
}

/** Groups in their order. @param {readonly Category[]} categories */
export function grouped(categories) {
  /** @type {Map<string, {code: string, name: string, categories: Category[]}>} */
  const groups = new Map();
  for (const one of categories) {
    const group = groups.get(one.group) ?? { code: one.group, name: one.group_name, categories: [] };
    group.categories.push(one);
    groups.set(one.group, group);
  }
  return [...groups.values()];
}

/** All that the server would refuse. @param {Draft} draft @param {number} photos @param {Category | null} category @returns {Fault[]} */
export function faultsOf(draft, photos, category) {
  /** @type {Fault[]} */
  const faults = [];
  const { contact, description } = draft;
  const length = lengthOf(description);
  if (!draft.place) faults.push({ field: "place", text: "needsPlace" });
  if (!category) faults.push({ field: "category", text: "needsCategory" });
  for (const one of category?.attributes ?? []) {
    const value = draft.attributes[one.code];
    const field = `attributes.${one.code}`;
    if (value === undefined || !value.length) {
      if (one.required) faults.push({ field, text: "needsAttribute", values: { name: one.description } });
    } else if (one.datatype === "number" && !NUMBER.test(String(value))) faults.push({ field, text: "needsNumber" });
  }
  if (!description.trim() && !photos) faults.push({ field: "description", text: "needsText" });
  if (length > LONGEST_TEXT) faults.push({ field: "description", text: "tooLong", values: { n: length } });
  if (lengthOf(draft.address) > 300) faults.push({ field: "address", text: "longAddress" });
  if (!category || category.contact === "none") return faults;
  if (lengthOf(contact.name) > 100) faults.push({ field: "name", text: "longName" });
  if (contact.phone.trim() && !PHONE.test(contact.phone.trim())) faults.push({ field: "phone", text: "badPhone" });
  if (contact.email.trim() && !EMAIL.test(contact.email.trim())) faults.push({ field: "email", text: "badEmail" });
  if (category.contact === "required" && !reachable(draft)) faults.push({ field: "phone", text: "needsContact" });
  return faults;
}

/** @param {Draft} draft */
export const reachable = ({ contact }) => Boolean(contact.phone.trim() || contact.email.trim());

/** What was told of how to reach them, and whether they may be written to. @param {Draft} draft @param {boolean} asked */
export function contactOf(draft, asked) {
  const told = Object.entries(draft.contact).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
  return { contact: asked ? Object.fromEntries(told) : {}, consent: asked && draft.consent && reachable(draft) };
}

/**
 * The report as the server takes it.
 * @param {Draft} draft without faults @param {Category} category
 * @param {import("./types.js").Lang} lang @param {Date} now
 */
export function reportOf(draft, category, lang, now) {
  if (!draft.place) throw new Error("A report has a place");
  return {
    ...draft.place,
    datum: "wgs84",
    category: category.code,
    condition: null,
    description: draft.description.trim(),
    address: draft.address.trim(),
    attributes: Object.fromEntries(Object.entries(draft.attributes).filter(([, value]) => value.length)),
    ...contactOf(draft, category.contact !== "none"),
    lang,
    seen_at: now.toISOString(),
  };
}

// What stands in the form of rules, as rules; and every fault in it, at its field. Pure.

/**
 * @typedef {Record<string, any>} Rules
 * @typedef {{field: string, key: string, values?: Record<string, string | number>}} Fault key: of its text
 * @typedef {Record<string, string>} Values of the form, by field: text as it was typed, "on" where a box is ticked
 */

export const PRESETS = ["balanced", "border", "compact", "stable"];
export const SOFT = ["grids", "households", "persons", "balance", "contiguity"];
/** The numbers of a community's grid codes. */
const MOST_GRIDS = 999;
const MOST_COUNTED = 999_999_999;
const BANDS = /** @type {const} */ (["grids", "households", "persons"]);

/** The form's values of rules. @param {Rules} rules @returns {Values} */
export function valuesOf(rules) {
  /** @type {Values} */
  const values = { preset: rules.preset ?? "balanced" };
  for (const name of BANDS) {
    const [low, high] = rules[name] ?? ["", ""];
    values[`${name}.low`] = String(low);
    values[`${name}.high`] = String(high);
  }
  values.balance = rules.balance_tolerance == null ? "" : String(round(rules.balance_tolerance * 100));
  for (const name of SOFT) {
    const weight = rules.soft?.[name];
    values[`soft.${name}`] = weight === undefined ? "" : "on";
    values[`weight.${name}`] = String(weight ?? 1);
  }
  return values;
}

/**
 * What a form shows when the saved rules change under it: what was typed stays.
 * @param {Values} typed @param {Values} before those of the rules that the form was filled from @param {Values} now of the saved rules
 * @returns {{values: Values, elsewhere: string[]}} elsewhere: rules that somebody else changed while something is typed
 */
export function kept(typed, before, now) {
  const own = Object.keys(now).filter((field) => typed[field] !== before[field] && typed[field] !== now[field]);
  const changed = Object.keys(now).filter((field) => now[field] !== before[field] && now[field] !== typed[field]);
  return {
    values: { ...now, ...Object.fromEntries(own.map((field) => [field, typed[field]])) },
    elsewhere: own.length ? [...new Set(changed.map((field) => field.replace(/^(soft|weight)\.|\.(low|high)$/g, "")))] : [],
  };
}

/**
 * Rules of the form's values; what the form does not show stays as it is.
 * @param {Values} values @param {Rules} before
 * @returns {{rules: Rules, faults: Fault[]}}
 */
export function rulesOf(values, before) {
  /** @type {Fault[]} */
  const faults = [];
  const bands = Object.fromEntries(BANDS.map((name) => [name, band(name, values, faults)]));
  const balance = plain(values.balance) === "" ? null : number("balance", values.balance, faults);
  const shown = SOFT.filter((name) => values[`soft.${name}`]);
  const kept = Object.entries(before.soft ?? {}).filter(([name]) => !SOFT.includes(name));
  const soft = Object.fromEntries([...kept, ...shown.map((name) => [name, number(`weight.${name}`, values[`weight.${name}`], faults)])]);
  return {
    rules: {
      ...before,
      ...bands,
      balance_tolerance: balance === null ? null : round(balance / 100),
      preset: values.preset,
      soft: Object.keys(soft).length ? soft : null,
    },
    faults,
  };
}

/** Digits may be typed at full width, as Chinese keyboards give them. @param {string} text */
const plain = (text) => text.normalize("NFKC").trim();

/** @param {string} name @param {Values} values @param {Fault[]} faults */
function band(name, values, faults) {
  const [low, high] = [plain(values[`${name}.low`]), plain(values[`${name}.high`])];
  if (!low && !high && name !== "grids") return null;
  const [least, most] = name === "grids" ? [1, MOST_GRIDS] : [0, MOST_COUNTED];
  const numbers = [low, high].map((text) => (/^\d+$/.test(text) ? Number(text) : NaN));
  for (const [i, end] of ["low", "high"].entries()) {
    if (name !== "grids" && ![low, high][i]) faults.push({ field: `${name}.${end}`, key: "faultOtherEnd" });
    else if (!(numbers[i] >= least)) faults.push({ field: `${name}.${end}`, key: "faultWhole", values: { least } });
    else if (numbers[i] > most) faults.push({ field: `${name}.${end}`, key: "faultMost", values: { most } });
  }
  if (numbers[0] > numbers[1]) faults.push({ field: `${name}.high`, key: "faultOrder", values: { low: numbers[0] } });
  return numbers;
}

/** @param {string} field @param {string} text @param {Fault[]} faults */
function number(field, text, faults) {
  const value = plain(text) === "" ? NaN : Number(plain(text));
  if (!(value >= 0 && Number.isFinite(value))) faults.push({ field, key: "faultNumber" });
  return value;
}

/** Percent and shares without the noise of binary fractions. @param {number} value */
const round = (value) => Math.round(value * 1e6) / 1e6;

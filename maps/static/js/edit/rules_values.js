// What stands in the form of rules, as rules; and every fault in it, at its field. Pure.

/**
 * @typedef {Record<string, any>} Rules
 * @typedef {{field: string, key: string, values?: Record<string, string | number>}} Fault key: of its text
 * @typedef {Record<string, string>} Values of the form, by field: text as it was typed, "on" where a box is ticked
 */

export const PRESETS = ["balanced", "border", "compact", "stable"];
export const SOFT = ["grids", "households", "persons", "balance", "contiguity"];
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
 * Rules of the form's values; what the form does not show stays as it is.
 * @param {Values} values @param {Rules} before
 * @returns {{rules: Rules, faults: Fault[]}}
 */
export function rulesOf(values, before) {
  /** @type {Fault[]} */
  const faults = [];
  const bands = Object.fromEntries(BANDS.map((name) => [name, band(name, values, faults)]));
  const balance = values.balance.trim() === "" ? null : number("balance", values.balance, faults);
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

/** @param {string} name @param {Values} values @param {Fault[]} faults */
function band(name, values, faults) {
  const [low, high] = [values[`${name}.low`].trim(), values[`${name}.high`].trim()];
  if (!low && !high && name !== "grids") return null;
  const least = name === "grids" ? 1 : 0;
  const numbers = [low, high].map((text) => (/^\d{1,9}$/.test(text) ? Number(text) : NaN));
  for (const [i, end] of ["low", "high"].entries()) {
    if (!(numbers[i] >= least)) faults.push({ field: `${name}.${end}`, key: "faultWhole", values: { least } });
  }
  if (numbers[0] > numbers[1]) faults.push({ field: `${name}.high`, key: "faultOrder", values: { low: numbers[0] } });
  return numbers;
}

/** @param {string} field @param {string} text @param {Fault[]} faults */
function number(field, text, faults) {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= 0 && Number.isFinite(value))) faults.push({ field, key: "faultNumber" });
  return value;
}

/** Percent and shares without the noise of binary fractions. @param {number} value */
const round = (value) => Math.round(value * 1e6) / 1e6;

// The deep link in the address's hash: #community=…&plan=…&grid=…&building=…

/** @typedef {{community: string | null, plan: number | null, grid: number | null, building: number | null}} Place */

/** @param {string} hash @returns {Place} */
export function parseHash(hash) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    community: values.get("community"),
    plan: wholeNumber(values.get("plan")),
    grid: wholeNumber(values.get("grid")),
    building: wholeNumber(values.get("building")),
  };
}

/** @param {Place} place */
export function formatHash(place) {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(place)) if (value !== null) values.set(name, String(value));
  const query = values.toString();
  return query && `#${query}`;
}

/** @param {string | null} value */
function wholeNumber(value) {
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

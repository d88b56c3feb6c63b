// Choosing several rows of a list, as lists do: Ctrl adds and takes away, Shift takes all between.

/**
 * @param {readonly number[]} ids of the list, in its order @param {ReadonlySet<number>} chosen
 * @param {number | null} anchor where a range begins @param {number} id the row acted on
 * @param {"only" | "toggle" | "range"} how
 * @returns {ReadonlySet<number>}
 */
export function choose(ids, chosen, anchor, id, how) {
  if (how === "only") return new Set([id]);
  if (how === "toggle") {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    return next;
  }
  const [from, to] = [ids.indexOf(anchor ?? id), ids.indexOf(id)].sort((a, b) => a - b);
  return new Set([...chosen, ...ids.slice(Math.max(0, from), to + 1)]);
}

/** The buildings that a key acts on: those chosen, else the one under the cursor. @param {ReadonlySet<number>} chosen @param {number | null} active */
export const actedOn = (chosen, active) => (chosen.size ? [...chosen] : active === null ? [] : [active]);

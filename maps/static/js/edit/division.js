// Which building lies in which grid, with the tallies of each grid; a move makes a new division and leaves the old one.

/**
 * @typedef {import("./ground.js").Ground} Ground
 * @typedef {object} Tally
 * @property {number} buildings
 * @property {number} households
 * @property {number} persons
 * @property {number} pieces parts of the grid that do not touch; 0 for those in no grid
 *
 * @typedef {object} Division
 * @property {Ground} ground
 * @property {Int32Array} of grid number by index; 0: in no grid
 * @property {ReadonlyMap<number, Tally>} tallies of each grid that has a building, and of 0
 *
 * @typedef {{building: number, from: number | null, to: number | null}} Move by id; null: no grid
 * @typedef {readonly [number, number]} Change index and grid number, 0 for none
 */

const NOTHING = Object.freeze({ buildings: 0, households: 0, persons: 0, pieces: 0 });

/** @param {Ground} ground @param {Readonly<Record<string, number>>} assignments building id → grid number @returns {Division} */
export function divide(ground, assignments) {
  const of = Int32Array.from(ground.ids, (id) => assignments[id] ?? 0);
  /** @type {Map<number, Tally>} */
  const tallies = new Map([[0, { ...NOTHING }]]);
  for (let i = 0; i < of.length; i++) {
    const tally = tallies.get(of[i]) ?? { ...NOTHING };
    tallies.set(of[i], tally);
    count(tally, ground, i, 1);
  }
  return withPieces({ ground, of, tallies }, new Set(tallies.keys()));
}

/**
 * The division after some buildings changed their grid. Later changes of a building go before earlier ones.
 * @param {Division} division @param {Iterable<Change>} changes @returns {Division}
 */
export function withChanges(division, changes) {
  const { ground } = division;
  const of = division.of.slice();
  const tallies = new Map(division.tallies);
  /** @type {Set<number>} */
  const touched = new Set();
  const own = (/** @type {number} */ grid) => {
    if (!touched.has(grid)) tallies.set(grid, { ...(tallies.get(grid) ?? NOTHING) });
    touched.add(grid);
    return /** @type {Tally} */ (tallies.get(grid));
  };
  for (const [index, to] of changes) {
    if (of[index] === to) continue;
    count(own(of[index]), ground, index, -1);
    count(own(to), ground, index, 1);
    of[index] = to;
  }
  if (!touched.size) return division;
  for (const grid of touched) if (grid && !tallies.get(grid)?.buildings) tallies.delete(grid), touched.delete(grid);
  return withPieces({ ground, of, tallies }, touched);
}

/** Moves by id as changes by index; buildings that are not there are left out. @param {Ground} ground @param {readonly Move[]} moves */
export const changesOf = (ground, moves) =>
  moves.flatMap(({ building, to }) => {
    const index = ground.at.get(building);
    return index === undefined ? [] : [/** @type {Change} */ ([index, to ?? 0])];
  });

/** Indices whose grid is not the same in both. @param {Division} a @param {Division} b */
export function differences(a, b) {
  const found = [];
  if (a.of !== b.of) for (let i = 0; i < a.of.length; i++) if (a.of[i] !== b.of[i]) found.push(i);
  return found;
}

/** @param {Division} division @param {number} grid @returns {number[]} indices of its buildings */
export function membersOf({ of }, grid) {
  const members = [];
  for (let i = 0; i < of.length; i++) if (of[i] === grid) members.push(i);
  return members;
}

/** @param {Division} division @returns {number[]} numbers of the grids, ascending */
export const gridNumbers = ({ tallies }) => [...tallies.keys()].filter(Boolean).sort((a, b) => a - b);

/** @param {Tally} tally @param {Ground} ground @param {number} index @param {1 | -1} sign */
function count(tally, ground, index, sign) {
  tally.buildings += sign;
  tally.households += sign * ground.households[index];
  tally.persons += sign * ground.persons[index];
}

/** Counts the pieces of these grids anew, in one walk over their buildings. @param {Division} division @param {Set<number>} grids */
function withPieces(division, grids) {
  const { ground, of, tallies } = division;
  const { first, next } = ground;
  const seen = new Uint8Array(of.length);
  const pieces = new Map([...grids].map((grid) => [grid, 0]));
  const stack = [];
  for (let start = 0; start < of.length; start++) {
    const grid = of[start];
    if (seen[start] || !grid || !grids.has(grid)) continue;
    pieces.set(grid, (pieces.get(grid) ?? 0) + 1);
    seen[start] = 1;
    stack.push(start);
    while (stack.length) {
      const index = /** @type {number} */ (stack.pop());
      for (let k = first[index]; k < first[index + 1]; k++) {
        const other = next[k];
        if (!seen[other] && of[other] === grid) seen[other] = 1, stack.push(other);
      }
    }
  }
  for (const [grid, value] of pieces) /** @type {Tally} */ (tallies.get(grid)).pieces = value;
  return division;
}

// Locks of buildings, estates, grids, or of all: what is locked stays in its grid.

/**
 * @typedef {import("./division.js").Division} Division
 * @typedef {{buildings: number[], estates: number[], grids: number[], all: boolean}} Locks by id and number
 * @typedef {{buildings: ReadonlySet<number>, estates: ReadonlySet<number>, grids: ReadonlySet<number>, all: boolean}} LockSet
 */

/** @param {Locks} locks @returns {LockSet} */
export const lockSet = ({ buildings, estates, grids, all }) => ({
  buildings: new Set(buildings),
  estates: new Set(estates),
  grids: new Set(grids),
  all,
});

/**
 * Whether a building must stay; with `to`, whether it may not move there: a locked grid neither gives nor takes.
 * @param {Division} division @param {LockSet} locks @param {number} index @param {number} [to] grid number, 0 for none
 */
export function isLocked({ ground, of }, locks, index, to = 0) {
  const estate = ground.estates[index];
  return (
    locks.all ||
    locks.buildings.has(ground.ids[index]) ||
    (estate !== null && locks.estates.has(estate)) ||
    locks.grids.has(of[index]) ||
    locks.grids.has(to)
  );
}

/** @param {Division} division @param {LockSet} locks @returns {number[]} indices of what is locked by itself, by its estate, grid or all */
export function lockedIndices(division, locks) {
  const found = [];
  for (let i = 0; i < division.of.length; i++) if (isLocked(division, locks, i)) found.push(i);
  return found;
}

/**
 * What to send so that these buildings are locked, or, where all of them are, unlocked.
 * @param {LockSet} locks @param {readonly number[]} buildings ids
 */
export function toggleBuildings(locks, buildings) {
  return buildings.every((id) => locks.buildings.has(id)) ? { unlock: { buildings } } : { lock: { buildings } };
}

/**
 * What is said of locks that were set or taken away.
 * @param {Partial<Locks>} lock @param {Partial<Locks>} unlock one of both is empty
 * @returns {{text: string, values?: Record<string, number>}}
 */
export function lockMessage(lock, unlock) {
  const [did, { all, grids, estates, buildings = [] }] = Object.keys(lock).length ? ["saidLock", lock] : ["saidUnlock", unlock];
  if (all) return { text: `${did}All` };
  if (grids) return { text: `${did}Grid`, values: { number: grids[0] } };
  return estates ? { text: `${did}Estate` } : { text: `${did}Buildings`, values: { n: buildings.length } };
}

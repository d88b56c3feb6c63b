// Moving through a list by keys.

/**
 * Where a key moves the choice in a list; null: not a key of lists.
 * @param {string} key @param {number} at −1: nothing chosen @param {number} length
 */
export function nextIndex(key, at, length) {
  if (!length) return null;
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, length - 1);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return null;
  }
}

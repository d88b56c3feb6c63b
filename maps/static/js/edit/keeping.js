// Edits that wait are kept in the browser, so that closing the page or losing the line loses none. Each page writes
// under a name of its own; the next page that opens the plan takes over all that lie there. Two pages that send the
// same command do no harm: the server does a key once.

/**
 * @typedef {import("./queue.js").Command} Command
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Store
 */

/**
 * @param {Store} store @param {string} account @param {number} plan @param {string} page a name of this page alone
 */
export function createKeeper(store, account, plan, page) {
  const prefix = `wangge-waiting:${account}:${plan}:`;
  const own = prefix + page;
  return {
    /** Where the browser has no room, or keeps nothing, edits are sent all the same. @param {readonly Command[]} commands */
    keep(commands) {
      try {
        if (commands.length) store.setItem(own, JSON.stringify(commands));
        else store.removeItem(own);
      } catch (error) {
        console.warn("waiting edits are not kept:", error);
      }
    },

    /** Everything kept for this plan, oldest page first; it is this page's from now on. @returns {Command[]} */
    takeOver() {
      const names = Array.from({ length: store.length }, (_, i) => store.key(i) ?? "").filter((name) => name.startsWith(prefix));
      const found = new Map();
      for (const name of names.sort()) {
        for (const command of parse(store.getItem(name))) found.set(command.key, command);
        store.removeItem(name);
      }
      const commands = [...found.values()];
      this.keep(commands);
      return commands;
    },
  };
}

/** @param {string | null} text @returns {Command[]} */
function parse(text) {
  try {
    const commands = JSON.parse(text ?? "[]");
    return Array.isArray(commands) ? commands : [];
  } catch {
    return [];
  }
}

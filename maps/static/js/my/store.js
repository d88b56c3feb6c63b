// What the device keeps: what was read last, and what waits to be sent.

/** @typedef {import("./state.js").Item} Item */

const NAME = "wangge-my";
const PARTS = ["queue", "known"];

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answer = (request) =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

/** @returns {Promise<IDBDatabase>} */
function open() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => PARTS.forEach((part) => opening.result.createObjectStore(part));
  return answer(opening);
}

/** The store of this device; where the browser keeps nothing, of this page alone (`lasting` is false then). */
export async function openStore() {
  const database = await open().catch(() => null);
  return database ? lastingStore(database) : passingStore();
}

/** @param {IDBDatabase} database */
function lastingStore(database) {
  /** @param {string} part @param {IDBTransactionMode} mode */
  const store = (part, mode) => database.transaction(part, mode).objectStore(part);
  /** Resolves when it is on the disk. @param {string} part @param {(store: IDBObjectStore) => void} change @returns {Promise<void>} */
  const change = (part, change) =>
    new Promise((done, fail) => {
      const transaction = database.transaction(part, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => done();
      transaction.onabort = () => fail(transaction.error);
      change(transaction.objectStore(part));
    });
  return {
    lasting: true,
    /** @returns {Promise<Item[]>} */
    items: async () => (await answer(store("queue", "readonly").getAll())).sort((a, b) => a.n - b.n),
    /** @param {Item} item */
    put: (item) => change("queue", (queue) => void queue.put(item, item.key)),
    /** Puts an item in the place of another, at once. @param {string} key @param {Item} item */
    replace: (key, item) =>
      change("queue", (queue) => {
        queue.delete(key);
        queue.put(item, item.key);
      }),
    /** @param {string} key */
    drop: (key) => change("queue", (queue) => void queue.delete(key)),
    /** @param {string} name @returns {Promise<any>} */
    known: (name) => answer(store("known", "readonly").get(name)),
    /** @param {string} name @param {unknown} value */
    learn: (name, value) => change("known", (known) => void known.put(value, name)),
    /** All but what waits to be sent. */
    forget: () => change("known", (known) => void known.clear()),
  };
}

/** @returns {ReturnType<typeof lastingStore>} */
function passingStore() {
  /** @type {Map<string, Item>} */
  const queue = new Map();
  /** @type {Map<string, any>} */
  const known = new Map();
  return {
    lasting: false,
    items: async () => [...queue.values()].sort((a, b) => a.n - b.n),
    put: async (item) => void queue.set(item.key, item),
    replace: async (key, item) => {
      queue.delete(key);
      queue.set(item.key, item);
    },
    drop: async (key) => void queue.delete(key),
    known: async (name) => known.get(name),
    learn: async (name, value) => void known.set(name, value),
    forget: async () => known.clear(),
  };
}

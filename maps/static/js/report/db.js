// What this device keeps: the draft, reports on their way, links of reports, and what the page knows without network.

/** @typedef {import("./types.js").Part} Part */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Backend} Backend */

/** @type {Part[]} */
const PARTS = ["draft", "queue", "mine", "known"];

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @returns {Promise<Backend>} */
export async function openBackend() {
  try {
    const opening = indexedDB.open("wangge-report", 1);
    opening.onupgradeneeded = () => PARTS.forEach((part) => opening.result.createObjectStore(part));
    return indexed(await answer(opening));
  } catch {
    return inMemory();
  }
}

/** @param {IDBDatabase} database @returns {Backend} */
const indexed = (database) => ({
  lasting: true,
  read: (part, key) => answer(database.transaction(part).objectStore(part).get(key)),
  all: (part) => answer(database.transaction(part).objectStore(part).getAll()),
  apply: (changes) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(PARTS, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      for (const { part, key, value } of changes) {
        const store = transaction.objectStore(part);
        if (value === undefined) store.delete(key);
        else store.put(value, key);
      }
    }),
});

/** For browsers that keep nothing. @returns {Backend} */
export function inMemory() {
  /** @type {Record<Part, Map<string, any>>} */
  const parts = { draft: new Map(), queue: new Map(), mine: new Map(), known: new Map() };
  return {
    lasting: false,
    read: async (part, key) => parts[part].get(key),
    all: async (part) => [...parts[part].values()],
    async apply(changes) {
      for (const { part, key, value } of changes) {
        if (value === undefined) parts[part].delete(key);
        else parts[part].set(key, value);
      }
    },
  };
}

/** @param {Backend} backend */
export function createStore(backend) {
  const { apply } = backend;
  /** @type {(draft: import("./types.js").Draft, photos: import("./types.js").Photo[]) => Change[]} */
  const drafted = (draft, photos) => [
    { part: "draft", key: "fields", value: draft },
    { part: "draft", key: "photos", value: photos },
  ];
  /** @type {Change[]} */
  const noDraft = [{ part: "draft", key: "fields" }, { part: "draft", key: "photos" }];

  return {
    lasting: backend.lasting,

    /** @returns {Promise<{draft: import("./types.js").Draft, photos: import("./types.js").Photo[]} | null>} */
    async readDraft() {
      const [draft, photos] = await Promise.all([backend.read("draft", "fields"), backend.read("draft", "photos")]);
      return draft ? { draft, photos: photos ?? [] } : null;
    },
    /** @param {import("./types.js").Draft} draft */
    keepDraft: (draft) => apply([{ part: "draft", key: "fields", value: draft }]),
    /** @param {import("./types.js").Draft} draft @param {import("./types.js").Photo[]} photos */
    keepPhotos: (draft, photos) => apply(drafted(draft, photos)),
    dropDraft: () => apply(noDraft),

    /** The draft becomes a report on its way. @param {import("./types.js").Item} item */
    enqueue: (item) => apply([{ part: "queue", key: item.key, value: item }, ...noDraft]),
    /** A report goes back to be mended; what was being written makes way. @param {import("./types.js").Item} item @param {import("./types.js").Draft} draft @param {import("./types.js").Item | null} aside */
    takeBack: (item, draft, aside) =>
      apply([
        { part: "queue", key: item.key },
        ...(aside ? [{ part: /** @type {Part} */ ("queue"), key: aside.key, value: aside }] : []),
        ...drafted(draft, item.photos),
      ]),
    /** @param {string} key */
    forget: (key) => apply([{ part: "queue", key }]),

    /** @returns {Promise<import("./types.js").Item[]>} */
    all: () => backend.all("queue"),
    /** @param {import("./types.js").Item} item */
    put: (item) => apply([{ part: "queue", key: item.key, value: item }]),
    /** @param {import("./types.js").Item} item @param {import("./types.js").Receipt} receipt */
    finish: (item, receipt) =>
      apply([
        { part: "queue", key: item.key },
        { part: "mine", key: receipt.link, value: { ...receipt, name: item.name, at: item.made_at } },
      ]),

    /** @returns {Promise<import("./types.js").Mine[]>} */
    mine: () => backend.all("mine"),
    /** @param {import("./types.js").Mine} mine */
    addMine: (mine) => apply([{ part: "mine", key: mine.link, value: mine }]),
    /** @param {string} link */
    removeMine: (link) => apply([{ part: "mine", key: link }]),

    /** @param {string} name */
    known: (name) => backend.read("known", name),
    /** @param {string} name @param {unknown} value */
    learn: (name, value) => apply([{ part: "known", key: name, value }]),
  };
}

// Shapes of reports and of what the server answers, for the type checker; no page loads this.

/**
 * @typedef {{lon: number, lat: number, accuracy_m: number | null}} Place WGS 84, degrees; radius where it was measured
 * @typedef {{name: string, phone: string, email: string}} Contact
 * @typedef {{key: string, name: string}} Choice
 * @typedef {{code: string, datatype: string, required: boolean, description: string, values: Choice[]}} Attribute
 *
 * @typedef {object} Category
 * @property {string} code
 * @property {string} group
 * @property {string} group_name
 * @property {string} name
 * @property {string} description
 * @property {string} keywords
 * @property {string} kind
 * @property {"none" | "optional" | "required"} contact
 * @property {Attribute[]} attributes
 *
 * @typedef {object} Draft
 * @property {string} key under which the server takes it once
 * @property {Place | null} place
 * @property {string} address
 * @property {string | null} category
 * @property {Record<string, string | string[]>} attributes
 * @property {string} description
 * @property {Contact} contact
 * @property {boolean} consent
 *
 * @typedef {{blob: Blob, width: number, height: number}} Photo
 * @typedef {{field: string, text: string, values?: Record<string, string | number>}} Fault text: a key of the texts
 */

/**
 * @typedef {object} Item
 * @property {string} key
 * @property {"waiting" | "refused" | "aside"} state aside: a draft that made way for another
 * @property {Draft} draft
 * @property {Photo[]} photos
 * @property {object} [report] as it is sent
 * @property {string} name of its category
 * @property {number} made_at ms
 * @property {number} tries
 * @property {number} next_at ms
 * @property {Problem} [problem] why the server refused it
 *
 * @typedef {{status: number, detail?: string, faults?: {field: string, zh: string, en: string}[]}} Problem
 * @typedef {Record<string, any> & {number: string, link: string}} Receipt
 * @typedef {{taken: Receipt} | {refused: Problem} | {later: number | null}} Outcome later: ms that the server asks for
 *
 * @typedef {object} Around
 * @property {{all: () => Promise<Item[]>, put: (item: Item) => Promise<void>, finish: (item: Item, receipt: Receipt) => Promise<void>}} store
 * @property {(item: Item) => Promise<Outcome>} send
 * @property {(work: () => Promise<void>) => Promise<void>} lock lets one tab work at a time
 * @property {() => number} now ms
 * @property {(wait: number, act: () => void) => () => void} later sets a timer; the answer stops it
 * @property {() => number} random
 * @property {(item: Item, outcome: Outcome) => void} told
 */

/** @typedef {"draft" | "queue" | "mine" | "known"} Part */
/** @typedef {{part: Part, key: string, value?: unknown}} Change no value: it is removed */
/**
 * @typedef {object} Backend
 * @property {boolean} lasting whether it outlives the page
 * @property {(part: Part, key: string) => Promise<any>} read
 * @property {(part: Part) => Promise<any[]>} all
 * @property {(changes: Change[]) => Promise<void>} apply all of them or none
 */

/** @typedef {import("../lang.js").Lang} Lang */
/** @typedef {{community: {code: string, name: string}, grid: {code: string, number: number} | null}} Spot */
/**
 * @typedef {object} Near
 * @property {string} number
 * @property {string} category
 * @property {string} description
 * @property {string} state_name
 * @property {string} reported_at
 * @property {number} distance_m
 * @property {string | null} photo
 * @property {number} followers
 */

/** @typedef {ReturnType<typeof import("./db.js").createStore>} Store */
/** @typedef {Receipt & {name: string, at: number}} Mine */
/** @typedef {(key: string, values?: Record<string, string | number>) => string} Say */
/** @typedef {{say: Say, lang: Lang}} Language */

export {};

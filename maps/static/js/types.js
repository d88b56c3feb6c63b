// Shapes of what the server answers, for the type checker.

/**
 * @typedef {[number, number, number, number]} Bbox west, south, east, north, degrees
 * @typedef {"real" | "estimated" | "none"} CountKind
 * @typedef {{buildings: number, households: number, persons: number | null}} Totals persons null: unknown
 *
 * @typedef {{code: string, name: string, bbox: Bbox, plans: number} & Totals} CommunityRow
 *
 * @typedef {object} Community
 * @property {string} code
 * @property {string} name
 * @property {"given" | "hull"} boundary_kind
 * @property {string[]} may permissions that the reader has here
 * @property {GeoJSON.MultiPolygon} boundary
 * @property {Bbox} bbox
 * @property {number} area_m2
 * @property {Totals} totals
 * @property {Record<"households" | "persons", Record<CountKind, number>>} known
 *
 * @typedef {object} BuildingProperties
 * @property {number} id
 * @property {string} source_id
 * @property {number} households
 * @property {CountKind} households_kind
 * @property {number} persons
 * @property {CountKind} persons_kind
 * @property {number | null} floors
 * @property {string | null} use
 * @property {string | null} name
 * @property {string | null} address
 * @property {string | null} estate
 * @property {number | null} [estate_id]
 *
 * @typedef {GeoJSON.FeatureCollection<GeoJSON.MultiPolygon, BuildingProperties>} BuildingCollection
 *
 * @typedef {{id: number, version: number, name?: string, status: string, engine_status: string, grids: number}} PlanRow
 *
 * @typedef {{value: number, low: number, high: number, held: boolean, by: number, excused?: boolean}} Check
 *
 * @typedef {object} GridRow
 * @property {number} number
 * @property {string} code
 * @property {number} households
 * @property {number | null} persons null: unknown
 * @property {number} buildings
 * @property {number | null} area_m2 null: not derived yet since an edit
 * @property {Record<"households" | "persons" | "contiguity", Check | null>} rules
 *
 * @typedef {object} Plan
 * @property {number} id
 * @property {string} community code
 * @property {number} version
 * @property {string} name
 * @property {string} status
 * @property {number} revision
 * @property {Locks} locks
 * @property {string[]} may permissions that the reader has here
 * @property {Steps} history
 * @property {{id: number, kind: import("./edit/jobs.js").JobKind} | null} job the engine's, that is not done
 * @property {{status: string, gap: number | null}} engine
 * @property {Record<string, any>} rules
 * @property {{text: string}[]} reasons
 * @property {Record<string, number>} split grids of each building that is split
 * @property {{grids: Check | null, balance_tolerance: Check | null, contiguity: Check | null}} checks
 * @property {GridRow[]} grids
 * @property {Totals} totals
 * @property {Totals} unassigned
 *
 * @typedef {{number: number, households: number, persons: number | null, buildings: number, rules: GridRow["rules"]}} StandingRow
 *
 * @typedef {object} Standing how a division stands to its rules
 * @property {StandingRow[]} grids
 * @property {Totals} unassigned
 * @property {Plan["checks"]} checks
 *
 * @typedef {object} Edit one entry of a plan's journal
 * @property {number} revision of the plan after it
 * @property {string} kind
 * @property {string} by account
 * @property {string} by_name what it is called
 * @property {string} at
 * @property {[number, number | null, number | null][]} moves building, from, to; null: no grid
 * @property {Record<string, any>} details
 * @property {number | null} undoes
 *
 * @typedef {{buildings: number[], estates: number[], grids: number[], all: boolean}} Locks by id, by number
 * @typedef {{account: {id: number, name: string, display_name: string}, grants: {role: string, area: string | null, community: string | null}[], may: string[], csrf: string}} Session
 * @typedef {{undo: Edit | null, redo: Edit | null}} Steps what undo and redo would take back
 *
 * @typedef {object} Palette
 * @property {string[]} colours
 * @property {string[]} patterns
 * @property {string} unassigned
 * @property {string} ink
 *
 * @typedef {object} PageSettings
 * @property {"zh" | "en"} lang
 * @property {import("./basemap.js").Basemap | null} basemap
 * @property {string} caption
 * @property {Palette} palette
 */

export {};

// Reads what the page shows, and keeps it on the device for when there is no network.

import { communityPath, NoAnswer, read, Refusal } from "../api.js";
import { readCase } from "../desk/sending.js";
import { buildingsOf } from "./state.js";

/**
 * @typedef {import("../lang.js").Lang} Lang
 * @typedef {Awaited<ReturnType<typeof import("./store.js").openStore>>} Store
 * @typedef {object} Known
 * @property {string} at ISO
 * @property {Lang} lang
 * @property {import("../types.js").Session} session
 * @property {import("../desk/state.js").Case[]} cases
 * @property {import("./state.js").Table} table
 * @property {any[]} categories
 * @property {{code: string, name: string}[]} communities
 * @property {string} home code of the community of the worker's own grid, else of the first
 */
const MOST_CASES = 60;
const VISIT_DAYS = 90;

/**
 * My open incidents with their next steps, and the words that go with them.
 * @param {Store} store @param {Lang} lang @param {import("../types.js").Session} session @returns {Promise<Known>}
 */
export async function readMine(store, lang, session) {
  const [list, table, catalogue, communities] = await Promise.all([
    read("incidents", { view: "open", mine: "true", limit: MOST_CASES, lang }),
    read("incidents/transitions", { lang }),
    read("incidents/catalogue", { lang }),
    read("communities"),
  ]);
  const cases = await Promise.all(list.incidents.map((/** @type {{number: string}} */ row) => readCase(row.number, lang).catch(goneAsNull)));
  const home = await readHome(session);
  const known = {
    at: new Date().toISOString(), lang, session, table,
    cases: cases.filter((one) => one !== null),
    categories: catalogue.categories,
    communities: communities.communities.map((/** @type {any} */ one) => ({ code: one.code, name: one.name })),
    home: home ?? communities.communities[0]?.code ?? "",
  };
  if (home && !known.communities.some((/** @type {{code: string}} */ { code }) => code === home)) known.communities.unshift({ code: home, name: (await read(communityPath(home))).name });
  await store.learn("mine", known);
  return known;
}

/** Of the communities that one works in, the first where one answers for a grid. @param {import("../types.js").Session} session @returns {Promise<string | undefined>} */
async function readHome({ grants }) {
  const codes = [...new Set(grants.flatMap(({ role, community }) => (role === "grid_worker" && community ? [community] : [])))];
  if (codes.length < 2) return codes[0];
  const found = await Promise.all(codes.map((code) => read(`${communityPath(code)}/visits`, { days: VISIT_DAYS })));
  return codes.find((_, at) => found[at].own_grids.length) ?? codes[0];
}

/**
 * Buildings of the communities that cases lie in, but for one: what is kept, else what the server says.
 * @param {Store} store @param {import("../desk/state.js").Case[]} cases @param {string} but
 */
export async function readElsewhere(store, cases, but) {
  const codes = [...new Set(cases.map(({ community }) => community))].filter((code) => code !== but);
  const places = await Promise.all(codes.map(async (code) => (await store.known(`place:${code}`)) ?? (await readBuildings(store, code).catch(awayAsNull))));
  return places.flatMap((place) => place?.buildings ?? []);
}

/** @param {unknown} error @returns {null} */
function awayAsNull(error) {
  if (error instanceof NoAnswer || error instanceof Refusal) return null;
  throw error;
}

/** What the server refuses to show is mine no longer; without an answer all stays as it was kept. @param {unknown} error @returns {null} */
function goneAsNull(error) {
  if (error instanceof Refusal && error.status < 500) return null;
  throw error;
}

/**
 * Buildings of a community with the grid of the plan in force and the last visit.
 * @param {Store} store @param {string} code
 * @returns {Promise<import("./state.js").Place>}
 */
export async function readBuildings(store, code) {
  const path = communityPath(code);
  const [buildings, { plans }, visits] = await Promise.all([
    read(`${path}/buildings`),
    read(`${path}/plans`),
    read(`${path}/visits`, { days: VISIT_DAYS }),
  ]);
  const plan = plans.find((/** @type {{status: string}} */ one) => one.status === "adopted");
  const grids = plan ? await read(`plans/${plan.id}/assignments`) : {};
  const known = { buildings: buildingsOf(buildings, grids, visits.buildings), own: visits.own_grids };
  await store.learn(`place:${code}`, known);
  return known;
}

// The service worker: pages open without network. The network comes first, so that a new release arrives. Data and the
// secrets of private links are never kept: every follow page is kept as one.

const CACHE = "wangge-report";
const SHELLS = ["/report", "/follow/-"];
/** A page for which one must be signed in: it asks to be kept itself. */
const STAFF_SHELL = "/my";
const PATIENCE_MS = 6000;

/** @typedef {Event & {waitUntil: (work: Promise<unknown>) => void}} Lasting */
/** @typedef {Lasting & {request: Request, respondWith: (answer: Promise<Response>) => void}} Asked */
/** @type {any} the checker knows pages only */
const worker = self;

/** Under which name a page is kept; null: it is none of ours. @param {string} path */
function shellOf(path) {
  if (path === "/report" || path === STAFF_SHELL) return path;
  return /^\/follow\/[^/]+$/.test(path) ? "/follow/-" : null;
}

/** Scripts, styles and pictures that a page names, also what it may load later (`data-href`). @param {string} html */
const assetsOf = (html) => new Set([...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, path]) => path));

/** Keeps a page and what it names, as far as it is not kept yet. @param {string} shell @param {Response} response */
async function keepShell(shell, response) {
  const cache = await caches.open(CACHE);
  const html = await response.clone().text();
  await cache.put(shell, response);
  const missing = [];
  for (const path of assetsOf(html)) if (!(await cache.match(path))) missing.push(path);
  await cache.addAll(missing);
}

/** @param {string} key @param {Response} response */
async function keepAsset(key, response) {
  const cache = await caches.open(CACHE);
  if (await cache.match(key)) await cache.put(key, response);
}

/**
 * From the network; from what is kept where it does not answer, or not in time.
 * @param {Asked} event @param {string} key @param {(key: string, response: Response) => Promise<void>} keep
 */
async function networkFirst(event, key, keep) {
  const fresh = fetch(event.request).then((response) => {
    if (response.ok && !response.redirected) event.waitUntil(keep(key, response.clone()));
    return response;
  });
  const kept = await (await caches.open(CACHE)).match(key, { ignoreVary: true });
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([fresh.then((response) => (response.status < 500 ? response : kept)), late]).catch(() => kept);
}

worker.addEventListener("install", (/** @type {Lasting} */ event) => {
  const all = SHELLS.map(async (shell) => keepShell(shell, await fetch(shell, { cache: "no-cache" })));
  event.waitUntil(Promise.all(all).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {Lasting} */ event) => event.waitUntil(worker.clients.claim()));

/** @param {string} shell a page that may lead to the sign-in page instead, which is not kept in its place */
async function keepIfOpen(shell) {
  const response = await fetch(shell, { cache: "no-cache" });
  if (response.ok && !response.redirected) await keepShell(shell, response);
}

worker.addEventListener("message", (/** @type {Lasting & {data: any}} */ event) => {
  if (event.data?.keep === STAFF_SHELL) event.waitUntil(keepIfOpen(STAFF_SHELL));
});

worker.addEventListener("fetch", (/** @type {Asked} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const shell = request.mode === "navigate" ? shellOf(url.pathname) : null;
  if (shell) event.respondWith(networkFirst(event, shell, keepShell));
  else if (url.pathname.startsWith("/static/")) event.respondWith(networkFirst(event, url.pathname, keepAsset));
});

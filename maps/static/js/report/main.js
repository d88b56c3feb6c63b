// The report page: puts its parts together. What is written is kept at once; what is submitted goes through the queue.

import { speak } from "../asking.js";
import { byId } from "../dom.js";
import { newKey } from "../key.js";
import { chooseLang, fillTexts, LANG_KEY } from "../lang.js";
import { createChooser } from "./catalogue.js";
import { createStore, openBackend } from "./db.js";
import { createFields } from "./fields.js";
import { refusals, showFaults, showSummary, twice } from "./form.js";
import { createKnown } from "./known.js";
import { showMine, showQueue } from "./mine.js";
import { showNear } from "./near.js";
import { createPhotos } from "./photos.js";
import { createReceipt } from "./receipt.js";
import { itemOf } from "./queue.js";
import { createSending } from "./sending.js";
import { follow, readNear } from "./server.js";
import { blank, categorised, contactOf, faultsOf, isBlank, reportOf } from "./state.js";
import { readTexts } from "./texts.js";
import { createWhere } from "./where.js";

const settings = JSON.parse(byId("page-settings", HTMLScriptElement).text);
const element = (/** @type {string} */ id) => byId(id, HTMLElement);
const form = byId("form", HTMLFormElement);

let lang = chooseLang(location.search, localStorage.getItem(LANG_KEY), settings.lang);
let say = await readTexts(lang);
const store = createStore(await openBackend());
const known = createKnown(store);
const kept = await store.readDraft();
let draft = kept?.draft ?? blank(newKey());
let photos = kept?.photos ?? [];
/** @type {import("./types.js").Category[]} */
let categories = [];
/** What the server said against the draft, until it is changed. @type {import("./types.js").Problem | null} */
let problem = null;

const category = () => categories.find(({ code }) => code === draft.category) ?? null;

/** @param {import("./types.js").Draft} next */
function write(next) {
  draft = next;
  problem = null;
  keeping(store.keepDraft(draft));
  renderDraft();
}

/** Says so once all is kept. @param {Promise<void>} work */
function keeping(work) {
  const mine = draft;
  element("kept").hidden = true;
  void work.then(() => (element("kept").hidden = mine !== draft || !store.lasting || isBlank(draft, photos)));
}

/** @param {import("./types.js").Draft} next @param {import("./types.js").Photo[]} pictures @param {import("./types.js").Problem | null} [why] */
function load(next, pictures, why = null) {
  draft = next;
  photos = pictures;
  problem = why;
  element("near").hidden = true;
  form.hidden = false;
  render();
  where.show();
}

/** What was to be mended is looked at anew. */
const judgeAgain = () => void (element("summary").hidden || sayFaults());
const language = () => ({ say, lang });
const where = createWhere(settings, { draft: () => draft, write, language, checked: judgeAgain });

const parts = { box: element("chooser"), search: byId("search", HTMLInputElement), list: element("groups"), chosen: element("chosen") };
const chooser = createChooser(parts, (one) => {
  write(categorised(draft, one));
  chooser.show(categories, one, say);
});
const inputs = [byId("camera", HTMLInputElement), byId("album", HTMLInputElement)];
const photoList = createPhotos(element("photos"), inputs, element("photos-told"), (list) => {
  photos = list;
  problem = null;
  keeping(store.keepPhotos(draft, photos));
  judgeAgain();
});
const fields = createFields(() => draft, write);

const receipt = createReceipt(element("receipt"), () => isBlank(draft, photos), () => {
  form.hidden = false;
  element("locate").focus();
});
const sending = createSending(store, () => lang, {
  async changed() {
    showQueue(element("queue"), await store.all(), language(), {
      sendNow: () => void sending.flush(true),
      edit: (item) => void mend(item),
      remove: (item) => void store.forget(item.key).then(sending.announce),
    });
    showMine(element("mine"), await store.mine(), language(), (one) => void store.removeMine(one.link).then(sending.announce));
  },
  taken: (answer) => tell(answer, "received"),
  refused: (item) => void (isBlank(draft, photos) && mend(item)),
});

/** A report that was refused, or a draft that was put aside, is written on. @param {import("./types.js").Item} item */
async function mend(item) {
  const own = { ...item.draft, key: item.problem?.status === 422 ? newKey() : item.key };
  const aside = isBlank(draft, photos) ? null : itemOf("aside", draft, photos, category()?.name ?? "", Date.now());
  await store.takeBack(item, own, aside);
  load(own, item.photos, item.problem);
  receipt.hide();
  await sending.announce();
  leadToFaults();
}

function faults() {
  const found = faultsOf(draft, photos.length, category()).map(({ field, text, values }) => ({ field, words: say(text, values) }));
  const refused = where.refused();
  return [...(refused ? [{ field: "place", words: refused }] : []), ...found, ...refusals(problem, language())];
}

/** Shows what is to be mended. @returns {boolean} whether there is anything */
function sayFaults() {
  const found = faults();
  showFaults(form, found);
  showSummary(element("summary"), found, say);
  return found.length > 0;
}

/** The same, and leads there. */
function leadToFaults() {
  if (!sayFaults()) return false;
  element("summary").querySelector("p")?.focus();
  return true;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = byId("send", HTMLButtonElement);
  button.disabled = true;
  await photoList.ready();
  problem = null; // the server judges anew
  const found = leadToFaults() ? null : await readNear(draft, lang);
  button.disabled = false;
  if (!found) return;
  if (!found.length) {
    await submit();
    return;
  }
  form.hidden = true;
  const back = () => {
    element("near").hidden = true;
    form.hidden = false;
    button.focus();
  };
  const acts = { back, goOn: () => void submit(), follow: (/** @type {import("./types.js").Near} */ near) => void join(near) };
  showNear(element("near"), found, language(), acts);
});

async function submit() {
  const own = category(), now = new Date();
  if (!own) return;
  const item = { ...itemOf("waiting", draft, photos, own.name, now.getTime()), report: reportOf(draft, own, lang, now) };
  await store.enqueue(item);
  load(blank(newKey()), []);
  element("queue").scrollIntoView({ block: "start" });
  await sending.announce();
  await sending.flush(true);
}

/** Follow what somebody else reported; the own draft is not needed any more. @param {import("./types.js").Near} near */
async function join(near) {
  try {
    const link = await follow(near.number, contactOf(draft, true), lang);
    const mine = { number: near.number, link, name: near.category, at: Date.now() };
    await store.addMine(mine);
    await store.dropDraft();
    load(blank(newKey()), []);
    await sending.announce();
    tell(mine, "followed");
  } catch (error) {
    element("near-words").textContent = say("failed", { words: error instanceof Error ? error.message : String(error) });
  }
}

/** @param {import("./types.js").Receipt} answer @param {string} title */
function tell(answer, title) {
  form.hidden = isBlank(draft, photos);
  receipt.tell(answer, title, language());
}

function renderDraft() {
  fields.follow(category(), say);
  judgeAgain();
}

const clear = () => void store.dropDraft().then(() => load(blank(newKey()), []));
function render() {
  speak(lang);
  document.title = say("pageTitle");
  fillTexts(lang, (key) => say(key, settings));
  fields.fill(say);
  chooser.show(categories, category(), say);
  photoList.show(photos, say);
  element("clear").replaceChildren(twice(say("clear"), say("clearSure"), clear));
  element("offline").hidden = navigator.onLine;
  element("not-kept").hidden = store.lasting;
  element("summary").hidden = true;
  renderDraft();
}

async function readCategories() {
  const asked = lang;
  const found = await known.categories(asked);
  if (asked !== lang) return;
  categories = found;
  element("no-catalogue").hidden = categories.length > 0;
  chooser.show(categories, category(), say);
  renderDraft();
}

/** @param {"zh" | "en"} next stays as it was where its texts cannot be had */
async function speakIn(next) {
  const words = await readTexts(next).catch(() => null);
  if (!words) return;
  [lang, say] = [next, words];
  localStorage.setItem(LANG_KEY, lang);
  element("near").hidden = true;
  form.hidden = receipt.shown() && isBlank(draft, photos);
  render();
  receipt.retell(language());
  await Promise.all([readCategories(), where.check(), sending.announce()]);
}

element("language").addEventListener("click", () => void speakIn(lang === "zh" ? "en" : "zh"));
element("retry").addEventListener("click", () => void readCategories());
for (const name of ["online", "offline"]) {
  addEventListener(name, () => {
    element("offline").hidden = navigator.onLine;
    void where.check();
    if (navigator.onLine && !categories.length) void readCategories();
  });
}

render();
await Promise.all([
  known.boundaries().then((boundaries) => (where.serve(boundaries), where.show())),
  readCategories(),
  sending.announce(),
]);
document.body.setAttribute("aria-busy", "false");
void sending.flush(true);
await navigator.serviceWorker?.register("/sw.js").catch(() => {});

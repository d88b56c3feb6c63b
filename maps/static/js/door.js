// The way in and out, the same on every page.

import { Refusal, write } from "./api.js";
import { spoken } from "./asking.js";
import { byId, h } from "./dom.js";

/** The sign-in page, which leads back here. */
export const loginAddress = () =>
  `login?next=${encodeURIComponent(location.pathname + location.search)}${location.hash}`;

const SIGN_IN = { zh: "重新登录", en: "Sign in again" };

/** What was said against something; where the sign-in has ended, with the way to sign in again. @param {unknown} error @returns {(string | Node)[]} */
export function toldOf(error) {
  const words = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Refusal && error.status === 401)) return [words];
  return [words, " ", h("a", { href: loginAddress() }, SIGN_IN[spoken()])];
}

/** Told where the way out stands: the session goes on, and nothing is forgotten. */
const NOT_OUT = { zh: "没有退出：", en: "Not signed out: " };

/** Ends the session, then forgets what the page keeps. @param {() => Promise<void>} [forget] */
export async function signOut(forget = async () => {}) {
  try {
    await write("DELETE", "session").catch(endedAlready);
  } catch (error) {
    const told = document.getElementById("not-out") ?? h("p", { id: "not-out", className: "refusal", role: "alert" });
    told.textContent = NOT_OUT[spoken()] + (error instanceof Error ? error.message : String(error));
    document.querySelector("header")?.after(told);
    return;
  }
  await forget();
  location.assign("login");
}

/** @param {unknown} error */
function endedAlready(error) {
  if (!(error instanceof Refusal && error.status === 401)) throw error;
}

/** Who is signed in, and the way out. @param {import("./types.js").Session | null} session @param {(name: string) => string} titleOf */
export function showWho(session, titleOf) {
  const name = session?.account.display_name ?? "";
  const who = byId("who", HTMLElement);
  who.textContent = name;
  who.title = name && titleOf(name);
  byId("sign-out", HTMLElement).hidden = !session;
}

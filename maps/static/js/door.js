// The way in and out, the same on every page.

import { write } from "./api.js";
import { byId } from "./dom.js";

/** The sign-in page, which leads back here. */
export const loginAddress = () =>
  `login?next=${encodeURIComponent(location.pathname + location.search)}${location.hash}`;

export async function signOut() {
  await write("DELETE", "session");
  location.assign("login");
}

/** Who is signed in, and the way out. @param {import("./types.js").Session | null} session @param {(name: string) => string} titleOf */
export function showWho(session, titleOf) {
  const name = session?.account.display_name ?? "";
  const who = byId("who", HTMLElement);
  who.textContent = name;
  who.title = name && titleOf(name);
  byId("sign-out", HTMLElement).hidden = !session;
}

// Asks the server for JSON; an error carries the server's own words and what it answered.

/** Something to tell the reader, in words of the reader's language. */
export class Told extends Error {}

/** The server answered, but not with what was asked for. */
export class Refusal extends Told {
  /** @param {number} status @param {any} problem RFC 9457 */
  constructor(status, problem) {
    super(problem.detail ?? String(status));
    this.status = status;
    this.problem = problem;
  }
}

/** No answer came: the network, the server or its database is away. */
export class NoAnswer extends Told {}

const NO_ANSWER = {
  zh: "服务器没有应答，请检查网络后再试。",
  en: "The server does not answer. Check the connection and try again.",
};

const SIGNED_OUT = {
  zh: "登录已过期，请重新登录。",
  en: "Your sign-in has ended. Sign in again.",
};

const AWAY = [502, 503, 504];
/** @type {import("./lang.js").Lang} */
let lang = "zh";

/** The language of the words of refusals. @param {import("./lang.js").Lang} language */
export const speak = (language) => void (lang = language);

/** The language of the words of refusals. */
export const spoken = () => lang;

/**
 * @param {string} path @param {RequestInit} [init]
 * @returns {Promise<any>} null where the answer has no body
 */
export async function ask(path, init) {
  let response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new NoAnswer(NO_ANSWER[lang]);
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  if (AWAY.includes(response.status)) throw new NoAnswer(body.detail ?? NO_ANSWER[lang]);
  // The server's words are for programs; to who just tried to sign in they say why that failed.
  const ended = response.status === 401 && !/^\/?session\b/.test(path);
  throw new Refusal(response.status, ended ? { ...body, detail: SIGNED_OUT[lang] } : body);
}

/** @param {string} path @param {Record<string, string | number>} [parameters] @returns {Promise<any>} */
export function read(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  return ask(query.size ? `${path}?${query}` : path);
}

// The address that OpenRouter sent the visitor back to.
import { invalidRequest } from "../errors.js";

/**
 * @typedef {object} Redirect
 * @property {string} [state]
 * @property {string} [code]
 * @property {string} [error]
 * @property {string} [description]
 */

/** What stands in the address of an answer and in no other. */
const ANSWER = new Set(["code", "state", "error", "error_description"]);
const LONGEST = 16_384;
const LONGEST_WORDS = 256;

/**
 * An address, or its query alone: shells let people paste.
 * @param {string | URL | Location} url @returns {Redirect}
 */
export function readRedirect(url) {
  const text = typeof url === "string" || typeof url?.href === "string" ? String(url).trim() : "";
  if (text === "" || text.length > LONGEST) throw invalidRequest("url: must be the address that OpenRouter redirected to");
  const query = queryOf(text);
  if (query === undefined) throw invalidRequest("url: the whole address is needed that OpenRouter redirected to, not the code alone");
  // Anybody can make such an address: no page of words in an error.
  const one = (/** @type {string} */ name, most = LONGEST) => query.get(name)?.slice(0, most) || undefined;
  return { state: one("state"), code: one("code"), error: one("error", LONGEST_WORDS), description: one("error_description", LONGEST_WORDS) };
}

/** @param {string} text */
function queryOf(text) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    try {
      return new URL(text).searchParams;
    } catch {
      return undefined;
    }
  }
  // "/callback?code=..." too.
  const query = text.slice(text.indexOf("?") + 1);
  return /(?:^|&)(?:code|error)=/.test(query) ? new URLSearchParams(query) : undefined;
}

/** The address without the answer. The rest of its query stays as it is written. @param {string} href */
export function withoutAnswer(href) {
  const [address, fragment] = cutAt(href, "#");
  const [path, query] = cutAt(address, "?");
  const kept = query.slice(1).split("&").filter((pair) => pair !== "" && !ANSWER.has(pair.split("=", 1)[0]));
  return path + (kept.length > 0 ? `?${kept.join("&")}` : "") + fragment;
}

/** @param {string} text @param {string} mark @returns {[string, string]} */
function cutAt(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

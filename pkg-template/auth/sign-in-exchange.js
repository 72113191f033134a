// A code and its verifier for a key: the one request of a sign-in.
import { answerReader, bytesOf, letGo } from "../calls/body.js";
import { describe, hostOf, invalidRequest, OpenRouterError } from "../errors.js";
import { maskedCause } from "../masked-cause.js";
import { offAbort, onAbort as whenAborted, stopIfAborted } from "../media/abort-listeners.js";
import { redact } from "./redact.js";
import { cleanKey } from "./secret-key.js";

/** @import { CompleteSignInOptions, ErrorCode, SignedIn } from "../index.js" */

const BASE_URL = "https://openrouter.ai/api/v1";
const TIMEOUT_MS = 30_000;
const MOST_BYTES = 16 << 20;
/** Of an error: its words are in front. */
const MOST_ERROR_BYTES = 8192;
const MOST_DETAIL = 256;

/**
 * @param {string} code
 * @param {string} verifier
 * @param {CompleteSignInOptions} options
 * @returns {Promise<SignedIn>}
 */
export async function exchangeCode(code, verifier, { baseURL = BASE_URL, fetch = globalThis.fetch, signal }) {
  const url = `${checkedBase(baseURL)}/auth/keys`;
  stopIfAborted(signal);
  const controller = new AbortController();
  /** @type {(reason: unknown) => void} */
  let stop = () => {};
  // Beside the request: a fetch of the caller's may not mind its signal.
  const stopped = new Promise((_, reject) => {
    stop = (reason) => (reject(reason), controller.abort(reason));
  });
  const timer = setTimeout(() => stop(new OpenRouterError({ code: "timeout", message: `sign-in failed: the key exchange took longer than ${TIMEOUT_MS / 1000} s` })), TIMEOUT_MS);
  const onAbort = () => stop(signal?.reason);
  whenAborted(signal, onAbort);
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ code, code_verifier: verifier, code_challenge_method: "S256" }),
    // The code goes nowhere else. Not "error", which workerd refuses; a redirect is an error by its status.
    redirect: /** @type {const} */ ("manual"),
    signal: controller.signal,
  };
  try {
    const answer = exchange(() => fetch(url, init), [code, verifier], hostOf(String(url)));
    answer.catch(() => {});
    return await /** @type {Promise<SignedIn>} */ (Promise.race([answer, stopped]));
  } finally {
    clearTimeout(timer);
    offAbort(signal, onAbort);
  }
}

/** @param {() => Promise<Response>} send @param {string[]} secrets @param {string} host @returns {Promise<SignedIn>} */
async function exchange(send, secrets, host) {
  const { status, text, isWhole } = await answerOf(send, secrets, host);
  const read = parsed(text);
  if (status < 200 || status > 299) {
    // A page of HTML says nothing that a status does not.
    const words = read === undefined && !text.trimStart().startsWith("<") ? text.trim() : (detailOf(read) ?? "");
    const detail = redact(words, { secrets }).slice(0, MOST_DETAIL);
    throw failed(codeOf(status), `the key exchange was answered with ${status}${detail && `: ${detail}`}`, { status });
  }
  if (!isWhole) throw failed("limit", `the answer to the key exchange is larger than ${MOST_BYTES} bytes`, { status });
  if (typeof read !== "object" || read === null || Array.isArray(read)) throw failed("bad-response", "the answer to the key exchange is no JSON object", { status });
  const key = cleanKey(read.key);
  if (key === "") throw failed("bad-response", "the answer to the key exchange has no key", { status });
  const userId = [read.user_id, read.userId].find((id) => typeof id === "string" && id !== "");
  return { key, ...(userId !== undefined && { userId }) };
}

/** @param {() => Promise<Response>} send @param {string[]} secrets @param {string} host */
async function answerOf(send, secrets, host) {
  try {
    const response = await send();
    const isError = !(response.status >= 200 && response.status <= 299);
    return { status: response.status, ...(await readAtMost(response, isError ? MOST_ERROR_BYTES : MOST_BYTES)) };
  } catch (cause) {
    throw failed("network", `no answer from ${host}: ${redact(describe(cause), { secrets })}`, { cause: secrets.reduce(maskedCause, /** @type {unknown} */ (cause)) });
  }
}

/** @param {Response} response @param {number} most */
async function readAtMost(response, most) {
  const reader = answerReader(response);
  const decoder = new TextDecoder();
  let [text, left] = ["", most];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isWhole: true };
    const bytes = bytesOf(value);
    // One that gives nothing again and again at once lets the time limit pass.
    if (bytes.length === 0) await new Promise((resolve) => setTimeout(resolve));
    text += decoder.decode(bytes.subarray(0, left), { stream: true });
    left -= bytes.length;
    if (left < 0) {
      letGo(reader);
      return { text, isWhole: false };
    }
  }
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an error says, in one of the shapes that were seen. @param {any} body @returns {string | undefined} */
function detailOf(body) {
  const words = [body, body?.message, body?.error_description, body?.error, body?.error?.message, body?.error?.code];
  const found = words.find((word) => (typeof word === "string" && word !== "") || (typeof word === "number" && word === body?.error?.code));
  return found === undefined ? undefined : String(found);
}

/** A refusal is about the sign-in; the rest is about the way there. @param {number} status @returns {ErrorCode} */
function codeOf(status) {
  if (status === 429) return "rate-limit";
  if (status === 408 || status === 504) return "timeout";
  if (status >= 500) return "server";
  return status >= 400 ? "auth" : "bad-response";
}

/** @param {ErrorCode} code @param {string} why @param {{ status?: number, cause?: unknown }} [more] */
function failed(code, why, { status, ...cause } = {}) {
  return new OpenRouterError({ code, message: `sign-in failed: ${why}`, ...(status && { status }) }, cause);
}

/** As for chats: in the clear only to this machine. @param {string} baseURL */
function checkedBase(baseURL) {
  let url;
  try {
    url = new URL(baseURL);
  } catch (cause) {
    throw invalidRequest("baseURL: must be an absolute URL", cause);
  }
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$|\.localhost$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere)) throw invalidRequest("baseURL: must be https; plain http goes to this machine alone");
  if (url.username || url.password || url.search || url.hash) throw invalidRequest("baseURL: must have no user, query or fragment");
  let end = url.href.length;
  while (url.href[end - 1] === "/") end -= 1;
  return url.href.slice(0, end);
}

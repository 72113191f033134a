// What every call has in common that is billed by being sent: it is sent once, and an error says what that may mean.
import { checkCallOptions } from "../calls/call-options.js";
import { describe, invalidRequest, OpenRouterError } from "../errors.js";
import { headerPairs, json } from "../request/request-options.js";

/** Codes of the platform for a connection that was never made: nothing was sent. */
const NEVER_SENT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_/;

/**
 * The request as the engine reads it: without what is not JSON, files as marks.
 * @param {any} request @param {Record<string, unknown>} files
 */
export function requestJson(request, files) {
  const { signal: _, onPartial: __, onProgress: ___, headers, ...options } = request;
  for (const [name, value] of Object.entries(options)) {
    // JSON has no infinity; 0 is the engine's word for "no limit". Of anything else JSON would make "not set" without a word.
    if (value === Infinity && name === "timeoutMs") options[name] = 0;
    else if (typeof value === "number" && !Number.isFinite(value)) throw invalidRequest(`${name}: must be a number, and is ${value}`);
  }
  return json("request", { ...options, headers: headerPairs(headers), ...files });
}

/** @param {any} request @param {readonly string[]} callbacks */
export function checkRequest(request, callbacks = []) {
  if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
  checkCallOptions(request);
  const { headers } = request;
  if (headers !== undefined && headers !== null && typeof headers !== "object") throw invalidRequest("headers: must be an object");
  for (const name of callbacks) {
    if (request[name] !== undefined && request[name] !== null && typeof request[name] !== "function") throw invalidRequest(`${name}: must be a function`);
  }
}

/**
 * An error of a call whose request may have arrived: to try again is not for whoever retries without asking, since it may be paid twice.
 * @param {unknown} error
 */
export function billable(error) {
  if (!OpenRouterError.isInstance(error) || error.status !== undefined) return error;
  if (error.code !== "network" && error.code !== "timeout" && error.code !== "stream-cut") return error;
  const { cause } = error;
  if (isNeverSent(error)) return error;
  const message = `${error.message} (it may have been billed, and is not sent again)`;
  return new OpenRouterError({ code: error.code, message, isRetryable: false }, { ...(cause !== undefined && { cause }), ...(error.partial && { partial: error.partial }) });
}

/** Whether the connection was never made. @param {OpenRouterError} error */
export function isNeverSent({ code, cause }) {
  const codes = `${/** @type {any} */ (cause)?.code} ${/** @type {any} */ (cause)?.cause?.code} ${cause === undefined ? "" : describe(cause)}`;
  return code === "network" && NEVER_SENT.test(codes);
}

/** The answer as JSON, or an error in the words of the call. @param {string} text @param {string} label @param {number} status */
export function parsedAnswer(text, label, status) {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (cause) {
    throw new OpenRouterError({ code: "bad-response", message: `${label}: malformed JSON response`, status }, { cause });
  }
}

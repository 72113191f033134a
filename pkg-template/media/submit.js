// What every call has in common that is billed by being sent: it is sent once, and an error says what that may mean.
import { lenientJson } from "../calls/lenient-json.js";
import { checkCallOptions, headerPairs, invalidRequest, json, jsonFault, OpenRouterError, reading } from "../first-part.js";

export { billable } from "./billed.js";

/**
 * The request as the engine reads it: without what is not JSON, files as placeholders.
 * @param {any} request @param {Record<string, unknown>} files
 */
export function requestJson(request, files) {
  return reading("request", () => written(request, files));
}

/** @param {any} request @param {Record<string, unknown>} files */
function written(request, files) {
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
  reading("request", () => checkFields(request, callbacks));
}

/** @param {any} request @param {readonly string[]} callbacks */
function checkFields(request, callbacks) {
  if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
  checkCallOptions(request);
  const { headers } = request;
  if (headers !== undefined && headers !== null && typeof headers !== "object") throw invalidRequest("headers: must be an object");
  for (const name of callbacks) {
    if (request[name] !== undefined && request[name] !== null && typeof request[name] !== "function") throw invalidRequest(`${name}: must be a function`);
  }
}

/** The answer as JSON, or an error in the words of the call. @param {string} text @param {string} label @param {number} status */
export function parsedAnswer(text, label, status) {
  try {
    return lenientJson(text);
  } catch {
    throw new OpenRouterError({ code: "bad-response", message: `${label}: malformed JSON response`, status }, { cause: jsonFault(text) });
  }
}

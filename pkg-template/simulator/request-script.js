/** Scripts for requests of any path: which one a request gets, and the faults that are played before or instead of its route. */

import { ApiError, SimulatedNetworkError, errorBody, wordsOf } from "./errors.js";
import { REQUEST_SCRIPT_FIELDS } from "./request-script-fields.js";
import { checkFields, describe } from "./script.js";
import { STOP_FIELDS } from "./script-fields.js";

/** @import { RequestMatch, RequestScript, SimulatorRequest } from "../simulator.d.ts" */
/** @import { Exchange } from "./reply.js" */
/** @import { State } from "./state.js" */

const CHAT = "/chat/completions";

/**
 * @param {unknown} script
 * @returns {RequestScript} a copy
 * @throws {TypeError} naming the field that is wrong
 */
export function checkRequestScript(script) {
  if (typeof script !== "object" || script === null || Array.isArray(script)) {
    throw new TypeError(`a script must be an object, not ${describe(script)}`);
  }
  checkFields(script, REQUEST_SCRIPT_FIELDS, "script");
  const checked = /** @type {RequestScript} */ (script);
  const stops = [...STOP_FIELDS, "padToBytes"].filter((name) => /** @type {any} */ (checked)[name] !== undefined);
  if (stops.length > 1) throw new TypeError(`script.${stops[0]} and script.${stops[1]} exclude each other`);
  if (checked.carriedOut && !isWhole(checked) && !checked.networkError) {
    throw new TypeError("script.carriedOut needs script.networkError, script.body or a script.status of 300 and above");
  }
  return structuredClone(checked);
}

/**
 * Whether the script is the answer, so that the route has nothing to say.
 * @param {RequestScript} script
 */
export function isWhole(script) {
  return script.body !== undefined || (script.status ?? 200) >= 300;
}

/** The rules of `onRequest`. */
export class RequestBook {
  /** @type {{ match: RequestMatch, script: RequestScript, left: number }[]} */
  #rules = [];

  /**
   * @param {RequestMatch} match
   * @param {RequestScript} script
   * @returns {() => void}
   */
  on(match, script) {
    if (typeof match !== "function" && typeof match !== "string" && !(match instanceof RegExp)) {
      throw new TypeError(`match must be a function, a path or a RegExp, not ${describe(match)}`);
    }
    if (typeof match === "string" && !/^([A-Z]+ )?\//.test(match)) {
      throw new TypeError(`match must be a path, or a method and a path, as in "GET /videos/:id", not ${describe(match)}`);
    }
    const checked = checkRequestScript(script);
    const rule = { match, script: checked, left: checked.times ?? Infinity };
    this.#rules.unshift(rule);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
    };
  }

  /**
   * @param {SimulatorRequest} request
   * @returns {RequestScript | undefined}
   */
  take(request) {
    const rule = this.#rules.find(({ match, left }) => left > 0 && matches(match, request));
    if (rule) rule.left -= 1;
    return rule?.script;
  }

  clear() {
    this.#rules = [];
  }
}

/**
 * @param {RequestMatch} match
 * @param {SimulatorRequest} request
 */
function matches(match, request) {
  if (typeof match === "function") return Boolean(match(request));
  const line = `${request.method} ${request.path}`;
  if (typeof match === "string") return patternOf(match).test(line);
  match.lastIndex = 0;
  return match.test(line);
}

/**
 * @param {string} path with `:name` for one segment, `*` for the rest, and a method before it or none
 */
function patternOf(path) {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/:[A-Za-z]+/g, "[^/]+").replace(/\*/g, ".*");
  return new RegExp(`^${path.startsWith("/") ? "[A-Z]+ " : ""}${escaped}$`);
}

/**
 * @param {Exchange} exchange
 * @param {State} state
 * @param {() => Promise<Response>} route
 * @returns {Promise<Response>}
 */
export async function playRequestScript(exchange, state, route) {
  const { entry } = exchange;
  if (entry.method === "OPTIONS") return route();
  let script;
  try {
    script = (state.options.allowRequestScripts && scriptOf(entry)) || state.requestBook.take(entry);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return exchange.json(error.status, errorBody(error.status, error.message));
  }
  if (!script) return route();
  exchange.script = script;
  await exchange.wait(script.delayMs ?? 0);
  const ownAnswer = isWhole(script) || script.networkError;
  // The answer of a route that is carried out for nobody is dropped unread.
  if (script.carriedOut) await route();
  exchange.travel = script;
  if (script.networkError) throw new SimulatedNetworkError(script.carriedOut);
  return ownAnswer ? exchange.whole(script) : route();
}

/**
 * The script that a request brings along. Those of chat requests have fields of their own, and are read there.
 * @param {SimulatorRequest} entry
 * @returns {RequestScript | undefined}
 */
function scriptOf({ path, headers, body }) {
  if (path === CHAT) return undefined;
  const text = headers["x-simulator-script"];
  let given = body !== null && typeof body === "object" ? body.simulator : undefined;
  if (text !== undefined) {
    try {
      given = JSON.parse(text);
    } catch {
      throw new ApiError(400, "the header x-simulator-script must hold JSON");
    }
  }
  if (given === undefined) return undefined;
  try {
    return checkRequestScript(given);
  } catch (error) {
    throw new ApiError(400, wordsOf(error));
  }
}

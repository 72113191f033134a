/** Scripts: checked when they are handed over, and the choice of the one that a request gets. */

import { lastUserText } from "./conversation.js";
import { ApiError, wordsOf } from "./errors.js";
import { CONTENT_FIELDS, SCRIPT_FIELDS, STOP_FIELDS } from "./script-fields.js";

/** @import { ChatRequest, Match, Script, SimulatorRequest } from "../simulator.d.ts" */
/** @import { Rule } from "./script-fields.js" */

/**
 * @param {unknown} script
 * @returns {Script} a copy, so that changing the object later changes nothing
 * @throws {TypeError} naming the field that is wrong
 */
export function checkScript(script) {
  if (typeof script !== "object" || script === null || Array.isArray(script)) {
    throw new TypeError(`a script must be an object, not ${describe(script)}`);
  }
  checkFields(script, SCRIPT_FIELDS, "script");
  const checked = /** @type {Script} */ (script);
  refusePairs(checked);
  return structuredClone(checked);
}

/**
 * @param {object} value
 * @param {Record<string, Rule>} rules
 * @param {string} path
 */
export function checkFields(value, rules, path) {
  for (const [name, field] of Object.entries(value)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) throw new TypeError(`${path}.${name} is not a field of a script${suggestion(name, Object.keys(rules))}`);
    if (field !== undefined) checkValue(field, rule, `${path}.${name}`);
  }
}

/**
 * @param {unknown} value
 * @param {Rule} rule
 * @param {string} path
 */
function checkValue(value, rule, path) {
  if (!rule.fits(value)) throw new TypeError(`${path} must be ${rule.is}, not ${describe(value)}`);
  if (rule.fields && typeof value === "object" && value !== null) checkFields(value, rule.fields, path);
  const { each } = rule;
  if (each && Array.isArray(value)) value.forEach((entry, at) => checkValue(entry, each, `${path}[${at}]`));
}

/** @param {Script} script */
function refusePairs(script) {
  const given = (/** @type {keyof Script} */ name) => script[name] !== undefined;
  const stops = STOP_FIELDS.filter(given);
  if (stops.length > 1) throw new TypeError(`script.${stops[0]} and script.${stops[1]} exclude each other`);
  if (given("stallWithComments") && !given("stallAfterBytes") && !given("stallAfterChunks")) {
    throw new TypeError("script.stallWithComments needs script.stallAfterBytes or script.stallAfterChunks");
  }
  for (const whole of /** @type {const} */ (["body", "raw", "chunks"])) {
    if (!given(whole)) continue;
    const other = [...CONTENT_FIELDS, /** @type {const} */ ("error"), /** @type {const} */ ("body")].find((name) => name !== whole && given(name));
    if (other) throw new TypeError(`script.${whole} is the whole answer: script.${other} cannot stand beside it`);
  }
  const content = CONTENT_FIELDS.find(given);
  if (content && script.status !== undefined && script.status >= 300) {
    throw new TypeError(`script.${content} is never sent with script.status ${script.status}: use script.body`);
  }
  for (const [at, call] of (script.toolCalls ?? []).entries()) {
    if (call.name === undefined) throw new TypeError(`script.toolCalls[${at}].name is missing`);
  }
}

/** @param {Script} script */
export function hasContent(script) {
  return CONTENT_FIELDS.some((name) => script[name] !== undefined);
}

/** @param {unknown} value */
export function describe(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
}

/**
 * @param {string} name
 * @param {string[]} known
 */
function suggestion(name, known) {
  const plain = (/** @type {string} */ word) => word.toLowerCase().replaceAll("_", "").replace(/s$/, "");
  const near = known.find((candidate) => plain(candidate) === plain(name));
  return near ? `: did you mean ${near}?` : "";
}

/** The scripts that wait for requests. */
export class ScriptBook {
  /** @type {Script[]} */
  #queue = [];
  /** @type {{ match: Match, script: Script }[]} */
  #rules = [];

  /** @param {Script} script */
  enqueue(script) {
    this.#queue.push(checkScript(script));
  }

  /**
   * @param {Match} match
   * @param {Script} script
   * @returns {() => void}
   */
  on(match, script) {
    if (typeof match !== "function" && typeof match !== "string" && !(match instanceof RegExp)) {
      throw new TypeError(`match must be a function, a model id or a RegExp, not ${describe(match)}`);
    }
    const rule = { match, script: checkScript(script) };
    this.#rules.unshift(rule);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
    };
  }

  /**
   * @param {ChatRequest} body
   * @param {SimulatorRequest} request
   * @returns {Script | undefined}
   */
  take(body, request) {
    return this.#queue.shift() ?? this.#rules.find(({ match }) => matches(match, body, request))?.script;
  }

  clear() {
    this.#queue = [];
    this.#rules = [];
  }
}

/**
 * @param {Match} match
 * @param {ChatRequest} body
 * @param {SimulatorRequest} request
 */
function matches(match, body, request) {
  if (typeof match === "function") return Boolean(match(body, request));
  if (typeof match === "string") return body.model === match;
  match.lastIndex = 0;
  return match.test(lastUserText(body));
}

/**
 * The script that travels in the request itself.
 * @param {Headers} headers
 * @param {ChatRequest} body
 * @returns {Script | undefined}
 */
export function scriptInRequest(headers, body) {
  const text = headers.get("x-simulator-script");
  const given = text === null ? body.simulator : parseHeader(text);
  if (given === undefined) return undefined;
  try {
    return checkScript(given);
  } catch (error) {
    throw new ApiError(400, wordsOf(error));
  }
}

/** @param {string} text */
function parseHeader(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, "the header x-simulator-script must hold JSON");
  }
}

import { carryMedia } from "./carried-media.js";
import { invalidRequest } from "./errors.js";
import { ChatRun } from "./run.js";

/** @import { ChatRequest, ClientOptions } from "./index.js" */

/** Options of the client that the engine reads; each may be set for one chat too. */
const ENGINE_OPTIONS = ["maxRetries", "timeoutMs", "idleTimeoutMs", "progressTimeoutMs", "firstTokenTimeoutMs", "strictToolCalls", "rawEvents", "limits"];
/** Fields of a chat request that are ours and not OpenRouter's. */
const CALL_OPTIONS = new Set([...ENGINE_OPTIONS, "signal", "headers"]);
/** Named in the design, not built yet: refused, since leaving them out without a word would change what a caller gets. */
const NOT_YET = ["maxSteps", "stopWhen", "approve", "budget", "thinking", "params"];
const NOT_YET_CLIENT = ["fallbackModels", "params", "models", "transcriptPolicy", "logger"];

/** Who OpenClaw says it is: the `app` of a client that stands in for it. OpenRouter knows two of a request's seven categories. */
export const OPENCLAW_APP = Object.freeze({
  url: "https://openclaw.ai",
  title: "OpenClaw",
  categories: Object.freeze(["cli-agent", "cloud-agent", "programming-app", "creative-writing", "writing-assistant", "general-chat", "personal-agent"]),
});

export class OpenRouter {
  /** @type {ClientOptions} */
  #options;
  /** @type {Record<string, unknown>} */
  #config;

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
    refuse(options, NOT_YET_CLIENT);
    const { apiKey, baseURL, app, model, headers } = options;
    if (apiKey !== undefined && typeof apiKey !== "string" && typeof apiKey !== "function") throw invalidRequest("apiKey: must be a string or a function");
    for (const [name, kind] of [["fetch", "function"], ["baseURL", "string"], ["model", "string"], ["app", "object"]]) {
      const value = /** @type {any} */ (options)[name];
      if (value !== undefined && value !== null && typeof value !== kind) throw invalidRequest(`${name}: must be a${kind === "object" ? "n" : ""} ${kind}`);
    }
    checkKinds(options);
    this.#options = options;
    this.#config = { baseURL, model, headers: headerPairs(headers), ...pick(options, ENGINE_OPTIONS) };
    if (app) this.#config.app = app;
    // A page says where it is; its title may be private. `app: null` says nothing at all.
    else if (app === undefined && typeof document !== "undefined" && location.protocol.startsWith("http")) this.#config.origin = location.origin;
    // Here and not in the engine: the object of a class is printed by every debugger.
    Object.freeze(this.#config);
  }

  /** @param {ChatRequest} request */
  chat(request) {
    if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
    const { signal } = request;
    if (signal !== undefined && signal !== null && typeof signal.addEventListener !== "function") throw invalidRequest("signal: must be an AbortSignal");
    const options = this.#options;
    return new ChatRun({
      prepare: () => {
        refuse(request, NOT_YET);
        const { messages, putBack } = carryMedia(request.messages);
        const body = json("request", bodyOf({ ...request, messages }));
        checkKinds(request);
        const sent = Array.isArray(request.messages) ? [...request.messages] : [];
        return { messages: sent, config: engineConfig(this.#config, request), headers: json("headers", headerPairs(request.headers) ?? []), body, putBack };
      },
      apiKey: () => (typeof options.apiKey === "function" ? options.apiKey() : options.apiKey),
      fetch: () => options.fetch ?? globalThis.fetch,
      signal: signal ?? undefined,
    });
  }
}

/** @param {Record<string, unknown>} config @param {ChatRequest} request */
function engineConfig(config, request) {
  const merged = { ...config, ...pick(request, ENGINE_OPTIONS), limits: { .../** @type {object} */ (config.limits), ...request.limits } };
  // JSON has no infinity; 0 is the engine's word for "no limit".
  return json("options", merged, (_, value) => (value === Infinity ? 0 : value));
}

/** The options that a client and a request share; what their values mean is checked by the engine. @param {any} options */
function checkKinds(options) {
  for (const name of ENGINE_OPTIONS) {
    const value = options[name];
    const kind = name === "limits" ? "object" : name === "strictToolCalls" || name === "rawEvents" ? "boolean" : "number";
    if (value !== undefined && value !== null && typeof value !== kind) throw invalidRequest(`${name}: must be a${kind === "object" ? "n" : ""} ${kind}`);
  }
  const { headers } = options;
  if (headers !== undefined && headers !== null && typeof headers !== "object") throw invalidRequest("headers: must be an object");
}

/** The wire body: our own fields out, tools in their wire form. @param {any} request */
function bodyOf(request) {
  /** @type {Record<string, unknown>} */
  const body = {};
  for (const [name, value] of Object.entries(request)) {
    if (CALL_OPTIONS.has(name)) continue;
    body[name] = name === "tools" && Array.isArray(value) ? value.map(wireTool) : value;
  }
  return body;
}

/** @param {any} tool @param {number} number */
function wireTool(tool, number) {
  if (typeof tool?.execute === "function") throw invalidRequest(`tools[${number}].execute: tools are not run by this version; answer the tool-call events yourself`);
  if (typeof tool !== "object" || tool === null || "type" in tool || typeof tool.name !== "string") return tool;
  const { name, description, parameters, strict } = tool;
  return { type: "function", function: { name, description, parameters, strict } };
}

/** @param {HeadersInit | Record<string, string | null> | undefined} headers @returns {[string, string | null][] | undefined} */
function headerPairs(headers) {
  if (headers === undefined || headers === null) return undefined;
  // Not through `new Headers`: it refuses bad names and values without saying which, and knows no null.
  if (typeof (/** @type {any} */ (headers)[Symbol.iterator]) === "function") return [.../** @type {Iterable<[string, string]>} */ (headers)];
  return Object.entries(/** @type {Record<string, string | null>} */ (headers));
}

/** @param {string} place @param {unknown} value @param {(key: string, value: unknown) => unknown} [replacer] */
function json(place, value, replacer) {
  try {
    return JSON.stringify(value, replacer);
  } catch (cause) {
    throw invalidRequest(`${place}: cannot be written as JSON: ${cause instanceof Error ? cause.message.split("\n")[0] : cause}`, cause);
  }
}

/** @param {any} from @param {readonly string[]} names */
function pick(from, names) {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined && from[name] !== null).map((name) => [name, from[name]]));
}

/** @param {any} object @param {readonly string[]} names */
function refuse(object, names) {
  const name = names.find((candidate) => object[candidate] !== undefined);
  if (name) throw invalidRequest(`${name}: not supported by this version`);
}

/** OpenRouter in process: the same simulator as a `fetch`, as a request handler and, through `bin/serve.js`, behind a port. */

import { splitUrl } from "./api-base.js";
import { isRecord } from "./body-check.js";
import { isReplay } from "./replay.js";
import { Exchange } from "./reply.js";
import { createRouter } from "./router.js";
import { State } from "./state.js";

export { createRecorder } from "./recorder.js";

/** @import { Simulator, SimulatorOptions, SimulatorRequest } from "../simulator.d.ts" */

const modelRows = {
  is: "an array of model ids or rows",
  fits: (/** @type {any} */ value) => Array.isArray(value) && value.every((entry) => typeof entry === "string" || typeof entry?.id === "string"),
};

/** @type {Record<keyof SimulatorOptions, { is: string, fits: (value: any) => boolean }>} */
const OPTIONS = {
  apiKeys: { is: "an array of strings", fits: isTexts },
  managementKeys: { is: "an array of strings", fits: isTexts },
  models: modelRows,
  videoModels: modelRows,
  key: { is: "an object", fits: isRecord },
  credits: { is: "an object", fits: isRecord },
  generationDelayPolls: { is: "a whole number, 0 or more", fits: (value) => Number.isInteger(value) && value >= 0 },
  delayMs: { is: "a number of milliseconds, 0 or more", fits: (value) => Number.isFinite(value) && value >= 0 },
  seed: { is: "a number or a string", fits: (value) => typeof value === "number" || typeof value === "string" },
  signIn: { is: '"allow", "deny" or "ask"', fits: (value) => ["allow", "deny", "ask"].includes(value) },
  replay: { is: "an array of fixtures, or { fixtures, chunkBytes }", fits: isReplay },
  allowRequestScripts: { is: "true or false", fits: (value) => typeof value === "boolean" },
};

/**
 * @param {SimulatorOptions} [options]
 * @returns {Simulator}
 */
export function createSimulator(options = {}) {
  checkOptions(options);
  const state = new State({ ...options });
  const route = createRouter(state);

  /**
   * @param {Request} request
   * @param {AbortSignal | null | undefined} signal
   */
  async function respond(request, signal) {
    const entry = newEntry(request);
    state.log(entry);
    const leave = () => {
      entry.aborted = true;
    };
    signal?.addEventListener("abort", leave, { once: true });
    try {
      const bytes = new Uint8Array(await request.arrayBuffer());
      entry.bodyText = new TextDecoder().decode(bytes);
      entry.body = parsed(entry.bodyText);
      signal?.throwIfAborted();
      const response = await route(request, new Exchange(entry, signal, state.ids.ray(), bytes));
      signal?.throwIfAborted();
      return response;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  return {
    fetch: async (input, init) => {
      const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
      const request = new Request(input, init);
      signal?.throwIfAborted();
      const response = await respond(request, signal);
      return Object.defineProperty(response, "url", { value: request.url });
    },
    handler: (request) => respond(request, request.signal),
    enqueue: (script) => state.book.enqueue(script),
    on: (match, script) => state.book.on(match, script),
    onRequest: (match, script) => state.requestBook.on(match, script),
    requests: state.requests,
    reset: () => state.reset(),
  };
}

/**
 * @param {Request} request
 * @returns {SimulatorRequest}
 */
function newEntry(request) {
  return {
    method: request.method,
    url: request.url,
    path: splitUrl(request.url).path,
    headers: Object.fromEntries(request.headers),
    body: undefined,
    bodyText: "",
    receivedAtMs: Date.now(),
    aborted: false,
    finished: false,
    bytesSent: 0,
  };
}

/** @param {string} text */
function parsed(text) {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {SimulatorOptions} options */
function checkOptions(options) {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(OPTIONS, name) ? OPTIONS[/** @type {keyof SimulatorOptions} */ (name)] : undefined;
    if (!rule) throw new TypeError(`options.${name} is not an option of createSimulator`);
    if (value !== undefined && !rule.fits(value)) throw new TypeError(`options.${name} must be ${rule.is}`);
  }
}

/** @param {unknown} value */
function isTexts(value) {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

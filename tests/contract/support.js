// What the tests of this folder share.
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** @import { ClientOptions } from "openrouter-wasm" */
/** @import { Script, SimulatorOptions } from "openrouter-wasm/simulator" */

export const PACKAGE = process.env.OPENROUTER_WASM_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
const folder = pathToFileURL(`${PACKAGE}/`);
/** @type {typeof import("openrouter-wasm")} */
export const api = await import(new URL("index.js", folder).href);
/** @type {typeof import("openrouter-wasm/simulator")} */
const { createSimulator } = await import(new URL("simulator.js", folder).href);
/** @type {typeof import("openrouter-wasm/gateway")} */
export const { createGateway } = await import(new URL("gateway.js", folder).href);

export const BASE = "https://openrouter.ai/api/v1";
export const HELLO = [{ role: /** @type {const} */ ("user"), content: "Hello there" }];
export const WEATHER_TOOL = {
  type: /** @type {const} */ ("function"),
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
/** One grey pixel. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/** For tests whose answer never ends by itself. */
export const TIMED = { timeout: 60_000 };
export const EPHEMERAL = { type: "ephemeral" };

/** @param {SimulatorOptions} [options] */
export const simulate = (options) => createSimulator({ delayMs: 0, ...options });

/**
 * A client whose `fetch` is handed to an SDK, before a simulator of its own; several scripts wait in line.
 * @param {Script | Script[]} [scripts]
 * @param {ClientOptions} [options]
 */
export function dropIn(scripts = [], options = {}) {
  const simulator = simulate();
  for (const script of [scripts].flat()) simulator.enqueue(script);
  const behind = tapped(simulator.fetch);
  const client = new api.OpenRouter({ fetch: behind.fetch, ...options });
  const before = tapped(client.fetch);
  return { simulator, client, fetch: before.fetch, bytesSent: behind.bytes, bytesReceived: before.bytes };
}

/**
 * A `fetch` that keeps a copy of every answer's bytes.
 * @param {(input: any, init?: RequestInit) => Promise<Response>} fetch
 */
function tapped(fetch) {
  /** @type {Promise<ArrayBuffer>[]} */
  const bodies = [];
  return {
    /** @type {typeof globalThis.fetch} */
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (!response.body) return response;
      const [copy, body] = response.body.tee();
      bodies.push(new Response(copy).arrayBuffer());
      return new Response(body, response);
    },
    bytes: async () => Promise.all(bodies.map(async (body) => Buffer.from(await body).toString("latin1"))),
  };
}

/**
 * A file or folder beside the repository, and why its tests are skipped where it is not there.
 * @param {string} path
 */
export function shared(path) {
  const url = new URL(`../../../shared/${path}`, import.meta.url);
  return { url, missing: existsSync(url) ? false : `not checked: ../shared/${path} is not there` };
}

/** @param {() => unknown} condition @param {string} what */
export async function until(condition, what, timeoutMs = 30_000) {
  const start = Date.now();
  while (!(await condition())) {
    if (Date.now() - start > timeoutMs) throw new Error(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

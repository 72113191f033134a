// What the tests of the gateway share.
import { pathToFileURL } from "node:url";
import { fileURLToPath } from "node:url";

export const PKG = process.env.OPENROUTER_WASM_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));

const load = (/** @type {string} */ name) => import(pathToFileURL(`${PKG}/${name}`).href);
export const { OpenRouter, OpenRouterError, pickRequest } = await load("index.js");
export const { createGateway, cloudflareStorage, hashToken, memoryStorage } = await load("gateway.js");
export const { createSimulator } = await load("simulator.js");
export const { serve } = await load("bin/serve.js");

export const KEY = "sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
export const HELLO = [{ role: "user", content: "Hello" }];
export const MODEL = "openai/gpt-4o-mini";

/** A gateway in front of a simulator, both in this process. @param {any} [options] @param {any} [simulatorOptions] */
export function standing(options = {}, simulatorOptions = {}) {
  const simulator = createSimulator({ delayMs: 0, apiKeys: [KEY], ...simulatorOptions });
  /** @type {any[]} */
  const records = [];
  /** @type {Promise<unknown>[]} */
  const pending = [];
  const gateway = createGateway({ apiKey: KEY, callers: { tokens: { alice: { id: "alice" }, bob: { id: "bob" } } }, fetch: simulator.fetch, log: (/** @type {any} */ record) => records.push(record), ...options });
  const context = { waitUntil: (/** @type {Promise<unknown>} */ promise) => void pending.push(promise) };
  /** @param {string} path @param {{ token?: string | null, body?: unknown, headers?: Record<string, string>, method?: string, signal?: AbortSignal }} [init] */
  const ask = (path, { token = "alice", body, headers = {}, method, signal } = {}) => {
    const all = { ...(token !== null && { authorization: `Bearer ${token}` }), ...(body !== undefined && !(body instanceof FormData) && { "content-type": "application/json" }), ...headers };
    const content = body === undefined || typeof body === "string" || body instanceof FormData || body instanceof Uint8Array ? body : JSON.stringify(body);
    return gateway.fetch(new Request(`https://gateway.example${path}`, { method: method ?? (body === undefined ? "GET" : "POST"), headers: all, body: /** @type {any} */ (content), ...(signal && { signal }) }), undefined, context);
  };
  return {
    simulator, gateway, records, ask,
    chat: (/** @type {any} */ body = {}, /** @type {any} */ init = {}) => ask("/v1/chat/completions", { body: { model: MODEL, messages: HELLO, ...body }, ...init }),
    usage: async (token = "alice") => (await ask("/v1/usage", { token })).json(),
    /** Until every request is settled. */
    settled: async () => {
      for (let done = 0; done < pending.length; done = pending.length) await Promise.allSettled(pending.slice(done));
    },
    /** What went to OpenRouter, but the catalog. */
    sent: () => simulator.requests.filter((/** @type {any} */ { path }) => path !== "/models"),
  };
}

/** @param {() => unknown} condition @param {string} what */
export async function until(condition, what, timeoutMs = 10_000) {
  const start = Date.now();
  while (!(await condition())) {
    if (Date.now() - start > timeoutMs) throw new Error(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The chunks of an answer. @param {string} text */
export const chunksOf = (text) => text.split("\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6)));
/** @param {string} text */
export const contentOf = (text) => chunksOf(text).map((chunk) => chunk.choices?.[0]?.delta?.content ?? "").join("");

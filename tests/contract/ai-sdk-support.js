// What the tests of `openrouter-wasm/ai-sdk` share: the package's own provider before a simulator.
import { fileURLToPath, pathToFileURL } from "node:url";
import { api, simulate } from "./support.js";

/** @import { ClientOptions } from "openrouter-wasm" */
/** @import { Script } from "openrouter-wasm/simulator" */

const folder = pathToFileURL(`${process.env.OPENROUTER_WASM_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url))}/`);
/** @type {typeof import("openrouter-wasm/ai-sdk")} */
export const aiSdk = await import(new URL("ai-sdk.js", folder).href);

/** What a model that thinks signs its thoughts with. */
export const THOUGHT = { type: "reasoning.text", text: "Lisbon, then.", signature: "c2lnbmF0dXJl", format: "anthropic-claude-v1", index: 0 };
/** It thinks, and calls a tool. */
export const ASKS = { reasoning: ["Lisbon, then."], reasoningDetails: [THOUGHT], toolCalls: [{ id: "toolu_number-1", name: "weather", arguments: { city: "Lisbon" } }] };
export const CLAUDE = "anthropic/claude-sonnet-4.5";

/**
 * A provider whose client asks a simulator; several scripts wait in line.
 * @param {Script | Script[]} [scripts]
 * @param {ClientOptions} [options]
 */
export function connect(scripts = [], options = {}) {
  const simulator = simulate();
  for (const script of [scripts].flat()) simulator.enqueue(script);
  const client = new api.OpenRouter({ apiKey: "sk-own", fetch: simulator.fetch, ...options });
  return { simulator, client, provider: aiSdk.createOpenRouterProvider(client) };
}

/** @template T @param {AsyncIterable<T>} values @returns {Promise<T[]>} */
export async function collect(values) {
  const all = [];
  for await (const value of values) all.push(value);
  return all;
}

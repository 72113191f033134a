// Who answers: the simulator in this page, OpenRouter with the visitor's key, or a Worker that keeps a key of its own.
import { createSimulator, OpenRouter } from "./engine.js";

/** @import { Script } from "openrouter-wasm/simulator" */

/**
 * @typedef {object} Connection
 * @property {OpenRouter} client
 * @property {string} model the one to begin with
 * @property {() => Promise<{ id: string, name?: string }[]>} models
 * @property {(scripts: Script[]) => void} [rehearse] how the next requests are answered; only a simulator lets itself be told
 */

/**
 * @param {number} paceMs between two pieces of an answer
 * @returns {Connection}
 */
export function simulated(paceMs) {
  const simulator = createSimulator({ delayMs: paceMs });
  return {
    // The simulator takes the place of the network and of nothing else: the engine does all that it would do for OpenRouter.
    client: new OpenRouter({ apiKey: "any-key-will-do", fetch: simulator.fetch }),
    model: "anthropic/claude-sonnet-4.5",
    models: () => modelsFrom(simulator.fetch("https://openrouter.ai/api/v1/models")),
    rehearse(scripts) {
      // What an earlier chat has left over, because it was stopped, is not for this one.
      simulator.reset();
      scripts.forEach(simulator.enqueue);
    },
  };
}

/**
 * @param {() => string} key asked for at every request, so that it is kept in the field and nowhere else
 * @returns {Connection}
 */
export function withOwnKey(key) {
  return {
    client: new OpenRouter({ apiKey: key, app: { url: location.origin, title: "openrouter-wasm demo" } }),
    model: "openrouter/auto",
    // The list is public: the key stays out of it.
    models: () => modelsFrom(fetch("https://openrouter.ai/api/v1/models")),
  };
}

const RELAY = "/api/chat";

/**
 * Whether this page comes from a Worker that answers chats (../worker/worker.js), and what it offers then.
 * @returns {Promise<Connection | undefined>}
 */
export async function throughWorker() {
  /** @type {{ relay?: boolean, models?: string[] }} */
  const offer = await fetch(RELAY).then((response) => (response.ok ? response.json() : {}), () => ({})).catch(() => ({}));
  if (!offer.relay) return undefined;
  const models = offer.models ?? [];
  return {
    // Not OpenRouter's base URL: what is OpenRouter's own on a request (cache markers) is the Worker's to add.
    client: new OpenRouter({ apiKey: "the-worker-has-it", baseURL: location.origin, app: null, fetch: relayed }),
    model: models[0] ?? "openrouter/auto",
    models: async () => models.map((id) => ({ id })),
  };
}

/**
 * The Worker answers as OpenRouter does, so the engine reads it as it is; the request is its own, smaller one, and carries no key.
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 */
async function relayed(input, init) {
  const request = new Request(input, init);
  const { model, messages } = await request.json();
  const spoken = messages.filter((/** @type {any} */ message) => typeof message.content === "string" && message.content !== "" && message.role !== "tool");
  return fetch(RELAY, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model, messages: spoken.map((/** @type {any} */ { role, content }) => ({ role, content })) }),
    signal: request.signal,
  });
}

/**
 * @param {Promise<Response>} sent
 * @returns {Promise<{ id: string, name?: string }[]>}
 */
async function modelsFrom(sent) {
  const response = await sent;
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { data } = await response.json();
  return data;
}

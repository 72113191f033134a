// Who answers: the simulator in this page, OpenRouter with the visitor's key, or a Worker that keeps a key of its own.
import { createSimulator, OpenRouter, resolveKey } from "./engine.js";
import { WireLog } from "./wire-log.js";

/** @import { Model } from "openrouter-wasm" */
/** @import { Script } from "openrouter-wasm/simulator" */
/** @import { Account } from "./account.js" */

/**
 * @typedef {object} Connection
 * @property {string} id
 * @property {OpenRouter} client of the chat
 * @property {OpenRouter} [api] of everything else; a Worker has none
 * @property {Account} [account] where one can sign in
 * @property {boolean} needsKey whether nothing can be sent without a key of the visitor's
 * @property {boolean} takesTextOnly no files, no tools, no settings: a Worker sends what it has decided
 * @property {boolean} [isDurable] whether an answer goes on when its page is left, and can be read again
 * @property {() => Promise<boolean>} hasKey
 * @property {number} [pollMs] between two polls of a video; left out: as the package has it
 * @property {string} model the one to begin with
 * @property {() => Promise<PickableModel[]>} models
 * @property {WireLog} wire every request that leaves
 * @property {(scripts: Script[]) => void} [rehearse] how the next requests are answered; only a simulator lets itself be told
 */

/** A row of the catalog, or an id alone. @typedef {Partial<Model> & { id: string, name: string }} PickableModel */

/** What stands behind the page, by its own account. @typedef {{ relay?: boolean, durable?: boolean, simulator?: boolean, models?: string[] }} Offer */

/**
 * @param {number} paceMs between two pieces of an answer
 * @param {Account} [account] there where the server plays the sign-in
 * @returns {Connection}
 */
export function simulated(paceMs, account) {
  const simulator = createSimulator({ delayMs: paceMs });
  const wire = new WireLog();
  const apiKey = async () => (await resolveKey({ store: account?.store })) ?? "any-key-will-do";
  return {
    id: "simulator",
    // The simulator takes the place of the network and of nothing else: the engine does all that it would do for OpenRouter.
    client: new OpenRouter({ apiKey, fetch: wire.through(simulator.fetch) }),
    // The one behind the page remembers videos that were submitted before a reload. Where there is none, one in this page that `rehearse` leaves alone.
    api: new OpenRouter({ apiKey, fetch: wire.through(account ? behindThePage : createSimulator({ delayMs: paceMs }).fetch) }),
    wire,
    account,
    needsKey: false,
    takesTextOnly: false,
    hasKey: async () => true,
    pollMs: Math.min(1000, Math.max(50, 50 * paceMs)),
    model: "anthropic/claude-sonnet-4.5",
    models() {
      return this.client.models.list();
    },
    rehearse(scripts) {
      // Words that a stopped chat has left over are not for this one.
      simulator.reset();
      scripts.forEach(simulator.enqueue);
    },
  };
}

/**
 * The simulator of the page's server, under OpenRouter's name: to the engine it is OpenRouter, and not some gateway, which gets other requests.
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 */
function behindThePage(input, init) {
  // Not by way of a Request: its body would be a stream, which browsers send over HTTP/2 alone.
  return fetch(String(input).replace(/^https:\/\/(?=openrouter\.ai\/)/, `${location.origin}/`), init);
}

/**
 * @param {Account} account
 * @param {() => string} pasted asked for at every request, so that it is kept in the field and nowhere else; it goes before the account's
 * @returns {Connection}
 */
export function withOwnKey(account, pasted) {
  const key = () => resolveKey({ apiKey: pasted, store: account.store });
  const wire = new WireLog();
  const options = { app: { url: location.origin, title: "openrouter-wasm demo" }, fetch: wire.through((input, init) => fetch(input, init)) };
  const client = new OpenRouter({ ...options, apiKey: key });
  const catalog = new OpenRouter(options);
  return {
    id: "openrouter",
    client,
    api: client,
    wire,
    account,
    needsKey: true,
    takesTextOnly: false,
    hasKey: async () => (await key()) !== undefined,
    model: "openrouter/auto",
    // The list is public: the key stays out of it.
    models: () => catalog.models.list(),
  };
}

const RELAY = "/api/chat";

/**
 * Whether this page comes from a Worker that answers chats (../worker/worker.js), from the demo's own server, or from a folder of files.
 * @returns {Promise<Offer>}
 */
export async function readOffer() {
  return fetch(RELAY).then((response) => (response.ok ? response.json() : {}), () => ({})).catch(() => ({}));
}

/**
 * @param {Offer} offer
 * @returns {Connection | undefined}
 */
export function throughWorker(offer) {
  if (!offer.relay) return undefined;
  const models = offer.models ?? [];
  const wire = new WireLog();
  return {
    id: "worker",
    wire,
    needsKey: false,
    takesTextOnly: true,
    isDurable: offer.durable === true,
    hasKey: async () => true,
    // Not OpenRouter's base URL: what is OpenRouter's own on a request (cache markers) is the Worker's to add.
    client: new OpenRouter({ apiKey: "the-worker-has-it", baseURL: location.origin, app: null, fetch: wire.through(relayed) }),
    model: models[0] ?? "openrouter/auto",
    models: async () => models.map((id) => ({ id, name: id })),
  };
}

/**
 * The Worker answers as OpenRouter does, so the engine reads it as it is; the request is its own, smaller one, and carries no key.
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 */
async function relayed(input, init) {
  const request = new Request(input, init);
  const { method, headers, signal, keepalive } = request;
  const { pathname, search } = new URL(request.url);
  // A run that is read again, or ended for good.
  if (pathname.startsWith("/runs/")) return fetch(`/v1${pathname}${search}`, { method, signal, keepalive });
  const { model, messages } = await request.json();
  const spoken = messages.filter((/** @type {any} */ message) => typeof message.content === "string" && message.content !== "" && message.role !== "tool");
  const runId = headers.get("x-run-id");
  return fetch(RELAY, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(runId !== null && { "X-Run-Id": runId }) },
    body: JSON.stringify({ model, messages: spoken.map((/** @type {any} */ { role, content }) => ({ role, content })) }),
    signal,
  });
}

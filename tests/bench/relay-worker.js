// Ways to hand an answer on, for relay.js.
import { OpenRouter } from "openrouter-wasm";
import { createGateway, memoryStorage } from "openrouter-wasm/gateway";

const messages = /** @type {any} */ ([{ role: "user", content: "x" }]), model = "openai/gpt-4o-mini";
const storage = memoryStorage();
const gateway = createGateway((/** @type {any} */ env) => ({ apiKey: "k", callers: () => ({ id: "x" }), baseURL: env.UPSTREAM, storage }));
/** @type {OpenRouter | undefined} */
let client;

/** @type {Record<string, (request: Request, env: any, context: any) => Response | Promise<Response>>} */
const WAYS = {
  bare: (_, env) => fetch(`${env.UPSTREAM}/chat/completions`, { method: "POST", body: JSON.stringify({ model, messages, stream: true }) }),
  gateway: (request, env, context) => gateway.fetch(new Request("http://x/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model, messages, stream: true }), signal: request.signal }), env, context),
  response: async () => /** @type {OpenRouter} */ (client).chat({ model, messages }).response({ keep: false }),
  uiMessage: () => /** @type {OpenRouter} */ (client).chat({ model, messages }).toResponse({ format: "ui-message" }),
  toResponse: () => /** @type {OpenRouter} */ (client).chat({ model, messages }).toResponse({ format: "sse" }),
};

export default {
  /** @param {Request} request @param {any} env @param {any} context */
  fetch(request, env, context) {
    client ??= new OpenRouter({ apiKey: "k", baseURL: env.UPSTREAM });
    return WAYS[new URL(request.url).pathname.slice(1)](request, env, context);
  },
};

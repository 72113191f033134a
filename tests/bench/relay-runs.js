// Ways to hand an answer on that every version of this package has, for relay.js.
import { OpenRouter } from "openrouter-wasm";

/** What is asked. */
export const messages = /** @type {any} */ ([{ role: "user", content: "x" }]), model = "openai/gpt-4o-mini";
/** @type {OpenRouter | undefined} */
let kept;

/** @param {any} env */
export const clientOf = (env) => (kept ??= new OpenRouter({ apiKey: "k", baseURL: env.UPSTREAM }));

/** @type {Record<string, (request: Request, env: any, context: any) => Response | Promise<Response>>} */
export const WAYS = {
  bare: (_, env) => fetch(`${env.UPSTREAM}/chat/completions`, { method: "POST", body: JSON.stringify({ model, messages, stream: true }) }),
  uiMessage: (_, env) => clientOf(env).chat({ model, messages }).toResponse({ format: "ui-message" }),
  toResponse: (_, env) => clientOf(env).chat({ model, messages }).toResponse({ format: "sse" }),
};

export const worker = {
  /** @param {Request} request @param {any} env @param {any} context */
  fetch: (request, env, context) => WAYS[new URL(request.url).pathname.slice(1)](request, env, context),
};

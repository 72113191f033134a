// A Worker whose answers are handed on as they come, by each way to do so, for relay.test.js.
import { OpenRouter } from "openrouter-wasm";
import { createGateway, memoryStorage } from "openrouter-wasm/gateway";

const storage = memoryStorage();
/** Of the runs, by the way that made them: how each ended. @type {Record<string, { verdict?: string, cost?: number, content?: string }>} */
const ended = {};
const gateway = createGateway((/** @type {any} */ env) => ({
  apiKey: "k", callers: () => ({ id: "x" }), baseURL: env.UPSTREAM, storage,
  log: (/** @type {any} */ { verdict, costUsd }) => void (ended.gateway = { verdict, cost: costUsd }),
}));

export default {
  /** @param {Request} request @param {any} env @param {any} context */
  async fetch(request, env, context) {
    const way = new URL(request.url).pathname.slice(1);
    if (way === "ended") return Response.json(ended);
    delete ended[way === "responses" || way === "messages" ? "gateway" : way];
    const body = { model: "openai/gpt-4o-mini", messages: /** @type {any} */ ([{ role: "user", content: "x" }]) };
    if (way === "responses" || way === "messages") return gateway.fetch(new Request(`http://x/v1/${way}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: body.model, input: "x", messages: body.messages, max_tokens: 9, stream: true }), signal: request.signal }), env, context);
    if (way === "gateway") return gateway.fetch(new Request("http://x/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...body, stream: true }), signal: request.signal }), env, context);
    const idleTimeoutMs = Number(new URL(request.url).searchParams.get("idle") ?? 120_000);
    const run = new OpenRouter({ apiKey: "k", baseURL: env.UPSTREAM, maxRetries: 0, idleTimeoutMs }).chat(body);
    const response = way === "response" ? await run.response() : run.toResponse({ format: way === "uiMessage" ? "ui-message" : "sse" });
    const told = run.result().then((result) => result.message.content, () => undefined).then((content) => {
      ended[way] = { verdict: run.verdict, cost: run.cost.total, content };
    });
    context.waitUntil(told);
    return response;
  },
};

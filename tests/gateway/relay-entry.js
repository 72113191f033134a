// A Worker whose answers are handed on as they come, by each way to do so, for relay.test.js.
import { OpenRouter } from "openrouter-wasm";
import { createGateway, memoryStorage } from "openrouter-wasm/gateway";

const storage = memoryStorage();
/** Of the runs, by the way that made them: how each ended. @type {Record<string, { verdict?: string, cost?: number, content?: string, code?: string }>} */
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
    const { searchParams } = new URL(request.url);
    const idleTimeoutMs = Number(searchParams.get("idle") ?? 120_000), usd = searchParams.get("budget");
    // Each token of an answer costs a cent.
    const money = usd === null ? {} : { budget: Number(usd), models: { [body.model]: { pricing: { prompt: "0", completion: "0.01" } } } };
    const run = new OpenRouter({ apiKey: "k", baseURL: env.UPSTREAM, maxRetries: 0, idleTimeoutMs, ...money }).chat(body);
    const response = way === "response" ? await run.response() : run.toResponse({ format: way === "uiMessage" ? "ui-message" : "sse" });
    const told = run.result().then((result) => ({ content: result.message.content, code: undefined }), ({ code }) => ({ content: undefined, code })).then(({ content, code }) => {
      ended[way] = { verdict: run.verdict, cost: run.cost.total, content, code };
    });
    context.waitUntil(told);
    return response;
  },
};

// `useChat` with a Cloudflare Worker that keeps the key: tools here, tools in the page, and one that asks first. Node, Deno and Bun run it too.
import { Hono } from "hono";
import { OpenRouter, OpenRouterError } from "openrouter-wasm";
import { answerUIMessages } from "openrouter-wasm/ai-sdk";

/** @typedef {{ OPENROUTER_API_KEY: string, OPENROUTER_BASE_URL?: string, APPROVAL_SECRET: string, MODEL?: string }} Env */

const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const tools = [
  // Runs here.
  { name: "weather", description: "The weather in a city", parameters: city, execute: (/** @type {{ city: string }} */ input) => ({ sky: `sunny in ${input.city}` }) },
  // Runs here once the visitor has said yes.
  { name: "book_train", description: "Books a train to a city", parameters: city, needsApproval: true, execute: (/** @type {{ city: string }} */ input) => ({ booked: input.city }) },
  // Runs in the page: see onToolCall there.
  { name: "local_time", description: "The visitor's local time", parameters: { type: "object", properties: {} } },
];

const app = /** @type {Hono<{ Bindings: Env }>} */ (new Hono());

app.post("/api/chat", async (context) => {
  const { OPENROUTER_API_KEY: apiKey, OPENROUTER_BASE_URL: baseURL, APPROVAL_SECRET: approvalSecret, MODEL: model = "anthropic/claude-sonnet-4.5" } = context.env;
  const { messages } = await context.req.json();
  const client = new OpenRouter({ apiKey, baseURL });
  // Of the body only the messages: whatever else a page may write is no setting of yours.
  const answer = answerUIMessages(client, { messages, model, tools, approvalSecret, instructions: "You are a travel agent. Be brief.", signal: context.req.raw.signal, budget: { maxUsd: 0.5 } });
  return answer.toResponse();
});

app.onError((error, context) => {
  // What was wrong with the request, before the first byte; what fails later is told in the stream.
  const isRefused = OpenRouterError.isInstance(error) && error.code === "invalid-request";
  return context.json({ error: isRefused ? error.message : "The chat could not be answered" }, isRefused ? 400 : 500);
});

export default app;

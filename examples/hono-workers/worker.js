// Hono on Cloudflare Workers: one route that chats, errors as JSON.
import { Hono } from "hono";
import { OpenRouter, OpenRouterError } from "openrouter-wasm";

const app = new Hono();

app.post("/chat", async (context) => {
  const { OPENROUTER_API_KEY: apiKey, OPENROUTER_BASE_URL: baseURL = "https://openrouter.ai/api/v1" } = context.env;
  const { messages } = await context.req.json();
  const client = new OpenRouter({ apiKey, baseURL });
  const run = client.chat({ model: "openai/gpt-4o-mini", messages, budget: 0.05, signal: context.req.raw.signal });
  const { message, usage, cost } = await run.result();
  return context.json({ text: message.content, tokens: usage?.totalTokens, usd: cost.total });
});

app.onError((error, context) => {
  if (!OpenRouterError.isInstance(error)) return context.json({ error: { code: "internal", message: "The chat could not be answered" } }, 500);
  return context.json({ error: { code: error.code, message: error.message } }, error.code === "invalid-request" ? 400 : 502);
});

export default app;

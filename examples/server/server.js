// One file for Deno (`deno serve`), Bun and Workers: answers a page's chat as text, and keeps the key.
import { OpenRouter } from "openrouter-wasm";

const own = globalThis.process?.env ?? {};

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response("POST {messages}", { status: 405 });
    const { OPENROUTER_API_KEY: apiKey, OPENROUTER_BASE_URL: baseURL = "https://openrouter.ai/api/v1" } = { ...own, ...env };
    // Of the body only the messages: whatever else a page may write is no setting of yours.
    const { messages } = await request.json();
    const client = new OpenRouter({ apiKey, baseURL });
    return client.chat({ model: "openai/gpt-4o-mini", messages, budget: 0.05, signal: request.signal }).toResponse({ format: "text" });
  },
};

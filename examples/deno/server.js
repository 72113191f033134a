// `deno serve`: answers a page's chat as text, and keeps the key.
import { OpenRouter } from "openrouter-wasm";

export default {
  async fetch(request) {
    if (request.method !== "POST") return Response.json({ error: { message: "POST {messages}" } }, { status: 405 });
    const client = new OpenRouter({ apiKey: Deno.env.get("OPENROUTER_API_KEY"), baseURL: Deno.env.get("OPENROUTER_BASE_URL") });
    // Of the body only the messages: whatever else a page may write is no setting of yours.
    const { messages } = await request.json();
    return client.chat({ model: "openai/gpt-4o-mini", messages, budget: 0.05, signal: request.signal }).response({ format: "text" });
  },
};

// `bun server.js`: answers a page's chat as text, and keeps the key.
import { OpenRouter } from "openrouter-wasm";

export default {
  port: Number(process.env.PORT ?? 8080),
  hostname: "127.0.0.1",
  idleTimeout: 255, // Bun closes a connection that says nothing for 10 seconds: models think longer
  async fetch(request) {
    if (request.method !== "POST") return Response.json({ error: { message: "POST {messages}" } }, { status: 405 });
    const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY, baseURL: process.env.OPENROUTER_BASE_URL });
    // Of the body only the messages: whatever else a page may write is no setting of yours.
    const { messages } = await request.json();
    return client.chat({ model: "openai/gpt-4o-mini", messages, budget: 0.05, signal: request.signal }).response({ format: "text" });
  },
};

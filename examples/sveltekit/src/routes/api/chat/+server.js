// The endpoint: it keeps the key, and streams an answer as text.
import { OPENROUTER_API_KEY, OPENROUTER_BASE_URL } from "$app/env/private";
import { OpenRouter } from "openrouter-wasm";

export async function POST({ request }) {
  const client = new OpenRouter({ apiKey: OPENROUTER_API_KEY, baseURL: OPENROUTER_BASE_URL });
  // Of the body only the messages: whatever else a page may write is no setting of yours.
  const { messages } = await request.json();
  return client.chat({ model: "openai/gpt-4o-mini", messages, budget: 0.05, signal: request.signal }).response({ format: "text" });
}

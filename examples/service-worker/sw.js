// The engine in a service worker: `POST chat` is answered here, as a stream of text. The page sends messages and knows nothing else.
import { OpenRouter } from "./node_modules/openrouter-wasm/standalone.js";

const { searchParams } = new URL(location.href);
const baseURL = searchParams.get("base") ?? "https://openrouter.ai/api/v1"; // a simulator's, to try it
let key;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
// The visitor's own key, for as long as the service worker lives.
addEventListener("message", ({ data }) => ({ key } = data));

addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method === "POST" && pathname.endsWith("/chat")) event.respondWith(answer(event.request));
});

async function answer(request) {
  const { messages } = await request.json();
  return new OpenRouter({ apiKey: key, baseURL }).chat({ messages, signal: request.signal }).response({ format: "text" });
}

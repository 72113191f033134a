// A chat without a bundler. The visitor's own key stays in this page.
import { OpenRouter, OpenRouterError } from "./node_modules/openrouter-wasm/standalone-chat.js";

const form = document.querySelector("form");
const output = document.querySelector("output");
const status = document.querySelector("[role=status]");
const { key, text, stop } = form.elements;

const baseURL = new URLSearchParams(location.search).get("base") ?? "https://openrouter.ai/api/v1"; // a simulator's, to try it
const client = new OpenRouter({ apiKey: () => key.value, baseURL });
let messages = [];

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  output.textContent = status.textContent = "";
  const run = client.chat({ messages: [...messages, { role: "user", content: text.value }] });
  stop.hidden = false;
  stop.onclick = () => run.cancel(new Error("stopped"));
  try {
    for await (const delta of run.textStream) output.append(delta);
    const result = await run.result();
    messages = result.messages;
    text.value = "";
    status.textContent = `${result.verdict}, $${result.cost.total}`;
  } catch (error) {
    status.textContent = OpenRouterError.isInstance(error) ? `${error.code}: ${error.message}` : String(error);
  } finally {
    stop.hidden = true;
  }
});

// A conversation in the terminal: a line is a turn, Ctrl-D ends it.
import { createInterface } from "node:readline/promises";
import { OpenRouter, OpenRouterError } from "openrouter-wasm";

const client = new OpenRouter({
  apiKey: process.env.OPENROUTER_API_KEY,
  baseURL: process.env.OPENROUTER_BASE_URL ?? "https://openrouter.ai/api/v1",
  model: "openai/gpt-4o-mini",
  budget: 0.5, // USD, for as long as this runs
});
const lines = createInterface({ input: process.stdin });
let messages = [];
// A terminal obeys what it is shown, and a model may have read anything.
const plain = (text) => text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "");

process.stdout.write("> ");
for await (const line of lines) {
  try {
    if (line.trim() !== "") messages = await turn([...messages, { role: "user", content: line }]);
  } catch (error) {
    if (!OpenRouterError.isInstance(error)) throw error;
    console.error(`\n${error.code}: ${plain(error.message)}`);
  }
  process.stdout.write("> ");
}

async function turn(asked) {
  const run = client.chat({ messages: asked });
  for await (const text of run.textStream) process.stdout.write(plain(text));
  const { messages, cost } = await run.result();
  console.log(`\n($${cost.total})`);
  return messages;
}

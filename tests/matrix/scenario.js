// What every row of the matrix does: a chat with a tool, streamed; the catalog, which is another engine; a response to hand on; an error.
// Nothing of it needs a network: the simulator is part of the app.
import { OpenRouter, OpenRouterError } from "openrouter-wasm";
import { createSimulator } from "openrouter-wasm/simulator";

export async function scenario() {
  const simulator = createSimulator({ delayMs: 0 });
  const client = new OpenRouter({ apiKey: "k", fetch: simulator.fetch, maxRetries: 0 });
  /** @type {import("openrouter-wasm").ChatMessage[]} */
  const messages = [{ role: "user", content: "Weather in Bern?" }];
  simulator.enqueue({ toolCalls: [{ id: "a", name: "weather", arguments: { city: "Bern" } }] });
  simulator.enqueue({ text: ["It is ", "sunny."] });
  const run = client.chat({ model: "openai/gpt-4o-mini", messages, tools: [{ name: "weather", execute: ({ city }) => `sunny in ${city}` }] });
  let text = "";
  for await (const event of run) if (event.type === "text-delta") text += event.text;
  const { steps } = await run.result();
  const models = await client.models.list();
  simulator.enqueue({ text: "handed on" });
  const relayed = await client.chat({ messages }).toResponse({ format: "text" }).text();
  simulator.enqueue({ status: 402 });
  const code = await client.chat({ messages }).result().catch((error) => OpenRouterError.isInstance(error) && error.code);
  return `${text} ${steps.length} ${models.length > 0} ${relayed} ${code}`;
}

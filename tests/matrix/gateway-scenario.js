// A gateway behind the server that a runtime has, asked over a real port: streamed, refused, and a run that is read again.
import { OpenRouter, OpenRouterError } from "openrouter-wasm";
import { createGateway } from "openrouter-wasm/gateway";
import { createSimulator } from "openrouter-wasm/simulator";

/** @param {(handle: (request: Request) => Promise<Response>) => Promise<string>} serve  gives the address */
export async function gatewayScenario(serve) {
  const simulator = createSimulator({ delayMs: 0 });
  const gateway = createGateway({ apiKey: "k", callers: { tokens: { "anna-token": { id: "anna" } } }, budget: { maxUsd: 1 }, fetch: simulator.fetch });
  const baseURL = `${await serve((request) => gateway.fetch(request))}/v1`;
  const options = { baseURL, model: "openai/gpt-4o-mini", maxRetries: 0 };
  /** @type {import("openrouter-wasm").ChatMessage[]} */
  const messages = [{ role: "user", content: "Hello" }];
  const client = new OpenRouter({ ...options, apiKey: "anna-token" });
  simulator.enqueue({ text: ["handed ", "on"] });
  let text = "";
  for await (const delta of client.chat({ messages }).textStream) text += delta;
  const code = await new OpenRouter({ ...options, apiKey: "nobody" }).chat({ messages }).result().catch((error) => OpenRouterError.isInstance(error) && error.code);
  simulator.enqueue({ text: ["read ", "again"] });
  const run = client.chat({ messages, durable: true });
  for await (const event of run) if (event.type === "text-delta") break;
  const { message } = await client.resumeRun(/** @type {string} */ (run.id)).result();
  const usage = await (await fetch(`${baseURL}/usage`, { headers: { authorization: "Bearer anna-token" } })).json();
  return `${text}; ${code}; ${message.content}; ${usage.spentUsd > 0}`;
}

/** Shared by the tests of the simulator. */

import { after } from "node:test";
import { createSimulator } from "../../pkg-template/simulator/index.js";
import { serve } from "../../pkg-template/bin/serve.js";

export const BASE = "https://openrouter.ai/api/v1";
export const HELLO = [{ role: "user", content: "Hello there" }];
export const WEATHER_TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } }, required: ["city", "days"] },
  },
};

export function quickSimulator(options = {}) {
  return createSimulator({ delayMs: 0, ...options });
}

/** A server that is closed when the file's tests are over. */
export async function quickServer(options = {}) {
  const server = await serve({ delayMs: 0, ...options });
  after(() => server.close());
  return server;
}

/** Posts to `/chat/completions` in process. */
export function chat(simulator, body = {}, init = {}) {
  return simulator.fetch(`${BASE}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "openai/gpt-4o-mini", messages: HELLO, stream: true, ...body }),
    ...init,
    headers: { Authorization: "Bearer test-key", "Content-Type": "application/json", ...init.headers },
  });
}

/** Answers one streaming request by one script. */
export function scripted(script, body, init) {
  const simulator = quickSimulator();
  simulator.enqueue(script);
  return chat(simulator, body, init);
}

/** The network writes of a body, as they come; `error` if the body failed. */
export async function readWrites(response) {
  const writes = [];
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { writes, error: undefined };
      writes.push(value);
    }
  } catch (error) {
    return { writes, error };
  }
}

export const textOfWrites = (writes) => Buffer.concat(writes).toString("utf8");
export const byteCount = (writes) => writes.reduce((sum, write) => sum + write.length, 0);

/** `data:` payloads of a stream with `\n` line ends. */
export function payloads(text) {
  return text.split("\n").flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []));
}

export function chunksOf(text) {
  return payloads(text).filter((data) => data !== "[DONE]").map((data) => JSON.parse(data));
}

export async function streamedChunks(response) {
  return chunksOf(await response.text());
}

/** The text, reasoning and so on that the deltas of a stream add up to. */
export function joined(chunks, field = "content") {
  return chunks.map((chunk) => chunk.choices[0]?.delta?.[field] ?? "").join("");
}

export async function until(condition, what, timeoutMs = 30_000) {
  const start = Date.now();
  while (!condition()) {
    if (Date.now() - start > timeoutMs) throw new Error(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

// What is traced, for whatever runtime it is traced in.

/** @param {{ api: any, simulator: any, sdk: any, recordContent: boolean }} world @returns {Promise<any[]>} */
export async function telemetryOf({ api, simulator, sdk, recordContent }) {
  const exporter = new sdk.InMemorySpanExporter();
  const provider = new sdk.BasicTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer("test");
  const usage = (/** @type {number} */ input, /** @type {number} */ output, /** @type {number} */ cost) => ({ prompt_tokens: input, completion_tokens: output, total_tokens: input + output, cost });
  const server = simulator.createSimulator({ delayMs: 0, apiKeys: ["sk-or-v1-secret0123456789"] });
  server.enqueue({ status: 503, headers: { "Retry-After": "0" } });
  server.enqueue({ toolCalls: [{ name: "add", arguments: { a: 1 } }], usage: usage(10, 4, 0.3) });
  server.enqueue({ text: "it is two", usage: usage(20, 5, 0.1) });
  const client = new api.OpenRouter({ apiKey: "sk-or-v1-secret0123456789", fetch: server.fetch, telemetry: { tracer, recordContent } });
  const ask = { model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "what is 1 and 1" }] };
  await client.chat({ ...ask, tools: [{ name: "add", parameters: { type: "object" }, execute: () => 2 }] }).result();
  await client.embeddings.create({ model: "openai/text-embedding-3-small", input: "a" });
  await client.images.generate({ prompt: "a cat" });
  await new api.OpenRouter({ apiKey: "sk-or-v1-secretwrong99", fetch: server.fetch, telemetry: { tracer, recordContent } }).chat(ask).result().catch(() => {});
  await provider.forceFlush();
  return exporter.getFinishedSpans().map((/** @type {any} */ span) => ({
    name: span.name, kind: span.kind, attributes: span.attributes, status: span.status, events: span.events, ended: span.ended, id: span.spanContext().spanId, parent: span.parentSpanContext?.spanId,
  }));
}

// Compiled, not run: the public types as an app uses them.
import { OpenRouter, OpenRouterError, type ChatEvent, type ChatResult, type ErrorCode, type Verdict } from "openrouter-wasm";
import { createSimulator } from "openrouter-wasm/simulator";

/** Every event is named here: one more in the union, or one less, and this does not compile. */
export function describe(event: ChatEvent): string {
  switch (event.type) {
    case "response-start": return `${event.id} ${event.model} ${event.provider}`;
    case "text-delta":
    case "reasoning-delta":
    case "refusal-delta": return event.text;
    case "tool-call-start": return `${event.index} ${event.id} ${event.name}`;
    case "tool-call-delta": return `${event.text} ${event.partial?.anything}`;
    case "tool-call": return event.truncated ? event.arguments : JSON.stringify(event.input);
    case "image": return event.mediaType ?? event.url;
    case "audio-delta": return event.data ?? event.transcript ?? "";
    case "citation": return event.url ?? "";
    case "fallback": return `${event.from} ${event.to} ${event.error.reason}`;
    case "tool-progress": return `${event.id} ${event.name} ${event.output}`;
    case "tool-result": return `${event.id} ${event.name} ${event.output} ${event.error?.message}`;
    case "retry": return `${event.attempt} ${event.delayMs} ${event.error.code}`;
    case "step-finish":
    case "finish": return `${event.reason} ${event.usage?.cost} ${event.message.content}`;
    case "processing": return event.text;
    case "raw": return event.data;
    default: return unreachable(event);
  }
}

const unreachable = (nothing: never): string => nothing;

/** A call that must not run has no input, and the types know. */
export function run(event: ChatEvent): Record<string, unknown> | undefined {
  if (event.type !== "tool-call") return undefined;
  // @ts-expect-error: undefined for a truncated call
  const input: Record<string, unknown> = event.input;
  return event.truncated ? undefined : (event.input ?? input);
}

export async function use(): Promise<[ChatResult, Verdict | undefined]> {
  const client = new OpenRouter({ apiKey: async () => "key", fetch: createSimulator().fetch, app: null, headers: { "X-Title": null }, limits: { maxToolCalls: 3 } });
  // @ts-expect-error: messages are needed
  client.chat({ model: "a/b" });
  // @ts-expect-error: no such option type
  new OpenRouter({ timeoutMs: "soon" });
  const chat = client.chat({ messages: [{ role: "user", content: "hi" }], temperature: 1, provider: { sort: "price" }, tools: [{ name: "f", parameters: {} }] });
  for await (const text of chat.textStream) console.log(text.length);
  const response: Response = client.chat({ messages: [] }).toResponse({ format: "sse" });
  const stream: ReadableStream<Uint8Array> = client.chat({ messages: [] }).toReadableStream({ format: "events" });
  void [response, stream];
  try {
    return [await chat.result(), chat.verdict];
  } catch (error) {
    if (OpenRouterError.isInstance(error)) {
      const code: ErrorCode = error.code;
      console.log(code, error.partial?.message.content, error.retryAfterMs);
    }
    throw error;
  }
}

// Compiled, not run: requests as a TypeScript caller writes them, and those that must not compile.
import { OpenRouter, sanitizeTranscript, type BlockMessage, type ChatMessage, type ChatRequest, type Params, type Plugin, type ProviderPreferences, type ServerTool } from "openrouter-wasm";

const question: ChatMessage[] = [{ role: "user", content: "hi" }];
const chat = (request: ChatRequest) => new OpenRouter({ apiKey: process.env.KEY, baseURL: process.env.BASE, strict: true }).chat(request);

/** Both spellings, at every depth that has a name of its own. */
export const right: ChatRequest[] = [
  { messages: question, max_tokens: 5, top_p: 0.5, response_format: { type: "json_object" }, tool_choice: "required", service_tier: "flex" },
  { messages: question, maxTokens: 5, topP: 0.5, responseFormat: { type: "json_schema", jsonSchema: { name: "a", schema: {} } }, toolChoice: { type: "openrouter:web_search" }, serviceTier: "flex" },
  { messages: question, provider: { data_collection: "deny", zdr: true, sort: { by: "price", partition: "none" }, max_price: { prompt: "1" }, order: ["azure"] } },
  { messages: question, provider: { dataCollection: "deny", requireParameters: true, preferredMaxLatency: { p90: 3 } }, reasoning: { maxTokens: 2000, exclude: true } },
  { messages: question, provider: null, reasoning: { effort: "xhigh", summary: "auto" }, plugins: [{ id: "web", max_results: 3 }, { id: "web", maxResults: 3 }, { id: "file-parser", pdf: { engine: "native" } }] },
  { messages: question, tools: [{ type: "openrouter:web_search", parameters: { max_uses: 2 } }, { type: "openrouter:datetime" }, { type: "web_search", max_results: 3 }, { name: "f", execute: () => 1 }] },
  { messages: question, stop_server_tools_when: [{ type: "max_cost", max_cost_in_dollars: 1 }], trace: { trace_id: "t", anything: 1 }, metadata: { a: "b" }, extraBody: { safe_prompt: true }, sessionId: "a" },
  { messages: question, temperature: undefined, model: undefined, tools: undefined, signal: undefined, headers: undefined, budget: undefined, params: undefined },
  { messages: [{ role: "system", content: [{ type: "text", text: "s", cache_control: { type: "ephemeral", ttl: "1h" } }] }, { role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example/b.png", detail: "low" } }, { type: "input_audio", input_audio: { data: "", format: "wav" } }, { type: "file", file: { file_data: "" } }, { type: "video_url", video_url: { url: "" } }] }] },
  { messages: [{ role: "toolResult", toolCallId: "1", toolName: "f", content: [{ type: "text", text: "x" }], isError: false }, { role: "assistant", content: [{ type: "thinking", thinking: "hm" }, { type: "toolCall", id: "1", name: "f", arguments: {} }], stopReason: "toolUse" }] },
];

export const wrong: ChatRequest[] = [
  // @ts-expect-error: no such field
  { messages: question, temprature: 1 },
  // @ts-expect-error: no such field
  { messages: question, safe_prompt: true },
  // @ts-expect-error: no such routing
  { messages: question, provider: { avoid: ["azure"] } },
  // @ts-expect-error: no such word
  { messages: question, provider: { dataCollection: "never" } },
  // @ts-expect-error: no such effort
  { messages: question, reasoning: { effort: "huge" } },
  // @ts-expect-error: no such format
  { messages: question, response_format: { type: "xml" } },
  // @ts-expect-error: no such choice
  { messages: question, tool_choice: "maybe" },
  // @ts-expect-error: no such plugin
  { messages: question, plugins: [{ id: "wep" }] },
  // @ts-expect-error: no such tool of OpenRouter's
  { messages: question, tools: [{ type: "openrouter:web_serach" }] },
  // @ts-expect-error: no such role
  { messages: [{ role: "robot", content: "hi" }] },
  // @ts-expect-error: no such part
  { messages: [{ role: "user", content: [{ type: "imag_url", image_url: { url: "" } }] }] },
  // @ts-expect-error: a UI message of the AI SDK
  { messages: [{ id: "1", role: "user", parts: [{ type: "text", text: "hi" }] }] },
  // @ts-expect-error: a result answers a call
  { messages: [{ role: "tool", content: "x" }] },
  // @ts-expect-error: no such tier
  { messages: question, service_tier: "cheap" },
];

export const params: Params = { maxTokens: 5, max_tokens: 5, top_p: 1, topP: 1, provider: { dataCollection: "deny" }, responseCacheTtlSeconds: 5, cacheRetention: "long" };
// @ts-expect-error: no such name
export const odd: Params = { temprature: 1 };

export async function use(): Promise<[ChatMessage[], string | undefined]> {
  // @ts-expect-error: no such option
  new OpenRouter({ key: "sk" });
  const routing: ProviderPreferences = { quantizations: ["fp8"] };
  const [plugin, tool]: [Plugin, ServerTool] = [{ id: "auto-router", cost_tier: "low" }, { type: "openrouter:bash", parameters: { environment: { type: "container_auto" } } }];
  const result = await chat({ messages: question, provider: routing, plugins: [plugin], tools: [tool] }).result();
  const blocks: BlockMessage[] = [{ role: "assistant", content: "x", api: "openai-completions" }];
  const next = sanitizeTranscript([...result.messages, ...blocks]).messages;
  chat({ messages: [...next, { role: "user", content: "more" }] });
  const calls = next.flatMap((message) => message.tool_calls ?? []).map((call) => call.function.name);
  return [next, next.find((message) => message.tool_call_id === calls[0])?.tool_call_id];
}

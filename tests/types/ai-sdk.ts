// `openrouter-wasm/ai-sdk` as the AI SDK's own types take it.
import { convertToModelMessages, embedMany, generateImage, generateSpeech, generateText, readUIMessageStream, rerank, streamText, transcribe, type ChatTransport, type LanguageModel, type ModelMessage, type UIMessage, type UIMessageChunk } from "ai";
import { OpenRouter } from "openrouter-wasm";
import { answerUIMessages, createChatTransport, createOpenRouterProvider, fromModelMessages, fromUIMessages, toUIMessages, toUIMessageStream } from "openrouter-wasm/ai-sdk";

const client = new OpenRouter();
const provider = createOpenRouterProvider(client);

export const model: LanguageModel = provider("anthropic/claude-sonnet-4.5", { thinking: "high", params: { cacheRetention: "long" } });
export const text = generateText({ model, prompt: "Hello" });
export const stream = streamText({ model: provider.languageModel("m"), prompt: "Hello" });
export const embedded = embedMany({ model: provider.embeddingModel("m"), values: ["a"] });
export const image = generateImage({ model: provider.imageModel("m"), prompt: "a cat" });
export const speech = generateSpeech({ model: provider.speechModel("m"), text: "Hello" });
export const heard = transcribe({ model: provider.transcriptionModel("m"), audio: new Uint8Array() });

export const ranked = rerank({ model: provider.rerankingModel("m"), documents: ["a"], query: "which" });

declare const page: UIMessage[];
declare const stored: ModelMessage[];
export const asked = client.chat({ messages: [...fromUIMessages(page, { convertDataPart: (part) => ({ type: "text", text: String(part.data) }) }), ...fromModelMessages(stored)] });
export const shown: UIMessage[] = toUIMessages((await asked.result()).messages);
export const again = convertToModelMessages(shown);
export const chunks: ReadableStream<UIMessageChunk> = toUIMessageStream(asked, { dataOf: (event) => (event.type === "retry" ? { type: "data-notice", data: event.attempt, transient: true } : undefined) });
export const read = readUIMessageStream({ stream: chunks });
export const transport: ChatTransport<UIMessage> = createChatTransport(client, { model: "m", tools: [{ name: "t", needsApproval: true, execute: () => 1 }] });
export const response: Response = answerUIMessages(client, { messages: page, approvalSecret: "s", instructions: "be brief" }).toResponse({ headers: { "x-own": "1" } });

// @ts-expect-error a client is what it takes
createOpenRouterProvider({});
// @ts-expect-error a model has a name
provider();
// @ts-expect-error messages are a list
fromUIMessages("hi");

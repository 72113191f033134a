// `openrouter-wasm/ai-sdk`: the AI SDK (`ai` 7, provider specification v4) on a client of this package. Its types are spelled here by their
// shape: the SDK is no dependency.
import type { Change, ChatEvent, ChatMessage, ChatRequest, ChatRun, OpenRouter, Tool } from "../index.js";

declare global {
  // The platform's type counts where the project has it; where it has none, nothing here asks for the DOM library.
  interface ReadableStream<R = any> {}
}

/** The instance type of a global class, or `Shape` where the project's types have none. */
type Host<Name extends string, Shape> = typeof globalThis extends Record<Name, { prototype: infer Instance }> ? Instance : Shape;
type HostURL = Host<"URL", { readonly href: string }>;
type HostAbortSignal = Host<"AbortSignal", { readonly aborted: boolean }>;
type HostResponse = Host<"Response", { readonly status: number; readonly headers: any; readonly body: any; text(): Promise<string> }>;

/** Metadata beside a part, by provider; this package's under `openrouter`. */
export type AiMetadata = Record<string, { [name: string]: any }>;

/** Warning about a call. */
export type AiWarning =
  | { type: "unsupported"; feature: string; details?: string }
  | { type: "other"; message: string };

/** A file: its bytes, or where it is. */
export type AiFileData = { type: "data"; data: Uint8Array | string } | { type: "url"; url: HostURL };

/** One part of an answer. */
export type AiContent =
  | { type: "text"; text: string; providerMetadata?: AiMetadata }
  | { type: "reasoning"; text: string; providerMetadata?: AiMetadata }
  | { type: "file"; mediaType: string; data: AiFileData }
  | { type: "source"; sourceType: "url"; id: string; url: string; title?: string }
  | { type: "tool-call"; toolCallId: string; toolName: string; input: string; providerMetadata?: AiMetadata };

/** Why an answer ended. */
export interface AiFinishReason {
  /** In the SDK's words. */
  unified: "stop" | "length" | "content-filter" | "tool-calls" | "other";
  /** The provider's own word. */
  raw: string | undefined;
}

/** Tokens of a call, as the SDK counts them. */
export interface AiUsage {
  /** Tokens of the prompt, by where they came from. */
  inputTokens: { total: number | undefined; noCache: number | undefined; cacheRead: number | undefined; cacheWrite: number | undefined };
  /** Tokens of the answer, by kind. */
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
  /** The usage object as it came. */
  raw?: { [name: string]: any };
}

/** One part of a streamed answer. */
export type AiStreamPart =
  | { type: "stream-start"; warnings: AiWarning[] }
  | { type: "response-metadata"; id?: string; modelId?: string; timestamp?: Date }
  | { type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end"; id: string; providerMetadata?: AiMetadata }
  | { type: "text-delta" | "reasoning-delta"; id: string; delta: string }
  | { type: "tool-input-start"; id: string; toolName: string }
  | { type: "tool-input-delta"; id: string; delta: string }
  | { type: "tool-input-end"; id: string }
  | Exclude<AiContent, { type: "text" | "reasoning" }>
  | { type: "finish"; usage: AiUsage; finishReason: AiFinishReason; providerMetadata?: AiMetadata }
  | { type: "raw"; rawValue: unknown }
  | { type: "error"; error: unknown };

/** A language model of the specification v4. Its errors are `OpenRouterError` and `APICallError` at once. */
export interface AiLanguageModel {
  /** The version of the AI SDK's specification. */
  readonly specificationVersion: "v4";
  /** The provider's name, by which `providerOptions` are found. */
  readonly provider: string;
  /** The model's id on OpenRouter. */
  readonly modelId: string;
  /** Which addresses go out as they are, by media type. */
  supportedUrls: Record<string, RegExp[]>;
  /**
   * `providerMetadata.openrouter` has `id` (the generation), `model`, `provider`, `cost` (USD), `costSource`, `usage`, `changes`, `warnings`,
   * `reasoning_details`, `annotations`, `cutCalls` (calls that a limit cut: they are no calls).
   */
  doGenerate(options: any): Promise<{
    content: AiContent[];
    finishReason: AiFinishReason;
    usage: AiUsage;
    warnings: AiWarning[];
    providerMetadata?: AiMetadata;
    request?: { body?: unknown };
    response?: { id?: string; modelId?: string; timestamp?: Date };
  }>;
  /** The same, streamed. */
  doStream(options: any): Promise<{ stream: ReadableStream<AiStreamPart>; request?: { body?: unknown } }>;
}

/** Turns texts into vectors. */
export interface AiEmbeddingModel {
  /** The version of the AI SDK's specification. */
  readonly specificationVersion: "v4";
  /** The provider's name, by which `providerOptions` are found. */
  readonly provider: string;
  /** The model's id on OpenRouter. */
  readonly modelId: string;
  /** Texts of one call. */
  readonly maxEmbeddingsPerCall: number;
  /** Whether calls may run side by side. */
  readonly supportsParallelCalls: boolean;
  /** Called by the SDK's `embed` and `embedMany`. */
  doEmbed(options: any): Promise<{ embeddings: number[][]; usage?: { tokens: number }; providerMetadata?: AiMetadata; warnings: AiWarning[] }>;
}

/** Makes images. */
export interface AiImageModel {
  /** The version of the AI SDK's specification. */
  readonly specificationVersion: "v4";
  /** The provider's name, by which `providerOptions` are found. */
  readonly provider: string;
  /** The model's id on OpenRouter. */
  readonly modelId: string;
  /** Images of one call. */
  readonly maxImagesPerCall: number;
  /** Called by the SDK's `generateImage`. */
  doGenerate(options: any): Promise<{
    images: Uint8Array[];
    warnings: AiWarning[];
    providerMetadata?: Record<string, { images: any[] } & { [name: string]: any }>;
    usage?: { inputTokens: number | undefined; outputTokens: number | undefined; totalTokens: number | undefined };
    response: { timestamp: Date; modelId: string; headers: Record<string, string> | undefined };
  }>;
}

/** Reads a text aloud. */
export interface AiSpeechModel {
  /** The version of the AI SDK's specification. */
  readonly specificationVersion: "v4";
  /** The provider's name, by which `providerOptions` are found. */
  readonly provider: string;
  /** The model's id on OpenRouter. */
  readonly modelId: string;
  /** Called by the SDK's `generateSpeech`. */
  doGenerate(options: any): Promise<{ audio: Uint8Array; warnings: AiWarning[]; providerMetadata?: AiMetadata; response: { timestamp: Date; modelId: string } }>;
}

/** Writes down what a sound says. */
export interface AiTranscriptionModel {
  /** The version of the AI SDK's specification. */
  readonly specificationVersion: "v4";
  /** The provider's name, by which `providerOptions` are found. */
  readonly provider: string;
  /** The model's id on OpenRouter. */
  readonly modelId: string;
  /** Called by the SDK's `transcribe`. */
  doGenerate(options: any): Promise<{
    text: string;
    /** Empty: OpenRouter gives the text alone. */
    segments: { text: string; startSecond: number; endSecond: number }[];
    language: string | undefined;
    durationInSeconds: number | undefined;
    warnings: AiWarning[];
    usage?: { [name: string]: any };
    providerMetadata?: AiMetadata;
    response: { timestamp: Date; modelId: string };
  }>;
}

/** Ranks documents. */
export interface AiRerankingModel {
  /** The version of the AI SDK's specification. */
  readonly specificationVersion: "v4";
  /** The provider's name, by which `providerOptions` are found. */
  readonly provider: string;
  /** The model's id on OpenRouter. */
  readonly modelId: string;
  /** Called by the SDK's `rerank`. */
  doRerank(options: any): Promise<{
    ranking: { index: number; relevanceScore: number }[];
    warnings?: AiWarning[];
    providerMetadata?: AiMetadata;
    response?: { id?: string; modelId?: string; timestamp?: Date };
  }>;
}

/** Fields of a chat request that hold for every call of a model; the call's own settings and `providerOptions.openrouter` win. */
export type AiChatSettings = { [Name in keyof Omit<ChatRequest, "messages" | "signal" | "model" | "tools">]?: ChatRequest[Name] | undefined };

/** `provider("anthropic/claude-sonnet-4.5")` is `provider.languageModel(...)`. */
export interface OpenRouterProvider {
  /** A language model, by its id. */
  (modelId: string, settings?: AiChatSettings): AiLanguageModel;
  /** The version of the AI SDK's specification. */
  readonly specificationVersion: "v4";
  /** A language model, by its id. */
  languageModel(modelId: string, settings?: AiChatSettings): AiLanguageModel;
  /** The same as `languageModel`. */
  chat(modelId: string, settings?: AiChatSettings): AiLanguageModel;
  /** `settings`: fields of `client.embeddings.create`. */
  embeddingModel(modelId: string, settings?: object): AiEmbeddingModel;
  /** The older name of `embeddingModel`. */
  textEmbeddingModel(modelId: string, settings?: object): AiEmbeddingModel;
  /** `settings`: fields of `client.images.generate`. */
  imageModel(modelId: string, settings?: object): AiImageModel;
  /** `settings`: fields of `client.speech.create`. */
  speechModel(modelId: string, settings?: object): AiSpeechModel;
  /** `settings`: fields of `client.transcriptions.create`. */
  transcriptionModel(modelId: string, settings?: object): AiTranscriptionModel;
  /** `settings`: fields of `client.rerank`. */
  rerankingModel(modelId: string, settings?: object): AiRerankingModel;
}

/**
 * A client as a provider of the AI SDK: every rule of the client holds. Each call is sent once (`maxRetries: 0` of ours), since the SDK asks again by
 * its own `maxRetries`; `fallbackModels` of the client stay.
 *
 * @example
 * ```js
 * import { OpenRouter } from "openrouter-wasm";
 * import { createOpenRouterProvider } from "openrouter-wasm/ai-sdk";
 * import { generateText } from "ai";
 *
 * const provider = createOpenRouterProvider(new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY }));
 * const { text } = await generateText({ model: provider("openai/gpt-4o-mini"), prompt: "Hello!" });
 * console.log(text);
 * ```
 */
export declare function createOpenRouterProvider(client: OpenRouter): OpenRouterProvider;

/** A message as `useChat` keeps it. */
export interface UIMessageLike {
  /** The message's id. */
  id?: string | undefined;
  /** `system`, `user` or `assistant`. */
  role: string;
  /** The parts, in order. */
  parts: readonly { type: string }[];
  /** The app's own. */
  metadata?: unknown;
}

/** A part of a message, as `useChat` keeps it. */
export type UIPart =
  | { type: "step-start" }
  | { type: "text"; text: string; state?: "streaming" | "done"; providerMetadata?: AiMetadata }
  | { type: "reasoning"; text: string; state?: "streaming" | "done"; providerMetadata?: AiMetadata }
  | { type: "file"; mediaType: string; url: string; filename?: string }
  | ({ type: `tool-${string}`; toolCallId: string; callProviderMetadata?: AiMetadata } & (
      | { state: "input-available"; input: unknown }
      | { state: "output-available"; input: unknown; output: unknown }
      | { state: "output-error"; input: unknown; errorText: string }
      | { state: "output-denied"; input: unknown; approval: { id: string; approved: false; reason?: string } }
    ));

/** A message for `useChat`. */
export interface UIMessageOut {
  /** The message's id. */
  id: string;
  /** Role of the speaker. */
  role: "system" | "user" | "assistant";
  /** The parts, in order. */
  parts: UIPart[];
}

/**
 * The messages of `useChat` as a chat takes them. Each step of an assistant's turn is a message, followed by the answers to its calls. A call that is
 * approved and has not run stays open; one that was denied, or that the user passed over, is answered as such. Throws `invalid-request` with the place.
 */
export declare function fromUIMessages(
  messages: readonly UIMessageLike[],
  options?: {
    /** Turns a `data-` part into a `text` or `file` part for the model. Default: it is left out. */
    convertDataPart?: ((part: any) => { type: "text"; text: string } | { type: "file"; mediaType: string; url?: string; data?: unknown; filename?: string } | undefined) | undefined;
    /** Told of every part that has no place on the wire. */
    onWarning?: ((warning: Change) => void) | undefined;
  },
): ChatMessage[];

/** Messages of the wire as `useChat` keeps them: an assistant's turn, with what its tools answered, is one. Ids are `message-1`, ... unless `generateId` makes others. */
export declare function toUIMessages(messages: readonly ChatMessage[], options?: { generateId?: (() => string) | undefined }): UIMessageOut[];

/** The AI SDK's `ModelMessage[]` (and a provider's prompt) as a chat takes them. Throws `invalid-request` with the place. */
export declare function fromModelMessages(messages: readonly { role: string; content: unknown; providerOptions?: object | undefined }[], options?: { onWarning?: ((warning: Change) => void) | undefined }): ChatMessage[];

/** The chunks of the UI message stream, an object each. */
export type UIChunk =
  | { type: "start" }
  | { type: "start-step" }
  | { type: "finish-step" }
  | { type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end"; id: string; providerMetadata?: AiMetadata }
  | { type: "text-delta" | "reasoning-delta"; id: string; delta: string }
  | { type: "tool-input-start"; toolCallId: string; toolName: string }
  | { type: "tool-input-delta"; toolCallId: string; inputTextDelta: string }
  | { type: "tool-input-available"; toolCallId: string; toolName: string; input: unknown; providerMetadata?: AiMetadata }
  | { type: "tool-input-error"; toolCallId: string; toolName: string; input: unknown; errorText: string }
  | { type: "tool-approval-request"; approvalId: string; toolCallId: string; signature?: string }
  | { type: "tool-output-available"; toolCallId: string; output: unknown; preliminary?: boolean }
  | { type: "tool-output-error"; toolCallId: string; errorText: string }
  | { type: "tool-output-denied"; toolCallId: string }
  | { type: "source-url"; sourceId: string; url: string; title?: string }
  | { type: "file"; url: string; mediaType: string }
  | { type: `data-${string}`; id?: string; data: unknown; transient?: boolean }
  | { type: "finish"; finishReason?: "stop" | "length" | "content-filter" | "tool-calls" | "error" | "other"; messageMetadata?: unknown }
  | { type: "error"; errorText: string }
  | { type: "abort"; reason?: string }
  | { type: "message-metadata"; messageMetadata: unknown };

/** Chunks of the app's own for an event, written behind it: `data-` parts above all (`{type: "data-progress", id, data, transient?}`). */
export type DataOf = (event: ChatEvent) => UIChunk | readonly UIChunk[] | undefined;

/** A run as the UI message stream, an object a chunk; reading it reads the run, cancelling it aborts the request. `messageId`: of the message in the page, which else gives it one. */
export declare function toUIMessageStream(run: ChatRun, options?: { dataOf?: DataOf | undefined; messageId?: string | undefined }): ReadableStream<UIChunk>;

/** A tool that the page may have to approve: `true`, or a function that is asked with the input of each call. */
export type GuardedTool = Tool & { needsApproval?: boolean | ((input: any, context: { toolCallId: string; messages: ChatMessage[] }) => boolean | Promise<boolean>) | undefined };

/** A chat request whose messages are the page's. */
export type UIChatRequest = { [Name in keyof Omit<ChatRequest, "messages" | "tools">]?: ChatRequest[Name] | undefined } & {
  /** Tools that the model may call; those with `needsApproval` wait for the page. */
  tools?: readonly GuardedTool[] | undefined;
  /** Put before the messages, as a system message. */
  instructions?: string | undefined;
  /** Id of the answer's message in the page. Default: the page gives it one. */
  messageId?: string | undefined;
  /** Chunks of the app's own for an event. */
  dataOf?: DataOf | undefined;
  /** Turns a `data-` part into a `text` or `file` part for the model. Default: it is left out. */
  convertDataPart?: ((part: any) => any) | undefined;
  /**
   * Signs what the page is asked to approve (HMAC-SHA256 over id, name and input), and refuses an approval of anything else. On a server: without it a
   * page can have any tool called with any input.
   */
  approvalSecret?: string | undefined;
};

/** One answer to `useChat`. */
export interface UIAnswer {
  /** For a transport, or to be merged with other chunks. */
  readonly stream: ReadableStream<UIChunk>;
  /** For `useChat`'s own transport. */
  toResponse(options?: { status?: number | undefined; headers?: Record<string, string> | undefined; keepAliveMs?: number | undefined }): HostResponse;
}

/**
 * One answer to `useChat`: runs what the page has approved, asks the model, runs the tools, and asks the page for what has to be approved. It is read once,
 * by `stream` or by `toResponse()`.
 */
export declare function answerUIMessages(client: OpenRouter, request: UIChatRequest & { messages: readonly UIMessageLike[] }): UIAnswer;

/** Transport of `useChat({transport})`. */
export interface UIChatTransport {
  /** Called by `useChat` to send the conversation. */
  sendMessages(options: { messages: readonly UIMessageLike[]; abortSignal: HostAbortSignal | undefined; body?: object | undefined; [name: string]: any }): Promise<ReadableStream<UIChunk>>;
  /** Called by `useChat({resume: true})` after a reload: a durable answer of this chat from its beginning, as it goes on; else null. */
  reconnectToStream(options?: { chatId?: string | undefined; abortSignal?: HostAbortSignal | undefined; [name: string]: any }): Promise<ReadableStream<UIChunk> | null>;
  /** Told to `useChat`: the resumed parts take the place of those that the message had. */
  readonly resumeStreamIsReplay: true;
}

/** Of a transport. */
export interface UIChatTransportSettings {
  /** Storage of the durable answer that a chat waits for, until it has ended. Default: `sessionStorage`, and where there is none, memory. */
  storage?: { getItem(key: string): string | null; setItem(key: string, value: string): void; removeItem(key: string): void } | undefined;
}

/**
 * A transport without a server of the app's own: the page asks OpenRouter itself, with the visitor's own key, or a gateway. `options`: as of
 * `answerUIMessages`, or a function that gives them for what is sent; `body` of a send wins. With `durable: true` at a gateway an answer survives a
 * reload of its page: `useChat({id, resume: true})` has it again, with the results of the tools that ran in between; a tool that was at work is not run again.
 */
export declare function createChatTransport(client: OpenRouter, options?: UIChatRequest | ((sent: any) => UIChatRequest | Promise<UIChatRequest>), settings?: UIChatTransportSettings): UIChatTransport;

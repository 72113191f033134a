// `openrouter-wasm/ai-sdk`: the AI SDK (`ai` 7, provider specification v4) on a client of this package. Its types are spelled here by their
// shape: the SDK is no dependency.
import type { Change, ChatEvent, ChatMessage, ChatRequest, ChatRun, OpenRouter, Tool } from "../index.js";

declare global {
  // Where the platform's types have it, it is theirs; where they have none, nothing here asks for the DOM library.
  interface ReadableStream<R = any> {}
}

/** The instance type of a global class, or `Shape` where the project's types have none. */
type Host<Name extends string, Shape> = typeof globalThis extends Record<Name, { prototype: infer Instance }> ? Instance : Shape;
type HostURL = Host<"URL", { readonly href: string }>;
type HostAbortSignal = Host<"AbortSignal", { readonly aborted: boolean }>;
type HostResponse = Host<"Response", { readonly status: number; readonly headers: any; readonly body: any; text(): Promise<string> }>;

/** What the SDK keeps beside a part, by provider; this package's under `openrouter`. */
export type AiMetadata = Record<string, { [name: string]: any }>;

export type AiWarning =
  | { type: "unsupported"; feature: string; details?: string }
  | { type: "other"; message: string };

export type AiFileData = { type: "data"; data: Uint8Array | string } | { type: "url"; url: HostURL };

export type AiContent =
  | { type: "text"; text: string; providerMetadata?: AiMetadata }
  | { type: "reasoning"; text: string; providerMetadata?: AiMetadata }
  | { type: "file"; mediaType: string; data: AiFileData }
  | { type: "source"; sourceType: "url"; id: string; url: string; title?: string }
  | { type: "tool-call"; toolCallId: string; toolName: string; input: string; providerMetadata?: AiMetadata };

export interface AiFinishReason {
  unified: "stop" | "length" | "content-filter" | "tool-calls" | "other";
  /** The provider's own word. */
  raw: string | undefined;
}

export interface AiUsage {
  inputTokens: { total: number | undefined; noCache: number | undefined; cacheRead: number | undefined; cacheWrite: number | undefined };
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
  raw?: { [name: string]: any };
}

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
  readonly specificationVersion: "v4";
  readonly provider: string;
  readonly modelId: string;
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
  doStream(options: any): Promise<{ stream: ReadableStream<AiStreamPart>; request?: { body?: unknown } }>;
}

export interface AiEmbeddingModel {
  readonly specificationVersion: "v4";
  readonly provider: string;
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: number;
  readonly supportsParallelCalls: boolean;
  doEmbed(options: any): Promise<{ embeddings: number[][]; usage?: { tokens: number }; providerMetadata?: AiMetadata; warnings: AiWarning[] }>;
}

export interface AiImageModel {
  readonly specificationVersion: "v4";
  readonly provider: string;
  readonly modelId: string;
  readonly maxImagesPerCall: number;
  doGenerate(options: any): Promise<{
    images: Uint8Array[];
    warnings: AiWarning[];
    providerMetadata?: Record<string, { images: any[] } & { [name: string]: any }>;
    usage?: { inputTokens: number | undefined; outputTokens: number | undefined; totalTokens: number | undefined };
    response: { timestamp: Date; modelId: string; headers: Record<string, string> | undefined };
  }>;
}

export interface AiSpeechModel {
  readonly specificationVersion: "v4";
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: any): Promise<{ audio: Uint8Array; warnings: AiWarning[]; providerMetadata?: AiMetadata; response: { timestamp: Date; modelId: string } }>;
}

export interface AiTranscriptionModel {
  readonly specificationVersion: "v4";
  readonly provider: string;
  readonly modelId: string;
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

export interface AiRerankingModel {
  readonly specificationVersion: "v4";
  readonly provider: string;
  readonly modelId: string;
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
  (modelId: string, settings?: AiChatSettings): AiLanguageModel;
  readonly specificationVersion: "v4";
  languageModel(modelId: string, settings?: AiChatSettings): AiLanguageModel;
  chat(modelId: string, settings?: AiChatSettings): AiLanguageModel;
  /** `settings`: fields of `client.embeddings.create`. */
  embeddingModel(modelId: string, settings?: object): AiEmbeddingModel;
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
 */
export declare function createOpenRouterProvider(client: OpenRouter): OpenRouterProvider;

/** A message as `useChat` keeps it. */
export interface UIMessageLike {
  id?: string | undefined;
  role: string;
  parts: readonly { type: string }[];
  metadata?: unknown;
}

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

export interface UIMessageOut {
  id: string;
  role: "system" | "user" | "assistant";
  parts: UIPart[];
}

/**
 * The messages of `useChat` as a chat takes them. Each step of an assistant's turn is a message, followed by the answers to its calls. A call that is
 * approved and has not run stays open; one that was denied, or that the user passed over, is answered as such. Throws `invalid-request` with the place.
 */
export declare function fromUIMessages(
  messages: readonly UIMessageLike[],
  options?: {
    /** What a `data-` part is for the model: a `text` or `file` part. Default: nothing. */
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

/** A run as the UI message stream, an object a chunk; reading it reads the run, cancelling it aborts the request. */
export declare function toUIMessageStream(run: ChatRun, options?: { dataOf?: DataOf | undefined }): ReadableStream<UIChunk>;

/** A tool that the page may have to approve: `true`, or a function that is asked with the input of each call. */
export type GuardedTool = Tool & { needsApproval?: boolean | ((input: any, context: { toolCallId: string; messages: ChatMessage[] }) => boolean | Promise<boolean>) | undefined };

/** A chat request whose messages are the page's. */
export type UIChatRequest = { [Name in keyof Omit<ChatRequest, "messages" | "tools">]?: ChatRequest[Name] | undefined } & {
  tools?: readonly GuardedTool[] | undefined;
  /** Put before the messages, as a system message. */
  instructions?: string | undefined;
  dataOf?: DataOf | undefined;
  convertDataPart?: ((part: any) => any) | undefined;
  /**
   * Signs what the page is asked to approve (HMAC-SHA256 over id, name and input), and refuses an approval of anything else. On a server: without it a
   * page can have any tool called with any input.
   */
  approvalSecret?: string | undefined;
};

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

/** What `useChat({transport})` takes. */
export interface UIChatTransport {
  sendMessages(options: { messages: readonly UIMessageLike[]; abortSignal: HostAbortSignal | undefined; body?: object | undefined; [name: string]: any }): Promise<ReadableStream<UIChunk>>;
  reconnectToStream(options?: any): Promise<null>;
}

/** A transport without a server: the page asks OpenRouter itself, with the visitor's own key. `options`: as of `answerUIMessages`, or a function that gives them for what is sent; `body` of a send wins. */
export declare function createChatTransport(client: OpenRouter, options?: UIChatRequest | ((sent: any) => UIChatRequest | Promise<UIChatRequest>)): UIChatTransport;

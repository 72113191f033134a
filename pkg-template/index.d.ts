// The public types of openrouter-wasm. Times are milliseconds, sizes bytes, costs USD.
import type { AsyncDisposal, AbortSignal, Blob, ByteStream, DatabaseFactory, Fetch, HeaderList, HeaderValues, PopupWindow, Request, Response, ResponseCache, URL } from "./types/platform.js";
import type { AccountUsage, Budget, CostMeter, Generation } from "./types/account.js";
import type { AudioDescriptionRequest, Decision, DecisionQuestion, DecisionRequest, Description, Embeddings, EmbeddingSettings, ImageDescriptionRequest, ImageModel, ListCallOptions, ListOf, RerankRequest, RerankResult } from "./types/calls.js";
import type { ImageRequest, ImageResult, JobStore, MusicRequest, MusicResult, SpeechRequest, SpeechResult, TranscriptionRequest, TranscriptionResult, Videos, VideoTicket } from "./types/media.js";
import type { CatalogCache, Models } from "./types/models.js";
import type { Drift, Telemetry } from "./types/telemetry.js";
import type { AssistantTurn, BlockMessage, CacheControl, ChatMessage, ReasoningDetail } from "./types/messages.js";
import type { Params } from "./types/params.js";
import type { ChatFields } from "./types/request.js";
import type { Checkpoint, RunResponseOptions } from "./types/runs.js";
import type { SearchOptions, SearchResult, SearchSettings, SearchTool } from "./types/search.js";
import type { BothSpellings } from "./types/spelling.js";

import type { ObjectOptions, SchemaOptions } from "./types/objects.js";
import type { ResumeOptions, RunState } from "./types/run-state.js";
import type { Issue, OutputOf, Schema } from "./types/schema.js";
import type { FreeTool, InlineTool, KnownTool, KnownTools, OfAnyLength } from "./types/inline-tools.js";
import type { PendingCall, Tool, ToolEvent, ToolLoopOptions } from "./types/tools.js";

export type * from "./types/account.js";
export type * from "./types/calls.js";
export type * from "./types/inline-tools.js";
export type * from "./types/media.js";
export type * from "./types/messages.js";
export type * from "./types/models.js";
export type * from "./types/objects.js";
export type * from "./types/run-state.js";
export type * from "./types/schema.js";
export type * from "./types/tools.js";
export { costAbove, stepCount, tool, toolCalled } from "./types/tools.js";
export type * from "./types/params.js";
export type * from "./types/plugins.js";
export type * from "./types/request.js";
export type * from "./types/runs.js";
export type * from "./types/search.js";
export type * from "./types/telemetry.js";
export type * from "./types/server-tools.js";
export type * from "./types/spelling.js";

/** Where a client and its requests stand unless they say otherwise. */
export interface EngineOptions {
  /**
   * Retries before the first output; nothing is sent again once output was handed out (`retry` and `raw` are none). Default 2.
   * The wait is what the answer tells (body first, then headers), else 1 s doubled each time with jitter, at most 30 s.
   * A told wait of more than 60 s is not sat out: the error carries it as `retryAfterMs`.
   */
  maxRetries?: number | undefined;
  /** From the first send to the end, retries included. Default 1,800,000 (30 min). 0: no limit. */
  timeoutMs?: number | undefined;
  /** Liveness: between any two bytes, keep-alive comments included. Default 120,000. 0: no limit. */
  idleTimeoutMs?: number | undefined;
  /** Progress: between two pieces of data, keep-alive comments not counted. Default four times `idleTimeoutMs`. 0: no limit. */
  progressTimeoutMs?: number | undefined;
  /** From the send to the first output of an attempt. Default: `progressTimeoutMs`. 0: no limit. */
  firstTokenTimeoutMs?: number | undefined;
  /** As OpenClaw has it: empty arguments make a call truncated instead of meaning `{}`, calls beside a text that ended with `stop` are dropped. Default false. */
  strictToolCalls?: boolean | undefined;
  /** Also emit every event of the answer as it came (`raw`). Default false. */
  rawEvents?: boolean | undefined;
  /** Also emit the comments that OpenRouter sends while a provider is silent (`: OPENROUTER PROCESSING`), as `processing`. Default false. */
  processingEvents?: boolean | undefined;
  /** Where a 402 says how many tokens the credits are enough for, send once more with that as the answer's limit. Default false. */
  affordRetry?: boolean | undefined;
  /** What is kept in memory at most; beyond it the run fails with `limit`. */
  limits?: Limits | undefined;
}

/** What is kept in memory at most. */
export interface Limits {
  /** One line of the stream. Default 16 MiB. */
  maxLineBytes?: number | undefined;
  /** The data of one event of the stream. Default 16 MiB. */
  maxEventBytes?: number | undefined;
  /** A whole streamed answer. Default 64 MiB. */
  maxBodyBytes?: number | undefined;
  /** An answer in one JSON body. Default 16 MiB. */
  maxJsonBytes?: number | undefined;
  /** The arguments of one tool call. Default 256,000. */
  maxToolArgumentBytes?: number | undefined;
  /** The tool calls of one message. Default 128. */
  maxToolCalls?: number | undefined;
}

/** What a client is made with. All of it may be left out. */
export interface ClientOptions extends EngineOptions {
  /**
   * The key, or a function that is asked for it before every send. It goes to `baseURL` alone and is masked in every error.
   * A key in a page is the visitor's to read: their own key, or a Worker that keeps yours.
   */
  apiKey?: string | SecretKey | (() => string | SecretKey | undefined | Promise<string | SecretKey | undefined>) | undefined;
  /** Default `https://openrouter.ai/api/v1`. Plain http is refused except to this machine. */
  baseURL?: string | undefined;
  /** Who is asking, for OpenRouter's rankings. Left out, a page sends its origin; `null` sends nothing. */
  app?: { url?: string | undefined; title?: string | undefined; categories?: readonly string[] | undefined } | null | undefined;
  /** The model of requests that name none, by reference or alias. Default `openrouter/auto`. */
  model?: string | undefined;
  /**
   * Models to go on with, in this order, when the one asked fails before its first output: every rule is applied anew for each. A request
   * whose model is in the list goes on behind it; at the end the client's `model` is tried. Models that failed rest for a while.
   */
  fallbackModels?: readonly string[] | undefined;
  /** For every request; `models[ref].params` and the request's own win name by name. */
  params?: Params | undefined;
  /** What is set for and known of single models, by reference (with or without `openrouter/`, or by API id). */
  models?: Record<string, ModelSettings> | undefined;
  /** Refuses a request (and a client) with a name that is not known, instead of telling it in `warnings`. Default false. */
  strict?: boolean | undefined;
  /** How transcripts are repaired for the model behind the route. Default `auto`. */
  transcriptPolicy?: TranscriptPolicy | undefined;
  /** Makes images smaller than 1200 px and 5 MiB. Default: the platform's canvas where there is one; `false`: they go as they are. */
  resizeImage?: ResizeImage | false | undefined;
  /** Extra headers; they win over the package's own, `null` leaves one out. */
  headers?: HeaderValues | undefined;
  /** Used in place of the global `fetch`. */
  fetch?: Fetch | undefined;
  /** Told in words, without keys, what chats do: retries, fallbacks and warnings (`warn`), ends (`info`, `error`), models (`debug`). `console` fits. */
  logger?: Logger | undefined;
  /** Where the catalog is kept between pages and processes. Default: memory. */
  catalogCache?: CatalogCache | undefined;
  /** How long the catalog counts as fresh. Default 3,600,000 (an hour); older rows are given while new ones are fetched. */
  catalogTtlMs?: number | undefined;
  /** Of all runs of this client together, USD: no request is sent and no answer goes on beyond it. */
  budget?: Budget | undefined;
  /** What is set for images, videos, speech, transcripts, music: models, voices, `timeoutMs`. `fromConfig` fills it. */
  media?: MediaSettings | undefined;
  /** Spans for every run, attempt, tool call and media call, by OpenTelemetry's GenAI conventions. */
  telemetry?: Telemetry | undefined;
  /** Defaults of `search`; `fromConfig` fills it. */
  search?: SearchSettings | undefined;
}

/** Any of its methods may be missing. What they throw is not heard. */
export interface Logger {
  /** Models that were asked. */
  debug?(line: string): void;
  /** Runs that ended well. */
  info?(line: string): void;
  /** Retries, fallbacks and warnings. */
  warn?(line: string): void;
  /** Runs that failed. */
  error?(line: string): void;
}

/** Defaults of the media calls; a call's own options win. */
export interface MediaSettings {
  /** Of `images.generate`. */
  image?: { model?: string | undefined; timeoutMs?: number | undefined } | undefined;
  /** Of `videos`. */
  video?: { model?: string | undefined; timeoutMs?: number | undefined } | undefined;
  /** Of `music.generate`. */
  music?: { model?: string | undefined; timeoutMs?: number | undefined } | undefined;
  /** Of `speech.create`. A `baseURL` of its own needs an `apiKey` of its own. */
  speech?: { model?: string | undefined; voice?: string | undefined; responseFormat?: string | undefined; speed?: number | undefined; provider?: object | undefined; baseURL?: string | undefined; apiKey?: string | undefined; timeoutMs?: number | undefined } | undefined;
  /** Of `transcriptions.create`. */
  transcription?: { model?: string | undefined; language?: string | undefined; timeoutMs?: number | undefined; maxBytes?: number | undefined } | undefined;
  /** Of `embeddings.create`. */
  embedding?: EmbeddingSettings | undefined;
  /** Of one file, bytes: in place of 6 MiB (images) and 16 MiB (sound, video). */
  maxBytes?: number | undefined;
}

/** What is set for one model, and what is known of it while no catalog is loaded. What is left out is not known, and no rule acts on it. */
export interface ModelSettings {
  /** Another name for the model; of two models with one alias the later has it. */
  alias?: string | undefined;
  /** Request fields for this model. */
  params?: Params | undefined;
  /** Whether it reasons, or the catalog's `reasoning` object (`{supported_efforts, mandatory}`). */
  reasoning?: boolean | object | undefined;
  /** Whether it calls tools. */
  supportsTools?: boolean | undefined;
  /** What it takes: `text`, `image`, `video`, ... */
  input?: readonly string[] | undefined;
  /** Tokens of prompt and answer together. */
  contextWindow?: number | undefined;
  /** Tokens of an answer: sent as the limit unless the request has its own, and no limit goes beyond it. */
  maxTokens?: number | undefined;
  /** The catalog's `supported_parameters`: other parameters are warned of. */
  supportedParameters?: readonly string[] | undefined;
  /** Prices by the names of OpenRouter's catalog, USD a token as decimal strings: cost and budget are computed from them. */
  pricing?: object | undefined;
}

/** How strongly the model is to think. Left out: as the model's own rule has it (models known to reason: `high`). */
export type Thinking = "off" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | "adaptive" | (string & {}) | boolean;

/**
 * - `auto`: every model gets its images checked and calls paired with results; Gemini also strict tool ids and base64-only signatures,
 *   Mistral ids of nine characters.
 * - `classic`: OpenClaw's older table: Gemini all of that, any other model the images alone.
 * - `off`: nothing but what the wire form itself asks for.
 * - An object changes single repairs of what `auto` would do.
 */
export type TranscriptPolicy = "auto" | "classic" | "off" | {
  sanitizeMode?: "full" | "images-only" | undefined;
  sanitizeToolCallIds?: boolean | "strict" | "strict9" | undefined;
  sanitizeThoughtSignatures?: boolean | object | undefined;
  repairToolUseResultPairing?: boolean | undefined;
  /** A call without a result gets an error result; with false the call goes. */
  allowSyntheticToolResults?: boolean | undefined;
  dropThinkingBlocks?: boolean | undefined;
  dropReasoningFromHistory?: boolean | undefined;
  /** Neither of the two: what was sent once stays as it was. Default true for `openai/gpt-5.6*` and `openai/gpt-6*`, whose cache ends with the last message. */
  appendOnlyRuntimeContext?: boolean | undefined;
  validateGeminiTurns?: boolean | undefined;
  validateAnthropicTurns?: boolean | undefined;
  assistantFirstBootstrap?: boolean | undefined;
};

/** Makes an image smaller. `undefined`: it stays as it is (over 5 MiB the engine then puts a note in its place). */
export type ResizeImage = (image: {
  data: Uint8Array;
  mediaType: string;
  /** Pixels. */
  width: number;
  height: number;
  bytes: number;
  maxSidePx: number;
  maxBytes: number;
}) => Promise<{ data: Uint8Array | Blob; mediaType: string } | undefined>;

/** Who OpenClaw says it is: pass it as `app` in a client that stands in for it. Of its seven categories OpenRouter takes the first two. */
export declare const OPENCLAW_APP: { readonly url: string; readonly title: string; readonly categories: readonly string[] };

/**
 * The client: options, and everything that can be asked for.
 *
 * @example
 * ```js
 * import { OpenRouter } from "openrouter-wasm";
 *
 * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY, model: "openai/gpt-4o-mini", budget: 5 });
 * const { message, cost } = await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result();
 * console.log(message.content, cost.total);
 * ```
 */
export declare class OpenRouter {
  /** Does no work: the engine starts with the first run. Throws `invalid-request` for options of the wrong kind. */
  constructor(options?: ClientOptions);
  /**
   * A client as an OpenClaw configuration file describes it: JSON5 text, or what it stands for. `options` win over the file. What is wrong in
   * it rejects with `invalid-request` with the path (`agents.defaults.model.primary: ...`). OpenClaw is named as the app unless `options.app` is given.
   *
   * @example
   * ```js
   * import { OpenRouter } from "openrouter-wasm";
   *
   * const config = `{ env: { OPENROUTER_API_KEY: "sk-or-v1-..." }, agents: { defaults: { model: { primary: "openrouter/openai/gpt-4o-mini" } } } }`;
   * const client = await OpenRouter.fromConfig(config);
   * console.log((await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result()).model);
   * ```
   */
  static fromConfig(config: string | object, options?: ClientOptions): Promise<OpenRouter>;
  /**
   * A run that sends nothing before it is read. What is wrong with the request is told then, before anything is sent.
   *
   * @example
   * ```js
   * const run = client.chat({ model: "anthropic/claude-sonnet-4.5", messages: [{ role: "user", content: "Hello!" }] });
   * for await (const event of run) {
   *   if (event.type === "text-delta") process.stdout.write(event.text);
   * }
   * console.log((await run.result()).verdict);
   * ```
   */
  chat<const N0 extends string | undefined = undefined, const P0 = undefined, O0 = unknown, T0 = undefined, const N1 extends string | undefined = undefined, const P1 = undefined, O1 = unknown, T1 = undefined, const N2 extends string | undefined = undefined, const P2 = undefined, O2 = unknown, T2 = undefined, const N3 extends string | undefined = undefined, const P3 = undefined, O3 = unknown, T3 = undefined, const N4 extends string | undefined = undefined, const P4 = undefined, O4 = unknown, T4 = undefined, const N5 extends string | undefined = undefined, const P5 = undefined, O5 = unknown, T5 = undefined, const N6 extends string | undefined = undefined, const P6 = undefined, O6 = unknown, T6 = undefined, const N7 extends string | undefined = undefined, const P7 = undefined, O7 = unknown, T7 = undefined, const N8 extends string | undefined = undefined, const P8 = undefined, O8 = unknown, T8 = undefined, const N9 extends string | undefined = undefined, const P9 = undefined, O9 = unknown, T9 = undefined, const N10 extends string | undefined = undefined, const P10 = undefined, O10 = unknown, T10 = undefined, const N11 extends string | undefined = undefined, const P11 = undefined, O11 = unknown, T11 = undefined, More extends FreeTool = never, const S extends Schema | object | undefined = undefined>(request: ChatRequestBase & SchemaOptions<S> & { tools?: readonly [InlineTool<N0, P0, O0, T0>?, InlineTool<N1, P1, O1, T1>?, InlineTool<N2, P2, O2, T2>?, InlineTool<N3, P3, O3, T3>?, InlineTool<N4, P4, O4, T4>?, InlineTool<N5, P5, O5, T5>?, InlineTool<N6, P6, O6, T6>?, InlineTool<N7, P7, O7, T7>?, InlineTool<N8, P8, O8, T8>?, InlineTool<N9, P9, O9, T9>?, InlineTool<N10, P10, O10, T10>?, InlineTool<N11, P11, O11, T11>?, ...More[]] | undefined }): ChatRun<KnownTools<[KnownTool<N0, P0, O0, T0>, KnownTool<N1, P1, O1, T1>, KnownTool<N2, P2, O2, T2>, KnownTool<N3, P3, O3, T3>, KnownTool<N4, P4, O4, T4>, KnownTool<N5, P5, O5, T5>, KnownTool<N6, P6, O6, T6>, KnownTool<N7, P7, O7, T7>, KnownTool<N8, P8, O8, T8>, KnownTool<N9, P9, O9, T9>, KnownTool<N10, P10, O10, T10>, KnownTool<N11, P11, O11, T11>], More>, ObjectOf<S>>;
  /** The same with a list of tools whose length is not known to the compiler. */
  chat<const Tools extends readonly Tool[] = readonly Tool[], const S extends Schema | object | undefined = undefined>(request: ChatRequestBase & SchemaOptions<S> & { tools?: Tools | undefined } & OfAnyLength<Tools>): ChatRun<Tools, ObjectOf<S>>;
  /**
   * Goes on with a run that waited for its caller (`run.state()`), in another request, process or week. Steps, cost and budget count on. What is
   * wrong is told when the run is read, before anything is sent: `invalid-request` for a state that was changed, signed otherwise or is of another
   * version, and for decisions that leave a call open; `already-consumed` for a state that was used.
   *
   * @example
   * ```js
   * import { OpenRouter, tool } from "openrouter-wasm";
   *
   * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
   * const pay = tool({ name: "pay", parameters: { type: "object" }, execute: () => "paid" });
   * const run = client.chat({ messages: [{ role: "user", content: "Pay the bill, please." }], tools: [pay], approve: () => "later" });
   * const { pending } = await run.result();
   * const state = await run.state(); // plain JSON: keep it until somebody has decided
   * const approvals = Object.fromEntries(pending.map(({ id }) => [id, true]));
   * const { verdict } = pending.length > 0 ? await client.resume(state, { tools: [pay], approvals }).result() : await run.result();
   * console.log(verdict);
   * ```
   */
  resume<const N0 extends string | undefined = undefined, const P0 = undefined, O0 = unknown, T0 = undefined, const N1 extends string | undefined = undefined, const P1 = undefined, O1 = unknown, T1 = undefined, const N2 extends string | undefined = undefined, const P2 = undefined, O2 = unknown, T2 = undefined, const N3 extends string | undefined = undefined, const P3 = undefined, O3 = unknown, T3 = undefined, const N4 extends string | undefined = undefined, const P4 = undefined, O4 = unknown, T4 = undefined, const N5 extends string | undefined = undefined, const P5 = undefined, O5 = unknown, T5 = undefined, const N6 extends string | undefined = undefined, const P6 = undefined, O6 = unknown, T6 = undefined, const N7 extends string | undefined = undefined, const P7 = undefined, O7 = unknown, T7 = undefined, const N8 extends string | undefined = undefined, const P8 = undefined, O8 = unknown, T8 = undefined, const N9 extends string | undefined = undefined, const P9 = undefined, O9 = unknown, T9 = undefined, const N10 extends string | undefined = undefined, const P10 = undefined, O10 = unknown, T10 = undefined, const N11 extends string | undefined = undefined, const P11 = undefined, O11 = unknown, T11 = undefined, More extends FreeTool = never, const S extends Schema | object | undefined = undefined>(state: RunState, options?: Omit<ResumeOptions, "tools" | "schema"> & SchemaOptions<S> & { tools?: readonly [InlineTool<N0, P0, O0, T0>?, InlineTool<N1, P1, O1, T1>?, InlineTool<N2, P2, O2, T2>?, InlineTool<N3, P3, O3, T3>?, InlineTool<N4, P4, O4, T4>?, InlineTool<N5, P5, O5, T5>?, InlineTool<N6, P6, O6, T6>?, InlineTool<N7, P7, O7, T7>?, InlineTool<N8, P8, O8, T8>?, InlineTool<N9, P9, O9, T9>?, InlineTool<N10, P10, O10, T10>?, InlineTool<N11, P11, O11, T11>?, ...More[]] | undefined }): ChatRun<KnownTools<[KnownTool<N0, P0, O0, T0>, KnownTool<N1, P1, O1, T1>, KnownTool<N2, P2, O2, T2>, KnownTool<N3, P3, O3, T3>, KnownTool<N4, P4, O4, T4>, KnownTool<N5, P5, O5, T5>, KnownTool<N6, P6, O6, T6>, KnownTool<N7, P7, O7, T7>, KnownTool<N8, P8, O8, T8>, KnownTool<N9, P9, O9, T9>, KnownTool<N10, P10, O10, T10>, KnownTool<N11, P11, O11, T11>], More>, ObjectOf<S>>;
  /** The same with a list of tools whose length is not known to the compiler. */
  resume<const Tools extends readonly Tool[] = readonly Tool[], const S extends Schema | object | undefined = undefined>(state: RunState, options?: Omit<ResumeOptions, "tools" | "schema"> & SchemaOptions<S> & { tools?: Tools | undefined } & OfAnyLength<Tools>): ChatRun<Tools, ObjectOf<S>>;
  /**
   * A durable run of a gateway (`openrouter-wasm/gateway`) from an event on: what was missed, then what comes, each event once. Default: from the
   * beginning. A connection that breaks is made anew by itself. Fails with `not-found` when the gateway keeps it no more.
   */
  resumeRun(id: string, options?: { after?: number | undefined; signal?: AbortSignal | null | undefined }): ChatRun;
  /**
   * What `chat` would send, and what is odd about it, without sending it.
   *
   * @example
   * ```js
   * const { bodyText, changes, warnings } = await client.prepare({ messages: [{ role: "user", content: "Hello!" }], thinking: "high" });
   * console.log(bodyText, changes, warnings);
   * ```
   */
  prepare(request: ChatRequest): Promise<PreparedChat>;
  /**
   * A drop-in `fetch` for SDKs that speak OpenAI's API (`new OpenAI({ fetch: client.fetch })`). `POST .../chat/completions` leaves shaped by
   * this package's rules; answers come back untouched, any other call goes through as it is. The SDK's `Authorization` wins; without one the
   * client's key is added to such a `POST` when its address lies below the client's own `baseURL` (of openrouter.ai: anywhere on that host), and
   * nowhere else: not to another origin, not to a `GET` or any other path, and the client's own `headers` go the same way. Throws
   * `invalid-request` for an `init` that cannot be read. A request that the rules refuse comes back as an answer with status 400.
   *
   * @example
   * ```js
   * import { OpenRouter } from "openrouter-wasm";
   * import OpenAI from "openai";
   *
   * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
   * const openai = new OpenAI({ apiKey: process.env.OPENROUTER_API_KEY, baseURL: "https://openrouter.ai/api/v1", fetch: client.fetch });
   * const { choices } = await openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "Hello!" }] });
   * console.log(choices[0]?.message.content);
   * ```
   */
  readonly fetch: Fetch;
  /** The catalog, and the scan for models that work. */
  readonly models: Models;
  /** Makes images, and tells what one shows. */
  readonly images: {
    /**
     * Draws images: each is a request of its own.
     *
     * @example
     * ```js
     * const { images, usage } = await client.images.generate({ prompt: "a lighthouse at dusk", aspectRatio: "16:9" });
     * for (const { name, mediaType, data } of images) console.log(name, mediaType, data.length, usage?.cost);
     * ```
     */
    generate(request: ImageRequest): Promise<ImageResult>;
    /**
     * What an image shows, told by a chat model.
     *
     * @example
     * ```js
     * const { images: [image] } = await client.images.generate({ prompt: "a lighthouse at dusk" });
     * if (image) console.log((await client.images.describe({ image: image.data, prompt: "What time of day is it?" })).text);
     * ```
     */
    describe(request: ImageDescriptionRequest): Promise<Description>;
    /** The models that paint, and what each takes. */
    models(options?: ListCallOptions): Promise<ListOf<ImageModel>>;
  };
  /** Makes videos: submit, wait, download. */
  readonly videos: Videos;
  /** Reads a text aloud. */
  readonly speech: {
    /**
     * Gives the sound as it comes.
     *
     * @example
     * ```js
     * const speech = await client.speech.create({ input: "Good morning!", voice: "af_alloy" });
     * console.log(speech.name, (await speech.bytes()).length);
     * ```
     */
    create(request: SpeechRequest): Promise<SpeechResult>;
  };
  /** Writes down what a sound says. */
  readonly transcriptions: {
    /**
     * Writes down what a sound says, by a model made for it.
     *
     * @example
     * ```js
     * const speech = await client.speech.create({ input: "Good morning!" });
     * const { text, durationSeconds } = await client.transcriptions.create({ audio: await speech.bytes(), mediaType: speech.mediaType });
     * console.log(text, durationSeconds);
     * ```
     */
    create(request: TranscriptionRequest): Promise<TranscriptionResult>;
    /** What a sound holds, told by a chat model that hears. */
    describe(request: AudioDescriptionRequest): Promise<Description>;
  };
  /** Makes music. */
  readonly music: {
    /**
     * Gives the music when it is whole.
     *
     * @example
     * ```js
     * const { name, data, transcript } = await client.music.generate({ prompt: "a calm piano at night", instrumental: true });
     * console.log(name, data.length, transcript);
     * ```
     */
    generate(request: MusicRequest): Promise<MusicResult>;
  };
  /** Texts to vectors. */
  readonly embeddings: Embeddings;
  /**
   * Documents in the order in which they fit a query. After 429 and 5xx it is sent again at most twice.
   *
   * @example
   * ```js
   * const { results } = await client.rerank({ model: "cohere/rerank-v3.5", query: "capital of France", documents: ["Bern", "Paris", "Rome"] });
   * for (const { index, score } of results) console.log(index, score);
   * ```
   */
  rerank(request: RerankRequest): Promise<RerankResult>;
  /**
   * Named questions about a state, answered by a decision model: no text, typed answers. Sent once; at most four at once.
   *
   * @example
   * ```js
   * const { answers } = await client.decide({
   *   model: "typesafe/jev-1.14",
   *   state: "The parcel came broken. I want my money back.",
   *   questions: { isAngry: { type: "boolean", instructions: "Is the customer angry?" } },
   * });
   * console.log(answers.isAngry.probability);
   * ```
   */
  decide<const Questions extends Record<string, DecisionQuestion>>(request: DecisionRequest<Questions>): Promise<Decision<Questions>>;
  /**
   * Searches the web. What is wrong with the query comes back as `{error, message}`; what fails on the way is thrown.
   *
   * @example
   * ```js
   * const found = await client.search("rust wasm news", { freshness: "week" });
   * console.log(found.error === undefined ? found.citations : found.message);
   * ```
   */
  search(query: string, options?: SearchOptions): Promise<SearchResult>;
  /**
   * `search` as a tool for a chat: `tools: [client.searchTool()]`.
   *
   * @example
   * ```js
   * const run = client.chat({ messages: [{ role: "user", content: "What is new in Rust?" }], tools: [client.searchTool()] });
   * for await (const text of run.textStream) process.stdout.write(text);
   * ```
   */
  searchTool(options?: SearchOptions): SearchTool;
  /**
   * What answers had that this version does not know: words and fields, counted once an answer. What is looked at are samples: of a stream the chunks
   * whose shape was new (the first 16, and those that end it), of an answer in one piece up to 64 KiB, of a longer one its first row and its usage.
   */
  drift(): Promise<Drift[]>;
  /**
   * Credits, key and budgets. Throws when neither endpoint answers.
   *
   * @example
   * ```js
   * const { spend, balance, summary } = await client.usage();
   * console.log(spend, balance, summary);
   * ```
   */
  usage(options?: { timeoutMs?: number | undefined; signal?: AbortSignal | null | undefined }): Promise<AccountUsage>;
  /**
   * The bill of a generation; asked again with growing waits while OpenRouter does not know it yet.
   *
   * @example
   * ```js
   * const { id } = await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result();
   * if (id) console.log((await client.generation(id)).cost);
   * ```
   */
  generation(id: string, options?: { timeoutMs?: number | undefined; signal?: AbortSignal | null | undefined }): Promise<Generation>;
}

/** A request as it would be sent. */
export interface PreparedChat {
  /** Always `POST`. */
  method: "POST";
  /** Where it would go. */
  url: string;
  /** The key masked. */
  headers: Record<string, string>;
  /** The body, read on first access. */
  readonly body: Record<string, any>;
  /** The body as it goes out, byte for byte. */
  bodyText: string;
  /** The reference of the model that is asked first. */
  model: string;
  /** What was changed in what the caller wrote. */
  changes: Change[];
  /**
   * What is odd: names and words that are none, numbers out of their range, fields that contradict each other, unsupported parameters, mandatory
   * reasoning asked off, an output limit under the reasoning budget, too many cache markers, ...
   */
  warnings: Change[];
}

/** One thing that was changed, or that is odd. */
export interface Change {
  /** The rule. */
  rule: string;
  /** The place in what the caller wrote: `messages[3].content[1]`. */
  path: string;
  /** Why, in a sentence. */
  reason: string;
}

/** How `sanitizeTranscript` repairs. */
export interface SanitizeOptions {
  /** The model that the transcript is for. Default `openrouter/auto`. */
  model?: string | undefined;
  /** Which repairs are made. Default `auto`. */
  policy?: TranscriptPolicy | undefined;
  /** Calls of other tools go, unless they were answered. */
  allowedToolNames?: readonly string[] | undefined;
  /** What the model takes; without `image` images are named instead. */
  input?: readonly string[] | undefined;
  /** Whether the model calls tools. False: calls and their results become text. */
  supportsTools?: boolean | undefined;
}

/**
 * Repairs a transcript for a model, as `chat` does. Takes the wire form and OpenClaw's block form, gives the wire form. The caller's messages
 * are never changed; those that stay are the same objects. Halves of characters (lone surrogates) are removed. Throws `invalid-request` with the
 * place of what cannot be repaired. Starts the engine on the spot, which older versions of Chromium refuse on a page's own thread: there await
 * something of a client first, `prepare` for one.
 *
 * @example
 * ```js
 * import { sanitizeTranscript } from "openrouter-wasm";
 *
 * const { messages, changes } = sanitizeTranscript([
 *   { role: "user", content: "Weather in Bern?" },
 *   { role: "assistant", content: null, tool_calls: [{ id: "a", type: "function", function: { name: "weather", arguments: "{}" } }] },
 *   { role: "user", content: "Never mind." },
 * ], { model: "google/gemini-3.1-pro" });
 * console.log(messages.length, changes);
 * ```
 */
export declare function sanitizeTranscript(messages: readonly (ChatMessage | BlockMessage)[], options?: SanitizeOptions): { messages: ChatMessage[]; changes: Change[] };

/**
 * What of a visitor's body may go into `chat`: its messages, and the fields of `allow`. By default what describes the chat: model, sampling,
 * limits of length, reasoning, function tools, response format; nothing that sets headers, budgets, retries, providers or plugins, and no tools
 * that OpenRouter runs (`serverTools` in `allow` lets them pass). Throws `invalid-request` for what is no request.
 *
 * @example
 * ```js
 * import { pickRequest } from "openrouter-wasm";
 *
 * const body = { model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "Hello!" }], provider: { only: ["dear"] } };
 * console.log(Object.keys(pickRequest(body))); // provider is left out
 * ```
 */
export declare function pickRequest(body: unknown, options?: { allow?: readonly string[] }): ChatRequest;

/** A model's name, taken apart. */
export interface ModelRef {
  /** The key for settings: `openrouter/<model>`. */
  ref: string;
  /** Always `openrouter`. */
  provider: "openrouter";
  /** The name without `openrouter/`. */
  model: string;
  /** The id on the wire. */
  apiId: string;
  /** The id that families are told by. */
  family: string;
  /** What stands behind a colon: `free`, `nitro`, ... */
  variant?: string;
  /** The slug of `@preset/<slug>`. */
  preset?: string;
  /** The profile whose key is used: what stands behind an `@`. */
  profile?: string;
}

/**
 * Reads `openrouter/<provider>/<model>`, a slug, or a bare name; `null` when it names no model. Starts the engine on the spot.
 *
 * @example
 * ```js
 * import { parseModelRef } from "openrouter-wasm";
 *
 * console.log(parseModelRef("openrouter/deepseek/deepseek-r1:free")?.variant); // free
 * ```
 */
export declare function parseModelRef(ref: string): ModelRef | null;

/**
 * Every field of OpenRouter's chat schema, in the wire's spelling or in camelCase, and beside them the package's own. A name that is none is
 * told in `warnings` with the one that was meant (with the client's `strict` refused), and goes out all the same: `extraBody` is the place
 * for what a provider alone knows.
 */
export interface ChatRequest extends ChatRequestBase, SchemaOptions {
  /** Tools that the model may call; those with `execute` are run. */
  tools?: readonly Tool[] | undefined;
}

/** A request but for its tools and its schema. */
export interface ChatRequestBase extends EngineOptions, BothSpellings<ChatFields>, ToolLoopOptions, ObjectOptions {
  /** This request's list in place of the client's. */
  fallbackModels?: readonly string[] | undefined;
  /** Copied over the body at the end, unchecked; may override anything but `store`. `null` takes a field out. */
  extraBody?: object | null | undefined;
  /** The other spelling of `extraBody`. */
  extra_body?: object | null | undefined;
  /** The name of the conversation, sent as a hash (`session_id`) to OpenRouter's own base URL: its requests find a warm cache. Default: none. */
  sessionId?: string | undefined;
  /** How strongly the model is to think. */
  thinking?: Thinking | undefined;
  /** Request fields by OpenClaw's names; those of the request itself win. */
  params?: Params | undefined;
  /** In place of the client's. */
  transcriptPolicy?: TranscriptPolicy | undefined;
  /** In place of the client's. */
  resizeImage?: ResizeImage | false | undefined;
  /** USD this run may cost, all steps together; beyond it the run stops with `budget` and what was received. */
  budget?: Budget | undefined;
  /** Aborts the run; it then fails with `signal.reason`. */
  signal?: AbortSignal | null | undefined;
  /**
   * At a gateway (`openrouter-wasm/gateway` behind `baseURL`): the run goes on when its reader leaves, until `cancel()` or the gateway's limit, and
   * is read again with `client.resumeRun(run.id)`. Anywhere else it changes nothing. Default false.
   */
  durable?: boolean | undefined;
  /**
   * Goes on with an answer that was cut off: its text is put behind the messages with a request for the rest. The events are the rest, the
   * result's message both parts; `changes` tells it.
   */
  continueFrom?: Checkpoint | undefined;
  /** Headers for this request alone. */
  headers?: HeaderValues | undefined;
}


/** The model's message; ready to be part of the next request. */
export interface AssistantMessage extends AssistantTurn {
  /** The text. `null` when there is none. */
  content: string | null;
  /** What the model thought, as text. */
  reasoning?: string;
  /** The same with signatures: the model needs them in the next turn. */
  reasoning_details?: ReasoningDetail[];
  /** Why the model refused. */
  refusal?: string;
  /** Sources and parsed files, as they came. */
  annotations?: object[];
  /** Images that the model made, mostly as data URLs. */
  images?: { type: "image_url"; image_url: { url: string } }[];
  /** Sound that the model made: base64, and what it says. */
  audio?: { id?: string; data: string; transcript: string; expires_at?: number };
}

/** Tokens of an answer, and what they cost. */
export interface Usage {
  /** Prompt tokens that were neither read from nor written to a cache. */
  inputTokens: number;
  /** Tokens of the answer, reasoning included. */
  outputTokens: number;
  /** Prompt tokens that a cache had. */
  cacheReadTokens: number;
  /** Prompt tokens that were put into a cache. */
  cacheWriteTokens: number;
  /** Part of `outputTokens`. */
  reasoningTokens: number;
  /** All of them together. */
  totalTokens: number;
  /** What OpenRouter billed, in USD; missing when it did not say. */
  cost?: number;
  /** The usage object as it came. */
  raw: Record<string, unknown>;
}

/** `stop`, `length`, `tool-calls`, `content-filter`, and any other word of a provider, passed through. */
export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | (string & {});

/** How a run ended, in one word. */
export type Verdict = "complete" | "length" | "content-filter" | "error" | "cut" | "aborted" | "timeout";

/** What every event has. */
interface EventBase {
  /** Which request of the run it belongs to, from 0. */
  step: number;
}

/** The answer has begun. */
export interface ResponseStartEvent extends EventBase {
  /** Says which kind this is. */
  type: "response-start";
  /** The generation id. */
  id?: string;
  /** The model that answers. */
  model?: string;
  /** The provider that serves it. */
  provider?: string;
}
/** More text. */
export interface TextDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "text-delta";
  /** The piece that is new. */
  text: string;
}
/** More reasoning. */
export interface ReasoningDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "reasoning-delta";
  /** The piece that is new. */
  text: string;
}
/** More of a refusal. */
export interface RefusalDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "refusal-delta";
  /** The piece that is new. */
  text: string;
}
/** A call has begun; its arguments follow. */
export interface ToolCallStartEvent extends EventBase {
  /** Says which kind this is. */
  type: "tool-call-start";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: string;
  /** Which call of the message, from 0. */
  index: number;
}
/** More arguments of a call. */
export interface ToolCallDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "tool-call-delta";
  /** The call's id. */
  id: string;
  /** The piece of the arguments' JSON text. */
  text: string;
  /** The arguments so far: one live object that grows with the call (copy it to keep a moment), undefined before its `{`. */
  partial?: Record<string, any>;
}
/** A call, whole. Each call comes once, at the end of the message. */
export interface WholeToolCallEvent<Name extends string = string, Input = Record<string, any>> extends EventBase {
  /** Says which kind this is. */
  type: "tool-call";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: Name;
  /** The parsed arguments as the model wrote them, not yet checked; integers beyond 2^53 - 1 are strings. */
  input: Input;
  /** Always false: it is whole. */
  truncated: false;
}
/** A call that a limit cut or whose arguments are no JSON object. It must not run and is not in the message. */
export interface TruncatedToolCallEvent extends EventBase {
  /** Says which kind this is. */
  type: "tool-call";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: string;
  input: undefined;
  /** Always true: it is cut. */
  truncated: true;
  /** What came of the arguments. */
  arguments: string;
}
/** An image has come. */
export interface ImageEvent extends EventBase {
  /** Says which kind this is. */
  type: "image";
  /** An https URL, or a data URL; of the latter also `data` and `mediaType`. */
  url: string;
  /** Its bytes, of a data URL. */
  data?: Uint8Array;
  /** Its type, of a data URL. */
  mediaType?: string;
}
/** More sound. */
export interface AudioDeltaEvent extends EventBase {
  /** Says which kind this is. */
  type: "audio-delta";
  /** The id of the sound. */
  id?: string;
  /** A piece of base64, cut anywhere: join the pieces before decoding (the result's message has them joined). */
  data?: string;
  /** What it says. */
  transcript?: string;
}
/** A source of the answer. */
export interface CitationEvent extends EventBase {
  /** Says which kind this is. */
  type: "citation";
  /** Its address. */
  url?: string;
  /** Its title. */
  title?: string;
  /** What was quoted of it. */
  content?: string;
  /** Where in the answer's text it begins to hold. */
  startIndex?: number;
  /** Where it ends to hold. */
  endIndex?: number;
}
/** An attempt failed before any output; the next one starts after `delayMs`. */
export interface RetryEvent extends EventBase {
  /** Says which kind this is. */
  type: "retry";
  /** The number of the attempt that follows. */
  attempt: number;
  /** How long is waited before it. */
  delayMs: number;
  /** Why the attempt before failed. */
  error: OpenRouterError;
}
/** A model failed before any output; the next one is asked. */
export interface FallbackEvent extends EventBase {
  /** Says which kind this is. */
  type: "fallback";
  /** The model that failed. */
  from: string;
  /** The model that is asked next. */
  to: string;
  /** Why it failed. */
  error: OpenRouterError;
}
/** A tool has run: `output`, or the `error` that the model is told. Results come as they are there. */
export interface ToolResultEvent<Name extends string = string, Output = unknown> extends EventBase {
  /** Says which kind this is. */
  type: "tool-result";
  /** The call's id. */
  id: string;
  /** The tool's name. */
  name: Name;
  /** What `execute` gave. */
  output?: Output;
  /** Why there is no output. */
  error?: OpenRouterError;
}
/** One answer of the run has ended. */
export interface StepFinishEvent extends EventBase {
  /** Says which kind this is. */
  type: "step-finish";
  /** Why the answer ended. */
  reason: FinishReason;
  /** The provider's own word for `reason`. */
  nativeReason?: string;
  /** Tokens of this answer. */
  usage?: Usage;
  /** The message it added up to. */
  message: AssistantMessage;
}
/** The last event of a run that did not fail. */
export interface FinishEvent extends EventBase {
  /** Says which kind this is. */
  type: "finish";
  /** Why the answer ended. */
  reason: FinishReason;
  /** The provider's own word for `reason`. */
  nativeReason?: string;
  /** Tokens of all answers together. */
  usage?: Usage;
  /** The last message. */
  message: AssistantMessage;
}
/** A keep-alive comment of the stream; only with `processingEvents`. */
export interface ProcessingEvent extends EventBase {
  /** Says which kind this is. */
  type: "processing";
  /** The comment's text. */
  text: string;
}
/** The data of one event of the answer, as it came; only with `rawEvents`. */
export interface RawEvent extends EventBase {
  /** Says which kind this is. */
  type: "raw";
  /** The text behind `data:`. */
  data: string;
}

/** By the tools of the request, as far as their names and schemas are known to the compiler. */
export type ChatEvent<Tools extends readonly unknown[] = readonly Tool[]> =
  | ResponseStartEvent | TextDeltaEvent | ReasoningDeltaEvent | RefusalDeltaEvent
  | ToolEvent<Tools>
  | ImageEvent | AudioDeltaEvent | CitationEvent
  | RetryEvent | FallbackEvent | StepFinishEvent | FinishEvent | RawEvent | ProcessingEvent;

/** What `result.object` is. */
type ObjectOf<S> = [S] extends [undefined] ? undefined : OutputOf<NonNullable<S>>;

/** One answer of a run. */
export interface StepResult {
  /** Why the answer ended. */
  reason: FinishReason;
  /** The provider's own word for `reason`. */
  nativeReason?: string;
  /** Tokens of this answer. */
  usage?: Usage;
  /** The model's message. */
  message: AssistantMessage;
  /** The messages that answered its calls, when tools have run. */
  toolResults?: ChatMessage[];
}

/** What a run gives at its end. */
export interface ChatResult<Value = any> {
  /** The model's last message. */
  message: AssistantMessage;
  /** What the answer is by the `schema` of the request, checked; undefined without one, or while calls are pending. */
  object: Value;
  /** Calls that wait for the caller: answer them in the next request, or go on with `run.state()` and `client.resume`. */
  pending: PendingCall[];
  /** The request's messages and what the run added: the next request's transcript. */
  messages: ChatMessage[];
  /** Of all steps together. */
  usage?: Usage;
  /** The answers, one a request. */
  steps: StepResult[];
  /** Why the last answer ended. */
  reason: FinishReason;
  /** How the run ended. */
  verdict: Verdict;
  /** What the run cost, by step and in total. */
  cost: CostMeter;
  /** The model and provider that answered. */
  model?: string;
  /** The provider that answered. */
  provider?: string;
  /** The generation id. */
  id?: string;
  /** What was changed in the request before it was sent. */
  changes: Change[];
  /** What is odd about it. */
  warnings: Change[];
  /** What OpenRouter's response cache said; pages cannot read it (CORS). */
  cache?: { status: string; ageSeconds?: number; ttlSeconds?: number; sourceId?: string };
  /** `openrouter_metadata`, when it was asked for. */
  metadata?: Record<string, unknown>;
}

/** What had arrived of a run that failed, or has arrived of one that goes on. */
export interface PartialAnswer {
  /** The message so far. */
  message: AssistantMessage;
  /** Tokens, as far as they were told. */
  usage?: Usage;
  /** The generation id. */
  id?: string;
  /** The model that answers. */
  model?: string;
  /** The provider that answered. */
  provider?: string;
  /** The provider's own word for `reason`. */
  nativeReason?: string;
  /** Of a run of several steps: the transcript as far as it is whole, and the steps. */
  messages?: ChatMessage[];
  /** The answers that were whole. */
  steps?: StepResult[];
  /** Calls that had begun; none of them may run. */
  toolCalls?: { id: string; name: string; arguments: string; truncated: true }[];
  /** Of several images asked for at once: those that came, and are billed. */
  images?: ImageResult["images"];
}

/**
 * - `text`: the text alone (`text/plain`); an error breaks the stream.
 * - `events`: one JSON event a line (`application/x-ndjson`), without `partial` and `data`; an error is a last line `{"type":"error","error":{...}}`.
 * - `sse`: OpenAI chat chunks (`text/event-stream`), for any OpenAI client; an error is a chunk with `error`. Reasoning goes out as
 *   text; its signatures (`reasoning_details`) do not: take `events` where the next turn is sent from the other end.
 * - `ui-message`: the AI SDK's UI message stream (`text/event-stream`), for `useChat`; usage and cost are the message's metadata. Sound is not
 *   part of that protocol.
 */
export type StreamFormat = "text" | "events" | "sse" | "ui-message";

/** It may be disposed of by `await using`, which cancels it. */
export interface ChatRun extends AsyncDisposal {}

/**
 * One chat: an async iterable of events. Nothing is sent before the first pull; a run is read once, in one of its forms.
 * Leaving the loop aborts the request. The result may be asked for beside the loop, even from inside it.
 */
export declare class ChatRun<Tools extends readonly unknown[] = readonly Tool[], Value = any> implements AsyncIterable<ChatEvent<Tools>> {
  private constructor();
  /** The events, one after the other. Leaving the loop aborts the request. */
  [Symbol.asyncIterator](): AsyncGenerator<ChatEvent<Tools>, undefined, undefined>;
  /**
   * Reads to the end. Rejects with an {@link OpenRouterError}, or with the reason of an abort.
   *
   * @example
   * ```js
   * const { message, usage, cost, messages } = await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result();
   * console.log(message.content, usage?.totalTokens, cost.total);
   * messages.push({ role: "user", content: "And once more, shorter." }); // the next request's transcript
   * ```
   */
  result(): Promise<ChatResult<Value>>;
  /**
   * The value of `schema` while it grows: one live value, given again each time more of it is there (copy it to keep a moment); what is whole in
   * it stays the same object. Not checked: `result.object` is. An answer that is asked for again begins a new one.
   *
   * @example
   * ```js
   * const run = client.chat({
   *   messages: [{ role: "user", content: "A city and its river, please." }],
   *   schema: { type: "object", properties: { city: { type: "string" }, river: { type: "string" } }, required: ["city", "river"] },
   * });
   * for await (const growing of run.objectStream) console.log(growing);
   * console.log((await run.result()).object);
   * ```
   */
  readonly objectStream: AsyncIterable<Partial<Value>>;
  /** Of a run that ended with `result.pending`: what `client.resume` goes on with. Signed when a `secret` is given. Reads the run to its end. */
  state(options?: { secret?: string | undefined }): Promise<RunState>;
  /**
   * The text as it comes, refusals included.
   *
   * @example
   * ```js
   * const run = client.chat({ messages: [{ role: "user", content: "Hello!" }] });
   * for await (const text of run.textStream) process.stdout.write(text);
   * ```
   */
  readonly textStream: AsyncIterable<string>;
  /** Bytes; default format `events`. */
  toReadableStream(options?: { format?: StreamFormat | undefined; keepAliveMs?: number | undefined }): ByteStream;
  /**
   * A response to hand on; default format `sse`: the answer as it comes, byte for byte, where it is one answer. With `keepAliveMs` given, and for runs
   * of several answers, it is written anew, with a comment every `keepAliveMs` (default 10,000, 0 for none) while the model is silent: proxies hold
   * the connection, and a Worker notices a client that has left only when it writes. In workerd the request for `sse` goes out at once.
   *
   * @example
   * ```js
   * const run = client.chat({ messages: [{ role: "user", content: "Hello!" }] });
   * const response = run.toResponse({ format: "sse" }); // what a Worker or a route returns
   * console.log(response.headers.get("Content-Type"), await response.text());
   * ```
   */
  toResponse(options?: { format?: StreamFormat | undefined; keepAliveMs?: number | undefined; status?: number | undefined; headers?: HeaderList | undefined }): Response;
  /**
   * A response whose status the run has earned: by its first output, or by what failed before it (`{error: {message, type, code}}` with OpenAI's
   * types, `Retry-After` where a wait was told). Resolves then; rejects with `already-consumed` and for a wrong `format` alone.
   */
  response(options?: RunResponseOptions): Promise<Response>;
  /** Of a durable run: for `client.resumeRun`. */
  readonly id: string | undefined;
  /** What has arrived so far, for `continueFrom`, and of a durable run for `resumeRun`. */
  readonly checkpoint: Checkpoint;
  /** Requests sent so far. */
  readonly attempts: number;
  /** Closes the connection and ends a durable run; the run fails with `reason`, by default an `AbortError`. Nothing happens once the run has ended. */
  cancel(reason?: unknown): void;
  /** How the run ended; undefined while it goes on. */
  readonly verdict: Verdict | undefined;
  /** What has arrived so far, at any time, also after an abort. */
  readonly partial: PartialAnswer;
  /** What the run has cost so far, at any time. */
  readonly cost: CostMeter;
  /** After an abort or a cut: asks `/generation` for the bill of what was not reported, and gives the meter with it. */
  recoverCost(options?: { timeoutMs?: number | undefined; signal?: AbortSignal | null | undefined }): Promise<CostMeter>;
}

/** What went wrong, in one word. */
export type ErrorCode =
  /** The request is wrong: 400, 409, 412, 413, 422 and any 4xx not named below, or refused before it was sent; the message begins with the place. */
  | "invalid-request"
  /** No key, a wrong or revoked one: 401. */
  | "auth"
  /** Credits or a budget are used up: 402. */
  | "payment-required"
  /** Permission, moderation, guardrail or region: 403. */
  | "forbidden"
  /** No such model, endpoint or resource: 404, 405, 410. */
  | "not-found"
  /** The conversation is longer than the model's context. Never retried. */
  | "context-overflow"
  /** 429. */
  | "rate-limit"
  /** No capacity: 503, 529. */
  | "overloaded"
  /** Any other 5xx. */
  | "server"
  /** The connection could not be made, or broke before an answer; `cause` is the platform's error. */
  | "network"
  /** A time limit of the client passed, or 408, 504, 522, 524. */
  | "timeout"
  /** The answer is no chat answer: HTML, malformed JSON, a redirect. */
  | "bad-response"
  /** The answer ended without `[DONE]`, finish reason or error. */
  | "stream-cut"
  /** The provider reported an error inside the stream. */
  | "stream-error"
  /** A tool failed (the `error` of `tool-result` events), or `approve` did (of the run). */
  | "tool"
  /** The tool loop took more steps than allowed. */
  | "max-steps"
  /** The run is being read already. */
  | "already-consumed"
  /** A limit on what is kept in memory was passed. */
  | "limit"
  /** The budget of the run or of the client is used up, or would be by the next request. */
  | "budget"
  /** The answer does not fit the `schema` of the request, also after `maxRepairs`; see `issues`. */
  | "invalid-output"
  /** The WebAssembly engine failed; the next run starts a fresh one. */
  | "engine";

/** Why another model is asked, in the words of OpenClaw's table. */
export type FailoverReason =
  | "billing" | "rate_limit" | "overloaded" | "server_error" | "auth" | "auth_permanent" | "timeout" | "tls" | "context_overflow" | "format"
  | "model_not_found" | "session_expired" | "unknown";

/**
 * Everything that fails, but for an abort: `code` says what to do about it, `partial` is what had arrived.
 *
 * @example
 * ```js
 * import { OpenRouter, OpenRouterError } from "openrouter-wasm";
 *
 * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
 * try {
 *   await client.chat({ messages: [] }).result();
 * } catch (error) {
 *   if (!OpenRouterError.isInstance(error)) throw error;
 *   console.log(error.code, error.message, error.partial?.message.content);
 * }
 * ```
 */
export declare class OpenRouterError extends Error {
  private constructor();
  /** Always `OpenRouterError`. */
  readonly name: "OpenRouterError";
  /** What to do about it. */
  readonly code: ErrorCode;
  /** The HTTP status, or the numeric code of an error inside the stream. */
  readonly status?: number;
  /** `X-Generation-Id` of the answer, else `X-Request-Id` or `cf-ray`. */
  readonly requestId?: string;
  /** How long to wait, as far as the answer tells. */
  readonly retryAfterMs?: number;
  /** Of a 402 that says so: the tokens of an answer that the credits are enough for, as a limit of the next request. */
  readonly affordableTokens?: number;
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  /** OpenRouter's `error_type`. */
  readonly errorType?: string;
  /** Why, in the words of the failover table. */
  readonly reason?: FailoverReason;
  /** Every attempt of the run, the last one this error. */
  readonly attempts?: { provider: string; model: string; status?: number; code: ErrorCode; reason: FailoverReason; message: string }[];
  /** Of `invalid-output`: what does not fit, and where. */
  readonly issues?: Issue[];
  /** The upstream error object, keys masked; a string when it was longer than 8 KB. */
  readonly upstream?: unknown;
  /** How the run ended. */
  readonly verdict?: Verdict;
  /** What had arrived. */
  readonly partial?: PartialAnswer;
  /** Of a video that was submitted: what it takes to go on with it. */
  readonly ticket?: VideoTicket;
  /** What the platform threw: the same object, unless a key was in it; then a copy without. */
  readonly cause?: unknown;
  /** The fields above but `upstream` and `cause`, for logs. */
  toJSON(): Record<string, unknown>;
  /** Also true for errors of another copy of this package or of another realm. */
  static isInstance(value: unknown): value is OpenRouterError;
}

/** Whose key it is, by its prefix (`sk-or-`, `pplx-`, in any case). Chats never ask: keys of proxies look as they like. */
export declare function detectKey(key: string | SecretKey): "openrouter" | "perplexity" | undefined;

/**
 * A key that prints as `[redacted]`: as text, in templates, in JSON, on consoles. It is cleaned of what pasting adds (line breaks, characters
 * that no header holds, spaces around), and `redact` knows it from then on (the last 512 keys of 6 characters and more).
 *
 * @example
 * ```js
 * import { SecretKey } from "openrouter-wasm";
 *
 * console.log(String(new SecretKey("sk-or-v1-0123456789abcdef"))); // [redacted]
 * ```
 */
export declare class SecretKey {
  /** Throws `invalid-request` when nothing of the key is left after cleaning. */
  constructor(key: string);
  /** The key itself: the only way to it. */
  reveal(): string;
  /** Gives `[redacted]`. */
  toString(): string;
  /** Gives `[redacted]`. */
  toJSON(): string;
}

/**
 * Where texts are kept: a Web Storage (`sessionStorage`, `localStorage`), a KV namespace (Cloudflare), or a `Map`. What they throw comes
 * through as it is.
 */
export type TextStorage =
  | { getItem(name: string): unknown; setItem(name: string, text: string): unknown; removeItem(name: string): unknown }
  | { get(name: string): unknown; put(name: string, text: string, options?: { expirationTtl?: number }): unknown; delete(name: string): unknown }
  | { get(name: string): unknown; set(name: string, text: string): unknown; delete(name: string): unknown };

/** Where `createKeyStore` keeps a key. */
export interface KeyStoreOptions {
  /** Default: memory, which ends with the page or process. `localStorage` outlives the tab, and every script of the site can read it. */
  storage?: TextStorage | undefined;
  /** The name in the storage. Default `openrouter:default`. On a server: one for each visitor. */
  profile?: string | undefined;
}

/** A key as the store has it. */
export interface StoredKey {
  /** Always `api_key`. */
  type: "api_key";
  /** The key, unreadable but by `reveal()`. */
  key: SecretKey;
  /** How it came, and whose it is. */
  metadata: { authFlow?: "oauth-pkce" | (string & {}); userId?: string; [name: string]: unknown };
}

/** Keeps one key. */
export interface KeyStore {
  /** The name it is kept under. */
  readonly profile: string;
  /** `undefined` when there is none, or none that can be read. */
  load(): Promise<StoredKey | undefined>;
  /** Keeps a pasted key, or what `auth.completeSignIn` gave. Throws `invalid-request` when it is no key. */
  save(key: string | SecretKey | SignedIn): Promise<StoredKey>;
  /** Forgets it. */
  remove(): Promise<void>;
}

/**
 * Keeps a key under a profile's name, as JSON `{type, key, metadata}`. Throws `invalid-request` for a storage of another kind.
 *
 * @example
 * ```js
 * import { createKeyStore, OpenRouter, resolveKey } from "openrouter-wasm";
 *
 * const store = createKeyStore({ storage: new Map() }); // in a page: localStorage
 * await store.save("sk-or-v1-0123456789abcdef");
 * const client = new OpenRouter({ apiKey: () => resolveKey({ store }) });
 * console.log((await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result()).verdict);
 * ```
 */
export declare function createKeyStore(options?: KeyStoreOptions): KeyStore;

/** Where `resolveKey` looks, in this order. */
export interface KeySources {
  /** A key, or a function that is asked for one. */
  apiKey?: string | SecretKey | null | (() => string | SecretKey | null | undefined | Promise<string | SecretKey | null | undefined>) | undefined;
  /** A store of `createKeyStore`. */
  store?: Pick<KeyStore, "load"> | undefined;
  /** Read for `OPENROUTER_API_KEY`: `process.env`, the `env` of a Worker (a text or a Secrets Store binding), `Deno.env`. Never read unless given. */
  env?: object | undefined;
}

/**
 * The first of `apiKey`, `store` and `env` that holds a key after cleaning; `undefined` when none does. Throws `auth` when the function fails;
 * what a storage throws comes through.
 *
 * @example
 * ```js
 * import { resolveKey } from "openrouter-wasm";
 *
 * const key = await resolveKey({ env: process.env });
 * console.log(key === undefined ? "no key" : "a key");
 * ```
 */
export declare function resolveKey(sources?: KeySources): Promise<SecretKey | undefined>;

/**
 * Masks secrets: values of fields, variables, headers, flags and queries with secret names, keys by their vendors' prefixes, user info of URLs,
 * PEM keys, bearer tokens, every `SecretKey` made so far, and `secrets` (6 characters and more; plain, percent-encoded, JSON-escaped). Of
 * 18 characters and more the first six and the last four stay (`sk-or-…cdef`), else `***`. A second time changes nothing. Takes time in
 * proportion to the text.
 *
 * @example
 * ```js
 * import { redact } from "openrouter-wasm";
 *
 * console.log(redact("Authorization: Bearer sk-or-v1-0123456789abcdef0123"));
 * ```
 */
export declare function redact(text: unknown, options?: { secrets?: Iterable<string | SecretKey> }): string;

/** Which variables `sanitizeEnv` lets pass. */
export interface SanitizeEnvOptions {
  /** Blocks all but `LANG`, `LC_*`, `PATH`, `HOME`, `USER`, `SHELL`, `TERM`, `TZ`, `NODE_ENV` and `allow`. Default false. */
  strict?: boolean | undefined;
  /** Further names that are blocked: patterns, or names in any case. */
  block?: readonly (string | RegExp)[] | undefined;
  /** Further names that `strict` lets pass; what is blocked stays blocked. */
  allow?: readonly (string | RegExp)[] | undefined;
}

/**
 * The variables that tools may see. Blocked is what is named like a key, token, password or secret, what holds a NUL, and what is no text.
 * Values over 32,768 bytes or that look like base64 pass with a warning (`NAME: ...`). Throws `invalid-request` for options of the wrong kind.
 *
 * @example
 * ```js
 * import { sanitizeEnv } from "openrouter-wasm";
 *
 * const { allowed, blocked } = sanitizeEnv({ PATH: "/bin", GITHUB_TOKEN: "ghp_0123456789" });
 * console.log(Object.keys(allowed), blocked);
 * ```
 */
export declare function sanitizeEnv(record: Record<string, unknown>, options?: SanitizeEnvOptions): { allowed: Record<string, string>; blocked: string[]; warnings: string[] };

/** What a sign-in gives. */
export interface SignedIn {
  /** The visitor's own key. */
  key: string;
  /** Whose key it is, by OpenRouter's id. */
  userId?: string;
}

/** How `completeSignIn` exchanges the code. */
export interface CompleteSignInOptions {
  /** As in `beginSignIn`. */
  storage?: TextStorage | undefined;
  /** Used in place of the global `fetch`. */
  fetch?: Fetch | undefined;
  /** Where the code is exchanged. Default `https://openrouter.ai/api/v1`. Plain http is refused except to this machine. */
  baseURL?: string | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
}

/** How `beginSignIn` sends the visitor to OpenRouter. */
export interface SignInOptions extends CompleteSignInOptions {
  /** Where OpenRouter sends the visitor back to: https, or this machine. A `code`, `state`, `error` in its query goes. */
  callbackUrl: string | URL;
  /**
   * Where the verifier waits for the redirect, one entry a sign-in. Default: `sessionStorage`; without one the memory of the process. Take
   * `localStorage` when the visitor may come back in another tab, on a server something of the visitor's own session: a storage that all visitors
   * share lets one complete what another began.
   */
  storage?: TextStorage | undefined;
  /** Default `https://openrouter.ai/auth`. */
  authorizeUrl?: string | URL | undefined;
  /** Signs in in a window: true opens one (call it in a click's handler), or one that is open. It is closed at the end. */
  popup?: boolean | PopupWindow | undefined;
}

/** Signing in with OpenRouter (OAuth with PKCE, S256): no pasted key. */
export declare namespace auth {
  /**
   * Draws verifier and state, and gives the address to send the visitor to: `location.assign(url)`. With `popup` the window goes there, and the
   * promise waits for its return, at most 300 s; closing the window is not noticed (OpenRouter may cut it off, which looks the same), `signal` is.
   * Throws `invalid-request` (addresses, a blocked window), `timeout`, the signal's reason, and with `popup` what `completeSignIn` throws.
   */
  function beginSignIn(options: SignInOptions & { popup: true | PopupWindow }): Promise<SignedIn & { url: string }>;
  /** As above. */
  function beginSignIn(options: SignInOptions & { popup?: false }): Promise<{ url: string }>;
  /** As above. */
  function beginSignIn(options: SignInOptions): Promise<{ url: string } & Partial<SignedIn>>;
  /**
   * Completes it with the address that the visitor came back with (or its query). In the page of that address `code` and `state` leave the address
   * bar at once, whatever comes of it. In a window of `popup` the address is handed to the page that opened it and the window closes.
   *
   * Throws `invalid-request` for an address without state, without code, or that is none; `auth` for a state that was not begun here or was used
   * before, for what OpenRouter refuses (`access_denied`) and for a code or verifier that it does not take; `timeout` after 30 s, `network`,
   * `rate-limit`, `server`; `bad-response` for an answer without a key; `limit` beyond 16 MiB. A sign-in that failed is begun anew.
   */
  function completeSignIn(url: string | { readonly href: string }, options?: CompleteSignInOptions): Promise<SignedIn>;
}

/**
 * Keeps the catalog in a `Cache` (Cache API), a KV namespace, a Web Storage or a Map.
 *
 * @example
 * ```js
 * import { createCatalogCache, OpenRouter } from "openrouter-wasm";
 *
 * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY, catalogCache: createCatalogCache(new Map()) }); // a Worker: its KV namespace
 * console.log((await client.models.list()).length);
 * ```
 */
export declare function createCatalogCache(storage: ResponseCache | TextStorage): CatalogCache;

/**
 * Keeps tickets in IndexedDB (`indexedDB`), a Web Storage, a KV namespace or a Map.
 *
 * @example
 * ```js
 * import { createJobStore } from "openrouter-wasm";
 *
 * const jobs = createJobStore({ storage: new Map() }); // in a page: indexedDB
 * await jobs.save(await client.videos.submit({ prompt: "waves at night" }));
 * console.log((await jobs.list()).length);
 * ```
 */
export declare function createJobStore(options?: { storage?: DatabaseFactory | TextStorage; name?: string }): JobStore;

/**
 * Checks what OpenRouter posts to `callbackUrl`: signature (HMAC-SHA256, in constant time) and age. Gives the event; throws `invalid-request`
 * when it is not from OpenRouter or older than `toleranceSeconds` (300).
 */
export declare function verifyVideoWebhook(
  request: Request | { body: string | Uint8Array; signature: string },
  secret: string | SecretKey,
  options?: { toleranceSeconds?: number; nowMs?: number },
): Promise<VideoWebhookEvent>;

/** What OpenRouter tells when a video is done. */
export interface VideoWebhookEvent {
  /** `video.generation.completed`, `.failed`, `.cancelled`, `.expired`. */
  type: string;
  /** When it happened. */
  createdAt?: number | string;
  /** The same for every delivery of one event: take it to see an event once. */
  idempotencyKey?: string;
  /** The job's id. */
  id: string;
  /** The job's status. */
  status: string;
  /** OpenRouter's id of the generation. */
  generationId?: string;
  /** The model that made it. */
  model?: string;
  /** Where the videos are. */
  urls?: string[];
  /** Why it failed. */
  error?: string;
  /** The event as it came. */
  raw: Record<string, unknown>;
}

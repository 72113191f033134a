// Options of a client.
import type { Budget } from "./account.js";
import type { EmbeddingSettings } from "./calls.js";
import type { SecretKey } from "./keys.js";
import type { CatalogCache } from "./models.js";
import type { Params } from "./params.js";
import type { Blob, Fetch, HeaderValues } from "./platform.js";
import type { SearchSettings } from "./search.js";
import type { Telemetry } from "./telemetry.js";

/** Options of a client and of its requests; a request's own win. */
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
  /** Sends once more after a 402 that says how many tokens the credits are enough for, with that as the answer's limit. Default false. */
  affordRetry?: boolean | undefined;
  /** Limits of memory, in bytes and calls; beyond one the run fails with `limit`. */
  limits?: Limits | undefined;
}

/** Limits of memory: the most that is kept in it. */
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

/** Options of a client. All of them may be left out. */
export interface ClientOptions extends EngineOptions {
  /**
   * The key, or a function that is asked for it before every send. It goes to `baseURL` alone and is masked in every error.
   * A key in a page is the visitor's to read: their own key, or a Worker that keeps yours.
   */
  apiKey?: string | SecretKey | (() => string | SecretKey | undefined | Promise<string | SecretKey | undefined>) | undefined;
  /** Default `https://openrouter.ai/api/v1`. Plain http is refused except to this machine. */
  baseURL?: string | undefined;
  /** App that asks, for OpenRouter's rankings. Left out, a page sends its origin; `null` sends nothing. */
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
  /** Settings of single models and facts about them, by reference (with or without `openrouter/`, or by API id). */
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
  /** Cache of the catalog, between pages and processes. Default: memory. */
  catalogCache?: CatalogCache | undefined;
  /** How long the catalog counts as fresh. Default 3,600,000 (an hour); older rows are given while new ones are fetched. */
  catalogTtlMs?: number | undefined;
  /** Of all runs of this client together, USD: no request is sent and no answer goes on beyond it. */
  budget?: Budget | undefined;
  /** Settings of images, videos, speech, transcripts, music: models, voices, `timeoutMs`. `fromConfig` fills it. */
  media?: MediaSettings | undefined;
  /** Spans for every run, attempt, tool call and media call, by OpenTelemetry's GenAI conventions. */
  telemetry?: Telemetry | undefined;
  /** Defaults of `search`; `fromConfig` fills it. */
  search?: SearchSettings | undefined;
}

/** Any of its methods may be missing. Their errors are not heard. */
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

/** Settings of one model, and facts about it while no catalog is loaded. A field that is left out is not known, and no rule acts on it. */
export interface ModelSettings {
  /** Another name for the model; of two models with one alias the later has it. */
  alias?: string | undefined;
  /** Request fields for this model. */
  params?: Params | undefined;
  /** Whether it reasons, or the catalog's `reasoning` object (`{supported_efforts, mandatory}`). */
  reasoning?: boolean | object | undefined;
  /** Whether it calls tools. */
  supportsTools?: boolean | undefined;
  /** Input modalities: `text`, `image`, `video`, ... */
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
  /** Neither of the two: messages stay as they were sent. Default true for `openai/gpt-5.6*` and `openai/gpt-6*`, whose cache ends with the last message. */
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

/** App of OpenClaw: pass it as `app` in a client that stands in for it. Of its seven categories OpenRouter takes the first two. */
export declare const OPENCLAW_APP: { readonly url: string; readonly title: string; readonly categories: readonly string[] };

import type { Request, Response, URL } from "./types/platform.js";

/**
 * An OpenRouter that runs in process, for tests, demos and work without a key or a network.
 *
 * ```js
 * import { createSimulator } from "openrouter-wasm/simulator";
 * const simulator = createSimulator({ delayMs: 0 });
 * const client = new OpenRouter({ apiKey: "any", fetch: simulator.fetch });
 * simulator.enqueue({ status: 429, headers: { "Retry-After": "1" } }); // the next chat request is turned away
 * ```
 *
 * It answers `/chat/completions`, `/models` (and `/models/count`, `/models/user`, `/model/{author}/{slug}`, `/models/{author}/{slug}/endpoints`),
 * `/images`, `/images/models`, `/videos`, `/videos/{id}`, `/videos/{id}/content`, `/videos/models`, `/audio/speech`, `/audio/transcriptions`,
 * `/embeddings`, `/embeddings/models`, `/rerank`, `/systemone`, `/providers`, `/key`, `/credits` and `/generation`, Perplexity's `/search`, and plays the sign-in (`/auth`, the page where a visitor allows it, and
 * `/auth/keys`), under any prefix that ends in `/v1` and under none. Images, videos and sounds are real ones, if short. Unscripted answers depend on the seed and the messages alone; ids and timestamps do not repeat.
 */

export interface SimulatorOptions {
  /** Keys that are accepted. Left out: any key, as long as there is one. `/models` never asks for a key. */
  apiKeys?: readonly string[] | undefined;
  /** Further keys, which may also read `/credits`. Others get 403 there, as from OpenRouter. */
  managementKeys?: readonly string[] | undefined;
  /** These models instead of the built-in ones: ids, or rows of `/models` of which only `id` must be given. */
  models?: ReadonlyArray<string | (Partial<Model> & { id: string })> | undefined;
  /** These models in `/videos/models` instead of the built-in ones: ids, or rows of which only `id` must be given. */
  videoModels?: ReadonlyArray<string | (Partial<VideoModelRow> & { id: string })> | undefined;
  /**
   * Fields of `/key` that replace the simulator's own: `{ limit: 5, limit_reset: "monthly" }`, `{ limit: "5.00" }`, `{ budgets: [...] }`.
   * `limit_remaining` is reckoned from `limit` unless it is given too. A key that has spent a `limit` given as a number is answered 403.
   */
  key?: { limit?: number | string | null; [field: string]: unknown } | undefined;
  /** Fields of `/credits` that replace the simulator's own. */
  credits?: { total_credits?: number | string; total_usage?: number | string; [field: string]: unknown } | undefined;
  /**
   * For how many looks at it a generation is unknown to `/generation`, as a new one is at OpenRouter for a moment.
   * @default 0
   */
  generationDelayPolls?: number | undefined;
  /**
   * Pause before each event of a stream, for scripts that set no `chunkDelayMs`.
   * @default 15
   */
  delayMs?: number | undefined;
  /**
   * Chooses the words of unscripted answers, and the random part of ids.
   * @default 1
   */
  seed?: number | string | undefined;
  /**
   * Answers every request from these recorded exchanges: the one with the same method, path and body, the next of several alike. What fits none is
   * 404. Scripts of `onRequest` act on the way: `{ chunkBytes: 1 }`, `{ cutAfterBytes: 100 }`.
   */
  replay?: readonly Fixture[] | Replay | undefined;
  /**
   * Obey scripts that travel in the request: JSON in the header `x-simulator-script` (ASCII only, as all headers: escape the rest), or an object
   * in the body field `simulator`; a `Script` on `/chat/completions`, a `RequestScript` elsewhere.
   * @default false
   */
  allowRequestScripts?: boolean | undefined;
  /**
   * What `GET /auth` does: sends the visitor back at once with a code, or with `error=access_denied`, or shows a page with two links (`#allow`, `#deny`).
   * The query parameter `decision` wins. A code gives one key, within ten minutes; keys that were given are accepted beside `apiKeys`.
   * @default "allow"
   */
  signIn?: "allow" | "deny" | "ask" | undefined;
}

/** One exchange as a recorder keeps it: plain JSON, without keys, cookies and ids of accounts. */
export interface Fixture {
  request: { method: string; url: string; headers: Record<string, string>; body?: string; bodyBase64?: string };
  response: {
    status: number;
    headers: Record<string, string>;
    /** Text; bytes that are none stand in `bodyBase64`. */
    body?: string;
    bodyBase64?: string;
    /** The answer broke, or nobody read it to its end: so does the replay. */
    isCut?: boolean;
  };
}

/** Fixtures, and the size of the pieces in which their bodies come. A list of sizes is used in turn. */
export interface Replay {
  fixtures: readonly Fixture[];
  chunkBytes?: number | number[];
}

export interface RecorderOptions {
  /** Where requests go. Default: the global `fetch`. */
  fetch?: ((input: any, init?: any) => Promise<Response>) | undefined;
  /** Texts that must not be in a fixture, beside what headers and looks give away: names, addresses. */
  secrets?: Iterable<string> | undefined;
}

export interface Recorder {
  /** Hand it to a client: answers come as they are, and are kept as far as they were read. */
  readonly fetch: (input: string | URL | Request, init?: any) => Promise<Response>;
  /** What has passed so far, oldest first. */
  fixtures(): Fixture[];
}

/** Records exchanges for `createSimulator({ replay: recorder.fixtures() })`. */
export declare function createRecorder(options?: RecorderOptions): Recorder;

export interface Simulator {
  /**
   * A drop-in `fetch`, bound: it needs no `this`. Honours `init.signal` as a real one does: it rejects with the signal's reason before
   * headers, and the body errors with it after.
   */
  readonly fetch: (input: string | URL | Request, init?: any) => Promise<Response>;
  /** The same as a request handler, for Workers, `Deno.serve`, `Bun.serve` and service workers. Rejects where a script asks for a network error. */
  readonly handler: (request: Request) => Promise<Response>;
  /** The next chat request gets this script; several wait in line, and go before the rules of `on`. Throws a `TypeError` that names what is wrong. */
  readonly enqueue: (script: Script) => void;
  /** Every chat request that matches gets this script; of several rules the newest wins. Returns a function that removes the rule. */
  readonly on: (match: Match, script: Script) => () => void;
  /**
   * Every request that matches gets this script, whatever it is for; of several rules the newest wins. Returns a function that removes the rule.
   *
   * ```js
   * simulator.onRequest("GET /videos/:id", { status: 503, times: 2 });
   * simulator.onRequest("POST /videos", { networkError: true, carriedOut: true }); // the job is there, its id is lost
   * simulator.onRequest("/models", { padToBytes: 100_000_000 });
   * ```
   */
  readonly onRequest: (match: RequestMatch, script: RequestScript) => () => void;
  /** The last 1000 requests, oldest first; always the same array. */
  readonly requests: SimulatorRequest[];
  /** Forgets requests, scripts, rules and answers, and starts the ids anew. */
  readonly reset: () => void;
}

/** A model id (`body.model` as sent), a pattern for the text of the last user message, or a function. */
export type Match = string | RegExp | ((body: ChatRequest, request: SimulatorRequest) => boolean);

/**
 * A path without the prefix, `:name` in it for one segment and `*` for anything, with the method before it or without (`"GET /videos/:id"`);
 * a pattern for method and path in one line; or a function.
 */
export type RequestMatch = string | RegExp | ((request: SimulatorRequest) => boolean);

/**
 * How one request of any path is answered. With `allowRequestScripts` it can travel in the header `x-simulator-script` or in the field `simulator`
 * of a JSON body; on `/chat/completions` a `Script` does. Rules of `onRequest` go before those of `on` and `enqueue`.
 */
export interface RequestScript {
  // An HTTP answer instead of the route's own

  /** 300 and above, without `body`: OpenRouter's error body for that status. Below, without `body`: the route's answer with this status. */
  status?: number;
  /** Added to the route's own, or replacing them. In process alone `Content-Length` may be untrue; behind a port it is not sent. */
  headers?: Record<string, string>;
  /** The whole body: an object as JSON, a string or bytes as they are. */
  body?: object | string | Uint8Array;
  contentType?: string;
  /** No answer at all, as in `Script`. */
  networkError?: boolean;
  /** The route does its work first (the job is registered, the money is spent), and only its answer is replaced or lost. */
  carriedOut?: boolean;

  // How it travels, as in `Script`

  delayMs?: number;
  chunkBytes?: "event" | number | number[];
  chunkDelayMs?: number;
  stallAfterBytes?: number;
  cutAfterBytes?: number;
  endAfterBytes?: number;
  /** So many bytes at least: blanks behind JSON and text, zeros behind the rest, made while they are sent. */
  padToBytes?: number;

  /** So many requests get it; left out: all. Counts for `onRequest` alone. */
  times?: number;

  // What single routes look at

  /** Of `POST /videos`: what becomes of the job. */
  video?: VideoScript;
  /** Of `POST /images`. */
  images?: ImagesScript;
  /** Of `GET /models`. */
  models?: ModelsScript;
}

/** The life of a video job. Every look at it takes it one step on. */
export interface VideoScript {
  /**
   * One entry a poll, the last one again and again: any word, `null` for an answer without status, or an object for a poll that fails
   * (`{ status: 503 }`, `{ networkError: true }`, `{ body: "<html>" }`).
   * @default ["pending", "in_progress", "completed"]
   */
  statuses?: (string | null | RequestScript)[];
  id?: string;
  /**
   * `absolute`, `root-relative`, `relative`, `foreign` (another origin, `https://storage.simulator.test`; behind a port the machine's other name,
   * `localhost` or `127.0.0.1`), or the URL itself.
   * @default "absolute"
   */
  pollingUrl?: string;
  /** `null`: none is sent. */
  generationId?: string | null;
  /**
   * How many videos the job makes.
   * @default 1
   */
  films?: number;
  /** What a failed, cancelled or expired job says; an object as well, as some providers have it. */
  error?: string | object;
  /** `null`: none is sent. Left out: the price of the model's SKU. */
  usage?: object | null;
  /**
   * The simulator's own content URLs, which want the key; URLs of another origin, which want none; these; or `null` for none.
   * @default "own"
   */
  unsignedUrls?: "own" | "foreign" | string[] | null;
  /** Signed URLs of another origin beside them, until `expires_at`. */
  signedUrls?: boolean | string[];
  /** Unix seconds. Left out: in an hour. */
  expiresAt?: number;
  /** What the content route answers instead of the video, or how the video travels. */
  content?: Omit<RequestScript, "carriedOut" | "times" | "video" | "images" | "models">;
}

/** How `POST /images` answers. */
export interface ImagesScript {
  /** Exactly these entries: without `b64_json`, with a broken one. `null`: the field is missing. */
  data?: object[] | null;
  /**
   * A real image of this kind.
   * @default "png"
   */
  format?: "png" | "jpeg" | "webp" | "gif";
  /** `null`: not said. Left out: the truth. */
  mediaType?: string | null;
  /**
   * Of a stream: partial images before each whole one.
   * @default 2
   */
  partials?: number;
  /** Of a stream: it ends with this error after the partial images. */
  error?: object;
  /** `null`: none is reported. Left out: counted and priced. */
  usage?: object | null;
  /**
   * `null`: the stream ends without one.
   * @default "[DONE]"
   */
  doneToken?: string | null;
}

/** How `GET /models` answers. */
export interface ModelsScript {
  /** Before the simulator's own rows, and whatever they are: without an id, with wrong types, no objects at all. */
  rows?: unknown[];
  /** So many rows a page, though nobody asked for pages. */
  pageSize?: number;
  /** `links.next` on every page, to lead in a circle or to another origin. */
  next?: string | null;
  /** The answers of May 2025: fewer fields a row, no count, no links. */
  shape?: "2025-05";
}

export interface SimulatorRequest {
  method: string;
  url: string;
  /** Without the prefix: `/chat/completions`. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Parsed if it is JSON, else the text; `undefined` if empty. */
  body: any;
  bodyText: string;
  receivedAtMs: number;
  /** The client went away before the answer was complete. */
  aborted: boolean;
  /** The body was handed over to its (scripted) end. An answer whose body nobody reads is never finished. */
  finished: boolean;
  /** Bytes of the body handed over so far. */
  bytesSent: number;
}

/**
 * How one chat request is answered: plain data, so that it can travel in a request (`raw` as bytes excepted). An empty script changes nothing.
 * A script that says nothing of the content (`text` to `refusal`, `chunks`, `raw`) keeps the simulator's own. A scripted request may name any model.
 */
export interface Script {
  // An HTTP answer instead of a chat answer

  /** 300 and above, without `body`: OpenRouter's error body for that status. Below, without `body`: a chat answer with this status. */
  status?: number;
  /** Added to the simulator's own, or replacing them. */
  headers?: Record<string, string>;
  /** The whole body. A string is sent as it is: HTML, half of a JSON text, or nothing. */
  body?: object | string;
  contentType?: string;

  // What the answer says

  /** A string is cut into token-like deltas; an array is one delta an entry, `""` included. */
  text?: string | string[];
  reasoning?: string | string[];
  /**
   * One entry a delta, beside the delta of `reasoning` with the same position: one detail, or an array of them (`[]` too).
   * Left out: a `reasoning.text` detail for each reasoning delta; with Anthropic's models a last one that holds only the signature.
   */
  reasoningDetails?: (object | object[])[];
  /**
   * The field of the delta that reasoning text stands in.
   * @default "reasoning"
   */
  reasoningField?: "reasoning" | "reasoning_content" | "reasoning_text";
  toolCalls?: ScriptedToolCall[];
  /** URLs, normally data URLs; one delta each. */
  images?: string[];
  /** Transcript first, then base64 in four pieces whose borders may stand inside a quantum. */
  audio?: { data?: string; transcript?: string; id?: string; expiresAt?: number };
  annotations?: object[];
  /** Beside the choices, as Perplexity names its sources. */
  citations?: string[];
  refusal?: string;
  /** Left out: `tool_calls` if there are any, else `stop`. */
  finishReason?: string | null;
  /** Left out: what the author of the model calls `finishReason`. */
  nativeFinishReason?: string | null;
  /** Exactly this object; `null`: no usage is reported. Left out: counted and priced. */
  usage?: Partial<Usage> | null;
  /**
   * Whether the usage chunk has a choice in it, or `choices: []` as documented.
   * @default "filled"
   */
  usageChoices?: "empty" | "filled";
  /**
   * Send the finish reason in a chunk of its own, and again with the usage, as OpenRouter does.
   * @default true
   */
  finishTwice?: boolean;
  model?: string;
  provider?: string;
  /** The generation id, in the chunks and in `X-Generation-Id`. */
  id?: string;

  // Failures inside the answer

  /** Ends the answer with an error under status 200. Not streamed: an error body, or with `where: "choice"` a choice that holds the error. */
  error?: ScriptedError;

  // How it is written

  /**
   * Keep-alive comments before the first chunk: how many, or `{count, everyMs, text}` with further ones every `everyMs` of waiting.
   * @default 1, or 0 with `chunks`
   */
  comments?: number | { count?: number; everyMs?: number; text?: string };
  /** The events one by one: an object becomes a `data:` line, a string is written as it is. No end token follows unless `doneToken` says so. */
  chunks?: (object | string)[];
  /** The whole body of the event stream. */
  raw?: string | Uint8Array;
  lineEnding?: "\n" | "\r\n" | "\r";
  /** Begin with a byte order mark. */
  bom?: boolean;
  /**
   * `null`: the stream ends without one.
   * @default "[DONE]"
   */
  doneToken?: string | null;
  /** Answer a streaming request with one JSON body. */
  json?: boolean;

  // How it travels

  /**
   * Sizes of the network writes: one an event, or so many bytes each (an array is taken in turn, again and again).
   * @default "event"
   */
  chunkBytes?: "event" | number | number[];
  /** Before the headers. */
  delayMs?: number;
  /** Before each network write. Left out: the simulator's `delayMs` before each event. */
  chunkDelayMs?: number;
  /** After so many bytes nothing more comes, and the body stays open. Comments sent while waiting do not count here. */
  stallAfterBytes?: number;
  /** After so many chunks (comments are none). */
  stallAfterChunks?: number;
  /** While stalled, a comment every so many milliseconds. The stall then begins at the end of an event. */
  stallWithComments?: number;
  /** After so many bytes the connection breaks: the reader gets an error. */
  cutAfterBytes?: number;
  cutAfterChunks?: number;
  /** After so many bytes the body ends, as if it were complete. */
  endAfterBytes?: number;
  endAfterChunks?: number;
  /** No answer at all: `fetch` rejects with a `TypeError`; behind a port the socket is closed. */
  networkError?: boolean;
}

export interface ScriptedToolCall {
  id?: string;
  name: string;
  /** An object is serialised; a string is sent as it is, valid JSON or not. */
  arguments?: object | string;
  /**
   * Bytes of argument text a delta, rounded up to whole characters; 0: all in one.
   * @default 20
   */
  deltaBytes?: number;
}

export interface ScriptedError {
  /**
   * How many content chunks come first.
   * @default 0
   */
  afterChunks?: number;
  /** The error object; any shape. Left out: a 502 of the provider. */
  error?: { code?: number | string; message?: string; metadata?: object | null; availability?: object; [field: string]: unknown };
  /**
   * In the chunk or in its choice.
   * @default "top"
   */
  where?: "top" | "choice";
  /** Report usage in the same chunk. */
  withUsage?: boolean;
  /**
   * The finish reason beside the error.
   * @default "error"
   */
  finishReason?: string | null;
  /**
   * Send the end token after it.
   * @default false
   */
  done?: boolean;
}

/** A chat request as it arrived; unchecked, but for being an object with messages. */
export interface ChatRequest {
  model?: string | undefined;
  models?: string[] | undefined;
  messages: ChatMessage[];
  stream?: boolean | undefined;
  tools?: any[] | undefined;
  tool_choice?: any | undefined;
  parallel_tool_calls?: boolean | null | undefined;
  reasoning?: { effort?: string | null; max_tokens?: number; exclude?: boolean; enabled?: boolean } | undefined;
  reasoning_effort?: string | undefined;
  include_reasoning?: boolean | undefined;
  max_tokens?: number | null | undefined;
  max_completion_tokens?: number | null | undefined;
  modalities?: string[] | undefined;
  audio?: { voice?: string; format?: string } | undefined;
  response_format?: any | undefined;
  session_id?: string | undefined;
  [field: string]: any;
}

export interface ChatMessage {
  role: string;
  content?: any;
  tool_calls?: any[];
  tool_call_id?: string;
  [field: string]: any;
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  /** USD. */
  cost?: number | null;
  is_byok?: boolean;
  prompt_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number; audio_tokens?: number; video_tokens?: number } | null;
  cost_details?: {
    upstream_inference_cost?: number | null;
    upstream_inference_prompt_cost: number;
    upstream_inference_completions_cost: number;
  } | null;
  completion_tokens_details?: { reasoning_tokens?: number | null; image_tokens?: number | null; audio_tokens?: number | null } | null;
  [field: string]: unknown;
}

/** A row of `/models`. */
export interface Model {
  id: string;
  canonical_slug: string;
  alias_target?: { name: string; slug: string };
  hugging_face_id: string | null;
  name: string;
  /** Unix seconds. */
  created: number;
  description: string;
  context_length: number | null;
  architecture: {
    modality?: string | null;
    input_modalities: string[];
    output_modalities: string[];
    tokenizer?: string;
    instruct_type?: string | null;
  };
  /** USD a unit, as decimal strings; `"-1"`: a router, price unknown. */
  pricing: {
    prompt: string;
    completion: string;
    discount?: number;
    overrides?: ({ min_prompt_tokens?: number; utc_start?: number; utc_end?: number; utc_days?: unknown } & { [price: string]: unknown })[];
    [price: string]: any;
  };
  top_provider: { context_length: number | null; max_completion_tokens: number | null; is_moderated: boolean };
  per_request_limits: { prompt_tokens: number; completion_tokens: number } | null;
  supported_parameters: string[];
  default_parameters: Record<string, number | null> | null;
  supported_voices: string[] | null;
  knowledge_cutoff: string | null;
  expiration_date: string | null;
  links: { details: string };
  benchmarks?: { design_arena: unknown[]; artificial_analysis?: Record<string, number | null> };
  reasoning?: {
    mandatory: boolean;
    default_enabled?: boolean;
    default_effort?: string;
    supported_efforts?: string[] | null;
    supports_max_tokens?: boolean;
  };
}

/** A row of `/videos/models`. */
export interface VideoModelRow {
  id: string;
  canonical_slug: string;
  hugging_face_id?: string | null;
  name: string;
  /** Unix seconds. */
  created: number;
  description?: string;
  supported_resolutions: string[] | null;
  supported_aspect_ratios: string[] | null;
  supported_sizes: string[] | null;
  supported_durations: number[] | null;
  supported_frame_images: string[] | null;
  upscale_factor: { min?: number | null; max?: number | null } | null;
  creativity: number[] | null;
  generate_audio: boolean | null;
  seed: boolean | null;
  /** Decimal strings: USD a second, but for names with `cents_per_`. */
  pricing_skus?: Record<string, string> | null;
  allowed_passthrough_parameters: string[];
}

/** Starts a simulator. Throws a `TypeError` that names an option it does not know or cannot use. */
export function createSimulator(options?: SimulatorOptions): Simulator;

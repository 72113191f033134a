import type { Request, Response, URL } from "./types/platform.js";

/** What `createSimulator` takes. All of it may be left out. */
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
   * For how many polls a generation is unknown to `/generation`, as a new one is at OpenRouter for a moment.
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
  /** What was asked. */
  request: { method: string; url: string; headers: Record<string, string>; body?: string; bodyBase64?: string };
  /** What was answered. */
  response: {
    /** The HTTP status. */
    status: number;
    /** Names in lower case. */
    headers: Record<string, string>;
    /** Text; bytes that are none stand in `bodyBase64`. */
    body?: string;
    /** The body's bytes, where they are no text. */
    bodyBase64?: string;
    /** The answer broke, or nobody read it to its end: so does the replay. */
    isCut?: boolean;
  };
}

/** Fixtures, and the size of the pieces in which their bodies come. A list of sizes is used in turn. */
export interface Replay {
  /** The exchanges. */
  fixtures: readonly Fixture[];
  /** Bytes a piece. */
  chunkBytes?: number | number[];
}

/** What a recorder is made with. */
export interface RecorderOptions {
  /** Where requests go. Default: the global `fetch`. */
  fetch?: ((input: any, init?: any) => Promise<Response>) | undefined;
  /** Texts that must not be in a fixture, beside what headers and looks give away: names, addresses. */
  secrets?: Iterable<string> | undefined;
}

/** Keeps what passes through its `fetch`. */
export interface Recorder {
  /** Hand it to a client: answers come as they are, and are kept as far as they were read. */
  readonly fetch: (input: string | URL | Request, init?: any) => Promise<Response>;
  /** What has passed so far, oldest first. */
  fixtures(): Fixture[];
}

/** Records exchanges for `createSimulator({ replay: recorder.fixtures() })`. */
export declare function createRecorder(options?: RecorderOptions): Recorder;

/** An OpenRouter in this process. */
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
  /** In place of the answer's own content type. */
  contentType?: string;
  /** No answer at all, as in `Script`. */
  networkError?: boolean;
  /** The route does its work first (the job is registered, the money is spent), and only its answer is replaced or lost. */
  carriedOut?: boolean;

  // How it travels, as in `Script`

  /** Milliseconds before the headers. */
  delayMs?: number;
  /** Sizes of the network writes. */
  chunkBytes?: "event" | number | number[];
  /** Milliseconds before each network write. */
  chunkDelayMs?: number;
  /** After so many bytes nothing more comes, and the body stays open. */
  stallAfterBytes?: number;
  /** After so many bytes the connection breaks. */
  cutAfterBytes?: number;
  /** After so many bytes the body ends, as if it were whole. */
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

/** The life of a video job. Every poll takes it one step on. */
export interface VideoScript {
  /**
   * One entry a poll, the last one again and again: any word, `null` for an answer without status, or an object for a poll that fails
   * (`{ status: 503 }`, `{ networkError: true }`, `{ body: "<html>" }`).
   * @default ["pending", "in_progress", "completed"]
   */
  statuses?: (string | null | RequestScript)[];
  /** The job's id. Left out: one is drawn. */
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
  videos?: number;
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

/** A request that has arrived. */
export interface SimulatorRequest {
  /** `GET`, `POST`, ... */
  method: string;
  /** The address it came to. */
  url: string;
  /** Without the prefix: `/chat/completions`. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Parsed if it is JSON, else the text; `undefined` if empty. */
  body: any;
  /** The body as text. */
  bodyText: string;
  /** When it arrived, milliseconds since 1970. */
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
  /** In place of the answer's own content type. */
  contentType?: string;

  // What the answer says

  /** A string is cut into token-like deltas; an array is one delta an entry, `""` included. */
  text?: string | string[];
  /** What the model thinks: a string is cut into deltas, an array is one delta an entry. */
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
  /** Tools that the answer calls. */
  toolCalls?: ScriptedToolCall[];
  /** URLs, normally data URLs; one delta each. */
  images?: string[];
  /** Transcript first, then base64 in four pieces whose borders may stand inside a quantum. */
  audio?: { data?: string; transcript?: string; id?: string; expiresAt?: number };
  /** Citations and files, as OpenRouter writes them. */
  annotations?: object[];
  /** Beside the choices, as Perplexity names its sources. */
  citations?: string[];
  /** A refusal in place of an answer. */
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
  /** The model that the answer names. */
  model?: string;
  /** The provider that the answer names. */
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
  /** What lines of the stream end with. Default `\n`. */
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
  /** After so many chunks the connection breaks. */
  cutAfterChunks?: number;
  /** After so many bytes the body ends, as if it were complete. */
  endAfterBytes?: number;
  /** After so many chunks the body ends, as if it were whole. */
  endAfterChunks?: number;
  /** No answer at all: `fetch` rejects with a `TypeError`; behind a port the socket is closed. */
  networkError?: boolean;
}

/** A call of an answer. */
export interface ScriptedToolCall {
  /** The call's id. Left out: one is drawn. */
  id?: string;
  /** The tool's name. */
  name: string;
  /** An object is serialised; a string is sent as it is, valid JSON or not. */
  arguments?: object | string;
  /**
   * Bytes of argument text a delta, rounded up to whole characters; 0: all in one.
   * @default 20
   */
  deltaBytes?: number;
}

/** An error inside an answer. */
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
  /** The model that is asked. */
  model?: string | undefined;
  /** The fallback list. */
  models?: string[] | undefined;
  /** The conversation. */
  messages: ChatMessage[];
  /** Whether the answer is streamed. */
  stream?: boolean | undefined;
  /** The tools that may be called. */
  tools?: any[] | undefined;
  /** Which tool has to be called. */
  tool_choice?: any | undefined;
  /** Whether one answer may call several tools. Default: as the model has it. */
  parallel_tool_calls?: boolean | null | undefined;
  /** How strongly the model is to think. */
  reasoning?: { effort?: string | null; max_tokens?: number; exclude?: boolean; enabled?: boolean } | undefined;
  /** The older spelling of `reasoning.effort`. */
  reasoning_effort?: string | undefined;
  /** Whether reasoning is shown. */
  include_reasoning?: boolean | undefined;
  /** The older name of `max_completion_tokens`. */
  max_tokens?: number | null | undefined;
  /** Tokens of the answer, reasoning included. */
  max_completion_tokens?: number | null | undefined;
  /** What the answer may be: `text`, `image`, `audio`. */
  modalities?: string[] | undefined;
  /** Voice and format of a spoken answer. */
  audio?: { voice?: string; format?: string } | undefined;
  /** The form of the answer. */
  response_format?: any | undefined;
  /** The conversation's name. */
  session_id?: string | undefined;
  /** Any other field. */
  [field: string]: any;
}

/** A message as it arrived. */
export interface ChatMessage {
  /** Who speaks. */
  role: string;
  /** A text, or parts. */
  content?: any;
  /** Calls of an assistant's turn. */
  tool_calls?: any[];
  /** The call that a tool's message answers. */
  tool_call_id?: string;
  /** Any other field. */
  [field: string]: any;
}

/** The usage object of an answer. */
export interface Usage {
  /** Tokens of the prompt. */
  prompt_tokens: number;
  /** Tokens of the answer. */
  completion_tokens: number;
  /** Both together. */
  total_tokens: number;
  /** USD. */
  cost?: number | null;
  /** Whether a key of the account's own at the provider was used. */
  is_byok?: boolean;
  /** Which prompt tokens were of what kind. */
  prompt_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number; audio_tokens?: number; video_tokens?: number } | null;
  /** What the provider takes. */
  cost_details?: {
    upstream_inference_cost?: number | null;
    upstream_inference_prompt_cost: number;
    upstream_inference_completions_cost: number;
  } | null;
  /** Which tokens of the answer were of what kind. */
  completion_tokens_details?: { reasoning_tokens?: number | null; image_tokens?: number | null; audio_tokens?: number | null } | null;
  /** Any other field. */
  [field: string]: unknown;
}

/** A row of `/models`. */
export interface Model {
  /** What a request names it by. */
  id: string;
  /** The dated name behind the id. */
  canonical_slug: string;
  /** What a `~` alias stands for. */
  alias_target?: { name: string; slug: string };
  /** The model's id on Hugging Face. */
  hugging_face_id: string | null;
  /** Its name for people. */
  name: string;
  /** Unix seconds. */
  created: number;
  /** What it is, in sentences. */
  description: string;
  /** Tokens of prompt and answer together. */
  context_length: number | null;
  /** What the model takes and gives, and its tokenizer. */
  architecture: {
    /** `text+image->text`. */
    modality?: string | null;
    /** What it takes. */
    input_modalities: string[];
    /** What it gives. */
    output_modalities: string[];
    /** The tokenizer's name. */
    tokenizer?: string;
    /** The form of its prompts. */
    instruct_type?: string | null;
  };
  /** USD a unit, as decimal strings; `"-1"`: a router, price unknown. */
  pricing: {
    /** A token of the prompt. */
    prompt: string;
    /** A token of the answer. */
    completion: string;
    /** Part of 1 that is taken off. */
    discount?: number;
    /** Other prices for long prompts, or at hours of the day. */
    overrides?: ({ min_prompt_tokens?: number; utc_start?: number; utc_end?: number; utc_days?: unknown } & { [price: string]: unknown })[];
    /** Any other price. */
    [price: string]: any;
  };
  /** The limits of the provider that is asked first. */
  top_provider: { context_length: number | null; max_completion_tokens: number | null; is_moderated: boolean };
  /** Tokens that one request may have. */
  per_request_limits: { prompt_tokens: number; completion_tokens: number } | null;
  /** The request fields that the model knows. */
  supported_parameters: string[];
  /** What the provider takes where the request says nothing. */
  default_parameters: Record<string, number | null> | null;
  /** Voices of a speech model. */
  supported_voices: string[] | null;
  /** ISO date up to which the model knows the world. */
  knowledge_cutoff: string | null;
  /** ISO date after which the model is gone. */
  expiration_date: string | null;
  /** Addresses below OpenRouter's. */
  links: { details: string };
  /** What benchmarks say of the model. */
  benchmarks?: { design_arena: unknown[]; artificial_analysis?: Record<string, number | null> };
  /** How it reasons. */
  reasoning?: {
    /** It always reasons. */
    mandatory: boolean;
    /** It reasons unless it is told not to. */
    default_enabled?: boolean;
    /** How strongly, when nothing is said. */
    default_effort?: string;
    /** The efforts that it has. */
    supported_efforts?: string[] | null;
    /** Whether tokens of reasoning can be limited. */
    supports_max_tokens?: boolean;
  };
}

/** A row of `/videos/models`. */
export interface VideoModelRow {
  /** What a request names it by. */
  id: string;
  /** The dated name behind the id. */
  canonical_slug: string;
  /** The model's id on Hugging Face. */
  hugging_face_id?: string | null;
  /** Its name for people. */
  name: string;
  /** Unix seconds. */
  created: number;
  /** What it is, in sentences. */
  description?: string;
  /** `720p`, `1080p`, ... */
  supported_resolutions: string[] | null;
  /** `16:9`, ... */
  supported_aspect_ratios: string[] | null;
  /** `1280x720`, ... */
  supported_sizes: string[] | null;
  /** Seconds. */
  supported_durations: number[] | null;
  /** `first_frame`, `last_frame`. */
  supported_frame_images: string[] | null;
  /** How far it enlarges. */
  upscale_factor: { min?: number | null; max?: number | null } | null;
  /** How freely it may draw. */
  creativity: number[] | null;
  /** Whether it makes sound. */
  generate_audio: boolean | null;
  /** Whether it takes a seed. */
  seed: boolean | null;
  /** Decimal strings: USD a second, but for names with `cents_per_`. */
  pricing_skus?: Record<string, string> | null;
  /** Further fields that go through to the provider. */
  allowed_passthrough_parameters: string[];
}

/**
 * Starts an OpenRouter that runs in process, for tests, demos and work without a key or a network. Throws a `TypeError` that names an option it
 * does not know or cannot use.
 *
 * It answers `/chat/completions`, `/models` (and `/models/count`, `/models/user`, `/model/{author}/{slug}`, `/models/{author}/{slug}/endpoints`),
 * `/images`, `/images/models`, `/videos`, `/videos/{id}`, `/videos/{id}/content`, `/videos/models`, `/audio/speech`, `/audio/transcriptions`,
 * `/embeddings`, `/embeddings/models`, `/rerank`, `/systemone`, `/providers`, `/key`, `/credits` and `/generation`, Perplexity's `/search`, and
 * plays the sign-in (`/auth`, the page where a visitor allows it, and `/auth/keys`), under any prefix that ends in `/v1` and under none. Images,
 * videos and sounds are real ones, if short. Unscripted answers depend on the seed and the messages alone; ids and timestamps do not repeat.
 *
 * @example
 * ```js
 * import { OpenRouter } from "openrouter-wasm";
 * import { createSimulator } from "openrouter-wasm/simulator";
 *
 * const simulator = createSimulator({ delayMs: 0 });
 * const client = new OpenRouter({ apiKey: "any", fetch: simulator.fetch });
 * simulator.enqueue({ text: "Hello, tester!" });
 * const { message } = await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result();
 * console.log(message.content, simulator.requests.length);
 * ```
 */
export function createSimulator(options?: SimulatorOptions): Simulator;

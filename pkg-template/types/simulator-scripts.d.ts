// Scripts of the simulator: the answers that a request gets, and the request as a script sees it.
import type { ChatRequest, Usage } from "./simulator-wire.js";

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

  // Fields of single routes

  /** Of `POST /videos`: the course of the job. */
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
  /** Error of a failed, cancelled or expired job: a string, or an object, as some providers have it. */
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
  /** Answer of the content route in place of the video, or the way that the video travels. */
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

  // Contents of the answer

  /** A string is cut into token-like deltas; an array is one delta an entry, `""` included. */
  text?: string | string[];
  /** Reasoning of the model: a string is cut into deltas, an array is one delta an entry. */
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
  /** Left out: the word of the model's author for `finishReason`. */
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
  /** Line ending of the stream. Default `\n`. */
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

// An OpenRouter in process: the options, what it is driven by, what it tells. Its scripts and the rows of its answers are files of `types`.
import type { Request, Response, URL } from "./types/platform.js";
import type { Match, RequestMatch, RequestScript, Script, SimulatorRequest } from "./types/simulator-scripts.js";
import type { Model, VideoModelRow } from "./types/simulator-wire.js";

export * from "./types/simulator-scripts.js";
export * from "./types/simulator-wire.js";

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

// The public types of openrouter-wasm/gateway. Money is USD, times milliseconds unless the name says otherwise.
import type { CatalogCache, ModelSettings } from "../index.js";
import type { Bytes, ByteStream, Fetch, Request, Response, URL } from "./platform.js";

/** Budget of one caller; its limits stand beside each other. */
export interface GatewayBudget {
  /** In all. With `perDay: true` a day, with `perMonth: true` a month. */
  maxUsd?: number;
  /** A day of UTC. */
  perDay?: number | boolean;
  /** A month of UTC. */
  perMonth?: number | boolean;
}

/** Limits of one caller. */
export interface GatewayLimits {
  /** Of one caller in any 60 seconds. Default: none. */
  requestsPerMinute?: number;
  /** Prompt and answer together, in any 60 seconds. Default: none. */
  tokensPerMinute?: number;
  /** Requests at a time. Default: none. */
  maxConcurrent?: number;
  /** Of one answer; a request that asks for more gets this. Default: none. */
  maxOutputTokens?: number;
  /** Of a request. Default 4 MiB; of forms with files 25 MiB. */
  maxBodyBytes?: number;
  /** For the body to arrive. Default 30,000. */
  bodyTimeoutMs?: number;
  /** Of an answer, from the send to the end. Default 600,000. */
  timeoutMs?: number;
  /** How long a durable run goes on, read or not. Default 600,000. */
  durableMs?: number;
}

/** Caller of the gateway. */
export interface GatewayCaller {
  /** Id that the caller's books are kept under; it stands in records, and never in an answer of another. */
  id: string;
  /** Of the gateway's models those that it may ask. Default: all. */
  models?: readonly string[];
  /** In place of the gateway's. */
  budget?: GatewayBudget;
  /** Over the gateway's, name by name. */
  limits?: GatewayLimits;
}

/** How JSON Web Tokens are checked. One kind of key is needed. */
export interface JwtCallers {
  /** HS256; at least 16 bytes. */
  secret?: string | Uint8Array;
  /** PEM (SPKI). */
  publicKey?: string;
  /** One key, as JSON Web Key. */
  jwk?: object;
  /** Several of them, `{keys: [...]}`. */
  jwks?: object;
  /** Address that the key set is fetched from. */
  jwksUrl?: string | URL;
  /** Default: HS256 with `secret`, else RS256, PS256, ES256, EdDSA. Of these a `publicKey` or `jwk` is taken by those that its kind has. */
  algorithms?: string[];
  /** Expected `iss`. */
  issuer?: string | string[];
  /** Expected `aud`. */
  audience?: string | string[];
  /** Default 5. */
  clockToleranceSeconds?: number;
  /** The caller that claims stand for; nothing refuses. Default: `{ id: claims.sub }`. */
  caller?: (claims: Record<string, any>) => GatewayCaller | null | undefined | Promise<GatewayCaller | null | undefined>;
  /** For `jwksUrl`. */
  fetch?: Fetch;
}

/** A function that knows the caller, or tokens and JWT. */
export type GatewayCallers =
  | ((request: Request, env: any) => GatewayCaller | null | undefined | Promise<GatewayCaller | null | undefined>)
  | {
      /** By token, or by its SHA-256 in hex (`hashToken`), which is all that is kept of it. */
      tokens?: Record<string, GatewayCaller | string> | readonly ((GatewayCaller & { token: string }) | (GatewayCaller & { hash: string }))[];
      jwt?: JwtCallers;
    };

/** One request, without its contents. */
export interface GatewayRecord {
  /** The request's id, which the answer has as a header. */
  requestId: string;
  /** When it came, milliseconds since 1970. */
  atMs: number;
  /** Id of the caller. */
  callerId: string;
  /** The path that was called. */
  path: string;
  /** Operation of the request. */
  operation: "chat" | "embeddings" | "image_generation" | "text_to_speech" | "transcription" | "video" | "responses" | "messages";
  /** The HTTP status of the answer. */
  status: number;
  /** As asked, and as it answered. */
  requestedModel?: string;
  /** The model that answered. */
  model?: string;
  /** The provider that answered. */
  provider?: string;
  /** OpenRouter's id of the generation. */
  generationId?: string;
  /** How the run ended. */
  verdict?: string;
  /** The code of the error, if there was one. */
  errorCode?: string;
  /** Requests that went out. */
  attempts?: number;
  /** Tokens of the prompt. */
  inputTokens?: number;
  /** Tokens of the answer. */
  outputTokens?: number;
  /** Cost, in USD. */
  costUsd?: number;
  /** `reported`, `recovered` (asked of `/generation`), `computed` (by prices), `held` (nobody could say: the amount that was held), `none`. */
  costSource?: string;
  /** Impossible cost and tokens of the answer (negative, no whole number, more than 20 million tokens or 10,000 USD), as `name: value`: none of them is booked. */
  implausible?: string;
  /** Whether OpenRouter's response cache had the answer. */
  isCacheHit?: boolean;
  /** Whether the run goes on without a reader. */
  isDurable?: boolean;
  /** From the request to the end of the answer. */
  durationMs: number;
  /** From the request to the first output. */
  firstTokenMs?: number;
  /** With `contents: true` alone. */
  request?: unknown;
}

/** A function, an Analytics Engine binding, or an object that says whether contents may be in a record. */
export type GatewayLog =
  | ((record: GatewayRecord) => unknown)
  | { writeDataPoint(point: { indexes?: string[]; blobs?: string[]; doubles?: number[] }): void }
  | { write(record: GatewayRecord): unknown; contents?: boolean };

/** Options of a gateway. */
export interface GatewayOptions {
  /** OpenRouter's key, or where it lies. It goes to `baseURL` alone. */
  apiKey: string | ((env: any) => string | undefined | Promise<string | undefined>);
  /** Callers that may ask. Without one: 401. */
  callers: GatewayCallers;
  /** Of each caller that has none of its own. Default: none. */
  budget?: GatewayBudget | undefined;
  /** Of each caller, beside its own. Default: none. */
  limits?: GatewayLimits | undefined;
  /** The ids that may be asked, the first the default; `author/*` takes all of an author. Or settings by id, as the client's `models`. Default: any. */
  models?: readonly string[] | Record<string, ModelSettings> | undefined;
  /** Fields of a chat's body that go through beside `messages`; as `pickRequest` takes them. */
  allow?: readonly string[] | undefined;
  /** Other kinds of model that may be asked. Default: all of them. */
  media?: boolean | { images?: boolean; speech?: boolean; transcriptions?: boolean; videos?: boolean } | undefined;
  /** Pages of which origins may call. Default: the gateway's own alone. */
  cors?: "*" | readonly string[] | { origins: "*" | readonly string[]; maxAgeSeconds?: number } | undefined;
  /** Default: `memoryStorage()`. */
  storage?: (GatewayStorage | ((env: any) => GatewayStorage)) | undefined;
  /** Told of every request. */
  log?: GatewayLog | undefined;
  /** An OpenTelemetry tracer: a span a request. */
  telemetry?: { tracer: object } | undefined;
  /** Default `https://openrouter.ai/api/v1`. */
  baseURL?: (string | ((env: any) => string | undefined)) | undefined;
  /** Used in place of the global `fetch`, for OpenRouter alone. */
  fetch?: Fetch | undefined;
}

/** A gateway, and the Durable Objects behind it. */
export interface Gateway {
  /** Never rejects: an error is an answer. */
  fetch(request: Request, env?: any, context?: { waitUntil?(promise: Promise<unknown>): void }): Promise<Response>;
  /** To be exported by a Worker whose `storage` is Cloudflare's: budget and rate of one caller; one durable run; one video. */
  readonly CallerObject: new (state: any, env: any) => { fetch(request: Request): Promise<Response> };
  /** To be exported by a Worker: one durable run. */
  readonly StreamObject: new (state: any, env: any) => { fetch(request: Request): Promise<Response>; alarm(): Promise<void> };
  /** To be exported by a Worker: one video. */
  readonly VideoObject: new (state: any, env: any) => { fetch(request: Request): Promise<Response>; alarm(): Promise<void> };
}

/**
 * A gateway: paths of an OpenAI-compatible server in front of OpenRouter. With a function the options may come from the Worker's `env`.
 * Throws `invalid-request` for options that are wrong, naming them.
 *
 * @example
 * ```js
 * import { createGateway } from "openrouter-wasm/gateway";
 *
 * const gateway = createGateway({ apiKey: "sk-or-v1-...", callers: { tokens: { "anna-token": "anna" } }, budget: { perDay: 1 } });
 * const request = new Request("https://ai.site.example/v1/models", { headers: { Authorization: "Bearer anna-token" } });
 * console.log((await gateway.fetch(request)).status);
 * ```
 */
export declare function createGateway(options: GatewayOptions | ((env: any) => GatewayOptions)): Gateway;

/** Everything in the memory of one process. */
export declare function memoryStorage(): GatewayStorage;

/** The names of a Worker's bindings. */
export interface CloudflareNames {
  /** Default `GATEWAY_CALLERS`, a Durable Object namespace of `CallerObject`. */
  callers?: string;
  /** Default `GATEWAY_STREAMS`, of `StreamObject`. */
  streams?: string;
  /** Default `GATEWAY_VIDEOS`, of `VideoObject`. */
  videos?: string;
  /** Default `GATEWAY_MEDIA`, an R2 bucket: needed for videos alone. */
  media?: string;
  /** Default `GATEWAY_CATALOG`, a KV namespace. Left out: each isolate fetches the catalog itself. */
  catalog?: string;
}

/** Cloudflare's Durable Objects, R2 and KV, by the bindings of a Worker. A binding that is missing is named when it is needed. */
export declare function cloudflareStorage(env: any, names?: CloudflareNames): GatewayStorage;

/** SHA-256 in hex. */
export declare function hashToken(token: string): Promise<string>;

/** Amounts are whole 10^-12 USD as decimal strings. */
export interface Allowance {
  /** In all. */
  maxPico?: string;
  /** A day of UTC. */
  dayPico?: string;
  /** A month of UTC. */
  monthPico?: string;
  /** Requests in any 60 seconds. */
  requestsPerMinute?: number;
  /** Tokens in any 60 seconds. */
  tokensPerMinute?: number;
  /** Requests at a time. */
  maxConcurrent?: number;
}

/** Usage of one caller. */
export interface AccountUsage {
  /** Spent in all. */
  spentPico: string;
  /** Today and this month (UTC). */
  dayPico: string;
  /** Spent this month (UTC). */
  monthPico: string;
  /** For requests on their way. */
  heldPico: string;
  /** Requests that are being answered. */
  running: number;
  /** Requests in all. */
  requests: number;
  /** Tokens in all. */
  tokens: number;
  /** Of the last 60 seconds. */
  lastMinute: { requests: number; tokens: number };
  /** Of the limit that is nearest. */
  usedPercent?: number;
}

/** Whether money was held, and what stands against it. */
export type ReserveOutcome =
  | { ok: true; heldPico: string; usage: AccountUsage }
  | { ok: false; reason: "budget" | "requests" | "tokens" | "concurrency"; limit: string; retryAfterMs?: number; usage: AccountUsage };

/** The books of one caller. Every call is atomic, also among processes. */
export interface GatewayAccount {
  /**
   * Holds money before a request is sent: the wanted amount, or the rest of the allowance; refuses below `leastPico`. A reservation of the same `id` is the
   * same one. An amount that is not settled within `ttlMs` counts as spent.
   */
  reserve(request: { id: string; nowMs: number; wantedPico: string; leastPico: string; tokens: number; ttlMs: number; allowance: Allowance }): Promise<ReserveOutcome>;
  /** The bill in place of what was held. A reservation that is gone is left alone. */
  settle(bill: { id: string; nowMs: number; pico: string; tokens: number }): Promise<void>;
  /** Gives back what was held: nothing was spent. */
  release(release: { id: string; nowMs: number }): Promise<void>;
  /** Its holder is still at work. */
  extend(sign: { id: string; nowMs: number; ttlMs: number }): Promise<void>;
  /** Usage of the caller so far. */
  usage(nowMs: number, allowance?: Allowance): Promise<AccountUsage>;
}

/** One durable run, by caller and id. */
export interface GatewayRun {
  /** Starts it, or joins the one there is; events behind `after`, then what comes. */
  start(work: any, after: number): Promise<Response>;
  /** Nothing when there is no such run, or none any more. */
  read(after: number): Promise<Response | undefined>;
  /** Whether there was one. */
  stop(reason: string): Promise<boolean>;
}

/** Storage of a gateway: everything that must survive a request. */
export interface GatewayStorage {
  /** The books of a caller. */
  account(callerId: string): GatewayAccount;
  /** `work` does it where the storage has no place of its own to do it. */
  run(callerId: string, runId: string, work: any): GatewayRun;
  /** Videos that were submitted. */
  jobs: {
    /** Keeps a job, and begins the work that belongs to it. */
    put(job: any, work: any): Promise<void>;
    /** A caller's job; nothing when there is none of this id. */
    get(callerId: string, id: string): Promise<any>;
  };
  /** Files of videos. */
  media: {
    /** Gives the size. */
    put(key: string, body: Bytes | ByteStream, contentType: string, size?: number): Promise<number>;
    /** A file, or a part of it. */
    get(key: string, range?: { offset: number; length?: number }): Promise<{ body: ByteStream; size: number; contentType: string } | null | undefined>;
  };
  /** Cache of the catalog. Left out: memory. */
  catalog?: CatalogCache;
}

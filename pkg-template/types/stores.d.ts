// Stores for the catalog and for the tickets of videos, and the webhook of a video that is done.
import type { SecretKey, TextStorage } from "./keys.js";
import type { JobStore } from "./media.js";
import type { CatalogCache } from "./models.js";
import type { DatabaseFactory, Request, ResponseCache } from "./platform.js";

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

/** Webhook event of a video that has ended. */
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
  /** Addresses of the videos. */
  urls?: string[];
  /** Why it failed. */
  error?: string;
  /** The event as it came. */
  raw: Record<string, unknown>;
}

// Keys: their sources, their stores, and texts without them.
import type { SignedIn } from "./sign-in.js";

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
 * Storage of texts: a Web Storage (`sessionStorage`, `localStorage`), a KV namespace (Cloudflare), or a `Map`. Their errors come
 * through as they are.
 */
export type TextStorage =
  | { getItem(name: string): unknown; setItem(name: string, text: string): unknown; removeItem(name: string): unknown }
  | { get(name: string): unknown; put(name: string, text: string, options?: { expirationTtl?: number }): unknown; delete(name: string): unknown }
  | { get(name: string): unknown; set(name: string, text: string): unknown; delete(name: string): unknown };

/** Options of `createKeyStore`: the storage, and the key's name in it. */
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

/** Sources of `resolveKey`, in this order. */
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
  /** Further names that `strict` lets pass; a blocked name stays blocked. */
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

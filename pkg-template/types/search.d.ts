// Web search through Perplexity, on OpenRouter or direct.
import type { AbortSignal } from "./platform.js";
import type { SecretKey, Tool } from "../index.js";

/** Options of `search`. */
export interface SearchOptions {
  /**
   * `pplx-...` (Perplexity itself) or `sk-or-...` (through OpenRouter); default: `PERPLEXITY_API_KEY` and `OPENROUTER_API_KEY` of `env`, then
   * the client's key, which goes to the client's own base alone.
   */
  apiKey?: string | SecretKey | undefined;
  /** Read for `PERPLEXITY_API_KEY` and `OPENROUTER_API_KEY`. Never read unless given. */
  env?: object | undefined;
  /** Base URL of the search. Default: as the key has it. */
  baseURL?: string | undefined;
  /** Default `perplexity/sonar-pro`. */
  model?: string | undefined;
  /** 1 to 10, default 5. */
  count?: number | undefined;
  /** Two letters; search API alone. */
  country?: string | undefined;
  /** Two letters (ISO 639-1). */
  language?: string | undefined;
  /** Not older than this. */
  freshness?: "day" | "week" | "month" | "year" | undefined;
  /** At most 20, all allowed or all denied (`-example.com`); search API alone. */
  domainFilter?: readonly string[] | undefined;
  /** `YYYY-MM-DD`; search API alone. */
  dateAfter?: string | undefined;
  /** ISO date; only what is older. */
  dateBefore?: string | undefined;
  /** Tokens of all results together. */
  maxTokens?: number | undefined;
  /** Tokens of one result. */
  maxTokensPerPage?: number | undefined;
  /** Default 15 min; 0 switches the cache off. */
  cacheTtlMs?: number | undefined;
  /** Default 30,000. */
  timeoutMs?: number | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
}

/** Defaults of every search; a call's own options win. */
export type SearchSettings = Omit<SearchOptions, "signal"> & {
  /** A key for Perplexity itself, whatever it looks like. */
  perplexityApiKey?: string | SecretKey | undefined;
};

/** The web's words are marked as untrusted in `content` and in `results[].description`: hand them to a model as data. */
export type SearchResult =
  | { query: string; provider: "perplexity"; model?: string; content?: string; citations: string[]; results: SearchHit[]; cached: boolean; tookMs: number; error?: undefined; warnings?: string[] }
  /** A refused query: `invalid_freshness`, `unsupported_country`, `missing_perplexity_api_key`, ... */
  | { error: string; message: string; docs?: string; results?: undefined };

/** One page that was found. */
export interface SearchHit {
  /** Its title. */
  title: string;
  /** Its address. */
  url: string;
  /** Description of the page, marked as untrusted. */
  description: string;
  /** When it was published, as the site says it. */
  published?: string;
  /** The site's name. */
  siteName?: string;
}

/** `search` as a tool of a chat. */
export type SearchTool = Tool & { name: "web_search" };

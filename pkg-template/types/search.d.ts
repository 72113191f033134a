// Web search through Perplexity, on OpenRouter or direct.
import type { AbortSignal } from "./platform.js";
import type { SecretKey, Tool } from "../index.js";

export interface SearchOptions {
  /**
   * `pplx-...` (Perplexity itself) or `sk-or-...` (through OpenRouter); default: `PERPLEXITY_API_KEY` and `OPENROUTER_API_KEY` of `env`, then
   * the client's key, which goes to the client's own base alone.
   */
  apiKey?: string | SecretKey | undefined;
  env?: object | undefined;
  baseURL?: string | undefined;
  /** Default `perplexity/sonar-pro`. */
  model?: string | undefined;
  /** 1 to 10, default 5. */
  count?: number | undefined;
  /** Two letters; search API alone. */
  country?: string | undefined;
  language?: string | undefined;
  freshness?: "day" | "week" | "month" | "year" | undefined;
  /** At most 20, all allowed or all denied (`-example.com`); search API alone. */
  domainFilter?: readonly string[] | undefined;
  /** `YYYY-MM-DD`; search API alone. */
  dateAfter?: string | undefined;
  dateBefore?: string | undefined;
  maxTokens?: number | undefined;
  maxTokensPerPage?: number | undefined;
  /** Default 15 min; 0 switches the cache off. */
  cacheTtlMs?: number | undefined;
  /** Default 30,000. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | null | undefined;
}

/** Defaults of every search; a call's own options win. */
export type SearchSettings = Omit<SearchOptions, "signal"> & {
  /** A key for Perplexity itself, whatever it looks like. */
  perplexityApiKey?: string | SecretKey | undefined;
};

/** What the web says is marked as untrusted in `content` and in `results[].description`: hand it to a model as data. */
export type SearchResult =
  | { query: string; provider: "perplexity"; model?: string; content?: string; citations: string[]; results: SearchHit[]; cached: boolean; tookMs: number; error?: undefined }
  /** A refused query: `invalid_freshness`, `unsupported_country`, `missing_perplexity_api_key`, ... */
  | { error: string; message: string; docs?: string; results?: undefined };

export interface SearchHit {
  title: string;
  url: string;
  description: string;
  published?: string;
  siteName?: string;
}

export type SearchTool = Tool & { name: "web_search" };

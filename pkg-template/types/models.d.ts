// The catalog and the scan. Prices are USD a unit as decimal strings, as OpenRouter writes them: no arithmetic of floats touches them.
import type { AbortSignal } from "./platform.js";
import type { Change } from "../index.js";
import type { ListCallOptions, ListOf, ModelEndpoint, Provider } from "./calls.js";

/**
 * What a list is narrowed down by. OpenRouter does it where the base URL is its own, and the catalog kept here stays as it is; elsewhere the
 * rows are told by, and the last four are refused.
 */
export interface ModelFilters {
  /** Words of name or slug. */
  q?: string | undefined;
  /** USD a million tokens of the prompt. */
  maxPrice?: number | undefined;
  minPrice?: number | undefined;
  /** All of them. */
  supportedParameters?: readonly string[] | undefined;
  inputModalities?: readonly string[] | undefined;
  /** Tokens. */
  minContext?: number | undefined;
  maxAgeDays?: number | undefined;
  minAgeDays?: number | undefined;
  /** First parts of ids. */
  authors?: readonly string[] | undefined;
  /** Names of providers that serve them. */
  providers?: readonly string[] | undefined;
  category?: string | undefined;
  region?: "eu" | "us" | undefined;
  /** With endpoints that keep no data. */
  zdr?: boolean | undefined;
}

/** Which filters of a call acted where. */
export interface ListFilters {
  server: readonly string[];
  local: readonly string[];
}

export interface ListOptions extends ModelFilters {
  /** Rows of every output kind (images, videos, speech, embeddings); default false: rows that give text. */
  all?: boolean | undefined;
  /** Asks again even while the stored list is fresh. Default false. */
  refresh?: boolean | undefined;
  /** Of one fetch, its pages together. Default 12,000. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | null | undefined;
}

export interface Models {
  /**
   * The catalog, sorted by id: OpenRouter's rows, then the two that ship with the package (`openrouter/auto` and friends) where it lacks them.
   * Cached; fetched once however many callers ask. Stale rows are given at once while new ones are fetched.
   */
  list(options?: ListOptions): Promise<ModelList>;
  /**
   * One model by reference, slug, bare name, `~` alias or variant; `undefined` when the catalog has none of that name. What gives no text
   * is looked for too, in the catalog of all kinds.
   */
  get(id: string, options?: Omit<ListOptions, "all" | keyof ModelFilters>): Promise<Model | undefined>;
  /** Who serves a model: prices, quantisation, uptime. `id` as for `get`. */
  endpoints(id: string, options?: ListCallOptions): Promise<ListOf<ModelEndpoint>>;
  /** The providers that OpenRouter knows. */
  providers(options?: ListCallOptions): Promise<ListOf<Provider>>;
  /** Looks for models that work: filters the catalog, probes what is left, ranks it. Free ones alone unless `free: false`. */
  scan(options?: ScanOptions): Promise<ScanResult>;
}

/** An array of models that also says what could not be read. */
export interface ModelList extends Array<Model> {
  /** Rows that were left out, by place (`data[3].id`). */
  readonly warnings: readonly Change[];
  /** When the rows were fetched, milliseconds since 1970. */
  readonly fetchedAtMs: number;
  /** Who applied the filters. */
  readonly filters: ListFilters;
}

export interface Model {
  id: string;
  name: string;
  /** Seconds since 1970, as OpenRouter has it. */
  created?: number;
  description?: string;
  /** The dated name behind the id. */
  canonicalSlug?: string;
  /** What a `~` alias stands for. */
  aliasTarget?: string;
  /** Tokens; 200,000 when the catalog does not say. */
  contextWindow: number;
  /** Tokens of an answer; 8,192 when the catalog does not say. */
  maxTokens: number;
  /** Which of the two are the defaults. */
  assumed?: readonly ("contextWindow" | "maxTokens")[];
  /** `text`, `image`, `audio`, `video`, `file`, ... */
  input: string[];
  output: string[];
  reasoning: boolean;
  /** Missing when the catalog does not say. */
  supportsTools?: boolean;
  supportedParameters?: string[];
  thinking: { levels: string[]; default?: string; binary?: boolean; mandatory?: boolean };
  pricing: Pricing;
  /** ISO date after which the model is gone. */
  expirationDate?: string;
  /** Voices of a speech model. */
  supportedVoices?: string[];
  /** Whether it costs nothing: `:free`, or prompt and completion at 0. */
  isFree: boolean;
  /** The row as it came, every field. */
  raw: ModelRow;
}

/** A row as OpenRouter writes it: documented fields by their names there, any of which may be missing, and whatever else it says. */
export interface ModelRow {
  id?: string;
  canonical_slug?: string;
  name?: string;
  created?: number;
  description?: string;
  context_length?: number | null;
  architecture?: { modality?: string | null; input_modalities?: string[]; output_modalities?: string[]; tokenizer?: string; instruct_type?: string | null; [name: string]: unknown };
  /** Decimal strings, `"-1"` of routers; `discount` and `overrides` are none. */
  pricing?: { [unit: string]: unknown };
  top_provider?: { context_length?: number | null; max_completion_tokens?: number | null; is_moderated?: boolean; [name: string]: unknown };
  per_request_limits?: { prompt_tokens?: number; completion_tokens?: number; [name: string]: unknown } | null;
  supported_parameters?: string[];
  default_parameters?: { temperature?: number | null; top_p?: number | null; top_k?: number | null; frequency_penalty?: number | null; presence_penalty?: number | null; repetition_penalty?: number | null; [name: string]: unknown } | null;
  supported_voices?: string[] | null;
  reasoning?: { mandatory?: boolean; default_enabled?: boolean; default_effort?: string | null; supported_efforts?: string[] | null; supports_max_tokens?: boolean; [name: string]: unknown };
  alias_target?: { slug?: string; name?: string; [name: string]: unknown };
  expiration_date?: string | null;
  knowledge_cutoff?: string | null;
  hugging_face_id?: string | null;
  benchmarks?: {
    artificial_analysis?: { intelligence_index?: number | null; coding_index?: number | null; agentic_index?: number | null; [name: string]: unknown };
    design_arena?: { arena?: string; category?: string; elo?: number; rank?: number; win_rate?: number; [name: string]: unknown }[];
    [name: string]: unknown;
  };
  links?: { details?: string; [name: string]: unknown };
  [name: string]: unknown;
}

/** Decimal strings, USD a token (or request, image, search, ... by the key's name). */
export interface Pricing {
  prompt?: string;
  completion?: string;
  request?: string;
  image?: string;
  imageToken?: string;
  imageOutput?: string;
  audio?: string;
  audioOutput?: string;
  webSearch?: string;
  internalReasoning?: string;
  inputAudioCache?: string;
  inputCacheRead?: string;
  /** Five minutes. */
  inputCacheWrite?: string;
  inputCacheWrite1h?: string;
  /** Other kinds, by their name in camel case. */
  [unit: string]: string | PriceOverride[] | boolean | number | undefined;
  /** Part of 1 that is taken off. */
  discount?: number;
  /** Other prices above a length of the prompt, or at hours of the day. Later ones win, missing keys inherit. */
  overrides?: PriceOverride[];
  /** True of routers, whose price is that of the model they take (`-1` on the wire). */
  isUnknown?: boolean;
}

export interface PriceOverride {
  /** Applies to prompts of more tokens than this. */
  minPromptTokens?: number;
  /** `HHMM` UTC; the end is exclusive, and may be past midnight. */
  utcStart?: string;
  utcEnd?: string;
  utcDays?: readonly (string | number)[];
  [unit: string]: unknown;
}

export interface ScanOptions {
  /** Default true: free models alone. With false paid models are listed too; they are probed only with `probePaid`. */
  free?: boolean | undefined;
  /** First part of the id: `mistralai`. */
  provider?: string | undefined;
  /** Billions of parameters, from the name; models whose name does not say count as 0. */
  minParams?: number | undefined;
  /** Models whose date is known and older are left out. */
  maxAgeDays?: number | undefined;
  /** Words of name or slug, USD a million tokens of the prompt, endpoints that keep no data: as `models.list` has them. */
  q?: string | undefined;
  maxPrice?: number | undefined;
  zdr?: boolean | undefined;
  /** What the catalog must say of a model: `tools`, `image`, `reasoning`, `json`, or any supported parameter. */
  capabilities?: readonly string[] | undefined;
  /** Default `["tool", "image"]` with a key; false: metadata alone. */
  probe?: boolean | readonly Probe[] | undefined;
  /** Probes of models that cost something, or may: by the request, the image or the song, too. Default false. */
  probePaid?: boolean | undefined;
  /** Models probed at a time. Default 3. */
  concurrency?: number | undefined;
  /** Of the catalog and of each probe. Default 12,000. */
  timeoutMs?: number | undefined;
  /** How many are chosen. Default 6. */
  maxCandidates?: number | undefined;
  /** Told of each model as its probes end; `total` is known from the first on. */
  onProgress?: ((progress: ScanProgress) => void) | undefined;
  signal?: AbortSignal | null | undefined;
}

/** `tool`: calls a tool with the arguments asked for. `json`: answers in a JSON schema. `image`: says what an image shows. `reasoning`: reasons. */
export type Probe = "tool" | "json" | "image" | "reasoning";

export interface ScanProgress {
  phase: "catalog" | "probe" | "done";
  completed: number;
  total: number;
  /** The model that has just been probed. */
  row?: ScanRow;
}

export interface ProbeResult {
  ok: boolean;
  latencyMs: number | null;
  /** Why it is not ok. */
  error?: string;
  /** Not tried: the model does not claim it, or nobody asked. */
  skipped?: boolean;
}

export interface ScanRow {
  model: string;
  name: string;
  isFree: boolean;
  /** Billions, from the name. */
  paramsB: number | null;
  /** Milliseconds since 1970. */
  createdAt: number | null;
  modality: string | null;
  contextWindow: number | null;
  maxTokens: number | null;
  supportedParametersCount: number;
  supportsTools: boolean | null;
  supportsImages: boolean;
  pricing: Pricing | null;
  tool: ProbeResult;
  image: ProbeResult;
  json: ProbeResult;
  reasoning: ProbeResult;
  /** Why it stands where it stands, best first. */
  reasons: string[];
}

export interface ScanResult {
  /** Best first. */
  rows: ScanRow[];
  /** The best that call tools, those that see images first; at most `maxCandidates`. */
  selected: string[];
  /** The best that see images. */
  selectedImages: string[];
  /** Whether anything was probed. */
  probed: boolean;
  warnings: string[];
  /** Who applied the filters; what OpenRouter did is looked at here, too, where the row says it. */
  filters: ListFilters;
  counts: { tested: number; toolOk: number; imageOk: number; toolAndImageOk: number; imageOnly: number };
}

/** Keeps the catalog: the default is memory; `createCatalogCache` makes one of a `Cache`, KV namespace, Web Storage or Map. */
export interface CatalogCache {
  read(name: string): Promise<{ text: string; storedAtMs: number } | undefined>;
  write(name: string, entry: { text: string; storedAtMs: number }): Promise<void>;
}

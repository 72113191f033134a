// The catalog and the scan. Prices are USD a unit as decimal strings, as OpenRouter writes them: no arithmetic of floats touches them.
import type { AbortSignal } from "./platform.js";
import type { Change } from "../index.js";
import type { ListCallOptions, ListOf, ModelEndpoint, Provider } from "./calls.js";

/**
 * Filters of a list. OpenRouter applies them where the base URL is its own, and the catalog kept here stays as it is; elsewhere the
 * rows are told by, and the last four are refused.
 */
export interface ModelFilters {
  /** Words of name or slug. */
  q?: string | undefined;
  /** USD a million tokens of the prompt. */
  maxPrice?: number | undefined;
  /** USD a million tokens of the prompt. */
  minPrice?: number | undefined;
  /** All of them. */
  supportedParameters?: readonly string[] | undefined;
  /** `text`, `image`, `audio`, ...: all of them. */
  inputModalities?: readonly string[] | undefined;
  /** Tokens. */
  minContext?: number | undefined;
  /** Not older than this. */
  maxAgeDays?: number | undefined;
  /** Not younger than this. */
  minAgeDays?: number | undefined;
  /** First parts of ids. */
  authors?: readonly string[] | undefined;
  /** Names of providers that serve them. */
  providers?: readonly string[] | undefined;
  /** A category of OpenRouter's: `programming`, ... */
  category?: string | undefined;
  /** With endpoints in this region. */
  region?: "eu" | "us" | undefined;
  /** With endpoints that keep no data. */
  zdr?: boolean | undefined;
}

/** Which filters of a call acted where. */
export interface ListFilters {
  /** Those that OpenRouter applied. */
  server: readonly string[];
  /** Those that were applied here. */
  local: readonly string[];
}

/** Options of `models.list`. */
export interface ListOptions extends ModelFilters {
  /** Rows of every output kind (images, videos, speech, embeddings); default false: rows that give text. */
  all?: boolean | undefined;
  /** Asks again even while the stored list is fresh. Default false. */
  refresh?: boolean | undefined;
  /** Of one fetch, its pages together. Default 12,000. */
  timeoutMs?: number | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
}

/** The catalog, and the scan for models that work. */
export interface Models {
  /**
   * The catalog, sorted by id: OpenRouter's rows, then the two that ship with the package (`openrouter/auto` and friends) where it lacks them.
   * Cached; fetched once however many callers ask. Stale rows are given at once while new ones are fetched. OpenRouter's list is public; the
   * client's key goes along where there is one, since a gateway or a proxy lists by it.
   *
   * @example
   * ```js
   * const models = await client.models.list();
   * for (const { id, contextWindow, pricing, isFree } of models.slice(0, 3)) console.log(id, contextWindow, pricing.prompt, isFree);
   * ```
   */
  list(options?: ListOptions): Promise<ModelList>;
  /**
   * One model by reference, slug, bare name, `~` alias or variant; `undefined` when the catalog has none of that name. A model without text
   * as output is looked for too, in the catalog of all kinds.
   *
   * @example
   * ```js
   * const model = await client.models.get("openai/gpt-4o-mini");
   * console.log(model?.contextWindow, model?.supportsTools);
   * ```
   */
  get(id: string, options?: Omit<ListOptions, "all" | keyof ModelFilters>): Promise<Model | undefined>;
  /** Endpoints of a model: its providers with prices, quantisation, uptime. `id` as for `get`. */
  endpoints(id: string, options?: ListCallOptions): Promise<ListOf<ModelEndpoint>>;
  /** The providers that OpenRouter knows. */
  providers(options?: ListCallOptions): Promise<ListOf<Provider>>;
  /**
   * Looks for models that work: filters the catalog, probes what is left, ranks it. Free ones alone unless `free: false`.
   *
   * @example
   * ```js
   * const { selected, rows } = await client.models.scan({ onProgress: ({ completed, total }) => console.log(completed, total) });
   * console.log(selected, rows[0]?.tool.latencyMs);
   * ```
   */
  scan(options?: ScanOptions): Promise<ScanResult>;
}

/** An array of models that also says what could not be read. */
export interface ModelList extends Array<Model> {
  /** Rows that were left out, by place (`data[3].id`). */
  readonly warnings: readonly Change[];
  /** When the rows were fetched, milliseconds since 1970. */
  readonly fetchedAtMs: number;
  /** Filters, by the place that applied them. */
  readonly filters: ListFilters;
}

/** A model of the catalog. */
export interface Model {
  /** Id of the model, for `model` of a request. */
  id: string;
  /** Its name for people. */
  name: string;
  /** Seconds since 1970, as OpenRouter has it. */
  created?: number;
  /** Description, in sentences. */
  description?: string;
  /** The dated name behind the id. */
  canonicalSlug?: string;
  /** Target of a `~` alias. */
  aliasTarget?: string;
  /** Tokens; 200,000 when the catalog does not say. */
  contextWindow: number;
  /** Tokens of an answer; 8,192 when the catalog does not say. */
  maxTokens: number;
  /** Which of the two are the defaults. */
  assumed?: readonly ("contextWindow" | "maxTokens")[];
  /** `text`, `image`, `audio`, `video`, `file`, ... */
  input: string[];
  /** Output modalities: `text`, `image`, `audio`, ... */
  output: string[];
  /** Whether it reasons. */
  reasoning: boolean;
  /** Missing when the catalog does not say. */
  supportsTools?: boolean;
  /** The request fields that it knows. */
  supportedParameters?: string[];
  /** The levels of `thinking` that it has, and whether it always thinks. */
  thinking: { levels: string[]; default?: string; binary?: boolean; mandatory?: boolean };
  /** Prices, USD a unit as decimal strings. */
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
  /** Id of the model, for `model` of a request. */
  id?: string;
  /** The dated name behind the id. */
  canonical_slug?: string;
  /** Its name for people. */
  name?: string;
  /** Seconds since 1970. */
  created?: number;
  /** Description, in sentences. */
  description?: string;
  /** Tokens of prompt and answer together. */
  context_length?: number | null;
  /** Modalities of the model, and its tokenizer. */
  architecture?: { modality?: string | null; input_modalities?: string[]; output_modalities?: string[]; tokenizer?: string; instruct_type?: string | null; [name: string]: unknown };
  /** Decimal strings, `"-1"` of routers; `discount` and `overrides` are none. */
  pricing?: { [unit: string]: unknown };
  /** The limits of the provider that is asked first. */
  top_provider?: { context_length?: number | null; max_completion_tokens?: number | null; is_moderated?: boolean; [name: string]: unknown };
  /** Tokens that one request may have. */
  per_request_limits?: { prompt_tokens?: number; completion_tokens?: number; [name: string]: unknown } | null;
  /** The request fields that the model knows. */
  supported_parameters?: string[];
  /** Default parameters of the provider, for those that the request leaves out. */
  default_parameters?: { temperature?: number | null; top_p?: number | null; top_k?: number | null; frequency_penalty?: number | null; presence_penalty?: number | null; repetition_penalty?: number | null; [name: string]: unknown } | null;
  /** Voices of a speech model. */
  supported_voices?: string[] | null;
  /** How it reasons. */
  reasoning?: { mandatory?: boolean; default_enabled?: boolean; default_effort?: string | null; supported_efforts?: string[] | null; supports_max_tokens?: boolean; [name: string]: unknown };
  /** Target of a `~` alias. */
  alias_target?: { slug?: string; name?: string; [name: string]: unknown };
  /** ISO date after which the model is gone. */
  expiration_date?: string | null;
  /** ISO date up to which the model knows the world. */
  knowledge_cutoff?: string | null;
  /** The model's id on Hugging Face. */
  hugging_face_id?: string | null;
  /** Benchmark results of the model. */
  benchmarks?: {
    /** Artificial Analysis' indices. */
    artificial_analysis?: { intelligence_index?: number | null; coding_index?: number | null; agentic_index?: number | null; [name: string]: unknown };
    /** Places in Design Arena. */
    design_arena?: { arena?: string; category?: string; elo?: number; rank?: number; win_rate?: number; [name: string]: unknown }[];
    /** Any other benchmark. */
    [name: string]: unknown;
  };
  /** Addresses below OpenRouter's. */
  links?: { details?: string; [name: string]: unknown };
  /** Any other field. */
  [name: string]: unknown;
}

/** Decimal strings, USD a token (or request, image, search, ... by the key's name). */
export interface Pricing {
  /** A token of the prompt. */
  prompt?: string;
  /** A token of the answer. */
  completion?: string;
  /** A request. */
  request?: string;
  /** An image of the prompt. */
  image?: string;
  /** A token of an image of the prompt. */
  imageToken?: string;
  /** A token of an image that is made. */
  imageOutput?: string;
  /** A token of sound in the prompt. */
  audio?: string;
  /** A token of sound that is made. */
  audioOutput?: string;
  /** A search. */
  webSearch?: string;
  /** A token of reasoning. */
  internalReasoning?: string;
  /** A token of sound that a cache had. */
  inputAudioCache?: string;
  /** A token that a cache had. */
  inputCacheRead?: string;
  /** Five minutes. */
  inputCacheWrite?: string;
  /** A token that is cached for an hour. */
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

/** Prices that hold at times, or for long prompts. */
export interface PriceOverride {
  /** Applies to prompts of more tokens than this. */
  minPromptTokens?: number;
  /** `HHMM` UTC; the end is exclusive, and may be past midnight. */
  utcStart?: string;
  /** `HHMM` UTC; exclusive. */
  utcEnd?: string;
  /** The days it holds on. Left out: all. */
  utcDays?: readonly (string | number)[];
  /** A price, by the keys of `Pricing`. */
  [unit: string]: unknown;
}

/** Options of `models.scan`. */
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
  /** USD a million tokens of the prompt. */
  maxPrice?: number | undefined;
  /** With endpoints that keep no data. */
  zdr?: boolean | undefined;
  /** Capabilities that the catalog must list: `tools`, `image`, `reasoning`, `json`, or any supported parameter. */
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
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
}

/** `tool`: calls a tool with the arguments asked for. `json`: answers in a JSON schema. `image`: says what an image shows. `reasoning`: reasons. */
export type Probe = "tool" | "json" | "image" | "reasoning";

/** How far a scan is. */
export interface ScanProgress {
  /** Phase of the scan. */
  phase: "catalog" | "probe" | "done";
  /** Models that were probed. */
  completed: number;
  /** Models that will be. */
  total: number;
  /** The model that has just been probed. */
  row?: ScanRow;
}

/** Result of one probe. */
export interface ProbeResult {
  /** Whether the model did what was asked. */
  ok: boolean;
  /** How long it took; `null` when it was not tried. */
  latencyMs: number | null;
  /** Why it is not ok. */
  error?: string;
  /** Not tried: the model does not claim it, or nobody asked. */
  skipped?: boolean;
}

/** A model, and what came of its probes. */
export interface ScanRow {
  /** Its id. */
  model: string;
  /** Its name for people. */
  name: string;
  /** Whether it costs nothing. */
  isFree: boolean;
  /** Billions, from the name. */
  paramsB: number | null;
  /** Milliseconds since 1970. */
  createdAt: number | null;
  /** Modalities of input and output: `text+image->text`. */
  modality: string | null;
  /** Tokens of prompt and answer together. */
  contextWindow: number | null;
  /** Tokens of an answer. */
  maxTokens: number | null;
  /** How many request fields it knows. */
  supportedParametersCount: number;
  /** Whether it says that it calls tools. */
  supportsTools: boolean | null;
  /** Whether it says that it sees images. */
  supportsImages: boolean;
  /** Prices, USD a unit as decimal strings. */
  pricing: Pricing | null;
  /** The probe with a tool. */
  tool: ProbeResult;
  /** The probe with an image. */
  image: ProbeResult;
  /** The probe with a JSON schema. */
  json: ProbeResult;
  /** The probe for reasoning. */
  reasoning: ProbeResult;
  /** Why it stands where it stands, best first. */
  reasons: string[];
}

/** Result of a scan. */
export interface ScanResult {
  /** Best first. */
  rows: ScanRow[];
  /** The best that call tools, those that see images first; at most `maxCandidates`. */
  selected: string[];
  /** The best that see images. */
  selectedImages: string[];
  /** Whether anything was probed. */
  probed: boolean;
  /** Warnings, in words. */
  warnings: string[];
  /** Filters, by the place that applied them; those that OpenRouter applied are checked here, too, where the row says it. */
  filters: ListFilters;
  /** How many were tried, and what they could. */
  counts: { tested: number; toolOk: number; imageOk: number; toolAndImageOk: number; imageOnly: number };
}

/** Keeps the catalog: the default is memory; `createCatalogCache` makes one of a `Cache`, KV namespace, Web Storage or Map. */
export interface CatalogCache {
  /** Text under this name, and the time when it was written, milliseconds since 1970. */
  read(name: string): Promise<{ text: string; storedAtMs: number } | undefined>;
  /** Keeps a text under this name. */
  write(name: string, entry: { text: string; storedAtMs: number }): Promise<void>;
}

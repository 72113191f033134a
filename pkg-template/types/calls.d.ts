// Embeddings, ranking, decisions, descriptions and lists. Costs USD, times milliseconds, prices decimal strings.
import type { Change, Model, Pricing, SecretKey } from "../index.js";
import type { InputFile } from "./media.js";
import type { AbortSignal, Blob, HeaderValues } from "./platform.js";

export interface ServiceCallOptions {
  /** OpenRouter's provider routing. */
  provider?: object | null | undefined;
  /** Who it is for, by a name that stays the same. */
  user?: string | undefined;
  /** Groups requests in OpenRouter's logs. At most 256 characters. */
  sessionId?: string | undefined;
  signal?: AbortSignal | null | undefined;
  headers?: HeaderValues | undefined;
  /** More fields of the body, as they are on the wire; `null` takes one out. */
  extraBody?: object | undefined;
}

/** Settings of `media.embedding`, as `memory.search` of an OpenClaw configuration has them; a call's own options win. */
export interface EmbeddingSettings {
  model?: string | undefined;
  dimensions?: number | undefined;
  inputType?: string | undefined;
  queryInputType?: string | undefined;
  documentInputType?: string | undefined;
  timeoutMs?: number | undefined;
  /** Another place than the client's. The client's key and headers go to the client's own alone: same origin, path and query. */
  baseURL?: string | undefined;
  apiKey?: string | SecretKey | undefined;
  headers?: HeaderValues | undefined;
}

/** A text, tokens, or parts of several kinds: what becomes one vector. */
export type EmbeddingInput = string | readonly number[] | { content: readonly { type: string; [field: string]: unknown }[] };

export interface EmbeddingRequest extends ServiceCallOptions {
  /** Its id on OpenRouter, `openrouter/` before it or not. Required unless the settings name one. */
  model?: string | undefined;
  /** One or many, all of one kind. None: nothing is sent. */
  input: EmbeddingInput | readonly EmbeddingInput[];
  /** Of a vector, where the model has a choice. */
  dimensions?: number | undefined;
  /** `search_query`, `search_document`, ... as the model knows it. Blank is not set. */
  inputType?: string | undefined;
  /** What the inputs are for: `queryInputType` or `documentInputType` is sent in place of `inputType` where it is set. */
  purpose?: "query" | "document" | undefined;
  queryInputType?: string | undefined;
  documentInputType?: string | undefined;
  /** How the vectors travel. Default `base64`, a quarter of the bytes. What comes is read in either form. */
  encodingFormat?: "base64" | "float" | undefined;
  /** UTF-8 bytes of one text; a longer one is refused. Default 8,192. `Infinity`: as the model has it. */
  maxInputBytes?: number | undefined;
  /** Inputs in one request. Default 128. */
  maxBatchInputs?: number | undefined;
  /** Characters in one request, all inputs together. Default 65,536. */
  maxBatchChars?: number | undefined;
  /** Requests at once. Default 4. */
  concurrency?: number | undefined;
  /** Of one request. Default 600,000. */
  timeoutMs?: number | undefined;
}

export interface EmbeddingUsage {
  inputTokens?: number | undefined;
  totalTokens?: number | undefined;
  cost?: number | undefined;
  /** As it came; `{requests}` when there were several. */
  raw: Record<string, unknown>;
}

export interface EmbeddingResult {
  /** In the order of the inputs. */
  embeddings: Float32Array[];
  model: string;
  /** Of all requests together; missing when none told it. */
  usage?: EmbeddingUsage | undefined;
  /** Missing when a request did not tell it. */
  cost?: number | undefined;
  id?: string | undefined;
  provider?: string | undefined;
  warnings: string[];
}

/** `error.partial` when some requests failed: they are paid for. */
export interface PartialEmbeddings {
  /** In the order of the inputs, `null` where there is none. */
  embeddings: (Float32Array | null)[];
  /** Numbers of the inputs without a vector. */
  missing: number[];
  usage?: EmbeddingUsage | undefined;
}

export interface Embeddings {
  /** Sends the inputs in batches. After 429 and 5xx a batch is sent again at most twice; what fails then is thrown, with what the others gave in `error.partial`. */
  create(request: EmbeddingRequest): Promise<EmbeddingResult>;
  /** The models that embed, as `models.list` has them. */
  models(options?: ListCallOptions): Promise<ListOf<Model>>;
}

export type RerankDocument = string | { text?: string; image?: string };

export interface RerankRequest extends ServiceCallOptions {
  model: string;
  query: string;
  /** At least one; `image` is an address or a data URL. */
  documents: readonly RerankDocument[];
  /** How many come back. Default: all. */
  topN?: number | undefined;
  /** Default 60,000. */
  timeoutMs?: number | undefined;
}

export interface RerankResult {
  /** Best first. `index` is the number of the document, `document` is as the answer has it, else `{text}` of it. */
  results: { index: number; score: number; document: { text?: string; image?: string } }[];
  model: string;
  usage?: { totalTokens?: number | undefined; searchUnits?: number; cost?: number; raw: Record<string, unknown> };
  cost?: number | undefined;
  id?: string | undefined;
  provider?: string | undefined;
  warnings: string[];
}

/** What a question or criterion says: a text, or anything that JSON has for it. */
export type DecisionText = string | object;

export type DecisionQuestion =
  /** Whether; `criteria` says what counts as true and as false, both or neither. `noul` is its name on the wire. */
  | { type: "boolean" | "noul"; instructions: DecisionText; criteria?: { true: DecisionText; false: DecisionText } }
  /** Which; 1 to 255 choices by name. */
  | { type: "choice"; instructions: DecisionText; criteria: Readonly<Record<string, DecisionText | null>> }
  /** How much; 1 to 10 levels, the lowest first. */
  | { type: "score"; instructions: DecisionText; criteria: readonly DecisionText[] }
  /** Where in an image. */
  | { type: "box"; instructions: DecisionText };

export type DecisionAnswer<Question> = Question extends { type: "boolean" | "noul" }
  ? { probability: number }
  : Question extends { type: "choice"; criteria: infer Criteria }
    ? { choice: keyof Criteria & string; probabilities?: Partial<Record<keyof Criteria & string, number>>; confidence?: number }
    : Question extends { type: "score" }
      ? { score: number; probabilities?: Record<string, number>; confidence?: number; legend?: Record<string, unknown> }
      : { box: { top: number; bottom: number; left: number; right: number }; confidence?: number };

/** At most 1 MiB and 256 questions; a field that is none of these is refused before anything is sent. */
export interface DecisionRequest<Questions extends Record<string, DecisionQuestion> = Record<string, DecisionQuestion>> extends Omit<ServiceCallOptions, "extraBody"> {
  model: string;
  /** What is decided about. Images go as `{type: "image_url", image_url: {url}}` before it, in an array. */
  state: string | object;
  questions: Questions;
  /** For OpenRouter's tracing. */
  trace?: object | undefined;
  /** Default 30,000, which is the most. */
  timeoutMs?: number | undefined;
}

export interface Decision<Questions extends Record<string, DecisionQuestion> = Record<string, DecisionQuestion>> {
  /** By the question's name; as they came, nothing recomputed. OpenRouter rounds probabilities to two decimals. */
  answers: { [Name in keyof Questions]: DecisionAnswer<Questions[Name]> };
  model: string;
  usage: { inputTokens: number; outputTokens: number; cost?: number; raw: Record<string, unknown> };
  cost?: number | undefined;
  id?: string | undefined;
  provider?: string | undefined;
  warnings: string[];
}

interface DescriptionOptions {
  mediaType?: string | undefined;
  fileName?: string | undefined;
  /** Default `Describe the video.`, `Describe the image.`, `Describe the audio.` */
  prompt?: string | undefined;
  /** Default `google/gemini-3.8-flash`. */
  model?: string | undefined;
  /** Of the file. Default `media.maxBytes`, else 16 MiB. */
  maxBytes?: number | undefined;
  /** Default 120,000. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | null | undefined;
  headers?: HeaderValues | undefined;
  extraBody?: object | undefined;
}
/** Bytes, a Blob, base64, a data URL or an https address; an `InputFile` is one of these with its type. */
export type DescribedFile = Uint8Array | ArrayBuffer | Blob | string | InputFile;
export interface VideoDescriptionRequest extends DescriptionOptions { video: DescribedFile }
export interface ImageDescriptionRequest extends DescriptionOptions { image: DescribedFile }
/** A sound has to be at hand: an address is refused. */
export interface AudioDescriptionRequest extends DescriptionOptions { audio: DescribedFile }

export interface Description {
  text: string;
  model: string;
  usage?: { inputTokens?: number | undefined; outputTokens?: number; totalTokens?: number; cost?: number; raw: Record<string, unknown> };
  cost?: number | undefined;
  id?: string | undefined;
  provider?: string | undefined;
  warnings: string[];
}

export interface ListCallOptions {
  /** Default 12,000. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | null | undefined;
}

/** An array of rows that also says what could not be read. */
export interface ListOf<Row> extends Array<Row> {
  readonly warnings: readonly Change[];
}

/** One provider of a model. */
export interface ModelEndpoint {
  provider: string;
  /** `deepinfra/fp8`: what `provider.only` takes. */
  tag?: string | undefined;
  name?: string | undefined;
  modelId?: string | undefined;
  /** `fp8`, `bf16`, ... */
  quantization?: string | undefined;
  serviceTier?: string | undefined;
  /** Tokens. */
  contextWindow?: number | undefined;
  maxTokens?: number | undefined;
  maxPromptTokens?: number | undefined;
  /** 0 is good; below 0 it is not used, or less. */
  status?: number | undefined;
  pricing: Pricing;
  /** Percent. */
  uptime: { last5m?: number; last30m?: number; last1d?: number };
  /** By percentile: `p50`, `p75`, `p90`, `p99`. */
  latencyMs?: Record<string, number> | undefined;
  tokensPerSecond?: Record<string, number> | undefined;
  supportedParameters?: string[] | undefined;
  supportsImplicitCaching?: boolean | undefined;
  raw: Record<string, unknown>;
}

export interface Provider {
  slug: string;
  name?: string | undefined;
  privacyPolicyUrl?: string | undefined;
  termsOfServiceUrl?: string | undefined;
  statusPageUrl?: string | undefined;
  /** Country codes. */
  headquarters?: string | undefined;
  datacenters?: string[] | undefined;
  raw: Record<string, unknown>;
}

export interface ImageModel {
  id: string;
  name?: string | undefined;
  description?: string | undefined;
  /** Seconds since 1970. */
  created?: number | undefined;
  input?: string[] | undefined;
  output?: string[] | undefined;
  /** What the model takes, by the names on the wire. */
  parameters?: Record<string, { type: "enum" | undefined; values: string[] } | { type: "range"; min: number; max: number } | { type: "boolean" }>;
  supportsStreaming?: boolean | undefined;
  raw: Record<string, unknown>;
}

// Embeddings, ranking, decisions, descriptions and lists. Costs USD, times milliseconds, prices decimal strings.
import type { Change, Model, Pricing, SecretKey } from "../index.js";
import type { InputFile } from "./media.js";
import type { AbortSignal, Blob, HeaderValues } from "./platform.js";

/** Options of every call of this kind. */
export interface ServiceCallOptions {
  /** OpenRouter's provider routing. */
  provider?: object | null | undefined;
  /** End user of the call, by a name that stays the same. */
  user?: string | undefined;
  /** Groups requests in OpenRouter's logs. At most 256 characters. */
  sessionId?: string | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
  /** Headers of this call, beside the client's. */
  headers?: HeaderValues | undefined;
  /** More fields of the body, as they are on the wire; `null` takes one out. */
  extraBody?: object | undefined;
}

/** Settings of `media.embedding`, as `memory.search` of an OpenClaw configuration has them; a call's own options win. */
export interface EmbeddingSettings {
  /** The model. Default: none. */
  model?: string | undefined;
  /** Numbers of a vector, where the model has a choice. */
  dimensions?: number | undefined;
  /** Sent as `input_type`. */
  inputType?: string | undefined;
  /** In place of `inputType` for queries. */
  queryInputType?: string | undefined;
  /** In place of `inputType` for documents. */
  documentInputType?: string | undefined;
  /** Of one request. Default 600,000. */
  timeoutMs?: number | undefined;
  /** Another place than the client's. The client's key and headers go to the client's own alone: same origin, path and query. */
  baseURL?: string | undefined;
  /** The key for `baseURL`. */
  apiKey?: string | SecretKey | undefined;
  /** Headers for `baseURL`. */
  headers?: HeaderValues | undefined;
}

/** A text, tokens, or parts of several kinds, which become one vector. */
export type EmbeddingInput = string | readonly number[] | { content: readonly { type: string; [field: string]: unknown }[] };

/** Request of `embeddings.create`. */
export interface EmbeddingRequest extends ServiceCallOptions {
  /** Its id on OpenRouter, `openrouter/` before it or not. Required unless the settings name one. */
  model?: string | undefined;
  /** One or many, all of one kind. None: nothing is sent. */
  input: EmbeddingInput | readonly EmbeddingInput[];
  /** Of a vector, where the model has a choice. */
  dimensions?: number | undefined;
  /** `search_query`, `search_document`, ... as the model knows it. Blank is not set. */
  inputType?: string | undefined;
  /** Purpose of the inputs: `queryInputType` or `documentInputType` is sent in place of `inputType` where it is set. */
  purpose?: "query" | "document" | undefined;
  /** Sent with `purpose: "query"`. */
  queryInputType?: string | undefined;
  /** Sent with `purpose: "document"`. */
  documentInputType?: string | undefined;
  /** How the vectors travel. Default `base64`, a quarter of the bytes. Answers are read in either form. */
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

/** Tokens of an embedding, and what they cost. */
export interface EmbeddingUsage {
  /** Tokens of the inputs. */
  inputTokens?: number | undefined;
  /** All tokens together. */
  totalTokens?: number | undefined;
  /** USD, as OpenRouter billed it. */
  cost?: number | undefined;
  /** As it came; `{requests}` when there were several. */
  raw: Record<string, unknown>;
}

/** Vectors, and what they cost. */
export interface EmbeddingResult {
  /** In the order of the inputs. */
  embeddings: Float32Array[];
  /** The model that answered. */
  model: string;
  /** Of all requests together; missing when none told it. */
  usage?: EmbeddingUsage | undefined;
  /** Missing when a request did not tell it. */
  cost?: number | undefined;
  /** The generation id. */
  id?: string | undefined;
  /** The provider that answered. */
  provider?: string | undefined;
  /** Warnings, in words. */
  warnings: string[];
}

/** `error.partial` when some requests failed: they are paid for. */
export interface PartialEmbeddings {
  /** In the order of the inputs, `null` where there is none. */
  embeddings: (Float32Array | null)[];
  /** Numbers of the inputs without a vector. */
  missing: number[];
  /** Tokens of the requests that came through. */
  usage?: EmbeddingUsage | undefined;
}

/** Texts to vectors. */
export interface Embeddings {
  /**
   * Sends the inputs in batches. After 429 and 5xx a batch is sent again at most twice; a failure then is thrown, with the others' vectors in `error.partial`.
   *
   * @example
   * ```js
   * const { embeddings } = await client.embeddings.create({ model: "openai/text-embedding-3-small", input: ["Bern", "Paris"] });
   * console.log(embeddings.length, embeddings[0]?.length);
   * ```
   */
  create(request: EmbeddingRequest): Promise<EmbeddingResult>;
  /** The models that embed, as `models.list` has them. */
  models(options?: ListCallOptions): Promise<ListOf<Model>>;
}

/** A text, or an object with a text, an image or both. */
export type RerankDocument = string | { text?: string; image?: string };

/** Request of `rerank`. */
export interface RerankRequest extends ServiceCallOptions {
  /** The id of a reranking model. */
  model: string;
  /** Query that the documents are ranked by. */
  query: string;
  /** At least one; `image` is an address or a data URL. */
  documents: readonly RerankDocument[];
  /** How many come back. Default: all. */
  topN?: number | undefined;
  /** Default 60,000. */
  timeoutMs?: number | undefined;
}

/** The ranking, and what it cost. */
export interface RerankResult {
  /** Best first. `index` is the number of the document, `document` is as the answer has it, else `{text}` of it. */
  results: { index: number; score: number; document: { text?: string; image?: string } }[];
  /** The model that answered. */
  model: string;
  /** Tokens and searches, as far as they were told. */
  usage?: { totalTokens?: number | undefined; searchUnits?: number; cost?: number; raw: Record<string, unknown> };
  /** USD, as OpenRouter billed it. */
  cost?: number | undefined;
  /** The generation id. */
  id?: string | undefined;
  /** The provider that answered. */
  provider?: string | undefined;
  /** Warnings, in words. */
  warnings: string[];
}

/** Text of a question or criterion: a string, or a JSON object or array. */
export type DecisionText = string | object;

/** One question: whether, which, how much, or where. */
export type DecisionQuestion =
  /** Whether; `criteria` says what counts as true and as false, both or neither. `noul` is its name on the wire. */
  | { type: "boolean" | "noul"; instructions: DecisionText; criteria?: { true: DecisionText; false: DecisionText } }
  /** Which; 1 to 255 choices by name. */
  | { type: "choice"; instructions: DecisionText; criteria: Readonly<Record<string, DecisionText | null>> }
  /** How much; 1 to 10 levels, the lowest first. */
  | { type: "score"; instructions: DecisionText; criteria: readonly DecisionText[] }
  /** Box in an image. */
  | { type: "box"; instructions: DecisionText };

/** The answer to a question, by its `type`. Probabilities and `confidence` are 0 to 1. */
export type DecisionAnswer<Question> = Question extends { type: "boolean" | "noul" }
  ? { probability: number }
  : Question extends { type: "choice"; criteria: infer Criteria }
    ? { choice: keyof Criteria & string; probabilities?: Partial<Record<keyof Criteria & string, number>>; confidence?: number }
    : Question extends { type: "score" }
      ? { score: number; probabilities?: Record<string, number>; confidence?: number; legend?: Record<string, unknown> }
      : { box: { top: number; bottom: number; left: number; right: number }; confidence?: number };

/** At most 1 MiB and 256 questions; a field that is none of these is refused before anything is sent. */
export interface DecisionRequest<Questions extends Record<string, DecisionQuestion> = Record<string, DecisionQuestion>> extends Omit<ServiceCallOptions, "extraBody"> {
  /** The id of a decision model. */
  model: string;
  /** State to decide about. Images go as `{type: "image_url", image_url: {url}}` before it, in an array. */
  state: string | object;
  /** The questions, each by a name of your own. */
  questions: Questions;
  /** For OpenRouter's tracing. */
  trace?: object | undefined;
  /** Default 30,000, which is the most. */
  timeoutMs?: number | undefined;
}

/** The answers, and what they cost. */
export interface Decision<Questions extends Record<string, DecisionQuestion> = Record<string, DecisionQuestion>> {
  /** By the question's name; as they came, nothing recomputed. OpenRouter rounds probabilities to two decimals. */
  answers: { [Name in keyof Questions]: DecisionAnswer<Questions[Name]> };
  /** The model that answered. */
  model: string;
  /** Tokens, and what they cost. */
  usage: { inputTokens: number; outputTokens: number; cost?: number; raw: Record<string, unknown> };
  /** USD, as OpenRouter billed it. */
  cost?: number | undefined;
  /** The generation id. */
  id?: string | undefined;
  /** The provider that answered. */
  provider?: string | undefined;
  /** Warnings, in words. */
  warnings: string[];
}

/** How a file is described. */
interface DescriptionOptions {
  /** The file's media type. Default: told by the bytes. */
  mediaType?: string | undefined;
  /** The file's name, by which its type is told too. */
  fileName?: string | undefined;
  /** Default `Describe the video.`, `Describe the image.`, `Describe the audio.` */
  prompt?: string | undefined;
  /** Default `google/gemini-3.8-flash`. */
  model?: string | undefined;
  /** Of the file. Default `media.maxBytes`, else 16 MiB. */
  maxBytes?: number | undefined;
  /** Default 120,000. */
  timeoutMs?: number | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
  /** Headers of this call, beside the client's. */
  headers?: HeaderValues | undefined;
  /** More fields of the body, as they are on the wire. */
  extraBody?: object | undefined;
}
/** Bytes, a Blob, base64, a data URL or an https address; an `InputFile` is one of these with its type. */
export type DescribedFile = Uint8Array | ArrayBuffer | Blob | string | InputFile;
/** Request of `videos.describe`. */
export interface VideoDescriptionRequest extends DescriptionOptions {
  /** The video. */
  video: DescribedFile;
}
/** Request of `images.describe`. */
export interface ImageDescriptionRequest extends DescriptionOptions {
  /** The image. */
  image: DescribedFile;
}
/** A sound has to be at hand: an address is refused. */
export interface AudioDescriptionRequest extends DescriptionOptions {
  /** The sound. */
  audio: DescribedFile;
}

/** Description of a file, in words. */
export interface Description {
  /** The description. */
  text: string;
  /** The model that answered. */
  model: string;
  /** Tokens, as far as they were told. */
  usage?: { inputTokens?: number | undefined; outputTokens?: number; totalTokens?: number; cost?: number; raw: Record<string, unknown> };
  /** USD, as OpenRouter billed it. */
  cost?: number | undefined;
  /** The generation id. */
  id?: string | undefined;
  /** The provider that answered. */
  provider?: string | undefined;
  /** Warnings, in words. */
  warnings: string[];
}

/** How a list is fetched. */
export interface ListCallOptions {
  /** Default 12,000. */
  timeoutMs?: number | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
}

/** An array of rows that also says what could not be read. */
export interface ListOf<Row> extends Array<Row> {
  /** Rows that were left out, and why. */
  readonly warnings: readonly Change[];
}

/** One provider of a model. */
export interface ModelEndpoint {
  /** The provider's name. */
  provider: string;
  /** Tag for `provider.only`: `deepinfra/fp8`. */
  tag?: string | undefined;
  /** The endpoint's name for people. */
  name?: string | undefined;
  /** The model that it serves. */
  modelId?: string | undefined;
  /** `fp8`, `bf16`, ... */
  quantization?: string | undefined;
  /** `flex`, `priority`, ... */
  serviceTier?: string | undefined;
  /** Tokens. */
  contextWindow?: number | undefined;
  /** Tokens of an answer. */
  maxTokens?: number | undefined;
  /** Tokens of a prompt. */
  maxPromptTokens?: number | undefined;
  /** 0 is good; below 0 it is not used, or less. */
  status?: number | undefined;
  /** Prices of this endpoint. */
  pricing: Pricing;
  /** Percent. */
  uptime: { last5m?: number; last30m?: number; last1d?: number };
  /** By percentile: `p50`, `p75`, `p90`, `p99`. */
  latencyMs?: Record<string, number> | undefined;
  /** By percentile, as `latencyMs`. */
  tokensPerSecond?: Record<string, number> | undefined;
  /** The request fields that it knows. */
  supportedParameters?: string[] | undefined;
  /** Whether it caches prompts without markers. */
  supportsImplicitCaching?: boolean | undefined;
  /** The row as it came. */
  raw: Record<string, unknown>;
}

/** A company that serves models. */
export interface Provider {
  /** Its name in `provider.only` and `provider.order`. */
  slug: string;
  /** Its name for people. */
  name?: string | undefined;
  /** Address of its privacy policy. */
  privacyPolicyUrl?: string | undefined;
  /** Address of its terms of service. */
  termsOfServiceUrl?: string | undefined;
  /** Address of its status page, which tells of outages. */
  statusPageUrl?: string | undefined;
  /** Country codes. */
  headquarters?: string | undefined;
  /** Country codes of where it computes. */
  datacenters?: string[] | undefined;
  /** The row as it came. */
  raw: Record<string, unknown>;
}

/** A model that makes images. */
export interface ImageModel {
  /** Id of the model, for `model` of a request. */
  id: string;
  /** Its name for people. */
  name?: string | undefined;
  /** Description, in sentences. */
  description?: string | undefined;
  /** Seconds since 1970. */
  created?: number | undefined;
  /** Input modalities: `text`, `image`. */
  input?: string[] | undefined;
  /** Output modalities: `image`, `text`. */
  output?: string[] | undefined;
  /** Parameters of the model, by their names on the wire. */
  parameters?: Record<string, { type: "enum" | undefined; values: string[] } | { type: "range"; min: number; max: number } | { type: "boolean" }>;
  /** Whether partial images come. */
  supportsStreaming?: boolean | undefined;
  /** The row as it came. */
  raw: Record<string, unknown>;
}

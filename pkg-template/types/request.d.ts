// Fields of OpenRouter's chat completions: all of its schema, and those that its documentation has beside it. Nothing else is a field:
// fields that a provider alone knows go into `extraBody`.
import type { CacheControl, ChatMessage, BlockMessage } from "./messages.js";
import type { Plugin } from "./plugins.js";
import type { BothSpellings } from "./spelling.js";

/** Fields of a chat. A provider or a model leaves out one that it does not know, unless `provider.require_parameters` says that it has to know it. */
export interface ChatFields {
  /** A reference, a slug or an alias. Default: the client's `model`. */
  model?: string | undefined;
  /** OpenRouter's own fallback list, first to last; the one that answers is billed. */
  models?: readonly string[] | undefined;
  /** In the wire form; OpenClaw's block form is taken too. The last turn may not be blank. */
  messages: readonly (ChatMessage | BlockMessage)[];
  /** Default true. With false the events and the result are the same, in one piece. */
  stream?: boolean | undefined;
  /** Has no effect, and is not sent: usage comes with every answer. @deprecated */
  stream_options?: { include_usage?: boolean | undefined } | null | undefined;

  /** Tokens of the answer, reasoning included, at least 1; some providers refuse fewer than 16. Default: the model's own. */
  max_completion_tokens?: number | null | undefined;
  /** The older name, sent as `max_completion_tokens`. */
  max_tokens?: number | null | undefined;
  /** 0 to 2. */
  temperature?: number | null | undefined;
  /** 0 to 1. */
  top_p?: number | null | undefined;
  /** Tokens to choose from, at least 0. */
  top_k?: number | null | undefined;
  /** 0 to 1. */
  top_a?: number | null | undefined;
  /** 0 to 1, of the likeliest token's probability. */
  min_p?: number | null | undefined;
  /** -2 to 2. */
  frequency_penalty?: number | null | undefined;
  /** -2 to 2. */
  presence_penalty?: number | null | undefined;
  /** 0 to 2; 1 is none. */
  repetition_penalty?: number | null | undefined;
  /** The same seed is to give the same result, as far as the model can. */
  seed?: number | null | undefined;
  /** At most 4. */
  stop?: string | readonly string[] | null | undefined;
  /** By token ids, -100 to 100. */
  logit_bias?: Readonly<Record<string, number>> | null | undefined;
  /** Whether the tokens' probabilities are told. */
  logprobs?: boolean | null | undefined;
  /** 0 to 20. */
  top_logprobs?: number | null | undefined;
  /** Prediction of the answer, for models that are faster then. */
  prediction?: { type: "content"; content: string | readonly { type: "text"; text: string }[] } | null | undefined;
  /** How much is said. Documented, not in the schema. */
  verbosity?: "low" | "medium" | "high" | "xhigh" | "max" | null | undefined;

  /** `thinking` takes a level and brings it to what the model has. */
  reasoning?: BothSpellings<ReasoningOptions> | null | undefined;
  /** Sent as `reasoning.effort`. */
  reasoning_effort?: ReasoningEffort | null | undefined;
  /** Sent as `reasoning.exclude`. @deprecated */
  include_reasoning?: boolean | null | undefined;

  /** The form of the answer. `schema` does this and checks it. */
  response_format?: BothSpellings<ResponseFormat> | null | undefined;
  /** Default `["text"]`. */
  modalities?: readonly ("text" | "image" | "audio")[] | undefined;
  /** Of spoken answers, which need a stream. Documented, not in the schema. */
  audio?: { voice?: string | undefined; format?: string | undefined } | undefined;
  /** Of images: `aspect_ratio`, `image_size`, `quality`, ... as the model has them. */
  image_config?: Readonly<Record<string, string | number | readonly unknown[]>> | undefined;

  /** Default `auto` where there are tools and the model takes the field. */
  tool_choice?: ToolChoice | null | undefined;
  /** Whether one answer may call several tools. Default: as the model has it. */
  parallel_tool_calls?: boolean | null | undefined;
  /** Tools that are looked up before they are loaded. */
  deferred_tools?: { protocol: "v1"; profile: "portable"; validation: "runtime"; search: DeferredToolSearch } | undefined;
  /** When OpenRouter stops running its own tools: the first that holds. */
  stop_server_tools_when?: readonly StopServerToolsCondition[] | undefined;
  /** Calls of server tools, at most 30. Documented, not in the schema. */
  max_tool_calls?: number | undefined;

  /** Laid over the routing of `params` name by name; `null` says that there is none, and a field that is `null` goes. */
  provider?: BothSpellings<ProviderPreferences> | null | undefined;
  /** Plugins, by their `id`. */
  plugins?: readonly Plugin[] | undefined;
  /** A preset of the account, by its slug. Documented, not in the schema. */
  preset?: string | undefined;
  /** @deprecated `provider.sort.partition` takes its place. */
  route?: "fallback" | "sort" | null | undefined;
  /** `flex` is half the price and slow; `fast` is `priority`. */
  service_tier?: "auto" | "default" | "fast" | "flex" | "priority" | "scale" | "ultrafast" | null | undefined;

  /** Marks the last block that can be cached. */
  cache_control?: CacheControl | undefined;
  /** Requests with one key are sent where their cache is. */
  prompt_cache_key?: string | null | undefined;
  /** `explicit`: nothing is cached but what is marked. */
  prompt_cache_options?: { mode: "explicit"; ttl?: string | null | undefined } | null | undefined;

  /** A pseudonym that stays the same; not a name or an address. */
  user?: string | undefined;
  /** Requests of one conversation go to one provider, whose cache is warm; at most 256 characters. `sessionId` sends a hash. */
  session_id?: string | undefined;
  /** At most 16 pairs, names of 64 and values of 512 characters. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** For what watches: `trace_id`, `trace_name`, `span_name`, `generation_name`, `parent_span_id`, and names of your own. */
  trace?: TraceOptions | undefined;
  /** Debugging: `echo_upstream_body` gives the body that the provider was sent, as a chunk of the stream. */
  debug?: BothSpellings<{ echo_upstream_body?: boolean | undefined }> | undefined;
  /** Of models behind vLLM and the like. */
  chat_template_kwargs?: object | undefined;
}

/** How the request stands in a trace. */
export interface TraceOptions {
  /** The trace's id. */
  trace_id?: string | undefined;
  /** The trace's name. */
  trace_name?: string | undefined;
  /** The span's name. */
  span_name?: string | undefined;
  /** The generation's name. */
  generation_name?: string | undefined;
  /** The span above it. */
  parent_span_id?: string | undefined;
  /** Any other field. */
  [name: string]: unknown;
}

/** How strongly a model thinks. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** `effort` or `max_tokens`, not both. */
export interface ReasoningOptions {
  /** How strongly it thinks. */
  effort?: ReasoningEffort | null | undefined;
  /** How far the reasoning is told in short. */
  summary?: "auto" | "concise" | "detailed" | null | undefined;
  /** Tokens of reasoning. Documented, not in the schema; so are the following. */
  max_tokens?: number | null | undefined;
  /** It reasons and does not show it. */
  exclude?: boolean | undefined;
  /** Whether it reasons, where the model has a choice. */
  enabled?: boolean | undefined;
  /** Which turns' reasoning it sees. */
  context?: "auto" | "all_turns" | "current_turn" | undefined;
  /** How it reasons. */
  mode?: "standard" | "pro" | undefined;
}

/** The form of the answer. */
export type ResponseFormat =
  | { type: "text" }
  | { type: "json_object" }
  | { type: "json_schema"; json_schema: JsonSchemaFormat }
  | { type: "json_schema"; jsonSchema: JsonSchemaFormat }
  | { type: "grammar"; grammar: string }
  | { type: "python" };

/** `name`: letters, digits, `_`, `-`, at most 64. */
export interface JsonSchemaFormat {
  /** The schema's name, for the model. */
  name: string;
  /** The JSON Schema. */
  schema?: object | undefined;
  /** Whether the answer has to fit, where the provider can make it. */
  strict?: boolean | null | undefined;
  /** Description of the schema's purpose, for the model. */
  description?: string | undefined;
}

/** Whether tools are called, and which. */
export type ToolChoice =
  | "none" | "auto" | "required"
  | { type: "function"; function: { name: string } }
  /** A server tool. */
  | { type: `openrouter:${string}` | "web_search" | "web_search_preview" };

/** How tools are looked up. */
export type DeferredToolSearch =
  | { type: "regex" | "bm25"; max_results?: number | undefined }
  | { type: "custom"; tool_id: string; result_key: string; max_results?: number | undefined };

/** When OpenRouter stops running its own tools. */
export type StopServerToolsCondition =
  | { type: "step_count_is"; step_count: number }
  | { type: "has_tool_call"; tool_name: string }
  | { type: "max_tokens_used"; max_tokens: number }
  /** USD. */
  | { type: "max_cost"; max_cost_in_dollars: number }
  | { type: "finish_reason_is"; reason: string };

/** Which providers are asked. Slugs (`anthropic`, `azure`) or names. */
export interface ProviderPreferences {
  /** Asked first, in this order. */
  order?: readonly string[] | null | undefined;
  /** Whether others are asked behind them. Default true. */
  allow_fallbacks?: boolean | null | undefined;
  /** Only those that know every parameter of the request. Default false. */
  require_parameters?: boolean | null | undefined;
  /** `deny`: none that keeps prompts. Default `allow`, or the account's. */
  data_collection?: "allow" | "deny" | null | undefined;
  /** Only endpoints that retain nothing. */
  zdr?: boolean | null | undefined;
  /** Only models whose authors allow distillation. */
  enforce_distillable_text?: boolean | null | undefined;
  /** None but these. */
  only?: readonly string[] | null | undefined;
  /** None of these. */
  ignore?: readonly string[] | null | undefined;
  /** Only endpoints of these. */
  quantizations?: readonly Quantization[] | null | undefined;
  /** Without it the load is spread, the cheap ones first. */
  sort?: ProviderSort | { by?: ProviderSort | null | undefined; partition?: "model" | "none" | null | undefined } | null | undefined;
  /** USD: of a million tokens, of an image, of a unit of sound, of a request. */
  max_price?: MaxPrice | null | undefined;
  /** Tokens a second, by percentile or as the median. Others are asked last. */
  preferred_min_throughput?: number | Percentiles | null | undefined;
  /** Seconds. */
  preferred_max_latency?: number | Percentiles | null | undefined;
  /** Options by slug, sent to that provider alone. */
  options?: Readonly<Record<string, object>> | undefined;
}

/** Criterion that providers are sorted by. */
export type ProviderSort = "price" | "throughput" | "latency" | "exacto";

/** How a model's numbers are stored. */
export type Quantization = "int4" | "int8" | "fp4" | "mxfp4" | "nvfp4" | "fp6" | "fp8" | "mxfp8" | "fp16" | "bf16" | "fp32" | "unknown";

/** The most that each unit may cost, USD. */
export interface MaxPrice {
  /** A million tokens of the prompt. */
  prompt?: string | number | undefined;
  /** A million tokens of the answer. */
  completion?: string | number | undefined;
  /** A request. */
  request?: string | number | undefined;
  /** An image. */
  image?: string | number | undefined;
  /** A unit of sound. */
  audio?: string | number | undefined;
}

/** A value by percentile. */
export interface Percentiles {
  /** The median. */
  p50?: number | null | undefined;
  /** Of three in four requests. */
  p75?: number | null | undefined;
  /** Of nine in ten requests. */
  p90?: number | null | undefined;
  /** Of 99 in 100 requests. */
  p99?: number | null | undefined;
}

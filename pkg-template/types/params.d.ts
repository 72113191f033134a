// `params`: settings by the names of OpenClaw's configuration.
import type { Thinking } from "../index.js";
import type { ProviderPreferences, ReasoningOptions, ResponseFormat, ToolChoice } from "./request.js";
import type { BothSpellings } from "./spelling.js";

/**
 * Settings by the names of OpenClaw's configuration, in both spellings (`maxTokens`, `max_tokens`). They merge client, then
 * `models[ref].params`, then call, name by name; a field of the request itself wins over all of them. Names that are none of these are not
 * sent and told as warnings: `extraBody` carries any.
 */
export interface Params extends BothSpellings<ParamFields> {}

/** The names, as they are on the wire. */
export interface ParamFields {
  /** Tokens of the answer, reasoning included. */
  max_completion_tokens?: number | null | undefined;
  /** The older name, sent as `max_completion_tokens`. */
  max_tokens?: number | null | undefined;
  /** How freely the model chooses. 0 to 2. */
  temperature?: number | null | undefined;
  /** 0 to 1. */
  top_p?: number | null | undefined;
  /** -2 to 2. */
  frequency_penalty?: number | null | undefined;
  /** -2 to 2. */
  presence_penalty?: number | null | undefined;
  /** The same seed is to give the same result, as far as the model can. */
  seed?: number | null | undefined;
  /** Texts that end the answer, at most 4. */
  stop?: string | readonly string[] | null | undefined;
  /** The form of the answer. */
  response_format?: BothSpellings<ResponseFormat> | null | undefined;
  /** Whether one answer may call several tools. Default: as the model has it. */
  parallel_tool_calls?: boolean | null | undefined;
  /** Which tool has to be called. */
  tool_choice?: ToolChoice | null | undefined;
  /** As `reasoning` of a request. */
  reasoning?: BothSpellings<ReasoningOptions> | null | undefined;
  /** As `thinking` of a request. */
  thinking?: Thinking | null | undefined;
  /** The other name of `thinking`. */
  thinking_level?: Thinking | null | undefined;
  /** OpenRouter's provider routing; merged name by name, with the request's own last. Sent to OpenRouter's own base URL alone. */
  provider?: BothSpellings<ProviderPreferences> | null | undefined;
  /** Copied over the body at the end; may override anything but `store`. */
  extra_body?: object | null | undefined;
  /** Of models behind vLLM and the like. */
  chat_template_kwargs?: object | null | undefined;
  /** OpenRouter's response cache: the same request is answered from it, at no cost. Also as words (`"on"`, `"off"`). */
  response_cache?: boolean | string | null | undefined;
  /** Seconds, 1 to 86,400. */
  response_cache_ttl_seconds?: number | string | null | undefined;
  /** The other name of `response_cache_ttl_seconds`. */
  response_cache_ttl?: number | string | null | undefined;
  /** Asks anew and stores the answer. */
  response_cache_clear?: boolean | string | null | undefined;
  /** Anthropic's prompt cache: no markers, five minutes (default), an hour. A model whose cache has no such time is warned of. */
  cache_retention?: "none" | "short" | "long" | null | undefined;
}

// Tools that OpenRouter runs itself: no call of them comes here. All but the last take their settings in `parameters`.
import type { CacheControl } from "./messages.js";
import type { UserLocation, WebSearchMode, XSearch } from "./plugins.js";
import type { ReasoningEffort } from "./request.js";

export type ServerTool =
  | { type: "openrouter:web_search"; parameters?: WebSearchParameters | undefined }
  | { type: "openrouter:web_fetch"; parameters?: WebFetchParameters | undefined }
  /** `timezone`: an IANA name, default UTC. */
  | { type: "openrouter:datetime"; parameters?: { timezone?: string | undefined } | undefined }
  | { type: "openrouter:image_generation"; parameters?: ImageGenerationParameters | undefined }
  | { type: "openrouter:fusion"; parameters?: FusionParameters | undefined }
  /** Several may be there, each with a name of its own. */
  | { type: "openrouter:advisor"; parameters?: AdvisorParameters | undefined }
  | { type: "openrouter:subagent"; parameters?: SubagentParameters | undefined }
  | { type: "openrouter:bash"; parameters?: BashParameters | undefined }
  | { type: "openrouter:files"; parameters?: Record<string, never> | undefined }
  | { type: "openrouter:experimental__search_models"; parameters?: { max_results?: number | undefined } | undefined }
  | WebSearchShorthand;

export interface WebSearchParameters {
  /** `auto` (default): the provider's own, else Exa. */
  engine?: "auto" | "native" | "exa" | "parallel" | "firecrawl" | "perplexity" | undefined;
  mode?: WebSearchMode | undefined;
  /** Of one search, default 5. */
  max_results?: number | undefined;
  /** Of all searches of a request. */
  max_total_results?: number | undefined;
  /** Of one result. */
  max_characters?: number | undefined;
  /** Searches in one request. */
  max_uses?: number | undefined;
  search_context_size?: "low" | "medium" | "high" | undefined;
  /** Not beside `excluded_domains`. */
  allowed_domains?: readonly string[] | undefined;
  excluded_domains?: readonly string[] | undefined;
  user_location?: UserLocation | undefined;
  x_search?: XSearch | undefined;
}

/** OpenAI's form, which OpenRouter takes for `openrouter:web_search`. */
export interface WebSearchShorthand extends WebSearchParameters {
  type: "web_search" | "web_search_preview" | "web_search_preview_2025_03_11" | "web_search_2025_08_26";
  parameters?: WebSearchParameters | undefined;
}

export interface WebFetchParameters {
  engine?: "auto" | "native" | "openrouter" | "exa" | "parallel" | "firecrawl" | undefined;
  allowed_domains?: readonly string[] | undefined;
  blocked_domains?: readonly string[] | undefined;
  /** Tokens of one page, about. */
  max_content_tokens?: number | undefined;
  /** Pages in one request. */
  max_uses?: number | undefined;
}

export interface ImageGenerationParameters {
  /** Default `openai/gpt-5-image`. */
  model?: string | undefined;
  /** And any of `image_config`: `aspect_ratio`, `quality`, `size`, `background`, `output_format`, ... */
  [setting: string]: unknown;
}

export interface FusionParameters {
  analysis_models?: readonly string[] | undefined;
  /** The analyst; default: the model that is asked. */
  model?: string | undefined;
  max_completion_tokens?: number | undefined;
  /** 1 to 16. */
  max_tool_calls?: number | undefined;
  reasoning?: InnerReasoning | undefined;
  temperature?: number | undefined;
  cache_control?: CacheControl | undefined;
  tools?: readonly { type: string; parameters?: object | undefined }[] | undefined;
}

export interface InnerReasoning {
  effort?: ReasoningEffort | undefined;
  max_tokens?: number | undefined;
}

export interface AdvisorParameters {
  /** Letters, digits, `_`, `-`, at most 64. */
  name?: string | undefined;
  model?: string | undefined;
  instructions?: string | undefined;
  /** Default false: it sees the prompt of the call alone. */
  forward_transcript?: boolean | undefined;
  max_completion_tokens?: number | undefined;
  reasoning?: InnerReasoning | undefined;
  stream?: boolean | undefined;
  temperature?: number | undefined;
}

export interface SubagentParameters {
  name?: string | undefined;
  model?: string | undefined;
  instructions?: string | undefined;
  /** 1 to 25. */
  max_tool_calls?: number | undefined;
  max_completion_tokens?: number | undefined;
  reasoning?: InnerReasoning | undefined;
  temperature?: number | undefined;
  /** Server tools alone. */
  tools?: readonly { type: string; parameters?: object | undefined }[] | undefined;
  /** It may call the request's own functions. */
  inherit_functions?: boolean | undefined;
  inherited_function_names?: readonly string[] | undefined;
}

export interface BashParameters {
  /** `auto` (default) and `native` hand the call to you, `openrouter` runs it in a container. */
  engine?: "auto" | "native" | "openrouter" | undefined;
  environment?: BashEnvironment | undefined;
}

export type BashEnvironment =
  | { type: "container_auto"; file_ids?: readonly string[] | undefined; network_policy?: NetworkPolicy | undefined }
  /** `container_id`: at most 40 characters. */
  | { type: "container_reference"; container_id: string; file_ids?: readonly string[] | undefined; network_policy?: NetworkPolicy | undefined };

export type NetworkPolicy = { type: "disabled" } | { type: "allowlist"; allowed_domains: readonly string[] };

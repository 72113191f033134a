// Tools that OpenRouter runs itself: no call of them comes here. All but the last take their settings in `parameters`.
import type { CacheControl } from "./messages.js";
import type { UserLocation, WebSearchMode, XSearch } from "./plugins.js";
import type { ReasoningEffort } from "./request.js";

/** A tool that OpenRouter runs, by its `type`. */
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

/** How is searched. */
export interface WebSearchParameters {
  /** `auto` (default): the provider's own, else Exa. */
  engine?: "auto" | "native" | "exa" | "parallel" | "firecrawl" | "perplexity" | undefined;
  /** How thoroughly is searched. */
  mode?: WebSearchMode | undefined;
  /** Of one search, default 5. */
  max_results?: number | undefined;
  /** Of all searches of a request. */
  max_total_results?: number | undefined;
  /** Of one result. */
  max_characters?: number | undefined;
  /** Searches in one request. */
  max_uses?: number | undefined;
  /** How much of each result the model sees. */
  search_context_size?: "low" | "medium" | "high" | undefined;
  /** Not beside `excluded_domains`. */
  allowed_domains?: readonly string[] | undefined;
  /** Never these domains. */
  excluded_domains?: readonly string[] | undefined;
  /** Location of the user, which results should be near. */
  user_location?: UserLocation | undefined;
  /** Also searches posts on X. */
  x_search?: XSearch | undefined;
}

/** OpenAI's form, which OpenRouter takes for `openrouter:web_search`. */
export interface WebSearchShorthand extends WebSearchParameters {
  /** Says which kind this is. */
  type: "web_search" | "web_search_preview" | "web_search_preview_2025_03_11" | "web_search_2025_08_26";
  /** The settings in OpenRouter's form. */
  parameters?: WebSearchParameters | undefined;
}

/** How pages are read. */
export interface WebFetchParameters {
  /** Engine that reads them. */
  engine?: "auto" | "native" | "openrouter" | "exa" | "parallel" | "firecrawl" | undefined;
  /** Only these domains. */
  allowed_domains?: readonly string[] | undefined;
  /** Never these domains. */
  blocked_domains?: readonly string[] | undefined;
  /** Tokens of one page, about. */
  max_content_tokens?: number | undefined;
  /** Pages in one request. */
  max_uses?: number | undefined;
}

/** How images are made. */
export interface ImageGenerationParameters {
  /** Default `openai/gpt-5-image`. */
  model?: string | undefined;
  /** And any of `image_config`: `aspect_ratio`, `quality`, `size`, `background`, `output_format`, ... */
  [setting: string]: unknown;
}

/** A panel of models whose answers become one. */
export interface FusionParameters {
  /** The models of the panel. */
  analysis_models?: readonly string[] | undefined;
  /** The analyst; default: the model that is asked. */
  model?: string | undefined;
  /** Tokens of the answer, reasoning included. */
  max_completion_tokens?: number | undefined;
  /** 1 to 16. */
  max_tool_calls?: number | undefined;
  /** How strongly the inner model thinks. */
  reasoning?: InnerReasoning | undefined;
  /** How freely the model chooses. 0 to 2. */
  temperature?: number | undefined;
  /** Marks this as the end of what the prompt cache keeps. */
  cache_control?: CacheControl | undefined;
  /** Server tools of the panel. */
  tools?: readonly { type: string; parameters?: object | undefined }[] | undefined;
}

/** How strongly the inner model thinks. */
export interface InnerReasoning {
  /** How strongly. */
  effort?: ReasoningEffort | undefined;
  /** Tokens of reasoning. */
  max_tokens?: number | undefined;
}

/** Another model that the model may ask. */
export interface AdvisorParameters {
  /** Letters, digits, `_`, `-`, at most 64. */
  name?: string | undefined;
  /** The model that is asked. */
  model?: string | undefined;
  /** Its system prompt. */
  instructions?: string | undefined;
  /** Default false: it sees the prompt of the call alone. */
  forward_transcript?: boolean | undefined;
  /** Tokens of the answer, reasoning included. */
  max_completion_tokens?: number | undefined;
  /** How strongly the inner model thinks. */
  reasoning?: InnerReasoning | undefined;
  /** Whether its answer is streamed. */
  stream?: boolean | undefined;
  /** How freely the model chooses. 0 to 2. */
  temperature?: number | undefined;
}

/** Another model that does a part of the work. */
export interface SubagentParameters {
  /** Letters, digits, `_`, `-`, at most 64. */
  name?: string | undefined;
  /** The model that does it. */
  model?: string | undefined;
  /** Its system prompt. */
  instructions?: string | undefined;
  /** 1 to 25. */
  max_tool_calls?: number | undefined;
  /** Tokens of the answer, reasoning included. */
  max_completion_tokens?: number | undefined;
  /** How strongly the inner model thinks. */
  reasoning?: InnerReasoning | undefined;
  /** How freely the model chooses. 0 to 2. */
  temperature?: number | undefined;
  /** Server tools alone. */
  tools?: readonly { type: string; parameters?: object | undefined }[] | undefined;
  /** It may call the request's own functions. */
  inherit_functions?: boolean | undefined;
  /** Those of the request's functions that it may call. Left out: all. */
  inherited_function_names?: readonly string[] | undefined;
}

/** Engine and container of commands. */
export interface BashParameters {
  /** `auto` (default) and `native` hand the call to you, `openrouter` runs it in a container. */
  engine?: "auto" | "native" | "openrouter" | undefined;
  /** The container they run in. */
  environment?: BashEnvironment | undefined;
}

/** A container: a fresh one, or one by its id. */
export type BashEnvironment =
  | { type: "container_auto"; file_ids?: readonly string[] | undefined; network_policy?: NetworkPolicy | undefined }
  /** `container_id`: at most 40 characters. */
  | { type: "container_reference"; container_id: string; file_ids?: readonly string[] | undefined; network_policy?: NetworkPolicy | undefined };

/** Network access of a container. */
export type NetworkPolicy = { type: "disabled" } | { type: "allowlist"; allowed_domains: readonly string[] };

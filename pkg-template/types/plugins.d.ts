// Plugins of a request, by their `id`. `enabled: false` switches off what the account has on by default.
import type { BothSpellings } from "./spelling.js";

export type Plugin =
  | BothSpellings<AutoRouterPlugin> | BothSpellings<AutoBetaRouterPlugin> | ModerationPlugin | BothSpellings<WebPlugin> | BothSpellings<WebFetchPlugin>
  | FileParserPlugin | ResponseHealingPlugin | ContextCompressionPlugin | BothSpellings<ParetoRouterPlugin> | BothSpellings<FusionPlugin>
  | BothSpellings<SwitchyardRouterPlugin> | BothSpellings<JevRouterPlugin> | BothSpellings<AlignmentPlugin> | BothSpellings<ArmorPlugin>;

/** Which models `openrouter/auto` chooses among. */
export interface AutoRouterPlugin {
  id: "auto-router";
  enabled?: boolean | undefined;
  /** Patterns (`anthropic/*`), at most 1,024. */
  allowed_models?: readonly string[] | undefined;
  excluded_models?: readonly string[] | undefined;
  cost_tier?: "low" | "medium" | "high" | "xhigh" | "max" | undefined;
  /** 0 to 10. @deprecated `cost_tier` takes its place. */
  cost_quality_tradeoff?: number | undefined;
  /** Keeps to the model of the last answer, by its message's `model`. Default false. */
  pin_model?: boolean | undefined;
}

/** The same for `openrouter/auto-beta`. */
export interface AutoBetaRouterPlugin {
  id: "auto-beta-router";
  enabled?: boolean | undefined;
  allowed_models?: readonly string[] | undefined;
  excluded_models?: readonly string[] | undefined;
  cost_tier?: "low" | "medium" | "high" | "xhigh" | "max" | undefined;
  /** 0 to 10. @deprecated `cost_tier` takes its place. */
  cost_quality_tradeoff?: number | undefined;
}

export interface ModerationPlugin {
  id: "moderation";
}

/** Searches the web before the model answers. @deprecated The tool `openrouter:web_search` takes its place. */
export interface WebPlugin {
  id: "web";
  enabled?: boolean | undefined;
  engine?: "native" | "exa" | "firecrawl" | "parallel" | "perplexity" | undefined;
  /** Default 5. */
  max_results?: number | undefined;
  /** Searches in one turn. */
  max_uses?: number | undefined;
  mode?: WebSearchMode | undefined;
  search_prompt?: string | undefined;
  /** `*.substack.com`, `openai.com/blog`. */
  include_domains?: readonly string[] | undefined;
  exclude_domains?: readonly string[] | undefined;
  user_location?: UserLocation | null | undefined;
  x_search?: XSearch | undefined;
}

export type WebSearchMode = "instant" | "fast" | "auto" | "deep-lite" | "deep" | "deep-reasoning" | "turbo" | "basic" | "advanced";

export interface UserLocation {
  type?: "approximate" | undefined;
  city?: string | null | undefined;
  country?: string | null | undefined;
  region?: string | null | undefined;
  timezone?: string | null | undefined;
}

/** Posts on X, of SpaceXAI's models alone; billed apart. */
export interface XSearch {
  /** At most 20; not beside `excluded_x_handles`. */
  allowed_x_handles?: readonly string[] | undefined;
  excluded_x_handles?: readonly string[] | undefined;
  enable_image_understanding?: boolean | undefined;
  enable_video_understanding?: boolean | undefined;
  /** ISO dates. */
  from_date?: string | undefined;
  to_date?: string | undefined;
}

export interface WebFetchPlugin {
  id: "web-fetch";
  allowed_domains?: readonly string[] | undefined;
  blocked_domains?: readonly string[] | undefined;
  /** Tokens of one page, about. */
  max_content_tokens?: number | undefined;
  /** Pages in one request. */
  max_uses?: number | undefined;
}

/** How files are read for models that cannot. Without it `mistral-ocr` is taken, at 2 USD for 1,000 pages. */
export interface FileParserPlugin {
  id: "file-parser";
  enabled?: boolean | undefined;
  pdf?: { engine?: "mistral-ocr" | "native" | "cloudflare-ai" | "pdf-text" | undefined } | undefined;
}

/** Mends JSON that was asked for by `response_format`, where nothing is streamed. */
export interface ResponseHealingPlugin {
  id: "response-healing";
  enabled?: boolean | undefined;
}

/** Takes messages out of the middle when the context is too small. */
export interface ContextCompressionPlugin {
  id: "context-compression";
  enabled?: boolean | undefined;
  engine?: "middle-out" | undefined;
}

export interface ParetoRouterPlugin {
  id: "pareto-router";
  enabled?: boolean | undefined;
  /** USD for a million tokens of prompt. */
  max_price?: number | undefined;
  /** 0 to 1. */
  min_coding_score?: number | undefined;
  price_source?: "prompt" | "weighted_avg" | undefined;
}

/** The panel of `openrouter/fusion`. The model is told of it in the system prompt. */
export interface FusionPlugin {
  id: "fusion";
  enabled?: boolean | undefined;
  /** 1 to 8. */
  analysis_models?: readonly string[] | undefined;
  /** The judge. */
  model?: string | undefined;
  preset?: "general-high" | "general-budget" | "general-fast" | undefined;
  /** 1 to 16. */
  max_tool_calls?: number | undefined;
  /** Server tools of the panel, at most 8. */
  tools?: readonly { type: string; parameters?: object | undefined }[] | undefined;
}

export interface SwitchyardRouterPlugin {
  id: "switchyard-router";
  algorithm?: "capability" | "stage" | "auto" | "random" | "composite" | "passthrough" | undefined;
  judge_model?: string | undefined;
}

export interface JevRouterPlugin {
  id: "jev-router";
  models?: readonly string[] | undefined;
  /** Another name of `models`. */
  allowed_models?: readonly string[] | undefined;
  excluded_models?: readonly string[] | undefined;
  cost_tier?: string | undefined;
}

/** Rules that every turn of the model is held to. */
export interface AlignmentPlugin {
  id: "alignment";
  /** 1 to 128. */
  rules: readonly { rule: string; watch: readonly ("content" | "tool_calls" | "refusal" | "images" | "audio")[] }[];
  /** Default `audit`. */
  mode?: "enforce" | "audit" | undefined;
  /** Whether the model is told of the rules. Default true. */
  instruct?: boolean | undefined;
  /** Default 1. */
  max_retries?: number | undefined;
  /** 0.01 to 1, default 0.7. */
  threshold?: number | undefined;
}

/** Judges every tool call before it comes here. */
export interface ArmorPlugin {
  id: "armor";
  enabled?: boolean | undefined;
  classifier_context?: object | undefined;
  evaluate_native_tools?: boolean | undefined;
  /** Default `enforce`. */
  mode?: "enforce" | "audit" | undefined;
  /** Default `block`. */
  on_error?: "log" | "block" | undefined;
  output_mode?: "text" | "custom_item" | "claude_code_compatibility" | undefined;
  use_cc_style_default_rules?: boolean | undefined;
}

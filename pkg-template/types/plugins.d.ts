// Plugins of a request, by their `id`. `enabled: false` switches off what the account has on by default.
import type { BothSpellings } from "./spelling.js";

/** A plugin, by its `id`. */
export type Plugin =
  | BothSpellings<AutoRouterPlugin> | BothSpellings<AutoBetaRouterPlugin> | ModerationPlugin | BothSpellings<WebPlugin> | BothSpellings<WebFetchPlugin>
  | FileParserPlugin | ResponseHealingPlugin | ContextCompressionPlugin | BothSpellings<ParetoRouterPlugin> | BothSpellings<FusionPlugin>
  | BothSpellings<SwitchyardRouterPlugin> | BothSpellings<JevRouterPlugin> | BothSpellings<AlignmentPlugin> | BothSpellings<ArmorPlugin>;

/** Which models `openrouter/auto` chooses among. */
export interface AutoRouterPlugin {
  /** The plugin's id. */
  id: "auto-router";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
  /** Patterns (`anthropic/*`), at most 1,024. */
  allowed_models?: readonly string[] | undefined;
  /** Patterns of models that are never taken. */
  excluded_models?: readonly string[] | undefined;
  /** How dear the models may be. */
  cost_tier?: "low" | "medium" | "high" | "xhigh" | "max" | undefined;
  /** 0 to 10. @deprecated `cost_tier` takes its place. */
  cost_quality_tradeoff?: number | undefined;
  /** Keeps to the model of the last answer, by its message's `model`. Default false. */
  pin_model?: boolean | undefined;
}

/** The same for `openrouter/auto-beta`. */
export interface AutoBetaRouterPlugin {
  /** The plugin's id. */
  id: "auto-beta-router";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
  /** Patterns (`anthropic/*`), at most 1,024. */
  allowed_models?: readonly string[] | undefined;
  /** Patterns of models that are never taken. */
  excluded_models?: readonly string[] | undefined;
  /** How dear the models may be. */
  cost_tier?: "low" | "medium" | "high" | "xhigh" | "max" | undefined;
  /** 0 to 10. @deprecated `cost_tier` takes its place. */
  cost_quality_tradeoff?: number | undefined;
}

/** Checks prompts before the model sees them. */
export interface ModerationPlugin {
  /** The plugin's id. */
  id: "moderation";
}

/** Searches the web before the model answers. @deprecated The tool `openrouter:web_search` takes its place. */
export interface WebPlugin {
  /** The plugin's id. */
  id: "web";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
  /** Search engine. */
  engine?: "native" | "exa" | "firecrawl" | "parallel" | "perplexity" | undefined;
  /** Default 5. */
  max_results?: number | undefined;
  /** Searches in one turn. */
  max_uses?: number | undefined;
  /** How thoroughly is searched. */
  mode?: WebSearchMode | undefined;
  /** Prompt about the results, for the model. */
  search_prompt?: string | undefined;
  /** `*.substack.com`, `openai.com/blog`. */
  include_domains?: readonly string[] | undefined;
  /** Never these. */
  exclude_domains?: readonly string[] | undefined;
  /** Location of the user, which results should be near. */
  user_location?: UserLocation | null | undefined;
  /** Also searches posts on X. */
  x_search?: XSearch | undefined;
}

/** How thoroughly is searched. */
export type WebSearchMode = "instant" | "fast" | "auto" | "deep-lite" | "deep" | "deep-reasoning" | "turbo" | "basic" | "advanced";

/** Location that results should be near. */
export interface UserLocation {
  /** Says which kind this is. */
  type?: "approximate" | undefined;
  /** A city's name. */
  city?: string | null | undefined;
  /** Two letters (ISO 3166). */
  country?: string | null | undefined;
  /** A region's name. */
  region?: string | null | undefined;
  /** An IANA name. */
  timezone?: string | null | undefined;
}

/** Posts on X, of SpaceXAI's models alone; billed apart. */
export interface XSearch {
  /** At most 20; not beside `excluded_x_handles`. */
  allowed_x_handles?: readonly string[] | undefined;
  /** At most 20; not beside `allowed_x_handles`. */
  excluded_x_handles?: readonly string[] | undefined;
  /** Whether images of posts are looked at. */
  enable_image_understanding?: boolean | undefined;
  /** Whether videos of posts are looked at. */
  enable_video_understanding?: boolean | undefined;
  /** ISO dates. */
  from_date?: string | undefined;
  /** ISO date. */
  to_date?: string | undefined;
}

/** Reads the pages that a prompt names. */
export interface WebFetchPlugin {
  /** The plugin's id. */
  id: "web-fetch";
  /** Only these domains. */
  allowed_domains?: readonly string[] | undefined;
  /** Never these domains. */
  blocked_domains?: readonly string[] | undefined;
  /** Tokens of one page, about. */
  max_content_tokens?: number | undefined;
  /** Pages in one request. */
  max_uses?: number | undefined;
}

/** How files are read for models that cannot. Without it `mistral-ocr` is taken, at 2 USD for 1,000 pages. */
export interface FileParserPlugin {
  /** The plugin's id. */
  id: "file-parser";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
  /** Engine for PDF files. */
  pdf?: { engine?: "mistral-ocr" | "native" | "cloudflare-ai" | "pdf-text" | undefined } | undefined;
}

/** Mends JSON that was asked for by `response_format`, where nothing is streamed. */
export interface ResponseHealingPlugin {
  /** The plugin's id. */
  id: "response-healing";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
}

/** Takes messages out of the middle when the context is too small. */
export interface ContextCompressionPlugin {
  /** The plugin's id. */
  id: "context-compression";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
  /** How messages are left out. */
  engine?: "middle-out" | undefined;
}

/** Chooses the model with the best score for its price. */
export interface ParetoRouterPlugin {
  /** The plugin's id. */
  id: "pareto-router";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
  /** USD for a million tokens of prompt. */
  max_price?: number | undefined;
  /** 0 to 1. */
  min_coding_score?: number | undefined;
  /** Which price is compared. */
  price_source?: "prompt" | "weighted_avg" | undefined;
}

/** The panel of `openrouter/fusion`. The model is told of it in the system prompt. */
export interface FusionPlugin {
  /** The plugin's id. */
  id: "fusion";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
  /** 1 to 8. */
  analysis_models?: readonly string[] | undefined;
  /** The judge. */
  model?: string | undefined;
  /** A panel that is made up already. */
  preset?: "general-high" | "general-budget" | "general-fast" | undefined;
  /** 1 to 16. */
  max_tool_calls?: number | undefined;
  /** Server tools of the panel, at most 8. */
  tools?: readonly { type: string; parameters?: object | undefined }[] | undefined;
}

/** Routes each request by a judge. */
export interface SwitchyardRouterPlugin {
  /** The plugin's id. */
  id: "switchyard-router";
  /** How it is routed. */
  algorithm?: "capability" | "stage" | "auto" | "random" | "composite" | "passthrough" | undefined;
  /** The model that judges. */
  judge_model?: string | undefined;
}

/** Chooses among models by cost. */
export interface JevRouterPlugin {
  /** The plugin's id. */
  id: "jev-router";
  /** Patterns of models that may be taken. */
  models?: readonly string[] | undefined;
  /** Another name of `models`. */
  allowed_models?: readonly string[] | undefined;
  /** Patterns of models that are never taken. */
  excluded_models?: readonly string[] | undefined;
  /** How dear the models may be. */
  cost_tier?: string | undefined;
}

/** Rules that every turn of the model is held to. */
export interface AlignmentPlugin {
  /** The plugin's id. */
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
  /** The plugin's id. */
  id: "armor";
  /** `false` switches it off. Default true. */
  enabled?: boolean | undefined;
  /** Context for the judge: its rules and its environment. */
  classifier_context?: object | undefined;
  /** Whether tools of the provider are judged too. */
  evaluate_native_tools?: boolean | undefined;
  /** Default `enforce`. */
  mode?: "enforce" | "audit" | undefined;
  /** Default `block`. */
  on_error?: "log" | "block" | undefined;
  /** The form of its verdicts. */
  output_mode?: "text" | "custom_item" | "claude_code_compatibility" | undefined;
  /** Whether the rules of Claude Code hold too. */
  use_cc_style_default_rules?: boolean | undefined;
}

// Requests, usage and rows of models as the simulator reads and writes them.

/** A chat request as it arrived; unchecked, but for being an object with messages. */
export interface ChatRequest {
  /** The model that is asked. */
  model?: string | undefined;
  /** The fallback list. */
  models?: string[] | undefined;
  /** The conversation. */
  messages: ChatMessage[];
  /** Whether the answer is streamed. */
  stream?: boolean | undefined;
  /** The tools that may be called. */
  tools?: any[] | undefined;
  /** Which tool has to be called. */
  tool_choice?: any | undefined;
  /** Whether one answer may call several tools. Default: as the model has it. */
  parallel_tool_calls?: boolean | null | undefined;
  /** How strongly the model is to think. */
  reasoning?: { effort?: string | null; max_tokens?: number; exclude?: boolean; enabled?: boolean } | undefined;
  /** The older spelling of `reasoning.effort`. */
  reasoning_effort?: string | undefined;
  /** Whether reasoning is shown. */
  include_reasoning?: boolean | undefined;
  /** The older name of `max_completion_tokens`. */
  max_tokens?: number | null | undefined;
  /** Tokens of the answer, reasoning included. */
  max_completion_tokens?: number | null | undefined;
  /** Output modalities of the answer: `text`, `image`, `audio`. */
  modalities?: string[] | undefined;
  /** Voice and format of a spoken answer. */
  audio?: { voice?: string; format?: string } | undefined;
  /** The form of the answer. */
  response_format?: any | undefined;
  /** The conversation's name. */
  session_id?: string | undefined;
  /** Any other field. */
  [field: string]: any;
}

/** A message as it arrived. */
export interface ChatMessage {
  /** Role of the speaker. */
  role: string;
  /** A text, or parts. */
  content?: any;
  /** Calls of an assistant's turn. */
  tool_calls?: any[];
  /** The call that a tool's message answers. */
  tool_call_id?: string;
  /** Any other field. */
  [field: string]: any;
}

/** The usage object of an answer. */
export interface Usage {
  /** Tokens of the prompt. */
  prompt_tokens: number;
  /** Tokens of the answer. */
  completion_tokens: number;
  /** Both together. */
  total_tokens: number;
  /** USD. */
  cost?: number | null;
  /** Whether a key of the account's own at the provider was used. */
  is_byok?: boolean;
  /** Which prompt tokens were of what kind. */
  prompt_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number; audio_tokens?: number; video_tokens?: number } | null;
  /** Cost at the provider, in USD. */
  cost_details?: {
    upstream_inference_cost?: number | null;
    upstream_inference_prompt_cost: number;
    upstream_inference_completions_cost: number;
  } | null;
  /** Which tokens of the answer were of what kind. */
  completion_tokens_details?: { reasoning_tokens?: number | null; image_tokens?: number | null; audio_tokens?: number | null } | null;
  /** Any other field. */
  [field: string]: unknown;
}

/** A row of `/models`. */
export interface Model {
  /** Id of the model, for `model` of a request. */
  id: string;
  /** The dated name behind the id. */
  canonical_slug: string;
  /** Target of a `~` alias. */
  alias_target?: { name: string; slug: string };
  /** The model's id on Hugging Face. */
  hugging_face_id: string | null;
  /** Its name for people. */
  name: string;
  /** Unix seconds. */
  created: number;
  /** Description, in sentences. */
  description: string;
  /** Tokens of prompt and answer together. */
  context_length: number | null;
  /** Modalities of the model, and its tokenizer. */
  architecture: {
    /** `text+image->text`. */
    modality?: string | null;
    /** Input modalities: `text`, `image`, ... */
    input_modalities: string[];
    /** Output modalities: `text`, `image`, ... */
    output_modalities: string[];
    /** The tokenizer's name. */
    tokenizer?: string;
    /** The form of its prompts. */
    instruct_type?: string | null;
  };
  /** USD a unit, as decimal strings; `"-1"`: a router, price unknown. */
  pricing: {
    /** A token of the prompt. */
    prompt: string;
    /** A token of the answer. */
    completion: string;
    /** Part of 1 that is taken off. */
    discount?: number;
    /** Other prices for long prompts, or at hours of the day. */
    overrides?: ({ min_prompt_tokens?: number; utc_start?: number; utc_end?: number; utc_days?: unknown } & { [price: string]: unknown })[];
    /** Any other price. */
    [price: string]: any;
  };
  /** The limits of the provider that is asked first. */
  top_provider: { context_length: number | null; max_completion_tokens: number | null; is_moderated: boolean };
  /** Tokens that one request may have. */
  per_request_limits: { prompt_tokens: number; completion_tokens: number } | null;
  /** The request fields that the model knows. */
  supported_parameters: string[];
  /** Default parameters of the provider, for those that the request leaves out. */
  default_parameters: Record<string, number | null> | null;
  /** Voices of a speech model. */
  supported_voices: string[] | null;
  /** ISO date up to which the model knows the world. */
  knowledge_cutoff: string | null;
  /** ISO date after which the model is gone. */
  expiration_date: string | null;
  /** Addresses below OpenRouter's. */
  links: { details: string };
  /** Benchmark results of the model. */
  benchmarks?: { design_arena: unknown[]; artificial_analysis?: Record<string, number | null> };
  /** How it reasons. */
  reasoning?: {
    /** It always reasons. */
    mandatory: boolean;
    /** It reasons unless it is told not to. */
    default_enabled?: boolean;
    /** How strongly, when nothing is said. */
    default_effort?: string;
    /** The efforts that it has. */
    supported_efforts?: string[] | null;
    /** Whether tokens of reasoning can be limited. */
    supports_max_tokens?: boolean;
  };
}

/** A row of `/videos/models`. */
export interface VideoModelRow {
  /** Id of the model, for `model` of a request. */
  id: string;
  /** The dated name behind the id. */
  canonical_slug: string;
  /** The model's id on Hugging Face. */
  hugging_face_id?: string | null;
  /** Its name for people. */
  name: string;
  /** Unix seconds. */
  created: number;
  /** Description, in sentences. */
  description?: string;
  /** `720p`, `1080p`, ... */
  supported_resolutions: string[] | null;
  /** `16:9`, ... */
  supported_aspect_ratios: string[] | null;
  /** `1280x720`, ... */
  supported_sizes: string[] | null;
  /** Seconds. */
  supported_durations: number[] | null;
  /** `first_frame`, `last_frame`. */
  supported_frame_images: string[] | null;
  /** How far it enlarges. */
  upscale_factor: { min?: number | null; max?: number | null } | null;
  /** How freely it may draw. */
  creativity: number[] | null;
  /** Whether it makes sound. */
  generate_audio: boolean | null;
  /** Whether it takes a seed. */
  seed: boolean | null;
  /** Decimal strings: USD a second, but for names with `cents_per_`. */
  pricing_skus?: Record<string, string> | null;
  /** Further fields that go through to the provider. */
  allowed_passthrough_parameters: string[];
}

/** The built-in models: ids, limits and prices of the usual kinds; every word of description is the simulator's own. */

/** @import { Model } from "../simulator.d.ts" */

const SAMPLING = ["temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "seed", "stop", "max_tokens"];
const TOOLS = ["tools", "tool_choice", "parallel_tool_calls"];
const STRUCTURED = ["response_format", "structured_outputs"];
const REASONING = ["reasoning", "reasoning_effort", "include_reasoning"];

/**
 * A whole row from the fields that are worth saying; the order of properties is the one on the wire.
 * @param {Partial<Model> & { id: string }} given
 * @returns {Model}
 */
export function completeRow(given) {
  const { id, pricing, architecture, reasoning, benchmarks, alias_target, ...rest } = given;
  const contextLength = given.context_length === undefined ? 131072 : given.context_length;
  const inputs = architecture?.input_modalities ?? ["text"];
  const outputs = architecture?.output_modalities ?? ["text"];
  return {
    id,
    canonical_slug: id,
    ...(alias_target && { alias_target }),
    hugging_face_id: null,
    name: id,
    created: 1767225600,
    description: "A model of the simulator.",
    context_length: contextLength,
    architecture: {
      modality: `${inputs.join("+")}->${outputs.join("+")}`,
      input_modalities: inputs,
      output_modalities: outputs,
      tokenizer: "Other",
      instruct_type: null,
      ...architecture,
    },
    pricing: { prompt: "0.000001", completion: "0.000002", ...pricing },
    top_provider: { context_length: contextLength, max_completion_tokens: null, is_moderated: false },
    per_request_limits: null,
    supported_parameters: [...SAMPLING, ...TOOLS, ...STRUCTURED],
    default_parameters: {
      temperature: null, top_p: null, top_k: null, frequency_penalty: null, presence_penalty: null, repetition_penalty: null,
    },
    supported_voices: null,
    knowledge_cutoff: null,
    expiration_date: null,
    links: { details: `/api/v1/models/${given.canonical_slug ?? id}/endpoints` },
    ...rest,
    ...(benchmarks && { benchmarks }),
    ...(reasoning && { reasoning }),
  };
}

const ROUTER_ARCHITECTURE = {
  input_modalities: ["text", "image", "file", "audio", "video"],
  output_modalities: ["text", "image"],
  tokenizer: "Router",
};

const SONNET = completeRow({
  id: "anthropic/claude-sonnet-4.5",
  canonical_slug: "anthropic/claude-4.5-sonnet-20250929",
  name: "Anthropic: Claude Sonnet 4.5",
  created: 1759161676,
  description: "Stands in for a large hybrid model: tools, images, files, and reasoning that is off until a request asks for it.",
  context_length: 1000000,
  architecture: { input_modalities: ["text", "image", "file"], output_modalities: ["text"], tokenizer: "Claude" },
  pricing: {
    prompt: "0.000003", completion: "0.000015", web_search: "0.01", input_cache_read: "0.0000003", input_cache_write: "0.00000375",
    input_cache_write_1h: "0.000006",
    overrides: [{ min_prompt_tokens: 200000, prompt: "0.000006", completion: "0.0000225", input_cache_read: "0.0000006" }],
  },
  top_provider: { context_length: 1000000, max_completion_tokens: 64000, is_moderated: true },
  supported_parameters: ["temperature", "top_p", "top_k", "stop", "max_tokens", "verbosity", ...TOOLS, ...STRUCTURED, ...REASONING],
  knowledge_cutoff: "2025-01-31",
  benchmarks: { design_arena: [], artificial_analysis: { intelligence_index: 49.6, coding_index: 44.8, agentic_index: 40.1 } },
  reasoning: {
    mandatory: false, default_enabled: false, supports_max_tokens: true, supported_efforts: ["high", "medium", "low"], default_effort: "medium",
  },
});

/** @type {Model[]} */
export const BUILT_IN_ROWS = [
  completeRow({
    id: "openrouter/auto",
    name: "Auto Router",
    created: 1699401600,
    description: "Sends each request to one of the other rows: to an image or audio model when such output is asked for, else to the first text model.",
    context_length: 2000000,
    architecture: ROUTER_ARCHITECTURE,
    pricing: { prompt: "-1", completion: "-1" },
    top_provider: { context_length: null, max_completion_tokens: null, is_moderated: false },
    supported_parameters: [...SAMPLING, ...TOOLS, ...STRUCTURED, ...REASONING],
  }),
  SONNET,
  completeRow({
    ...SONNET,
    id: "~anthropic/claude-sonnet-latest",
    canonical_slug: "~anthropic/claude-sonnet-latest",
    alias_target: { name: SONNET.name, slug: SONNET.id },
    name: "Anthropic: Claude Sonnet Latest",
    created: 1777318451,
    description: "Always leads to the newest row of its family.",
    architecture: { ...SONNET.architecture, tokenizer: "Router" },
    links: { details: "/api/v1/models/~anthropic/claude-sonnet-latest/endpoints" },
    knowledge_cutoff: null,
  }),
  completeRow({
    id: "openai/gpt-5-mini",
    canonical_slug: "openai/gpt-5-mini-2025-08-07",
    name: "OpenAI: GPT-5 Mini",
    created: 1754587407,
    description: "Stands in for a model that always reasons and takes no temperature.",
    context_length: 400000,
    architecture: { input_modalities: ["text", "image", "file"], output_modalities: ["text"], tokenizer: "GPT" },
    pricing: { prompt: "0.00000025", completion: "0.000002", web_search: "0.01", input_cache_read: "0.000000025" },
    top_provider: { context_length: 400000, max_completion_tokens: 128000, is_moderated: true },
    supported_parameters: ["seed", "max_tokens", "max_completion_tokens", ...TOOLS, ...STRUCTURED, ...REASONING],
    knowledge_cutoff: "2024-05-31",
    reasoning: { mandatory: true, default_enabled: true, supported_efforts: ["high", "medium", "low", "minimal"], default_effort: "medium" },
  }),
  completeRow({
    id: "openai/gpt-4o-mini",
    name: "OpenAI: GPT-4o-mini",
    created: 1721260800,
    description: "Stands in for a small, cheap model without reasoning.",
    context_length: 128000,
    architecture: { input_modalities: ["text", "image", "file"], output_modalities: ["text"], tokenizer: "GPT" },
    pricing: { prompt: "0.00000015", completion: "0.0000006", input_cache_read: "0.000000075" },
    top_provider: { context_length: 128000, max_completion_tokens: 16384, is_moderated: true },
    supported_parameters: [...SAMPLING, "logit_bias", "logprobs", "top_logprobs", ...TOOLS, ...STRUCTURED],
    knowledge_cutoff: "2023-10-31",
  }),
  completeRow({
    id: "google/gemini-2.5-flash-image",
    name: "Google: Gemini 2.5 Flash Image",
    created: 1759870431,
    description: "Stands in for a model that answers with words and a picture.",
    context_length: 32768,
    architecture: { input_modalities: ["image", "text"], output_modalities: ["image", "text"], modality: "text+image->text+image", tokenizer: "Gemini" },
    pricing: { prompt: "0.0000003", completion: "0.0000025", image: "0.0000003", image_output: "0.00003", internal_reasoning: "0.0000025" },
    top_provider: { context_length: 32768, max_completion_tokens: 8192, is_moderated: false },
    supported_parameters: ["temperature", "top_p", "seed", "stop", "max_tokens", ...STRUCTURED],
    default_parameters: { temperature: null, top_p: null, frequency_penalty: null },
    knowledge_cutoff: "2025-01-31",
  }),
  completeRow({
    id: "openai/gpt-audio-mini",
    name: "OpenAI: GPT Audio Mini",
    created: 1768859419,
    description: "Stands in for a model that listens and speaks; its audio comes in streams only.",
    context_length: 128000,
    architecture: { input_modalities: ["text", "audio"], output_modalities: ["text", "audio"], tokenizer: "GPT" },
    pricing: { prompt: "0.0000006", completion: "0.0000024", audio: "0.0000006", audio_output: "0.0000024" },
    top_provider: { context_length: 128000, max_completion_tokens: 16384, is_moderated: true },
    supported_parameters: [...SAMPLING, ...TOOLS],
    supported_voices: ["alloy", "ash", "coral", "sage"],
  }),
  completeRow({
    id: "deepseek/deepseek-r1:free",
    canonical_slug: "deepseek/deepseek-r1",
    hugging_face_id: "deepseek-ai/DeepSeek-R1",
    name: "DeepSeek: R1 (free)",
    created: 1737381095,
    description: "Stands in for a free model that always reasons and cannot call tools.",
    context_length: 163840,
    architecture: { tokenizer: "DeepSeek", instruct_type: "deepseek-r1", input_modalities: ["text"], output_modalities: ["text"], modality: "text->text" },
    pricing: { prompt: "0", completion: "0" },
    supported_parameters: [...SAMPLING, ...REASONING],
    reasoning: { mandatory: true },
  }),
  completeRow({
    id: "meta-llama/llama-3.3-70b-instruct:free",
    canonical_slug: "meta-llama/llama-3.3-70b-instruct",
    hugging_face_id: "meta-llama/Llama-3.3-70B-Instruct",
    name: "Meta: Llama 3.3 70B Instruct (free)",
    created: 1733506137,
    description: "Stands in for a free model that can call tools.",
    architecture: { tokenizer: "Llama3", instruct_type: "llama3", input_modalities: ["text"], output_modalities: ["text"], modality: "text->text" },
    pricing: { prompt: "0", completion: "0" },
    supported_parameters: [...SAMPLING, ...TOOLS],
    expiration_date: "2098-12-31",
  }),
];

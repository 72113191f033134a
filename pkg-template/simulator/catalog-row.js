/** A row of `/models`, completed from the fields that are worth saying. */

/** @import { Model } from "../simulator.d.ts" */

export const SAMPLING = ["temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "seed", "stop", "max_tokens"];
export const TOOLS = ["tools", "tool_choice", "parallel_tool_calls"];
export const STRUCTURED = ["response_format", "structured_outputs"];
export const REASONING = ["reasoning", "reasoning_effort", "include_reasoning"];

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

// What answers have that this version does not know, counted once a kind: a provider's new word is not an error, and no secret either.

/** @import { Drift as DriftRow } from "../index.js" */

const REASONS = /^(stop|length|tool-calls|content-filter|error)$/;
/** Fields of a usage, those of its groups behind a point. */
const USAGE = new Set(
  `prompt_tokens completion_tokens total_tokens input_tokens output_tokens reasoning_tokens cost is_byok service_tier speed iterations seconds search_units
  prompt_tokens_details completion_tokens_details cost_details server_tool_use cache_creation cache_discount
  prompt_tokens_details.cached_tokens prompt_tokens_details.cache_write_tokens prompt_tokens_details.audio_tokens prompt_tokens_details.video_tokens prompt_tokens_details.image_tokens
  prompt_tokens_details.file_tokens prompt_tokens_details.text_tokens completion_tokens_details.reasoning_tokens completion_tokens_details.image_tokens
  completion_tokens_details.audio_tokens completion_tokens_details.text_tokens completion_tokens_details.accepted_prediction_tokens completion_tokens_details.rejected_prediction_tokens
  cost_details.upstream_inference_cost cost_details.upstream_inference_prompt_cost cost_details.upstream_inference_completions_cost cost_details.server_tool_cost
  server_tool_use.web_search_requests server_tool_use.tool_calls_requested server_tool_use.tool_calls_executed
  cache_creation.ephemeral_5m_input_tokens cache_creation.ephemeral_1h_input_tokens`.split(/\s+/),
);
/** A server may send new names for ever. */
const MOST_KINDS = 200;

export class Drift {
  /** @type {Map<string, DriftRow>} */
  #rows = new Map();

  /** The end of a step. @param {{ reason?: string, usage?: { raw?: object } }} finished */
  step({ reason, usage }) {
    if (reason && !REASONS.test(reason)) this.#note("finish_reason", reason);
    if (usage?.raw) this.usage(usage.raw);
  }

  /** @param {object} raw */
  usage(raw) {
    for (const [name, value] of Object.entries(raw)) {
      if (!USAGE.has(name)) this.#note("usage", name);
      else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
        for (const inner of Object.keys(value)) if (!USAGE.has(`${name}.${inner}`)) this.#note("usage", `${name}.${inner}`);
      }
    }
  }

  /** Fields of an answer beside those that are read. @param {object} answer @param {readonly string[]} known */
  answer(answer, known) {
    for (const name of Object.keys(answer)) if (!known.includes(name)) this.#note("answer", name);
  }

  /** @param {DriftRow["kind"]} kind @param {string} value */
  #note(kind, value) {
    const key = `${kind} ${value}`;
    const row = this.#rows.get(key);
    if (row) row.count += 1;
    else if (this.#rows.size < MOST_KINDS) this.#rows.set(key, { kind, value, count: 1 });
  }

  /** @returns {DriftRow[]} */
  list() {
    return [...this.#rows.values()].map((row) => ({ ...row }));
  }
}

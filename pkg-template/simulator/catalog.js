/** Which row answers a request: ids, slugs, variants, presets, aliases and routers. */

import { ApiError } from "./errors.js";
import { MEDIA_ROWS } from "./catalog-media-rows.js";
import { completeRow } from "./catalog-row.js";
import { TEXT_ROWS } from "./catalog-rows.js";

/** @import { ChatRequest, Model } from "../simulator.d.ts" */

/** Suffixes that choose a provider or a plugin, not another model. Static ones (`:free`, `:batch`) are rows of their own. */
const DYNAMIC_VARIANT = /:(nitro|floor|online|exacto)$/;
const PRESET_SUFFIX = /@preset\/[^/]+$/;
const ROUTERS = new Set(["openrouter/auto", "openrouter/auto-beta", "openrouter/free"]);

/**
 * How an author's models usually sign their answers.
 * @typedef {object} House
 * @property {string} provider
 * @property {string} reasoningFormat
 * @property {Record<string, string>} nativeReasons
 */

/** @type {Record<string, House>} */
const HOUSES = {
  anthropic: {
    provider: "Anthropic",
    reasoningFormat: "anthropic-claude-v1",
    nativeReasons: { stop: "end_turn", tool_calls: "tool_use", length: "max_tokens" },
  },
  google: { provider: "Google", reasoningFormat: "google-gemini-v1", nativeReasons: { stop: "STOP", tool_calls: "STOP", length: "MAX_TOKENS" } },
  openai: { provider: "OpenAI", reasoningFormat: "unknown", nativeReasons: {} },
  deepseek: { provider: "DeepSeek", reasoningFormat: "unknown", nativeReasons: {} },
};

/**
 * @param {string} modelId
 * @returns {House}
 */
export function houseOf(modelId) {
  const author = modelId.replace(/^~/, "").split("/")[0] ?? "";
  return HOUSES[author] ?? { provider: "DeepInfra", reasoningFormat: "unknown", nativeReasons: {} };
}

/** @param {Model} row */
export function isFree(row) {
  return Number(row.pricing.prompt) === 0 && Number(row.pricing.completion) === 0;
}

/** @param {Model} row */
function isConcrete(row) {
  return !row.alias_target && !ROUTERS.has(row.id) && Number(row.pricing.prompt) >= 0;
}

/** The models of one simulator. */
export class Catalog {
  /** @param {ReadonlyArray<string | (Partial<Model> & { id: string })>} [given] these instead of the built-in rows */
  constructor(given) {
    /** @type {Model[]} */
    this.rows = given ? given.map((entry) => completeRow(typeof entry === "string" ? { id: entry } : entry)) : [...TEXT_ROWS, ...MEDIA_ROWS];
  }

  /**
   * @param {string} id
   * @returns {Model | undefined}
   */
  find(id) {
    let name = id.replace(PRESET_SUFFIX, "");
    for (;;) {
      const row = this.rows.find((candidate) => candidate.id === name) ?? this.rows.find((candidate) => candidate.canonical_slug === name);
      if (row || !DYNAMIC_VARIANT.test(name)) return row;
      name = name.replace(DYNAMIC_VARIANT, "");
    }
  }

  /**
   * The row of a media route, which knows no routers and no fallbacks.
   * @param {string} id
   * @param {string} output what it must be able to make
   * @returns {Model}
   */
  maker(id, output) {
    const found = this.find(id);
    const row = found?.alias_target ? this.find(found.alias_target.slug) : found;
    if (!row) throw new ApiError(400, `${id} is not a valid model ID`);
    if (!row.architecture.output_modalities.includes(output)) throw new ApiError(404, `No endpoints found that support the requested output modalities: ${output}`);
    return row;
  }

  /**
   * The concrete row that answers: the first of `model` and `models` that exists, with aliases and routers followed.
   * @param {ChatRequest} body
   * @param {{ lenient: boolean }} options lenient: an unknown id gets a row made up for it (a script decides the answer anyway)
   * @returns {Model}
   */
  resolve(body, { lenient }) {
    const names = [body.model, ...(body.models ?? [])].flatMap((name) => (typeof name === "string" && name !== "" ? [name] : []));
    if (names.length === 0 || names[0]?.startsWith("@preset/")) names.unshift("openrouter/auto");
    for (const name of names) {
      const row = ROUTERS.has(name) ? this.#route(name, body) : this.find(name);
      if (row) return this.#concrete(row, body);
    }
    const wanted = names[0] ?? "";
    if (lenient) return completeRow({ id: wanted });
    throw new ApiError(400, `${wanted} is not a valid model ID`);
  }

  /**
   * @param {Model} row
   * @param {ChatRequest} body
   */
  #concrete(row, body) {
    if (row.alias_target) return this.find(row.alias_target.slug) ?? completeRow({ ...row, id: row.alias_target.slug });
    return ROUTERS.has(row.id) ? this.#route(row.id, body) : row;
  }

  /**
   * @param {string} router
   * @param {ChatRequest} body
   * @returns {Model}
   */
  #route(router, body) {
    const wanted = (body.modalities ?? []).find((modality) => modality !== "text");
    const candidates = this.rows.filter((row) => isConcrete(row) && (router !== "openrouter/free" || isFree(row)));
    const able = candidates.find((row) => (wanted ? row.architecture.output_modalities.includes(wanted) : givesOnlyText(row)));
    return able ?? candidates[0] ?? completeRow({ id: router });
  }
}

/** @param {Model} row */
function givesOnlyText(row) {
  return row.architecture.output_modalities.join() === "text";
}

// `/models`: what this caller may ask, in OpenAI's form.
import { takesModel } from "./options.js";
import { Refusal } from "./refusal.js";

/** @import { Exchange } from "./services.js" */

/**
 * OpenRouter's own row, for who reads that (its SDK, this package's client), with what OpenAI's form has. Rows that this package brings along
 * are filled up to one.
 * @param {any} model @param {any} [ownPricing]  what the gateway's options say of it
 */
function rowOf({ raw = {}, id, name, created, contextWindow, maxTokens, input, output, supportsTools, pricing }, ownPricing) {
  const owner = id.replace(/^~/, "").split("/")[0];
  const wire = (/** @type {any} */ prices) => Object.fromEntries(Object.entries(prices ?? {}).map(([unit, price]) => [unit.replace(/[A-Z]|\d+/g, (mark) => `_${mark.toLowerCase()}`), price]));
  return {
    canonical_slug: id, per_request_limits: null, default_parameters: null, supported_parameters: [], supported_voices: null, links: { details: "" }, ...raw,
    architecture: { modality: `${input.join("+")}->${output.join("+")}`, input_modalities: input, output_modalities: output, tokenizer: "Other", instruct_type: null, ...raw.architecture },
    top_provider: { context_length: contextWindow, max_completion_tokens: maxTokens, is_moderated: false, ...raw.top_provider },
    // The package's own rows say of it whether there is any.
    reasoning: typeof raw.reasoning === "object" ? raw.reasoning : undefined,
    pricing: { ...(raw.pricing ?? wire(pricing)), ...wire(ownPricing) },
    id, object: "model", created: created ?? 0, owned_by: owner, name, context_length: contextWindow, max_output_tokens: maxTokens, input_modalities: input, output_modalities: output, supports_tools: supportsTools,
  };
}

const texts = (/** @type {string} */ value) => value.split(",").map((text) => text.trim()).filter((text) => text !== "");
const text = (/** @type {string} */ value) => value;
/** What no number is stays a text, which is refused by its name. */
const number = (/** @type {string} */ value) => (value.trim() === "" ? value : Number(value));

/** The filters of OpenRouter's `/models`, and the client's. @type {Record<string, [name: string, read: (value: string) => unknown]>} */
const FILTERS = {
  q: ["q", text], max_price: ["maxPrice", number], min_price: ["minPrice", number], supported_parameters: ["supportedParameters", texts], input_modalities: ["inputModalities", texts], context: ["minContext", number],
  max_age_days: ["maxAgeDays", number], min_age_days: ["minAgeDays", number], model_authors: ["authors", texts], providers: ["providers", texts], category: ["category", text], region: ["region", text], zdr: ["zdr", (value) => value === "true"],
};

/** @param {Exchange} exchange @returns {Promise<Response>} */
export async function listModels({ services, caller, url }) {
  const { searchParams } = url;
  // Of one medium, or of several; "all" lets each through.
  const output = texts(searchParams.get("output_modalities") ?? "").filter((kind) => kind !== "all");
  const filters = Object.entries(FILTERS).flatMap(([wire, [name, read]]) => (searchParams.has(wire) ? [[name, read(/** @type {string} */ (searchParams.get(wire)))]] : []));
  const models = await services.client.models.list({ ...Object.fromEntries(filters), all: searchParams.get("all") === "true" || searchParams.has("output_modalities") });
  const { settings } = services, { modelIds } = settings;
  const data = models.filter((model) => takesModel(modelIds, model.id) && takesModel(caller.models, model.id) && (output.length === 0 || output.some((kind) => model.output.includes(/** @type {any} */ (kind))))).map((model) => rowOf(model, settings.modelSettings?.[model.id]?.pricing));
  return Response.json({ object: "list", data, links: { next: null }, total_count: data.length });
}

/** @param {Exchange} exchange @param {string} id @returns {Promise<Response>} */
export async function oneModel({ services, caller }, id) {
  const { modelIds, modelSettings } = services.settings;
  const model = takesModel(modelIds, id) && takesModel(caller.models, id) ? await services.client.models.get(id) : undefined;
  if (!model) throw new Refusal(404, "model_not_found", `There is no model ${id} for this caller`);
  return Response.json(rowOf(model, modelSettings?.[model.id]?.pricing));
}

// `/models`: what this caller may ask, in OpenAI's form.
import { takesModel } from "./options.js";
import { Refusal } from "./refusal.js";

/** @import { Exchange } from "./services.js" */

/** @param {any} model */
function rowOf({ id, name, created, contextWindow, maxTokens, input, output, supportsTools, pricing }) {
  const owner = id.replace(/^~/, "").split("/")[0];
  return { id, object: "model", created: created ?? 0, owned_by: owner, name, context_length: contextWindow, max_output_tokens: maxTokens, input_modalities: input, output_modalities: output, supports_tools: supportsTools, pricing };
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
  const { modelIds } = services.settings;
  const data = models.filter((model) => takesModel(modelIds, model.id) && takesModel(caller.models, model.id) && (output.length === 0 || output.some((kind) => model.output.includes(/** @type {any} */ (kind))))).map(rowOf);
  return Response.json({ object: "list", data });
}

/** @param {Exchange} exchange @param {string} id @returns {Promise<Response>} */
export async function oneModel({ services, caller }, id) {
  const { modelIds } = services.settings;
  const model = takesModel(modelIds, id) && takesModel(caller.models, id) ? await services.client.models.get(id) : undefined;
  if (!model) throw new Refusal(404, "model_not_found", `There is no model ${id} for this caller`);
  return Response.json(rowOf(model));
}

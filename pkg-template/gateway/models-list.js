// `/models`: what this caller may ask, in OpenAI's form.
import { takesModel } from "./options.js";
import { Refusal } from "./refusal.js";

/** @import { Exchange } from "./services.js" */

/** @param {any} model */
function rowOf({ id, name, created, contextWindow, maxTokens, input, output, supportsTools, pricing }) {
  const owner = id.replace(/^~/, "").split("/")[0];
  return { id, object: "model", created: created ?? 0, owned_by: owner, name, context_length: contextWindow, max_output_tokens: maxTokens, input_modalities: input, output_modalities: output, supports_tools: supportsTools, pricing };
}

/** @param {Exchange} exchange @returns {Promise<Response>} */
export async function listModels({ services, caller, url }) {
  const { models } = await services.client.models.list({ all: url.searchParams.get("all") === "true" }).then((list) => (Array.isArray(list) ? { models: list } : /** @type {any} */ (list)));
  const { modelIds } = services.settings;
  const data = models.filter((/** @type {any} */ { id }) => takesModel(modelIds, id) && takesModel(caller.models, id)).map(rowOf);
  return Response.json({ object: "list", data });
}

/** @param {Exchange} exchange @param {string} id @returns {Promise<Response>} */
export async function oneModel({ services, caller }, id) {
  const { modelIds } = services.settings;
  const model = takesModel(modelIds, id) && takesModel(caller.models, id) ? await services.client.models.get(id) : undefined;
  if (!model) throw new Refusal(404, "model_not_found", `There is no model ${id} for this caller`);
  return Response.json(rowOf(model));
}

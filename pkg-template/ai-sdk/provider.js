// A client as a provider of the AI SDK.
import { invalidRequest } from "../errors.js";
import { checkClient, LanguageModel } from "./language-model.js";
import { ImageModel, SpeechModel, TranscriptionModel } from "./media-models.js";
import { EmbeddingModel, RerankingModel } from "./vector-models.js";

/** @import { OpenRouter } from "../client.js" */

/**
 * @param {OpenRouter} client
 * @returns {any}
 */
export function createOpenRouterProvider(client) {
  checkClient(client);
  /** @template T @param {new (client: OpenRouter, modelId: string, settings: Record<string, any>) => T} Model */
  const maker = (Model) => (/** @type {string} */ modelId, /** @type {Record<string, any>} */ settings = {}) => {
    if (typeof modelId !== "string" || modelId === "") throw invalidRequest("modelId: must be a model's reference, a text that is not empty");
    if (typeof settings !== "object" || settings === null) throw invalidRequest("settings: must be an object");
    return new Model(client, modelId, settings);
  };
  const languageModel = maker(LanguageModel);
  const embeddingModel = maker(EmbeddingModel);
  const models = {
    specificationVersion: /** @type {const} */ ("v4"),
    languageModel,
    chat: languageModel,
    embeddingModel,
    textEmbeddingModel: embeddingModel,
    imageModel: maker(ImageModel),
    speechModel: maker(SpeechModel),
    transcriptionModel: maker(TranscriptionModel),
    rerankingModel: maker(RerankingModel),
  };
  // As the SDK's own providers are: `provider("anthropic/claude-sonnet-4.5")`.
  return Object.assign((/** @type {string} */ modelId, /** @type {Record<string, any>} */ settings) => languageModel(modelId, settings), models);
}

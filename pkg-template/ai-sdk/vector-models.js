// Embeddings as the AI SDK asks for them.
import { invalidRequest } from "../errors.js";
import { asApiCallError } from "./api-call-error.js";
import { commonOptions, metadataOf } from "./call-options.js";

/** How many texts one call of the SDK brings; the client splits by what the model takes. */
const MOST_VALUES = 2048;

export class EmbeddingModel {
  specificationVersion = /** @type {const} */ ("v4");
  provider = "openrouter.embedding";
  maxEmbeddingsPerCall = MOST_VALUES;
  supportsParallelCalls = true;
  #client;
  #settings;

  /** @param {any} client @param {string} modelId @param {Record<string, any>} settings */
  constructor(client, modelId, settings) {
    this.#client = client;
    this.modelId = modelId;
    this.#settings = settings;
  }

  /** @param {any} options */
  async doEmbed(options) {
    const { values, dimensions } = options;
    const request = { ...commonOptions(options, this.#settings), model: this.modelId, input: values, ...(dimensions !== undefined && { dimensions }) };
    if (typeof this.#client.embeddings?.create !== "function") throw invalidRequest("client: this client has no embeddings");
    try {
      const { embeddings, model, usage, cost, id } = await this.#client.embeddings.create(request);
      const tokens = usage?.inputTokens ?? usage?.promptTokens ?? usage?.raw?.prompt_tokens ?? usage?.totalTokens ?? usage?.raw?.total_tokens;
      return {
        // The SDK's own arithmetic takes arrays.
        embeddings: embeddings.map((/** @type {Iterable<number>} */ vector) => Array.from(vector)),
        ...(tokens !== undefined && { usage: { tokens } }),
        warnings: [],
        providerMetadata: metadataOf({ id, model, cost: typeof cost === "object" ? cost?.total : cost, usage: usage?.raw ?? usage }),
      };
    } catch (error) {
      throw asApiCallError(error, { url: "/embeddings", request });
    }
  }
}

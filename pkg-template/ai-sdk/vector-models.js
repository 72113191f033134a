// Embeddings and rankings as the AI SDK asks for them.
import { invalidRequest } from "../errors.js";
import { commonOptions, metadataOf } from "./call-options.js";
import { asked, ClientModel } from "./client-model.js";

/** How many texts one call of the SDK brings; the client splits by what the model takes. */
const MOST_VALUES = 2048;

/** @param {string} message */
const noted = (message) => ({ type: /** @type {const} */ ("other"), message });

export class EmbeddingModel extends ClientModel {
  provider = "openrouter.embedding";
  maxEmbeddingsPerCall = MOST_VALUES;
  supportsParallelCalls = true;

  /** @param {any} options */
  async doEmbed(options) {
    const { values, dimensions } = options;
    const request = { ...commonOptions(options, this.settings), model: this.modelId, input: values, ...(dimensions !== undefined && { dimensions }) };
    if (typeof this.client.embeddings?.create !== "function") throw invalidRequest("client: this client has no embeddings");
    return asked("/embeddings", request, async () => {
      const { embeddings, model, usage, cost, id, provider, warnings = [] } = await this.client.embeddings.create(request);
      const tokens = usage?.inputTokens ?? usage?.totalTokens;
      return {
        // The SDK's own arithmetic takes arrays.
        embeddings: embeddings.map((/** @type {Iterable<number>} */ vector) => Array.from(vector)),
        ...(tokens !== undefined && { usage: { tokens } }),
        warnings: warnings.map(noted),
        providerMetadata: metadataOf({ id, model, provider, cost, usage: usage?.raw ?? usage }),
      };
    });
  }
}

export class RerankingModel extends ClientModel {
  provider = "openrouter.reranking";

  /** @param {any} options */
  async doRerank(options) {
    const { query, topN, documents: given } = options;
    const documents = given.type === "text" ? given.values : given.values.map((/** @type {object} */ value) => JSON.stringify(value));
    const request = { ...commonOptions(options, this.settings), model: this.modelId, query, documents, ...(topN !== undefined && { topN }) };
    if (typeof this.client.rerank !== "function") throw invalidRequest("client: this client has no rerank");
    return asked("/rerank", request, async () => {
      const { results, model, usage, cost, id, provider, warnings = [] } = await this.client.rerank(request);
      return {
        ranking: results.map((/** @type {{ index: number, score: number }} */ { index, score }) => ({ index, relevanceScore: score })),
        warnings: warnings.map(noted),
        providerMetadata: metadataOf({ id, model, provider, cost, usage: usage?.raw ?? usage }),
        response: { id, modelId: model ?? this.modelId, timestamp: new Date() },
      };
    });
  }
}

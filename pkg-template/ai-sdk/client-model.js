// What every model has that the AI SDK asks: the client behind it, and how a failure is told.
import { asApiCallError } from "./api-call-error.js";

/** @import { OpenRouter } from "../client.js" */

export class ClientModel {
  specificationVersion = /** @type {const} */ ("v4");
  client;
  settings;

  /** @param {OpenRouter} client @param {string} modelId @param {Record<string, any>} settings */
  constructor(client, modelId, settings) {
    this.client = client;
    this.modelId = modelId;
    this.settings = settings;
    // The client holds the key's function: it is nothing that a log of the model should print.
    Object.defineProperty(this, "client", { enumerable: false });
  }
}

/** @template T @param {string} url @param {any} request @param {() => Promise<T>} call @returns {Promise<T>} */
export async function asked(url, request, call) {
  try {
    return await call();
  } catch (error) {
    throw asApiCallError(error, { url, request });
  }
}

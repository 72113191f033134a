// `client.rerank`: documents in the order in which they fit a query.
import { invalidRequest, reading } from "../first-part.js";
import { callService, checkRequest, costOf, jsonAnswer, namedOptions, Placeholder, requestJson, servicesEngine } from "../services-part.js";

/** @import { Access } from "./call.js" */
/** @import { RerankRequest, RerankResult } from "../index.js" */

const NAMES = ["model", "query", "documents", "topN", "provider", "user", "sessionId", "timeoutMs", "headers", "extraBody", "signal"];

/** @param {Access} access @param {RerankRequest} request @returns {Promise<RerankResult>} */
export async function rerank(access, request) {
  checkRequest(request);
  const { options, warnings } = namedOptions(access, request, NAMES, { oddOf: oddCount });
  const { documents, signal, ...rest } = options;
  const list = reading("documents", () => checkedDocuments(documents));
  const place = new Placeholder();
  const text = requestJson(rest, { documents: place.text });
  const plan = await servicesEngine.ask((glue) => glue.rerankPlan(access.config(), text));
  const { label } = plan.call;
  const [head, tail] = place.split(/** @type {string} */ (plan.call.body));
  const body = head + JSON.stringify(list) + tail;
  const { answer, warnings: told } = await callService(access, plan, { operation: "rerank", signal, body, units: { prompt: tokensOf(list, options.query), request: 1 } }, async (bytes, status, key) => {
    const whole = jsonAnswer(bytes, label, status);
    const came = Array.isArray(whole?.results) ? whole.results : [];
    // The documents stay here: the engine needs their numbers alone.
    const bare = Array.isArray(whole?.results) ? { ...whole, results: came.map(withoutDocument) } : whole;
    const { results, ...more } = await servicesEngine.ask((glue) => glue.readRerank(JSON.stringify(bare), list.length, key));
    return { ...more, results: results.map((result, number) => ({ ...result, document: documentOf(came[number]?.document, list[result.index]) })) };
  });
  const { results, model, id, provider, usage } = answer;
  return {
    results,
    model: model ?? plan.model,
    ...(usage && { usage }),
    ...costOf({ usage }),
    ...(id !== undefined && { id }),
    ...(provider !== undefined && { provider }),
    warnings: [...warnings, ...told],
  };
}

/** @param {Record<string, any>} options @returns {string[]} */
function oddCount({ topN, documents }) {
  return Array.isArray(documents) && topN > documents.length && Number.isInteger(topN) ? [`topN: is ${topN}, and there are ${documents.length} documents`] : [];
}

/** @param {any} documents @returns {(string | { text?: string, image?: string })[]} */
function checkedDocuments(documents) {
  if (!Array.isArray(documents) || documents.length === 0) throw invalidRequest("documents: must be a list of at least one document");
  documents.forEach((document, number) => {
    if (typeof document === "string") return;
    const place = `documents[${number}]`;
    if (typeof document !== "object" || document === null) throw invalidRequest(`${place}: must be a text, or an object with text or image`);
    for (const name of ["text", "image"]) {
      if (document[name] !== undefined && typeof document[name] !== "string") throw invalidRequest(`${place}.${name}: must be a string`);
    }
    if (document.text === undefined && document.image === undefined) throw invalidRequest(`${place}: must have text or image`);
  });
  return documents;
}

/** @param {any} result */
function withoutDocument(result) {
  if (typeof result !== "object" || result === null) return result;
  const { document: _, ...rest } = result;
  return rest;
}

/** As the answer has it, else as it was given: one shape for both. @param {any} came @param {any} given */
function documentOf(came, given) {
  if (typeof came === "object" && came !== null) return came;
  const document = came ?? given;
  return typeof document === "string" ? { text: document } : document;
}

/** About: the query goes along with every document. @param {any[]} documents @param {any} query */
function tokensOf(documents, query) {
  const texts = documents.map((document) => (typeof document === "string" ? document.length : (document.text?.length ?? 0) + (document.image ? 4000 : 0)));
  return Math.ceil((texts.reduce((sum, length) => sum + length, 0) + documents.length * String(query ?? "").length) / 4);
}

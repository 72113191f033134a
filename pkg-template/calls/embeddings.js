// `client.embeddings`: texts to vectors, in batches, in the order of the inputs.
import { LIST_EMBEDDING_MODELS } from "../engine/services-contract.js";
import { invalidRequest, OpenRouterError, reading, stopIfAborted } from "../first-part.js";
import {
  callService, checkRequest, costOf, holdAll, jsonAnswer, KeyedCall, modelList, namedOptions, picoOfUsd, Placeholder, requestJson,
  servicesEngine, usdOf,
} from "../services-part.js";
import { batchesOf, inputsOf, tokensOf } from "./embedding-inputs.js";
import { vectorsOf } from "./embedding-vectors.js";

/** @import { Access, CallPlan } from "./call.js" */
/** @import { EmbeddingRequest, EmbeddingResult, EmbeddingUsage, ListCallOptions } from "../index.js" */
/** @import { Batch } from "./embedding-inputs.js" */

const NAMES = [
  "model", "input", "dimensions", "inputType", "queryInputType", "documentInputType", "purpose", "encodingFormat", "provider", "user", "sessionId",
  "maxInputBytes", "maxBatchInputs", "maxBatchChars", "concurrency", "timeoutMs", "headers", "extraBody", "signal",
];
const LIMITS = { maxInputBytes: 8192, maxBatchInputs: 128, maxBatchChars: 65_536, concurrency: 4 };
/** What one batch gave. @typedef {{ vectors: Float32Array[], model?: string, id?: string, provider?: string, usage?: EmbeddingUsage }} Answer */

export class Embeddings extends KeyedCall {
  /**
   * Sends the inputs in batches, some at once. When one fails no further one is sent, and the error carries as `partial.embeddings` what the
   * others gave, `null` in the place of what is missing.
   * @param {EmbeddingRequest} request
   * @returns {Promise<EmbeddingResult>}
   */
  async create(request) {
    checkRequest(request);
    const { options, warnings } = namedOptions(this.access, request, NAMES);
    const { input, signal, maxInputBytes, maxBatchInputs, maxBatchChars, concurrency, ...rest } = options;
    const limits = checkedLimits({ maxInputBytes, maxBatchInputs, maxBatchChars, concurrency });
    const inputs = reading("input", () => inputsOf(input, limits.maxInputBytes));
    const place = new Placeholder();
    const text = requestJson(rest, { input: place.text });
    const { plan: { call, model }, access } = await this.plan((hasOwnKey) => servicesEngine.ask((glue) => glue.embeddingsPlan(this.access.config(), text, hasOwnKey)));
    stopIfAborted(signal);
    if (inputs.length === 0) return { embeddings: [], model, usage: { inputTokens: 0, totalTokens: 0, cost: 0, raw: {} }, cost: 0, warnings };
    const batches = batchesOf(inputs, limits);
    const [head, tail] = place.split(/** @type {string} */ (call.body));
    /** @type {Answer[]} */
    const answers = [];
    /** @type {Set<string>} */
    const told = new Set();
    const sizes = batches.map((batch) => ({ units: { prompt: tokensOf(batch), request: 1 }, call, signal }));
    const holds = await holdAll(access, model, sizes);
    let next = 0, failure, hasFailed = false;
    const work = async () => {
      while (next < batches.length && !hasFailed) {
        const number = next++;
        try {
          const { answer, warnings: more } = await ask(access, { call, model }, batches[number], { head, tail, signal, hold: holds[number] });
          answers[number] = answer;
          more.forEach((line) => told.add(line));
        } catch (error) {
          // The first one: what comes after it may be a matter of it.
          if (!hasFailed) failure = error;
          hasFailed = true;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(limits.concurrency, batches.length) }, work));
    // A batch that was not sent any more is on nobody's bill.
    holds.slice(next).forEach((hold) => hold?.release());
    if (hasFailed) throw withPartial(failure, answers, batches, inputs.length);
    return resultOf(answers, model, [...warnings, ...told]);
  }

  /** @param {ListCallOptions} [options] */
  models(options) {
    return modelList(this.access, LIST_EMBEDDING_MODELS, options);
  }
}

/** @param {Record<string, unknown>} given @returns {typeof LIMITS} */
function checkedLimits(given) {
  const limits = { ...LIMITS };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const isSize = name === "maxInputBytes" && value === Infinity;
    if (!isSize && !(Number.isInteger(value) && /** @type {number} */ (value) >= 1)) throw invalidRequest(`${name}: must be a whole number from 1`);
    limits[/** @type {keyof typeof LIMITS} */ (name)] = /** @type {number} */ (value);
  }
  return limits;
}

/**
 * @param {Access} access @param {{ call: CallPlan, model: string }} plan @param {Batch} batch
 * @param {{ head: string, tail: string, signal?: AbortSignal | null, hold: import("../money/hold.js").Hold | undefined }} frame  what stands
 *   around the inputs, and what is held for them
 */
function ask(access, plan, batch, { head, tail, signal, hold }) {
  const { label } = plan.call;
  const body = head + JSON.stringify(batch.inputs) + tail;
  return callService(access, plan, { operation: "embeddings", signal, body, hold }, async (bytes, status, key) => {
    const { data, ...rest } = jsonAnswer(bytes, label, status);
    const read = await servicesEngine.ask((glue) => glue.readEmbeddings(JSON.stringify(rest), key));
    return { ...read, vectors: vectorsOf(data, batch.inputs.length, label) };
  });
}

/** @param {Answer[]} answers @param {string} model @param {string[]} warnings @returns {EmbeddingResult} */
function resultOf(answers, model, warnings) {
  const [first] = answers;
  const usage = sumOf(answers.map((answer) => answer.usage));
  const { id, provider } = first;
  return {
    embeddings: answers.flatMap((answer) => answer.vectors),
    model: first.model ?? model,
    ...(usage && { usage }),
    ...costOf({ usage }),
    ...(id !== undefined && answers.length === 1 && { id }),
    ...(provider !== undefined && { provider }),
    warnings,
  };
}

/** One bill of several: a part that one of them does not tell is not told. @param {(EmbeddingUsage | undefined)[]} bills @returns {EmbeddingUsage | undefined} */
function sumOf(bills) {
  if (bills.length === 1) return bills[0];
  if (bills.every((bill) => bill === undefined)) return undefined;
  /** @type {EmbeddingUsage} */
  const sum = { raw: { requests: bills.map((bill) => bill?.raw ?? null) } };
  for (const name of /** @type {const} */ (["inputTokens", "totalTokens"])) {
    if (bills.every((bill) => bill?.[name] !== undefined)) sum[name] = bills.reduce((all, bill) => all + Number(bill?.[name]), 0);
  }
  // In whole 10^-12 USD: a sum of decimals would end in dust.
  if (bills.every((bill) => bill?.cost !== undefined)) sum.cost = usdOf(bills.reduce((all, bill) => all + picoOfUsd(Number(bill?.cost)), 0n));
  return sum;
}

/** @param {unknown} error @param {Answer[]} answers @param {Batch[]} batches @param {number} count */
function withPartial(error, answers, batches, count) {
  if (!OpenRouterError.isInstance(error) || answers.length === 0) return error;
  /** @type {(Float32Array | null)[]} */
  const embeddings = Array.from({ length: count }, () => null);
  /** @type {number[]} */
  const missing = [];
  batches.forEach(({ from, inputs }, number) => inputs.forEach((_, at) => {
    if (answers[number]) embeddings[from + at] = answers[number].vectors[at];
    else missing.push(from + at);
  }));
  const usage = sumOf(answers.filter((answer) => answer !== undefined).map((answer) => answer.usage));
  error.message = `${error.message} (${missing.length} of ${count} inputs have no vector, the first is input[${missing[0]}]; the others are in error.partial)`;
  return Object.assign(error, { partial: { embeddings, missing, ...(usage && { usage }) } });
}

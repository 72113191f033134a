// `client.images`: images asked for, all at once, and read as they come.
import { base64Of, bytesOfBase64, oddInputs, replacedInputs } from "../files-part.js";
import { LIST_IMAGE_MODELS } from "../engine/services-contract.js";
import { OpenRouterError, stopIfAborted } from "../first-part.js";
import {
  billable, callStream, checkRequest, heldCall, holdAll, IMAGE_TOKENS, modelList, namedOptions, parsedAnswer, readBounded, requestJson,
  servicesEngine, tokensOf,
} from "../services-part.js";
import { describeFile } from "./describe.js";
import { readImageEvents } from "./image-events.js";
import { Placeholders } from "./placeholders.js";

/** @import { Access } from "../calls/call.js" */
/** @import { ImagePlan, ReadImage } from "../engine/contract.js" */
/** @import { ImageRequest, ImageResult, MediaUsage } from "../index.js" */

const MALFORMED = "OpenRouter image generation response malformed";
const MISSING = "OpenRouter image generation response missing image data";
const MAX_INPUTS = 16;
const MOST_IMAGES = 10;
const NAMES = [
  "prompt", "model", "n", "aspectRatio", "resolution", "size", "quality", "outputFormat", "outputCompression", "background", "seed", "inputs", "stream", "onPartial", "maxBytes",
  "timeoutMs", "headers", "extraBody", "signal",
];
const ROWS_LIFE_MS = 3_600_000;
/** A request does not wait longer for what its model takes. */
const ROWS_TIMEOUT_MS = 5000;

/** What one request gave. @typedef {{ images: { data: Uint8Array<ArrayBuffer>, mediaType: string, extension: string }[], text: string, usage?: MediaUsage, told?: string[] }} Answer */

export class Images {
  #access;

  /** @param {Access} access */
  constructor(access) {
    this.#access = access;
  }

  /**
   * Asks for images. When one request of several fails, the error carries as `partial.images` what the others gave: it is paid for.
   * @param {ImageRequest} given
   * @returns {Promise<ImageResult>}
   */
  async generate(given) {
    checkRequest(given, ["onPartial"]);
    const { options: request, warnings: named } = namedOptions(this.#access, given, NAMES, { oddOf: (options) => [...oddCount(options), ...oddInputs(options)] });
    const placeholders = new Placeholders();
    const inputs = await replacedInputs(request.inputs, MAX_INPUTS, placeholders);
    /** @param {object} more @returns {Promise<ImagePlan>} */
    const planWith = (more) => {
      const text = requestJson(request, { inputs, ...more });
      return servicesEngine.ask((glue) => glue.imagePlan(this.#access.config(), text));
    };
    let plan = await planWith({});
    // Twice: only the engine knows which model an alias means, and whether its row would say more.
    const parameters = plan.wantsRow ? await this.#parametersOf(plan.model, request.signal) : undefined;
    if (parameters) plan = await planWith({ parameters });
    const body = placeholders.bodyOf(/** @type {string} */ (plan.call.body));
    const holds = await holdAll(this.#access, plan.model, sizesOf(plan, request));
    const answers = await Promise.allSettled(holds.map((hold, number) => this.#ask(plan, body, request, { number, hold })));
    const good = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    plan.warnings.unshift(...named);
    plan.warnings.push(...new Set(good.flatMap(({ told = [] }) => told)));
    const result = resultOf(good, plan);
    const bad = answers.find((answer) => answer.status === "rejected");
    if (!bad) return result;
    const { reason } = bad;
    if (result.images.length === 0 || request.signal?.aborted) throw reason;
    const { images, text: said } = result;
    const partial = { message: { role: /** @type {const} */ ("assistant"), content: said ?? "" }, images };
    if (OpenRouterError.isInstance(reason)) throw Object.assign(reason, { partial });
    throw new OpenRouterError({ code: "network", message: `${plan.call.label}: ${reason}` }, { cause: reason, partial });
  }

  /** What an image shows. @param {import("../index.js").ImageDescriptionRequest} request */
  async describe(request) {
    return describeFile(this.#access, "image", request);
  }

  /** @param {import("../index.js").ListCallOptions} [options] */
  async models(options) {
    const models = await modelList(this.#access, LIST_IMAGE_MODELS, options);
    // A copy: what is handed out is the caller's to change.
    this.#rows = { models: Promise.resolve(structuredClone([...models])), untilMs: Date.now() + ROWS_LIFE_MS };
    return models;
  }

  /** What the models take, as it was listed last. @type {{ models: Promise<import("../index.js").ImageModel[]>, untilMs: number } | undefined} */
  #rows;

  /** What a model takes; nothing when that cannot be known at once. @param {string} model @param {AbortSignal | null | undefined} signal */
  async #parametersOf(model, signal) {
    if (!this.#rows || Date.now() >= this.#rows.untilMs) {
      // Nobody's signal: others may wait for the same list.
      const models = modelList(this.#access, LIST_IMAGE_MODELS, { timeoutMs: ROWS_TIMEOUT_MS });
      this.#rows = { models, untilMs: Date.now() + ROWS_LIFE_MS };
    }
    const rows = this.#rows;
    try {
      return (await rows.models).find(({ id }) => id === model)?.parameters;
    } catch {
      // The images matter, the list does not: what it would say is left to OpenRouter. The next request asks again.
      if (this.#rows === rows) this.#rows = undefined;
      return undefined;
    } finally {
      stopIfAborted(signal);
    }
  }

  /**
   * @param {ImagePlan} plan @param {string | Blob} body @param {ImageRequest} request
   * @param {{ number: number, hold: import("../money/hold.js").Hold | undefined }} one  of the requests
   * @returns {Promise<Answer>}
   */
  async #ask(plan, body, request, { number, hold }) {
    const { answer, warnings } = await heldCall(this.#access, plan.model, { hold }, () => this.#paint(plan, body, request, number));
    return { ...answer, told: warnings };
  }

  /** @param {ImagePlan} plan @param {string | Blob} body @param {ImageRequest} request @param {number} number @returns {Promise<Answer>} */
  async #paint(plan, body, { signal, onPartial }, number) {
    const { call, isChat, maxBytes } = plan;
    try {
      const { response, reader, key, deadline } = await callStream(this.#access, call, { signal, body });
      try {
        const isStream = /^text\/event-stream/i.test(response.headers.get("content-type") ?? "");
        if (isStream) return await readImageEvents({ reader, key, deadline, call, maxBytes, index: number, onPartial });
        const bytes = await readBounded({ response, reader, key }, call, deadline);
        this.#access.drift?.add(call.url, [bytes]);
        const placeholders = new Placeholders();
        const skeleton = placeholders.takeOut(parsedAnswer(new TextDecoder().decode(bytes), call.label, response.status));
        const read = await servicesEngine.ask((glue) => glue.readImages(isChat, skeleton, key));
        const images = decoded(read.images, placeholders, maxBytes, call.label);
        if (images.length === 0) throw new OpenRouterError({ code: "bad-response", message: MISSING });
        return { images, text: read.text ?? "", usage: read.usage };
      } finally {
        deadline.end();
      }
    } catch (error) {
      throw billable(error);
    }
  }
}

/** OpenRouter's own bounds, to which the engine holds the number. @param {Record<string, any>} options @returns {string[]} */
function oddCount({ n }) {
  if (typeof n !== "number" || !Number.isFinite(n) || (Number.isInteger(n) && n >= 1 && n <= MOST_IMAGES)) return [];
  return [`n: is ${n}: OpenRouter takes whole numbers from 1 to ${MOST_IMAGES}, and ${Math.floor(Math.min(Math.max(n, 1), MOST_IMAGES))} is asked for`];
}

/** What each request may come to. @param {ImagePlan} plan @param {ImageRequest} request */
function sizesOf({ call, requests }, { prompt, inputs, signal }) {
  const { n = 1 } = JSON.parse(call.body ?? "{}");
  const units = { prompt: tokensOf(prompt) + (inputs?.length ?? 0) * IMAGE_TOKENS, imageOutput: IMAGE_TOKENS * n, request: 1 };
  return Array.from({ length: requests }, () => ({ units, call, signal }));
}

/** @param {ReadImage[]} images @param {Placeholders} placeholders @param {number} maxBytes @param {string} label @returns {Answer["images"]} */
export function decoded(images, placeholders, maxBytes, label) {
  return images.flatMap(({ data: text, mediaType, extension, isLoose }) => {
    const base64 = placeholders.fileOf(text);
    if (Math.floor((base64.length * 3) / 4) - 2 > maxBytes) {
      throw new OpenRouterError({ code: "limit", message: `${label}: an image has more than ${maxBytes} bytes` });
    }
    const data = bytesOfBase64(base64);
    if (data === undefined || data.length === 0) {
      // What only looked like an image, in the middle of a text.
      if (isLoose) return [];
      throw new OpenRouterError({ code: "bad-response", message: MALFORMED });
    }
    if (data.length > maxBytes) throw new OpenRouterError({ code: "limit", message: `${label}: an image has more than ${maxBytes} bytes` });
    return [{ data, mediaType, extension }];
  });
}

/** An image that came. Its class keeps its bytes out of logs. */
class GeneratedImage {
  /** @param {Answer["images"][number]} image @param {number} number */
  constructor({ data, mediaType, extension }, number) {
    this.data = data;
    this.mediaType = mediaType;
    this.name = `image-${number}.${extension}`;
  }

  dataUrl() {
    return `data:${this.mediaType};base64,${base64Of(this.data)}`;
  }

  blob() {
    return new Blob([this.data], { type: this.mediaType });
  }

  toJSON() {
    return { name: this.name, mediaType: this.mediaType, bytes: this.data.length };
  }
}

/** @param {Answer[]} answers @param {ImagePlan} plan @returns {ImageResult} */
function resultOf(answers, { model, warnings }) {
  const images = answers.flatMap((answer) => answer.images).map((image, at) => new GeneratedImage(image, at + 1));
  const text = answers.map((answer) => answer.text).filter((said) => said !== "").join("\n");
  const usage = sumOf(answers.map((answer) => answer.usage));
  return { images, ...(usage && { usage }), ...(text !== "" && { text }), model, warnings };
}

/** One bill of several: the sum, unless one did not say. @param {(MediaUsage | undefined)[]} bills @returns {MediaUsage | undefined} */
function sumOf(bills) {
  if (bills.length === 1) return bills[0];
  if (bills.every((bill) => bill === undefined)) return undefined;
  const isWhole = bills.every((bill) => bill?.cost !== undefined);
  return { ...(isWhole && { cost: bills.reduce((sum, bill) => sum + (bill?.cost ?? 0), 0) }), raw: { requests: bills.map((bill) => bill?.raw ?? null) } };
}

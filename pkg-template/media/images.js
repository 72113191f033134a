// `client.images`: pictures asked for, all at once, and read as they come.
import { base64Of, bytesOfBase64 } from "../request/base64.js";
import { callStream, readBounded } from "../calls/call.js";
import { servicesEngine } from "../engine/services.js";
import { fromEngine, OpenRouterError } from "../errors.js";
import { readImageEvents } from "./image-events.js";
import { carriedInputs } from "./input-files.js";
import { Marks } from "./marks.js";
import { billable, checkRequest, parsedAnswer, requestJson } from "./submit.js";

/** @import { Access, CallPlan } from "../calls/call.js" */
/** @import { ImageRequest, ImageResult, MediaUsage } from "../index.js" */

const MALFORMED = "OpenRouter image generation response malformed";
const MISSING = "OpenRouter image generation response missing image data";
const MAX_INPUTS = 5;

/** @typedef {{ call: CallPlan, requests: number, route: "images" | "chat", model: string, maxBytes: number, warnings: string[] }} ImagePlan */
/** What the engine read of one picture. @typedef {{ data: string, mediaType: string, extension: string, isLoose?: boolean }} ReadImage */
/** What one request gave. @typedef {{ images: { data: Uint8Array<ArrayBuffer>, mediaType: string, extension: string }[], text: string, usage?: MediaUsage }} Answer */

export class Images {
  #access;

  /** @param {Access} access */
  constructor(access) {
    this.#access = access;
  }

  /**
   * Asks for pictures. When one request of several fails, the error carries as `partial.images` what the others gave: it is paid for.
   * @param {ImageRequest} request
   * @returns {Promise<ImageResult>}
   */
  async generate(request) {
    checkRequest(request, ["onPartial"]);
    const marks = new Marks();
    const inputs = await carriedInputs(request.inputs, MAX_INPUTS, marks);
    const text = requestJson(request, { inputs });
    /** @type {ImagePlan} */
    const plan = await servicesEngine.ask((glue) => glue.mediaPlan("image", this.#access.config(), text));
    const body = marks.bodyOf(/** @type {string} */ (plan.call.body));
    const answers = await Promise.allSettled(Array.from({ length: plan.requests }, (_, number) => this.#ask(plan, body, request, number)));
    const good = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
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

  /** @param {ImagePlan} plan @param {string | Blob} body @param {ImageRequest} request @param {number} number @returns {Promise<Answer>} */
  async #ask(plan, body, { signal, onPartial }, number) {
    const { call, route, maxBytes } = plan;
    try {
      const { response, reader, key, watch } = await callStream(this.#access, call, { signal, body });
      try {
        const isStream = /^text\/event-stream/i.test(response.headers.get("content-type") ?? "");
        if (isStream) return await readImageEvents({ reader, key, watch, call, maxBytes, index: number, onPartial });
        const bytes = await readBounded({ response, reader, key }, call, watch);
        const marks = new Marks();
        const skeleton = marks.takeOut(parsedAnswer(new TextDecoder().decode(bytes), call.label, response.status));
        const { glue } = await servicesEngine.start();
        const read = engineRead(() => glue.readMedia(route, skeleton, key));
        const images = decoded(read.images, marks, maxBytes, call.label);
        if (images.length === 0) throw new OpenRouterError({ code: "bad-response", message: MISSING });
        return { images, text: read.text ?? "", usage: read.usage };
      } finally {
        watch.end();
      }
    } catch (error) {
      throw billable(error);
    }
  }
}

/** @param {() => string} read @returns {any} */
export function engineRead(read) {
  try {
    return JSON.parse(read());
  } catch (thrown) {
    throw fromEngine(thrown);
  }
}

/** @param {ReadImage[]} images @param {Marks} marks @param {number} maxBytes @param {string} label @returns {Answer["images"]} */
export function decoded(images, marks, maxBytes, label) {
  return images.flatMap(({ data: text, mediaType, extension, isLoose }) => {
    const base64 = marks.fileOf(text);
    if (Math.floor((base64.length * 3) / 4) - 2 > maxBytes) {
      throw new OpenRouterError({ code: "limit", message: `${label}: a picture has more than ${maxBytes} bytes` });
    }
    const data = bytesOfBase64(base64);
    if (data === undefined || data.length === 0) {
      // What only looked like a picture, in the middle of a text.
      if (isLoose) return [];
      throw new OpenRouterError({ code: "bad-response", message: MALFORMED });
    }
    if (data.length > maxBytes) throw new OpenRouterError({ code: "limit", message: `${label}: a picture has more than ${maxBytes} bytes` });
    return [{ data, mediaType, extension }];
  });
}

/** A picture that came. Its class keeps its bytes out of logs. */
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

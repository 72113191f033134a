// Videos: submitted once, polled for as long as it takes, downloaded. The ticket comes back with every failure.
import { oddInputs } from "../files-part.js";
import { checkCallOptions, describe, headerPairs, invalidRequest, json, letGo, maskedCause, OpenRouterError, reading, stopIfAborted, withoutKey } from "../first-part.js";
import { billable, CallDeadline, callJson, callStream, namedOptions, nextPiece, overLimit, readBounded, retryWait, servicesEngine, strayOptions, unframed } from "../services-part.js";
import { readInputs } from "./frame-images.js";
import { guardedGet } from "./guarded-get.js";
import { PollDeadline } from "./poll-deadline.js";
import { downloadVideo } from "./video-download.js";
import { videoUsd } from "./video-estimate.js";
import { waitForVideo } from "./video-job.js";
import { VideoOrigin } from "./video-origin.js";
import { checkTicket, newTicket, ticketIn, updatedTicket, withTicket, withWarnings } from "./video-ticket.js";

/** @import { Access, CallPlan, Head } from "../calls/call.js" */
/** @import { MediaCallOptions, VideoDownloadOptions, VideoModel, VideoRequest, VideoState, VideoTicket, VideoWaitOptions } from "../types/media.js" */
/** @import { Answer } from "./video-ticket.js" */
/** @import { VideoProblem } from "../engine/contract.js" */

const POLL_LABEL = "OpenRouter video status request failed";
/** Of one poll, both attempts together. */
const POLL_TIMEOUT_MS = 60_000;
const SUBMIT_TIMEOUT_MS = 60_000;
const MAX_POLL_BYTES = 1 << 20;
const CATALOG_LIFE_MS = 30_000;
/** Its durations are known without the catalog. */
const DEFAULT_MODEL = "google/veo-3.1-fast";
/** A request does not wait longer for the durations of its model. */
const DURATIONS_TIMEOUT_MS = 5000;
/** Nor a budget for its price. */
const PRICES_TIMEOUT_MS = 10_000;
const MAY_BE_BILLED = "; the request may have been accepted and billed all the same, so it is not repeated";
const KINDS = /** @type {const} */ ({
  prompt: "string", model: "string", durationSeconds: "number", aspectRatio: "string", resolution: "string", size: "string", generateAudio: "boolean",
  seed: "number", callbackUrl: "string", extraBody: "object",
});

const NAMES = [...Object.keys(KINDS), "inputs", "timeoutMs", "headers", "signal"];
const POLL_NAMES = ["timeoutMs", "headers", "signal", "extraBody"];
const WAIT_NAMES = [...POLL_NAMES, "onProgress", "intervalMs"];
const DOWNLOAD_NAMES = [...POLL_NAMES, "maxBytes", "index", "onProgress"];

/** Of whole answers: made once, a thousand polls at a time need no decoder each. @type {TextDecoder | undefined} */
let decoder;

export class VideoClient {
  #access;
  /** @type {VideoOrigin | undefined} */
  #origin;
  /** `isOf`: the key is in no field, which a debugger shows. @type {{ isOf: (key: string) => boolean, untilMs: number, models: Promise<VideoModel[]> } | undefined} */
  #catalog;

  /** @param {Access} access */
  constructor(access) {
    this.#access = access;
  }

  /** @param {VideoRequest} given @returns {Promise<VideoTicket>} */
  submit = async (given) => {
    checkRequest(given);
    const { options: request, warnings } = namedOptions(this.#access, given, NAMES, { oddOf: oddInputs });
    checkRequest(request);
    const { signal, headers, timeoutMs, inputs, ...fields } = request;
    const settings = this.#access.media?.().video ?? {};
    const { inputs: replaced, putBack } = await readInputs(inputs);
    // The whole of a video's making may take minutes, its submission may not: what the settings allow the whole is the most for this part of it.
    const limitMs = unlimited(timeoutMs ?? (settings.timeoutMs ? Math.min(settings.timeoutMs, SUBMIT_TIMEOUT_MS) : undefined));
    const asWritten = { ...fields, inputs: replaced, headers: headerPairs(headers), timeoutMs: limitMs, defaultModel: settings.model };
    const planWith = (/** @type {number[] | undefined} */ durations) => {
      const text = json("request", { ...asWritten, durations });
      return servicesEngine.ask((glue) => glue.videoSubmit(this.#access.config(), text));
    };
    // Twice: what is wrong is told before anything is asked for, and only the engine knows which model an alias means.
    let plan = await planWith(undefined);
    const durations = await this.#durations(plan.ticket.model, fields.durationSeconds, signal);
    if (durations) plan = await planWith(durations);
    const origin = await this.#home();
    const { call, ticket: planned } = plan;
    warnings.push(...nearest(fields.durationSeconds, planned.request.durationSeconds));
    const hold = await this.#access.admit?.(planned.model, { call, signal, estimate: (stopped) => this.estimate(call.body, stopped) });
    if (hold?.warning) warnings.push(hold.warning);
    for (const line of warnings) this.#access.warn?.(line);
    const send = () => this.#send(call, putBack(call.body ?? ""), signal);
    const { traced } = this.#access;
    const { text, response, key, broken } = await (traced ? traced("generate_content", planned.model, send) : send()).catch((error) => {
      // An amount that may be billed all the same goes on being held.
      if (!error?.message?.includes(MAY_BE_BILLED)) hold?.failed(error);
      throw error;
    });
    const { glue } = await servicesEngine.start();
    let answer;
    try {
      answer = servicesEngine.askNow((glue) => glue.videoAnswer(true, unframed(text), key));
    } catch (error) {
      hold?.failed(error);
      throw billable(error, MAY_BE_BILLED);
    }
    const { id, pollingUrl = "" } = answer;
    let problem = broken ?? ("problem" in answer ? badAnswer(answer.problem, response) : undefined);
    if (id === undefined) throw problem;
    let target = origin.pollingUrl(id);
    if (pollingUrl !== "") {
      try {
        target = origin.target(pollingUrl, "polling_url", glue).href;
      } catch (cause) {
        problem ??= badAnswer(`OpenRouter video generation response malformed: ${describe(cause)}`, response);
      }
    }
    const told = "problem" in answer ? { status: "pending" } : answer;
    const ticket = withWarnings(updatedTicket(newTicket(planned, id, target, told.status), told), warnings);
    if (hold) this.#holds.set(id, hold);
    if (problem) throw withTicket(problem, ticket);
    return ticket;
  };

  /**
   * About what a video comes to: its price stands in the list of video models alone.
   * @param {string | undefined} body @param {AbortSignal | null | undefined} signal
   */
  async estimate(body, signal) {
    const submitted = JSON.parse(body ?? "{}");
    const deadline = new CallDeadline({ timeoutMs: PRICES_TIMEOUT_MS, label: "OpenRouter video models" }, signal);
    try {
      const row = (await deadline.race(this.#models(false))).find(({ id }) => id === submitted.model);
      return { usd: row && videoUsd(row, submitted) };
    } catch (cause) {
      return { fault: describe(cause) };
    } finally {
      deadline.end();
    }
  }

  /** What the jobs of this client hold of its budget, by their ids. @type {Map<string, import("../money/hold.js").Hold>} */
  #holds = new Map();

  /** Ends what the budget holds for a job that is done; what is odd about its bill stands in the ticket. @param {VideoState} state @returns {VideoState} */
  #settled(state) {
    const { ticket, isDone, error } = state, { id, usage } = ticket;
    const hold = isDone ? this.#holds.get(id) : undefined;
    if (!hold) return state;
    this.#holds.delete(id);
    // A video that failed is not billed, unless its answer says so.
    const lines = hold.settle(usage?.cost ?? (error === undefined ? undefined : 0));
    lines.forEach((line) => this.#access.warn?.(line));
    return { ...state, ticket: withWarnings(ticket, lines) };
  }

  /** @param {VideoTicket | VideoState} given @param {MediaCallOptions} [options] @returns {Promise<VideoState>} */
  poll = async (given, options = {}) => {
    const ticket = ticketIn(given);
    checkCallOptions(options);
    const stray = strayOptions(this.#access, options, POLL_NAMES);
    const { signal, timeoutMs = POLL_TIMEOUT_MS, headers } = options;
    const poll = await this.#poller(ticket, headers);
    stopIfAborted(signal);
    const deadline = new PollDeadline({ timeoutMs, label: POLL_LABEL }, signal);
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const state = await poll(ticket, deadline);
          return stray.length > 0 ? { ...state, ticket: withWarnings(state.ticket, stray) } : state;
        } catch (error) {
          const wait = attempt < 2 ? retryWait(error, attempt) : undefined;
          if (deadline.isOver || wait === undefined) throw withTicket(error, ticket);
          await deadline.race(new Promise((resolve) => setTimeout(resolve, wait)));
        }
      }
    } finally {
      deadline.end();
    }
  };

  /** @param {VideoTicket | VideoState} given @param {VideoWaitOptions} [options] @returns {Promise<VideoTicket>} */
  wait = async (given, options = {}) => {
    const ticket = ticketIn(given);
    checkCallOptions(options);
    const stray = strayOptions(this.#access, options, WAIT_NAMES);
    const poll = await this.#poller(ticket, options.headers);
    const timeoutMs = options.timeoutMs ?? this.#access.media?.().video?.timeoutMs;
    try {
      return withWarnings(await waitForVideo(poll, ticket, { ...options, timeoutMs }, POLL_LABEL), stray);
    } catch (error) {
      // An error without one is no poll's: an engine that cannot be started.
      throw withTicket(error, ticket);
    }
  };

  /** @param {VideoTicket | VideoState} given @param {VideoDownloadOptions} [options] */
  download = async (given, options = {}) => {
    const ticket = ticketIn(given);
    checkCallOptions(options);
    const stray = strayOptions(this.#access, options, DOWNLOAD_NAMES);
    const { glue } = await servicesEngine.start();
    const origin = await this.#home(options.headers);
    checkTicket(ticket, origin, glue);
    try {
      const file = await downloadVideo({ access: this.#access, origin, glue }, ticket, { ...options, maxBytes: options.maxBytes ?? this.#access.media?.().maxBytes });
      return stray.length > 0 ? Object.assign(file, { warnings: stray }) : file;
    } catch (error) {
      throw withTicket(error, ticket);
    }
  };

  /** What a video shows. @param {import("../index.js").VideoDescriptionRequest} request */
  describe = async (request) => (await import("../media-part.js")).describeFile(this.#access, "video", request);

  /** @param {{ refresh?: boolean, signal?: AbortSignal | null }} [options] @returns {Promise<VideoModel[]>} */
  models = async (options = {}) => {
    checkCallOptions(options, ["refresh", "signal"]);
    const deadline = new CallDeadline({ timeoutMs: 0, label: "OpenRouter video models" }, options.signal);
    try {
      // A copy: the list is everybody's who asks within the half minute.
      return structuredClone(await deadline.race(this.#models(options.refresh === true)));
    } finally {
      deadline.end();
    }
  };

  /** @param {boolean} refresh @returns {Promise<VideoModel[]>} */
  async #models(refresh) {
    const key = (await this.#access.apiKey()) ?? "";
    const now = Date.now();
    if (!refresh && this.#catalog?.isOf(key) && now < this.#catalog.untilMs) return this.#catalog.models;
    const models = this.#fetchModels();
    const entry = { isOf: (/** @type {string} */ other) => other === key, untilMs: now + CATALOG_LIFE_MS, models };
    this.#catalog = entry;
    models.catch(() => {
      if (this.#catalog === entry) this.#catalog = undefined;
    });
    return models;
  }

  async #fetchModels() {
    const { reads } = await this.#home();
    // Nobody's signal: others may be waiting for the same answer.
    const { text } = await callJson(this.#access, reads.models);
    return servicesEngine.ask((glue) => glue.videoModels(text));
  }

  /**
   * What the model offers, as far as that can be known at once.
   * @param {string} name @param {number | undefined} durationSeconds @param {AbortSignal | null | undefined} signal
   */
  async #durations(name, durationSeconds, signal) {
    if (durationSeconds === undefined || durationSeconds === null) return undefined;
    const isKnown = this.#catalog !== undefined && Date.now() < this.#catalog.untilMs;
    // 4, 6 or 8: not worth a request.
    if (name === DEFAULT_MODEL && !isKnown) return undefined;
    const deadline = new CallDeadline({ timeoutMs: DURATIONS_TIMEOUT_MS, label: "OpenRouter video models" }, signal);
    try {
      return (await deadline.race(this.#models(false))).find(({ id }) => id === name)?.durations;
    } catch {
      // The request matters, the list does not: the durations that most models have are taken. An abort is the request's own.
      stopIfAborted(signal);
      return undefined;
    } finally {
      deadline.end();
    }
  }

  /** @param {VideoWaitOptions["headers"]} [headers] of one call */
  async #home(headers) {
    if (headers === undefined || headers === null) return (this.#origin ??= new VideoOrigin(await this.#reads("[]")));
    return new VideoOrigin(await this.#reads(json("headers", headerPairs(headers))));
  }

  /** @param {string} headers */
  #reads(headers) {
    return servicesEngine.ask((glue) => glue.videoReads(this.#access.config(), headers));
  }

  /**
   * What polls a job once, however often it is called.
   * @param {VideoTicket} first @param {MediaCallOptions["headers"]} headers
   * @returns {Promise<(ticket: VideoTicket, deadline: PollDeadline) => Promise<VideoState>>}
   */
  async #poller(first, headers) {
    const origin = this.#origin && !headers ? this.#origin : await this.#home(headers);
    const url = checkTicket(first, origin, (await servicesEngine.start()).glue);
    const access = this.#access;
    return async (ticket, deadline) => {
      const { response, key } = await guardedGet({ access, origin, url, label: POLL_LABEL, deadline });
      const bytes = await readBounded({ reader: response.reader, response, key }, { maxBytes: MAX_POLL_BYTES, label: POLL_LABEL }, deadline);
      access.drift?.add(url.href, [bytes]);
      // On the spot: it has started before, and what is replaced meanwhile is instantiated at once either way.
      const answer = servicesEngine.askNow((glue) => glue.videoAnswer(false, unframed((decoder ??= new TextDecoder()).decode(bytes)), key));
      return this.#settled(stateOf(ticket, answer, response, key));
    };
  }

  /**
   * Sends the request, once. The part of the answer that arrived comes back even when the rest of it does not: the job's id may be in it.
   * @param {CallPlan} plan @param {string} body @param {AbortSignal | null | undefined} signal
   * @returns {Promise<{ text: string, response: Head, key: string, broken?: unknown }>}
   */
  async #send(plan, body, signal) {
    const { reader, response, key, deadline } = await callStream(this.#access, plan, { body, signal }).catch((error) => {
      throw billable(error, MAY_BE_BILLED);
    });
    const decoder = new TextDecoder();
    let text = "", length = 0;
    try {
      for (;;) {
        const bytes = await deadline.race(nextPiece(reader));
        if (bytes === undefined) return { text: text + decoder.decode(), response, key };
        length += bytes.length;
        if (length > plan.maxBytes) throw overLimit(plan.label, plan.maxBytes);
        text += decoder.decode(bytes, { stream: true });
      }
    } catch (cause) {
      letGo(reader);
      // The caller's own reason; what it is about cannot be told.
      if (signal?.aborted) throw signal.reason;
      const error = OpenRouterError.isInstance(cause) ? cause
        : new OpenRouterError({ code: "network", message: withoutKey(`${plan.label}: the answer broke off after ${length} bytes: ${describe(cause)}`, key) }, { cause: maskedCause(cause, key) });
      return { text, response, key, broken: billable(error, MAY_BE_BILLED) };
    } finally {
      deadline.end();
    }
  }
}

/** @param {VideoTicket} ticket @param {Answer | VideoProblem} answer @param {Head} response @param {string} key @returns {VideoState} */
function stateOf(ticket, answer, response, key) {
  if ("problem" in answer) throw new OpenRouterError({ code: "bad-response", message: answer.problem, status: response.status, isRetryable: true });
  const { phase, status, error } = answer;
  const isDone = phase !== "active";
  const told = error === undefined ? {} : { error: withoutKey(error, key) };
  return { ticket: updatedTicket(ticket, { ...answer, ...told }), status, isDone, ...told };
}

/** @param {number | null | undefined} asked @param {number | undefined} planned @returns {string[]} */
function nearest(asked, planned) {
  if (asked === undefined || asked === null || asked === planned) return [];
  return [`durationSeconds: is ${asked}: ${planned}, the nearest that the model offers, is asked for`];
}

/** @param {string} message @param {Head} response */
function badAnswer(message, response) {
  const requestId = response.headers.get("x-generation-id") ?? undefined;
  return billable(new OpenRouterError({ code: "bad-response", message, requestId }), MAY_BE_BILLED);
}

/** JSON has no infinity; 0 is the engine's word for "no limit". @param {number | undefined} timeoutMs */
function unlimited(timeoutMs) {
  return timeoutMs === Infinity ? 0 : timeoutMs;
}

/** @param {any} request */
function checkRequest(request) {
  reading("request", () => checkFields(request));
}

/** @param {any} request */
function checkFields(request) {
  if (typeof request !== "object" || request === null) throw invalidRequest("request: must be an object");
  checkCallOptions(request);
  for (const [name, kind] of Object.entries(KINDS)) {
    const value = request[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== kind || Array.isArray(value) || Number.isNaN(value) || value === Infinity || value === -Infinity) {
      if (name === "seed") throw invalidRequest("seed: OpenRouter video seed must be an integer");
      throw invalidRequest(`${name}: must be a${kind === "object" ? "n" : ""} ${kind}`);
    }
  }
  const { callbackUrl } = request;
  // The engine asks for https; whether the rest of it is an address, the platform knows (Chromium takes blanks for part of a host).
  if (callbackUrl?.trim() && (/\s/.test(callbackUrl.trim()) || !isUrl(callbackUrl.trim()))) throw invalidRequest("callbackUrl: must be an https URL");
}

/** @param {string} text */
function isUrl(text) {
  try {
    return new URL(text).hostname !== "";
  } catch {
    return false;
  }
}

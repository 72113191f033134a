// A call that is no chat: sent by the engine, read within its bounds, tried again where its plan allows it.
import { Alarm, answerReader, cleanKey, describe, fromEngine, headOf, hostOf, isTrap, jsonFault, letGo, maskedCause, offAbort, onAbort as whenAborted, OpenRouterError, registerSecret, withoutKey } from "../first-part.js";
import { servicesEngine } from "../engine/services.js";
import { nextPiece } from "./next-piece.js";
import { billable, mayBeBilled } from "../media/billed.js";

const NO_RESPONSE = "fetch resolved to something that is no Response";

/** What stands beside an `error` that is all there is. */
const AROUND_ERRORS = new Set(["error", "code", "status", "message", "type", "object", "success", "ok", "user_id", "request_id", "requestId", "timestamp", "path"]);

/** What is known of an answer beside its body. @typedef {ReturnType<typeof headOf>} Head */

/**
 * What the core wants sent. `isBilled`: by being sent, so that it is tried again only where the server refused it in so many words.
 * @typedef {import("../engine/contract.js").CallPlan & { isBilled?: boolean }} CallPlan
 */

/**
 * What a call needs of its client.
 * @typedef {object} Access
 * @property {() => string} config  the engine's configuration as JSON
 * @property {() => Promise<string | undefined>} apiKey
 * @property {() => typeof fetch} fetch
 * @property {() => import("../index.js").MediaSettings} [media]  the client's own
 * @property {(model: string, size?: import("../money/call-money.js").CallSize) => Promise<import("../money/hold.js").Hold | undefined>} [admit]
 *   asks the client's budget before a call that is no chat; nothing is held where there is none
 * @property {<T>(operation: string, model: string, send: () => Promise<T>) => Promise<T>} [traced]  the same, as a span where there is telemetry
 * @property {import("../chat/drift.js").Drift} [drift]  what answers have that nobody knows
 * @property {(line: string) => void} [warn]  what a result has no place for, told the client's logger
 */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal | null} [signal]
 * @property {BodyInit} [body]  in place of the plan's own
 * @property {(received: { receivedBytes: number, totalBytes?: number }) => void} [onProgress]
 */

const RETRYABLE = new Set([429, 500, 502, 503, 504]);
const FIRST_WAIT_MS = 250, LONGEST_WAIT_MS = 1000;
/** Of an error: its words are in front. */
const MOST_ERROR_BYTES = 16 << 10;

/**
 * The answer as text, whole; a failed read is tried again where the plan allows it.
 * @param {Access} access @param {CallPlan} plan @param {CallOptions} [options]
 * @returns {Promise<{ text: string, response: Head, key: string }>}
 */
export async function callText(access, plan, options) {
  const { bytes, response, key } = await callBytes(access, plan, options);
  access.drift?.add(plan.url, [bytes]);
  return { text: new TextDecoder().decode(bytes), response, key };
}

/**
 * The answer as JSON text: HTML or half an answer is a `bad-response`.
 * @param {Access} access @param {CallPlan} plan @param {CallOptions} [options]
 */
export async function callJson(access, plan, options) {
  const { text, response } = await callText(access, plan, options);
  try {
    return { json: JSON.parse(text), text, response };
  } catch {
    const what = /^\s*<\?xml(?![^]*<html)/i.test(text) ? "XML" : text.trimStart().startsWith("<") ? "an HTML page" : text.trim() === "" ? "an empty body" : "malformed JSON";
    throw new OpenRouterError({ code: "bad-response", message: `${plan.label}: the server answered with ${what}`, status: response.status }, { cause: jsonFault(text) });
  }
}

/**
 * @param {Access} access @param {CallPlan} plan @param {CallOptions} [options]
 * @returns {Promise<{ bytes: Uint8Array<ArrayBuffer>, response: Head, key: string }>}
 */
export async function callBytes(access, plan, options = {}) {
  const deadline = new CallDeadline(plan, options.signal);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await send(access, plan, options, deadline);
        const bytes = await readBounded(answer, plan, deadline, options.onProgress);
        if (!plan.isBilled && bytes.length <= MOST_ERROR_BYTES) await refuseToldError(bytes, answer, plan);
        return { bytes, response: answer.response, key: answer.key };
      } catch (error) {
        const mayRepeat = attempt < plan.attempts && !(plan.isBilled && OpenRouterError.isInstance(error) && mayBeBilled(error));
        const wait = mayRepeat ? retryWait(error, attempt) : undefined;
        if (deadline.isOver || wait === undefined || wait >= deadline.leftMs) throw plan.isBilled ? billable(error) : error;
        await deadline.race(new Promise((resolve) => setTimeout(resolve, wait)));
      }
    }
  } finally {
    deadline.end();
  }
}

/**
 * The answer as it comes. Its owner reads `reader` through `race`, and calls `end` at the end, however it ends.
 * @param {Access} access @param {CallPlan} plan @param {CallOptions} [options]
 */
export async function callStream(access, plan, options = {}) {
  const deadline = new CallDeadline(plan, options.signal);
  try {
    const { response, reader, key } = await send(access, plan, options, deadline);
    return { response, reader, key, deadline };
  } catch (error) {
    deadline.end();
    throw error;
  }
}

/**
 * What a request is held against: a `CallDeadline`, or what stands in for one.
 * @typedef {Pick<CallDeadline, "isOver" | "signal" | "race">} Deadline
 */

/** The time limit, the caller's signal and the engine's end, as one thing that everything is raced against. */
export class CallDeadline {
  isOver = false;
  #controller = new AbortController();
  /** @type {Promise<never>} */
  #stopped;
  /** @type {(reason: unknown) => void} */
  #stop = () => {};
  /** @type {Alarm | undefined} */
  #alarm;
  #signal;
  #onAbort = () => this.stop(this.#signal?.reason);

  /** @param {{ timeoutMs: number, label: string }} plan @param {AbortSignal | null} [signal] */
  constructor({ timeoutMs, label }, signal) {
    this.#signal = signal;
    this.#stopped = new Promise((_, reject) => {
      this.#stop = reject;
    });
    this.#stopped.catch(() => {});
    if (signal?.aborted) this.stop(signal.reason);
    whenAborted(signal, this.#onAbort);
    if (timeoutMs > 0 && timeoutMs < 2 ** 31) {
      const message = `${label}: no whole answer within ${timeoutMs} ms`;
      this.#alarm = new Alarm(() => this.stop(new OpenRouterError({ code: "timeout", message, isRetryable: true })));
      this.#alarm.set(timeoutMs);
    }
    servicesEngine.onEnd(this.stop);
  }

  get leftMs() {
    return this.#alarm ? this.#alarm.dueAt - performance.now() : Infinity;
  }

  /** Handed to `fetch`. */
  get signal() {
    return this.#controller.signal;
  }

  /** @param {unknown} reason */
  stop = (reason) => {
    if (this.isOver) return;
    this.isOver = true;
    this.#stop(reason);
    this.#controller.abort(reason);
  };

  /** Beside the request: a fetch of the caller's may not mind its signal. @template T @param {Promise<T>} promise @returns {Promise<T>} */
  race(promise) {
    // Of a caller's function, which may give none.
    const settled = Promise.resolve(promise);
    settled.catch(() => {});
    return Promise.race([this.#stopped, settled]);
  }

  end() {
    this.#alarm?.clear();
    offAbort(this.#signal, this.#onAbort);
    servicesEngine.offEnd(this.stop);
  }
}

/** @param {Access} access @param {CallPlan} plan @param {CallOptions} options @param {CallDeadline} deadline */
async function send(access, plan, options, deadline) {
  const engine = await deadline.race(servicesEngine.start());
  const key = plan.key === "never" ? "" : ((await deadline.race(access.apiKey())) ?? "");
  if (key === "" && plan.key === "required") throw new OpenRouterError({ code: "auth", message: "OpenRouter API key missing" });
  registerSecret(cleanKey(key));
  const body = options.body ?? plan.body;
  let response;
  try {
    response = await deadline.race(Promise.resolve(engine.glue.sendCall(access.fetch(), plan.method, plan.url, JSON.stringify(plan.headers), body, key, deadline.signal)));
    if (typeof response !== "object" || response === null) throw new TypeError(NO_RESPONSE);
  } catch (cause) {
    // An abort or the time limit is its own reason.
    if (deadline.isOver) throw await deadline.race(Promise.reject(cause)).catch((error) => error);
    // Not the platform's: a header that cannot be sent, the engine's own end.
    if (OpenRouterError.isInstance(cause) || isTrap(cause) || isRefusal(cause)) throw fromEngine(cause);
    const problem = describe(cause);
    // A wrong answer of the caller's own `fetch` is no host's fault.
    const message = withoutKey(`${plan.label}: ${problem === NO_RESPONSE ? "" : `no answer from ${hostOf(plan.url)}: `}${problem}`, key);
    throw new OpenRouterError({ code: "network", message, isRetryable: true }, { cause: maskedCause(cause, key) });
  }
  const { head, reader } = opened(response, plan.label, key);
  const { status } = head;
  if (status >= 200 && status < 300) return { response: head, reader, key };
  if (status === 0 || (status >= 300 && status < 400)) {
    letGo(reader);
    const message = `${plan.label}: the server answered with a redirect, which is not followed`;
    throw new OpenRouterError({ code: "bad-response", message, ...(status > 0 && { status }) });
  }
  const beginning = await readBounded({ reader, response: head, key }, { ...plan, maxBytes: MOST_ERROR_BYTES, isCut: true }, deadline).catch((error) => {
    if (deadline.isOver) throw error;
    // The status says enough.
    return new Uint8Array();
  });
  throw fromEngine(engine.glue.callError(plan.label, /** @type {any} */ (head), beginning, key));
}

/**
 * An error that is all of a 200, with a status of its own: a proxy's way to tell one. What is read is sent again as behind that status; the calls
 * that are billed read theirs themselves.
 * @param {Uint8Array<ArrayBuffer>} bytes @param {{ response: Head, key: string }} answer @param {CallPlan} plan
 */
async function refuseToldError(bytes, { response, key }, plan) {
  let told;
  try {
    told = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return;
  }
  const status = Number(told?.error?.code ?? told?.error?.status ?? told?.code ?? told?.status);
  const isError = typeof told?.error === "object" || typeof told?.error === "string";
  // A job that failed says so, too, beside its id and its state.
  if (!isError || !(status >= 400 && status <= 599) || !Object.keys(told).every((name) => AROUND_ERRORS.has(name))) return;
  const { glue } = await servicesEngine.start();
  throw Object.assign(fromEngine(glue.callError(plan.label, /** @type {any} */ ({ ...response, status }), bytes, key)), { code: "stream-error" });
}

/** An answer, of whatever kind the `fetch` at hand gives them. @param {any} response @param {string} label @param {string} key */
function opened(response, label, key) {
  const message = `${label}: ${NO_RESPONSE}`;
  try {
    return { head: headOf(response), reader: readerOf(response, label, key) };
  } catch (cause) {
    if (OpenRouterError.isInstance(cause)) throw cause;
    const problem = describe(cause);
    const whole = problem === NO_RESPONSE ? `${label}: ${problem}` : withoutKey(`${message}: ${problem}`, key);
    throw new OpenRouterError({ code: "network", message: whole }, { cause: maskedCause(cause, key) });
  }
}

/** Its body, unless somebody reads it already, or it throws when it is asked for. @param {any} response @param {string} label @param {string} key */
export function readerOf(response, label, key) {
  try {
    return answerReader(response);
  } catch (cause) {
    const message = withoutKey(`${label}: the answer cannot be read: ${describe(cause)}`, key);
    throw new OpenRouterError({ code: "network", message }, { cause: maskedCause(cause, key) });
  }
}

/**
 * The whole body, or an error: `limit` over the cap, `network` when it breaks.
 * @param {{ reader: import("./body.js").AnswerReader, response: Head, key: string }} answer
 * @param {{ maxBytes: number, label: string, isCut?: boolean }} plan  `isCut`: what is over the cap is left
 * @param {Deadline} deadline
 * @param {CallOptions["onProgress"]} [onProgress]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function readBounded({ reader, response, key }, { maxBytes, label, isCut = false }, deadline, onProgress) {
  /** @type {Uint8Array[]} */
  const pieces = [];
  const cancel = () => letGo(reader);
  // A compressed answer is longer than its header says; one that says more than may come need not be read.
  const told = Number(response.headers.get("content-length") ?? NaN);
  let length = 0;
  try {
    if (told > maxBytes && !isCut) throw overLimit(label, maxBytes);
    for (;;) {
      const piece = await deadline.race(nextPiece(reader));
      if (piece === undefined) break;
      length += piece.length;
      pieces.push(piece);
      if (length > maxBytes) {
        if (!isCut) throw overLimit(label, maxBytes);
        cancel();
        break;
      }
      onProgress?.({ receivedBytes: length, ...(told >= length && { totalBytes: told }) });
    }
  } catch (cause) {
    cancel();
    if (deadline.isOver || OpenRouterError.isInstance(cause)) throw cause;
    const message = withoutKey(`${label}: the answer broke off after ${length} bytes: ${describe(cause)}`, key);
    throw new OpenRouterError({ code: "network", message, isRetryable: true }, { cause: maskedCause(cause, key) });
  }
  const [only] = pieces;
  if (pieces.length === 1 && only.byteOffset === 0 && only.byteLength === only.buffer.byteLength) return /** @type {Uint8Array<ArrayBuffer>} */ (only);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return isCut ? whole.subarray(0, maxBytes) : whole;
}

/** @param {string} label @param {number} maxBytes */
export function overLimit(label, maxBytes) {
  return new OpenRouterError({ code: "limit", message: `${label}: the answer is longer than ${maxBytes} bytes` });
}

/** @param {unknown} thrown */
function isRefusal(thrown) {
  try {
    return typeof thrown === "object" && thrown !== null && !(thrown instanceof Error) && "code" in thrown && thrown.code === "invalid-request";
  } catch {
    return false;
  }
}

/** Milliseconds before the next attempt; nothing when there is to be none. @param {unknown} error @param {number} attempt */
export function retryWait(error, attempt) {
  if (!OpenRouterError.isInstance(error)) return undefined;
  const isTransient = error.code === "network" || (error.status !== undefined && RETRYABLE.has(error.status) && error.isRetryable);
  if (!isTransient) return undefined;
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  // A longer wait that was told is for whoever called: to ask sooner is to be refused again.
  return (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS ? undefined : Math.max(wait, error.retryAfterMs ?? 0);
}

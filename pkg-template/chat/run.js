// The public face of one chat: its events, its result, what is known of it so far. `driver.js` moves it on.
import { reading } from "../caller-objects.js";
import { checkCallOptions, checkNames } from "../calls/call-options.js";
import { Driver } from "./driver.js";
import { chatEngine } from "../engine/chat.js";
import { invalidRequest } from "../errors.js";
import { load } from "../lazily.js";
import { formatStream, relayedStream, responseHeaders, textOf } from "./sinks.js";

/** @import { ChatMessage, ChatResult, StreamFormat } from "../index.js" */
/** @import { MessagePlaceholders } from "../request/message-placeholders.js" */
/** @import { Steering } from "../tools/steering.js" */
/** @import { EarlierRun } from "./run-state.js" */
/** @import { ToolRoundPlan } from "./tool-round.js" */

/**
 * A request as the engine takes it.
 * @typedef {object} PreparedRequest
 * @property {string} config
 * @property {string} headers
 * @property {string} body
 * @property {readonly ChatMessage[]} messages
 * @property {import("../money/run-budget.js").EngineBudget} [budget]
 * @property {import("./continue-from.js").Continuation} [continuation]  of an answer that goes on from what there was
 * @property {import("./spans.js").RunSpans} [spans]  of a client with telemetry
 */

/**
 * What hears of a run beside its events.
 * @typedef {object} Witness
 * @property {(notes: { model: string, changes: any[], warnings: any[] }) => void} [requesting]  a request is written
 * @property {() => void} [replaced]  by another
 * @property {(model: string) => void} [attempt]  it goes out
 * @property {(event: any) => void} again  it came to nothing: a `retry` or a `fallback`
 * @property {(finished: any) => void} [answered]
 * @property {(verdict: string, error: unknown, result: any, partial: any) => void} ended
 */

/**
 * What a run needs of its client and its request.
 * @typedef {object} RunPlan
 * @property {(placeholders: MessagePlaceholders, shaped: any, spentUsd?: number) => Promise<PreparedRequest>} prepare  may throw an `invalid-request`; `shaped`: a request in
 *   place of the caller's; `spentUsd`: by the run that this one goes on with
 * @property {() => Promise<Steering> | undefined} steer  what tools and objects need; nothing for a plain chat
 * @property {() => Promise<EarlierRun>} [resume]  the run that this one goes on with
 * @property {(run: any, options: { secret?: string }) => Promise<import("../index.js").RunState>} seal  its state, for another run to go on with
 * @property {() => string | undefined | Promise<string | undefined>} apiKey
 * @property {() => typeof fetch} fetch
 * @property {AbortSignal | undefined} signal
 * @property {number} idleTimeoutMs
 * @property {number | undefined} timeoutMs  of the whole run, where the caller says one
 * @property {import("./durable-ref.js").DurableRef} [durable]  of a run that goes on at a gateway when its reader leaves
 * @property {ToolRoundPlan["approve"]} [approve]
 * @property {import("../index.js").StopCondition[]} stopWhen
 * @property {(model: string, ms: number) => void} onCoolDown
 * @property {import("./cool-downs.js").CoolDowns | undefined} waits  what other runs were told to wait; nothing for a run that never waits
 * @property {import("../index.js").ResizeImage | false | undefined} resizeImage
 * @property {((masked: (text: string) => string) => Promise<Witness>) | undefined} log  of a client with a logger
 * @property {boolean} hasSchema  whether an object is wanted
 * @property {import("../money/run-money.js").MoneyPlan} money
 * @property {boolean} [isUnguarded]  of an answer that was paid for, read once more
 * @property {import("./drift.js").Drift} drift  the client's
 */

const RESPONSE_OPTIONS = ["format", "keepAliveMs", "status", "headers"];

export class ChatRun {
  #plan;
  #driver;

  /** @param {RunPlan} plan */
  constructor(plan) {
    this.#plan = plan;
    this.#driver = new Driver(plan);
  }

  get verdict() {
    return this.#driver.record.verdict;
  }

  get partial() {
    return this.#driver.partial;
  }

  get id() {
    return this.#plan.durable?.id;
  }

  /** @returns {import("../index.js").Checkpoint} */
  get checkpoint() {
    const { message, id: generationId, model } = this.partial;
    const { durable } = this.#plan;
    const { continuation } = this.#driver.record;
    const run = durable && { id: durable.id, after: durable.position };
    return { version: 1, ...run, message: continuation ? continuation.whole(message) : message, ...(generationId && { generationId }), ...(model && { model }) };
  }

  get attempts() {
    return this.#driver.sending.attempts;
  }

  get cost() {
    const { money, session } = this.#driver;
    return money.meter(session);
  }

  /** @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options] */
  async recoverCost(options = {}) {
    checkCallOptions(options, ["timeoutMs", "signal"]);
    await this.#driver.money.recover({ timeoutMs: options.timeoutMs, signal: options.signal });
    return this.cost;
  }

  /** @returns {AsyncGenerator<import("../index.js").ChatEvent, undefined, undefined>} */
  [Symbol.asyncIterator]() {
    return this.#driver.delivery.iterator();
  }

  /** @returns {Promise<ChatResult>} */
  async result() {
    const { delivery, record } = this.#driver;
    await delivery.settled();
    const { relay } = this.#driver;
    const result = /** @type {ChatResult} */ (record.result);
    return relay?.isAbridged ? relay.wholeResult(this.#plan, result) : result;
  }

  /** What another run goes on with; for a run that waits for its caller. @param {{ secret?: string }} [options] */
  async state(options = {}) {
    const { messages, steps, pending, reason, verdict, id, model, provider } = await this.result();
    return this.#plan.seal({ messages, steps, pending, money: this.#driver.money.steps, answer: { reason, verdict, id, model, provider } }, options);
  }

  /** The object while it grows. @returns {AsyncIterable<any>} */
  get objectStream() {
    if (!this.#plan.hasSchema) throw invalidRequest("objectStream: the request has no schema");
    const driver = this.#driver;
    return growing(this, () => driver.loop?.view(driver.record.reader.object) ?? NOTHING);
  }

  get textStream() {
    return textOf(this);
  }

  /** @param {{ format?: StreamFormat, keepAliveMs?: number }} [options] */
  toReadableStream(options = {}) {
    const { format = "events", keepAliveMs } = reading("options", () => {
      checkNames(options, ["format", "keepAliveMs"]);
      return { ...options };
    });
    return formatStream(this.#source(), format, keepAliveMs);
  }

  /** @param {{ format?: StreamFormat, keepAliveMs?: number, status?: number, headers?: HeadersInit }} [options] */
  toResponse(options = {}) {
    return reading("options", () => {
      checkNames(options, RESPONSE_OPTIONS);
      const { format = "sse", keepAliveMs, status = 200, headers: more } = options;
      const headers = responseHeaders(format, more);
      const fault = chatEngine.stillFails();
      if (fault) return Response.json({ error: { message: fault.message, type: "server_error", code: fault.code } }, { status: 500 });
      const source = this.#source();
      // Into what is handed on as it comes nothing of ours is written.
      const stream = format === "sse" && keepAliveMs === undefined ? relayedStream(source, this.#driver) : formatStream(source, format, keepAliveMs);
      return new Response(stream, { status, headers });
    });
  }

  /** @param {import("./response.js").ResponseOptions} [options] @returns {Promise<Response>} */
  async response(options = {}) {
    reading("options", () => checkNames(options, [...RESPONSE_OPTIONS, "messageId", "keep"]));
    const source = this.#source();
    const loading = (this.#driver.loading = load(import("../answer-part.js")));
    return (await loading).respond(source, options, this, this.#driver);
  }

  /** For whoever writes the events on; claims the run. */
  #source() {
    const driver = this.#driver;
    const { delivery } = driver;
    delivery.claim();
    return {
      driver,
      takeBatch: () => delivery.takeBatch(),
      cancel: (/** @type {unknown} */ reason) => driver.leave(reason),
      runsTool: (/** @type {string} */ name) => driver.loop?.executables.has(name) ?? false,
    };
  }

  /** @param {unknown} [reason] */
  cancel(reason = new DOMException("The run was cancelled", "AbortError")) {
    this.#driver.cancel(reason);
  }
}

const NOTHING = { value: undefined, size: 0 };

/** The stream of objects, which loads with its first pull. @param {ChatRun} run @param {() => { value: any, size: number }} view @returns {AsyncIterable<any>} */
function growing(run, view) {
  return {
    [Symbol.asyncIterator]() {
      /** @type {AsyncIterator<any> | undefined} */
      let inner;
      const open = async () => (inner ??= (await load(import("../objects-part.js"))).growingObjects(run, view)[Symbol.asyncIterator]());
      return {
        next: async () => (await open()).next(),
        return: async () => (await open()).return?.(undefined) ?? { value: undefined, done: true },
      };
    },
  };
}

if (Symbol.asyncDispose) {
  Object.defineProperty(ChatRun.prototype, Symbol.asyncDispose, {
    /** @this {ChatRun} */
    value() {
      this.cancel();
      return Promise.resolve();
    },
    configurable: true,
    writable: true,
  });
}

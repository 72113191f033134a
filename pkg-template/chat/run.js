// One chat: pulls the answers, runs the tools, settles the result. The decisions are the engine's; the waiting is here.
import { ACTION_END, ACTION_READ, ACTION_REPAIR, ACTION_SEND, ACTION_TOOLS, ACTION_WAIT } from "../engine/contract.js";
import { BatchReader, EventQueue } from "../engine/batch.js";
import { answerReader, bytesOf, sayGoodbye } from "../calls/body.js";
import { checkCallOptions } from "../calls/call-options.js";
import { Carrier } from "../request/carried-media.js";
import { changesOf } from "../request/changes.js";
import { Delivery } from "./delivery.js";
import { chatEngine } from "../engine/chat.js";
import { describe, fromEngine, invalidRequest, isTrap, OpenRouterError, withoutKey } from "../errors.js";
import { load } from "../lazily.js";
import { reading } from "../caller-objects.js";
import { maskedCause } from "../masked-cause.js";
import { offAbort, onAbort as whenAborted } from "../media/abort-listeners.js";
import { pricedModel, RunMoney } from "../money/run-money.js";
import { pendingCalls } from "./pending-calls.js";
import { RunLog } from "./run-log.js";
import { cleanKey } from "../auth/secret-key.js";
import { formatStream, responseHeaders, textOf } from "./sinks.js";
import { Alarm, Stopwatch } from "./stopwatch.js";
import { sumOfUsage } from "./usage.js";

/** @import { ChatMessage, ChatResult, PartialAnswer, StepResult, StreamFormat, Verdict } from "../index.js" */
/** @import { ChatEngine } from "../engine/chat.js" */
/** @import { Repairs } from "../request/repairs.js" */
/** @import { ToolRoundPlan } from "./tool-round.js" */
/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */
/** @import { Steering } from "../tools/steering.js" */
/** @import { EarlierRun } from "./run-state.js" */

/**
 * A request as the engine takes it.
 * @typedef {object} PreparedRequest
 * @property {string} config
 * @property {string} headers
 * @property {string} body
 * @property {readonly ChatMessage[]} messages
 * @property {ToolRoundPlan["executables"]} executables
 * @property {import("./continue-from.js").Continuation} [continuation]  of an answer that goes on from what there was
 * @property {import("./spans.js").RunSpans} [spans]  of a client with telemetry
 */

/**
 * What a run needs of its client and its request.
 * @typedef {object} RunPlan
 * @property {(carrier: Carrier, shaped: any) => Promise<PreparedRequest>} prepare  may throw an `invalid-request`; `shaped`: a request in place of the caller's
 * @property {() => Promise<Steering> | undefined} steer  what tools and objects need; nothing for a plain chat
 * @property {() => Promise<EarlierRun>} [resume]  the run that this one goes on with
 * @property {(run: any, options: { secret?: string }) => Promise<import("../index.js").RunState>} seal  its state, for another run to go on with
 * @property {() => string | undefined | Promise<string | undefined>} apiKey
 * @property {() => typeof fetch} fetch
 * @property {AbortSignal | undefined} signal
 * @property {number} idleTimeoutMs
 * @property {import("./durable-ref.js").DurableRef} [durable]  of a run that goes on at a gateway when its reader leaves
 * @property {ToolRoundPlan["approve"]} [approve]
 * @property {import("../index.js").StopCondition[]} stopWhen
 * @property {(model: string, ms: number) => void} onCoolDown
 * @property {import("./cool-downs.js").CoolDowns | undefined} waits  what other runs were told to wait; nothing for a run that never waits
 * @property {import("../index.js").ResizeImage | false | undefined} resizeImage
 * @property {import("../index.js").Logger | undefined} logger
 * @property {boolean} hasSchema  whether an object is wanted
 * @property {import("../money/run-money.js").MoneyPlan} money
 * @property {import("./drift.js").Drift} drift  the client's
 */

/** Of one run, for what others were told. */
const LONGEST_HOLD_MS = 60_000;
/** So that those who waited for one limit do not all come at once. */
const SPREAD_MS = 250;

/** No field: a debugger shows those. @type {WeakMap<ChatRun, string>} */
const secrets = new WeakMap();

export class ChatRun {
  /** @type {RunPlan} */
  #plan;
  #controller = new AbortController();
  /** @type {ChatEngine | undefined} */
  #engine;
  /** @type {ChatSession | undefined} */
  #session;
  /** @type {Carrier | undefined} */
  #carrier;
  /** @type {Repairs | undefined} */
  #repairs;
  /** The messages as they were given. @type {readonly ChatMessage[]} */
  #messages = [];
  /** What the run has added: answers and results. @type {ChatMessage[]} */
  #added = [];
  /** @type {StepResult[]} */
  #steps = [];
  /** @type {ToolRoundPlan["executables"]} */
  #executables = new Map();
  /** @type {import("./continue-from.js").Continuation | undefined} */
  #continuation;
  /** Whether the step's `step-finish` is out. */
  #isStepTold = false;
  /** The round of tools that is running. @type {Promise<void> | undefined} */
  #round;
  /** The messages of the body that will not change any more. JavaScript joins texts without copying them. */
  #stable = "";
  /** The body as it is sent. */
  #request = "";
  #reader = new BatchReader();
  /** @type {{ read(): Promise<any>, cancel(reason?: unknown): Promise<unknown> } | undefined} */
  #body;
  #action = ACTION_SEND;
  #delivery = new Delivery(() => this.#goOn(), (reason) => this.#leave(reason), () => this.#replay());
  #queue = this.#delivery.queue;
  /** Where the engine's events go: the queue, or what looks at them first. @type {any} */
  #sink = this.#queue;
  /** @type {Steering | undefined} */
  #steering;
  /** Calls that somebody will decide about later. @type {Set<string>} */
  #later = new Set();

  #ended = false;
  /** @type {unknown} */
  #error;
  /** @type {ChatResult | undefined} */
  #result;
  /** @type {PartialAnswer | undefined} */
  #lastPartial;
  /** @type {Verdict | undefined} */
  #verdict;
  /** What the platform threw, for `cause`. @type {unknown} */
  #cause;

  #money;
  /** @type {RunLog | undefined} */
  #log;
  /** @type {import("./spans.js").RunSpans | undefined} */
  #spans;
  /** Whether other runs spend of the same budget. */
  #isShared;
  /** What has to be there before anything is sent. @type {Promise<unknown> | undefined} */
  #loading;
  /** Where the answer is handed on as it comes. @type {import("./relay.js").Relay | undefined} */
  #relay;

  #attempts = 0;

  #stopwatch = new Stopwatch();
  #alarm = new Alarm(() => this.#onDeadline());
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  #retryAt = 0;
  /** What it has waited for others' sake. */
  #heldMs = 0;

  /** @param {RunPlan} plan */
  constructor(plan) {
    this.#plan = plan;
    this.#money = new RunMoney(plan.money);
    this.#isShared = this.#money.isShared;
    this.#log = plan.logger && new RunLog(plan.logger, this.#masked);
  }

  get verdict() {
    return this.#verdict;
  }

  get partial() {
    if (this.#lastPartial) return this.#lastPartial;
    const session = this.#session;
    try {
      if (session && this.#engine && chatEngine.isRunning(this.#engine)) return this.#whole(this.#reader.withMedia(JSON.parse(session.partial())));
    } catch {
      // The engine broke in this very run: what is known of it here is left.
    }
    return this.#whole(this.#reader.remains);
  }

  get id() {
    return this.#plan.durable?.id;
  }

  /** @returns {import("../index.js").Checkpoint} */
  get checkpoint() {
    const { message, id: generationId, model } = this.partial;
    const { durable } = this.#plan;
    const run = durable && { id: durable.id, after: durable.position };
    return { version: 1, ...run, message: this.#continuation ? this.#continuation.whole(message) : message, ...(generationId && { generationId }), ...(model && { model }) };
  }

  get attempts() {
    return this.#attempts;
  }

  get cost() {
    return this.#money.meter(this.#liveSession());
  }

  /** @param {{ timeoutMs?: number, signal?: AbortSignal | null }} [options] */
  async recoverCost(options = {}) {
    checkCallOptions(options);
    await this.#money.recover({ timeoutMs: options.timeoutMs, signal: options.signal });
    return this.cost;
  }

  #liveSession() {
    return this.#engine && chatEngine.isRunning(this.#engine) ? this.#session : undefined;
  }

  /** @returns {AsyncGenerator<import("../index.js").ChatEvent, undefined, undefined>} */
  [Symbol.asyncIterator]() {
    return this.#delivery.iterator();
  }

  /** @returns {Promise<ChatResult>} */
  async result() {
    await this.#delivery.settled();
    const result = /** @type {ChatResult} */ (this.#result);
    return this.#relay?.isAbridged ? this.#wholeResult(result) : result;
  }

  /** The answer of a relay, read once more: this time all of it. @param {ChatResult} result */
  async #wholeResult(result) {
    const bytes = this.#relay?.bytes;
    if (!bytes || bytes.length === 0) return result;
    const headers = { "content-type": "text/event-stream" };
    const again = new ChatRun({ ...this.#plan, signal: undefined, logger: undefined, waits: undefined, money: { ...this.#plan.money, ledger: undefined, isGuarded: () => false }, fetch: () => async () => new Response(new Blob(/** @type {any} */ (bytes)), { headers }) });
    const { message, messages, steps } = await again.result();
    return Object.defineProperties(result, Object.getOwnPropertyDescriptors({ message, messages, steps }));
  }

  /** What another run goes on with; for a run that waits for its caller. @param {{ secret?: string }} [options] */
  async state(options = {}) {
    const { messages, steps, pending, reason, verdict, id, model, provider } = await this.result();
    return this.#plan.seal({ messages, steps, pending, money: this.#money.steps, answer: { reason, verdict, id, model, provider } }, options);
  }

  /** The object while it grows. @returns {AsyncIterable<any>} */
  get objectStream() {
    if (!this.#plan.hasSchema) throw invalidRequest("objectStream: the request has no schema");
    return growing(this, () => this.#steering?.goal?.view(this.#reader.object) ?? NOTHING);
  }

  get textStream() {
    return textOf(this);
  }

  /** @param {{ format?: StreamFormat, keepAliveMs?: number }} [options] */
  toReadableStream(options = {}) {
    return formatStream(this.#source(), options.format ?? "events", options.keepAliveMs);
  }

  /** @param {{ format?: StreamFormat, keepAliveMs?: number, status?: number, headers?: HeadersInit }} [options] */
  toResponse(options = {}) {
    const format = options.format ?? "sse";
    const stream = formatStream(this.#source(), format, options.keepAliveMs);
    return new Response(stream, { status: options.status ?? 200, headers: responseHeaders(format, options.headers) });
  }

  /** @param {import("./response.js").ResponseOptions} [options] @returns {Promise<Response>} */
  async response(options = {}) {
    const source = this.#source();
    const loading = load(Promise.all([import("./response.js"), import("./relay.js")]));
    this.#loading = loading;
    const [{ respond }, { Relay }] = await loading;
    return respond(source, options, {
      run: this,
      relay: (isKept) => (this.#relay = new Relay({ isKept, idleMs: this.#plan.idleTimeoutMs })),
      /** A run that goes on with the results of tools is no relay of one answer. */
      isRelaying: () => this.#relay !== undefined,
    });
  }

  /** @param {unknown} [reason] */
  cancel(reason = new DOMException("The run was cancelled", "AbortError")) {
    if (this.#ended) return;
    this.#plan.durable?.stop();
    this.#leave(reason);
  }

  /** @param {unknown} reason */
  #leave(reason) {
    if (this.#ended) return;
    if (this.#session && this.#engine && chatEngine.isRunning(this.#engine)) {
      this.#guard(() => {
        const session = /** @type {ChatSession} */ (this.#session);
        this.#catchUp(session);
        session.abort();
        this.#engine?.exchange.read(this.#reader, new EventQueue());
      });
    }
    if (this.#ended) return;
    this.#lastPartial = this.#reader.failed && this.#whole(this.#reader.failed.partial);
    this.#end("aborted", { error: reason });
    this.#controller.abort(reason);
  }

  /** The events once more, for whoever reads after `result()`. */
  async #replay() {
    const { eventsOf } = await load(import("./replay.js"));
    return eventsOf(/** @type {ChatResult} */ (this.#result));
  }

  /** What a relay has spared the engine, for what is to be told of an answer that is given up. @param {ChatSession} session */
  #catchUp(session) {
    const exchange = this.#engine?.exchange;
    for (const piece of this.#relay?.takeUnread() ?? []) {
      for (let start = 0; exchange && start < piece.length; start += exchange.capacity) {
        const part = piece.subarray(start, start + exchange.capacity);
        exchange.write(part);
        session.push(part.length, this.#stopwatch.now());
        exchange.read(this.#reader, new EventQueue());
      }
    }
  }

  /** For whoever writes the events on; claims the run. */
  #source() {
    this.#delivery.claim();
    return {
      takeBatch: () => this.#delivery.takeBatch(),
      cancel: (/** @type {unknown} */ reason) => this.#leave(reason),
      runsTool: (/** @type {string} */ name) => this.#executables.has(name),
    };
  }

  /** Warnings that the log has. */
  #warned = 0;
  /** The key that was sent last: a tool's own error may quote it. */
  get #secret() {
    return secrets.get(this) ?? "";
  }
  #masked = (/** @type {string} */ text) => withoutKey(text, this.#secret);

  /** What has arrived of a run of several steps, with the steps before. @param {PartialAnswer} partial @returns {PartialAnswer} */
  #whole(partial) {
    if (this.#steps.length === 0) return partial;
    return { ...partial, messages: [...this.#messages, ...this.#added], steps: [...this.#steps] };
  }

  /** Moves the run on until it delivers. */
  #goOn() {
    this.#stopwatch.goOn();
    if (this.#action === ACTION_READ) this.#read();
    else if (this.#action === ACTION_TOOLS) this.#runTools();
    else if (this.#action === ACTION_WAIT) {
      this.#armDeadline();
      // Its own wait is over: nobody else's counts.
      this.#retryTimer = setTimeout(() => this.#sendNow(), Math.max(0, this.#retryAt - performance.now()));
    } else if (this.#action === ACTION_REPAIR) this.#repair();
    else if (this.#session) this.#send();
    else this.#open();
  }

  /** There is something, or the end: wakes who waits. */
  #deliver(at = performance.now()) {
    this.#stopwatch.rest(at);
    this.#delivery.deliver();
  }

  /** The first pull: checks, starts the engine, sends. */
  async #open() {
    const { signal } = this.#plan;
    try {
      if (signal?.aborted) return this.cancel(signal.reason);
      whenAborted(signal, this.#onAbort);
      const engine = await chatEngine.start();
      if (this.#ended) return;
      this.#engine = engine;
      chatEngine.onEnd(this.#onEngineEnd, () => {
        this.#lastPartial = this.partial;
      });
      this.#carrier = new Carrier();
      await this.#loading;
      const steering = this.#plan.steer();
      let shaped;
      if (steering) {
        this.#steering = await steering;
        this.#sink = this.#steering.sink(this.#queue);
        this.#reader.steering = this.#steering;
        const { resume } = this.#plan;
        const steered = this.#steering;
        shaped = resume ? await this.#takeUp(steered, await resume()) : await reading("request", () => steered.first());
      }
      const { config, headers, body, messages, executables, continuation, spans } = await this.#plan.prepare(this.#carrier, shaped);
      this.#spans = spans;
      if (this.#ended) return;
      this.#session = new engine.glue.ChatSession(config, headers, body, this.#carrier.describe(), this.#stopwatch.now());
      this.#resetDeadline();
      this.#messages = messages;
      this.#executables = this.#steering?.executables ?? executables;
      if (spans && this.#steering) for (const [name, execute] of this.#executables) this.#executables.set(name, spans.tool(name, execute));
      this.#continuation = continuation;
      // What goes on with the results of tools is no relay of one answer; what is read by number is put together from several.
      if (this.#executables.size > 0 || this.#steering || this.#plan.durable) this.#relay = undefined;
      const first = this.#session.firstAction();
      if (this.#action === ACTION_TOOLS) {
        this.#session.addSpent(this.#money.spentPico);
        if (first === ACTION_REPAIR && (await this.#repaired()) === ACTION_END) return this.#conclude();
        if (this.#ended) return;
        return this.#runTools();
      }
      this.#action = first;
    } catch (thrown) {
      return this.#fail(fromEngine(thrown));
    }
    await (this.#action === ACTION_REPAIR ? this.#repair() : this.#send());
  }

  /**
   * A run that had stopped for its caller is where it was: its steps count, and its calls are what comes next. The engine is given the
   * conversation before them, and the rest with their results.
   * @param {Steering} steering @param {EarlierRun} earlier
   */
  #takeUp(steering, { messages, added, steps, money, calls, inputs, finished }) {
    this.#added = added;
    this.#steps = steps;
    this.#money.goOnFrom(money);
    Object.assign(this.#reader, { step: steps.length - 1, plannedCalls: calls, inputs, finished });
    this.#isStepTold = true;
    this.#action = ACTION_TOOLS;
    return steering.from(messages, steps.length - 1);
  }

  /** The body as it is now: what was written before is not written again. */
  #writeBody() {
    const session = /** @type {ChatSession} */ (this.#session);
    const carrier = /** @type {Carrier} */ (this.#carrier);
    if (session.takeFresh()) this.#stable = "";
    this.#stable += carrier.putBack(session.takeStable());
    const [head, volatile, tail] = session.frame().split("\0");
    this.#request = head + this.#stable + carrier.putBack(volatile) + tail;
  }

  /** The engine that repairs transcripts is loaded for those that need it; what it gives goes out. */
  async #repair() {
    try {
      const action = await this.#repaired();
      if (action === undefined) return;
      this.#action = action;
    } catch (thrown) {
      return this.#fail(fromEngine(thrown));
    }
    if (this.#action === ACTION_END) return this.#conclude();
    await this.#send();
  }

  /** The action behind it; nothing when the run has ended meanwhile. */
  async #repaired() {
    const { Repairs } = await import("../request/repairs.js");
    if (this.#ended) return undefined;
    this.#repairs ??= new Repairs();
    const session = /** @type {ChatSession} */ (this.#session);
    const answer = await this.#repairs.repair(session.repairRequest(), /** @type {Carrier} */ (this.#carrier).describe());
    if (this.#ended) return undefined;
    const action = session.repaired(answer);
    this.#engine?.exchange.read(this.#reader, this.#sink);
    return action;
  }

  /** Sends, or waits first where a rate limit told another run to: to ask sooner is to be refused, and to lengthen it. */
  #send() {
    const { waits } = this.#plan;
    if (!waits || waits.isNoneWaited) return this.#sendNow();
    let waitMs = 0;
    this.#guard(() => {
      waitMs = Math.min(waits.waitMs(this.#askedModel()), LONGEST_HOLD_MS - this.#heldMs);
    });
    if (this.#ended) return undefined;
    if (waitMs <= 0) return this.#sendNow();
    this.#heldMs += waitMs;
    this.#armDeadline();
    this.#retryTimer = setTimeout(() => this.#send(), waitMs + Math.random() * SPREAD_MS);
    return undefined;
  }

  /** By its id on the wire. */
  #askedModel() {
    return pricedModel(/** @type {ChatSession} */ (this.#session), this.#plan.money.priceOf).model;
  }

  async #sendNow() {
    this.#cause = undefined;
    try {
      const session = /** @type {ChatSession} */ (this.#session);
      if (this.#action === ACTION_SEND) {
        this.#writeBody();
        if (this.#log) this.#tellLog(session);
      }
      const key = session.needsKey() ? await this.#key() : "";
      if (this.#ended) return;
      const carrier = /** @type {Carrier} */ (this.#carrier);
      // The last thing before the send: what is held for it counts for every other run.
      if (this.#money.onSend(session, this.#request, carrier.media) !== ACTION_SEND) return this.#step(() => ACTION_END);
      this.#spans?.attempt(this.#askedModel());
      this.#attempts += 1;
      const sent = session.send(this.#sender(), this.#request, this.#controller.signal, key, this.#stopwatch.now());
      this.#resetDeadline();
      let response;
      try {
        response = await sent;
      } catch (cause) {
        if (isTrap(cause)) throw cause;
        if (this.#ended) return;
        this.#cause = maskedCause(cause, this.#secret);
        return this.#step(() => session.fail(describe(cause)));
      }
      // Nobody waits any more: let the connection go.
      if (this.#ended) return void response.body?.cancel?.().catch(() => {});
      this.#step(() => {
        try {
          if (typeof response?.status !== "number") throw new TypeError("fetch resolved to something that is no Response");
          const action = session.onHead(response, this.#stopwatch.now());
          this.#resetDeadline();
          if (action === ACTION_READ) this.#readFrom(answerReader(response));
          else response.body?.cancel?.().catch(() => {});
          return action;
        } catch (cause) {
          if (isTrap(cause)) throw cause;
          // No headers, a body that somebody reads already: whatever `fetch` gave, it was no answer.
          this.#cause = maskedCause(cause, this.#secret);
          return session.fail(describe(cause));
        }
      });
    } catch (thrown) {
      this.#fail(fromEngine(thrown));
    }
  }

  /** `fetch`, and what stands around it. */
  #sender() {
    const send = this.#plan.fetch();
    if (this.#plan.durable) return this.#plan.durable.around(send);
    return this.#relay ? this.#relay.around(send) : send;
  }

  /** @param {ChatSession} session */
  #tellLog(session) {
    const { model, warnings } = JSON.parse(session.notes());
    const all = changesOf(warnings);
    this.#log?.asking(model, all.slice(this.#warned));
    this.#warned = all.length;
  }

  async #key() {
    const key = await this.#plan.apiKey();
    // What the engine would leave of it: visible Latin-1.
    if (typeof key !== "string" || !/[\x21-\x7e\xa1-\xff]/.test(key)) {
      throw new OpenRouterError({ code: "auth", message: "no API key: pass apiKey, a string or a function that gives one" });
    }
    secrets.set(this, cleanKey(key));
    return key;
  }

  /** @type {(piece: any) => void} */
  #onPiece = () => {};
  /** @type {(cause: unknown) => void} */
  #onBreak = () => {};

  /** A body that was given up may answer yet: its handlers know it by itself. @param {{ read(): Promise<any>, cancel(reason?: unknown): Promise<unknown> }} body */
  #readFrom(body) {
    this.#body = body;
    this.#onPiece = (piece) => {
      if (this.#body === body) this.#onRead(piece);
    };
    this.#onBreak = (cause) => {
      if (this.#body === body) this.#onBroken(cause);
    };
  }

  #read() {
    this.#armDeadline();
    let reading;
    try {
      reading = /** @type {{ read(): Promise<any> }} */ (this.#body).read();
    } catch (cause) {
      return this.#onBroken(cause);
    }
    reading.then(this.#onPiece, this.#onBreak);
  }

  /** @param {{ done: boolean, value?: Uint8Array }} piece */
  #onRead(piece) {
    if (this.#ended) return;
    try {
      // The one look at the clock for a chunk that brings something.
      const at = performance.now();
      const now = this.#stopwatch.now(at);
      const session = /** @type {ChatSession} */ (this.#session);
      const engine = /** @type {ChatEngine} */ (this.#engine);
      const { exchange } = engine;
      if (this.#isShared) this.#money.onPiece(session);
      let action;
      if (piece.done) {
        this.#body = undefined;
        action = session.end();
        exchange.read(this.#reader, this.#sink);
      } else {
        const bytes = piece.value instanceof Uint8Array ? piece.value : bytesOf(piece.value);
        const { capacity } = exchange;
        if (bytes.length <= capacity) {
          exchange.write(bytes);
          action = session.push(bytes.length, now);
          exchange.read(this.#reader, this.#sink);
        } else {
          action = ACTION_READ;
          for (let start = 0; start < bytes.length && action === ACTION_READ; start += capacity) {
            const part = bytes.subarray(start, start + capacity);
            exchange.write(part);
            action = session.push(part.length, now);
            exchange.read(this.#reader, this.#sink);
          }
        }
      }
      if (this.#money.isBound) this.#money.onAnswering(session);
      this.#after(action, at);
    } catch (thrown) {
      // A body that gives no bytes is broken, the engine is not.
      if (thrown instanceof TypeError) return this.#onBroken(thrown);
      this.#fail(fromEngine(thrown));
    }
  }

  /** @param {unknown} cause */
  #onBroken(cause) {
    if (this.#ended) return;
    this.#cause = maskedCause(cause, this.#secret);
    this.#body = undefined;
    this.#step(() => /** @type {ChatSession} */ (this.#session).fail(describe(cause)));
  }

  /** Calls the engine, takes its batch, goes on as it says. @param {() => number} call */
  #step(call) {
    this.#guard(() => {
      const action = call();
      this.#engine?.exchange.read(this.#reader, this.#sink);
      this.#after(action);
    });
  }

  /** A trap inside the engine ends this run with an error, as it should. @param {() => void} body */
  #guard(body) {
    try {
      body();
    } catch (thrown) {
      this.#fail(fromEngine(thrown));
    }
  }

  /** @param {number} action */
  #after(action, at = performance.now()) {
    this.#action = action;
    if (action === ACTION_READ) {
      if (this.#queue.isEmpty) this.#read();
      else this.#deliver(at);
    } else if (action === ACTION_WAIT) {
      this.#money.onAttemptOver(/** @type {ChatSession} */ (this.#session));
      this.#letGo();
      this.#log?.again(this.#queue.last);
      this.#spans?.again(this.#queue.last);
      this.#retryAt = performance.now() + /** @type {ChatSession} */ (this.#session).waitMs();
      this.#tellWait();
      this.#tellCoolDowns();
      this.#deliver();
    } else if (action === ACTION_SEND || action === ACTION_REPAIR) {
      // Another model is asked: its `fallback` event goes out first.
      this.#log?.again(this.#queue.last);
      this.#spans?.again(this.#queue.last);
      this.#money.onAttemptOver(/** @type {ChatSession} */ (this.#session));
      this.#letGo();
      this.#tellCoolDowns();
      this.#deliver();
    } else if (action === ACTION_TOOLS) {
      this.#letGoKindly();
      this.#finishStep();
      this.#deliver();
    } else {
      this.#tellCoolDowns();
      this.#conclude();
    }
  }

  /** A wait that a rate limit told, and not one of our own making. */
  #tellWait() {
    const { retried } = this.#reader;
    const { code, retryAfterMs = 0 } = retried ?? {};
    if (code === "rate-limit" && retryAfterMs > 0) this.#plan.waits?.noteWait(this.#askedModel(), retryAfterMs);
  }

  #tellCoolDowns() {
    for (const { model, ms } of this.#reader.coolDowns.splice(0)) this.#plan.onCoolDown(model, ms);
  }

  /** The answer of a step is whole. */
  #finishStep() {
    this.#steering?.settle(this.#reader);
    const { reason, nativeReason, usage, message } = this.#reader.finished;
    this.#queue.push({ type: "step-finish", step: this.#reader.step, reason, nativeReason, usage, message });
    this.#steps.push({ reason, nativeReason, usage, message });
    this.#added.push(message);
    this.#money.onAnswer(/** @type {ChatSession} */ (this.#session), this.#reader.finished);
    this.#spans?.answered(this.#reader.finished);
    this.#plan.drift.step(this.#reader.finished);
    this.#isStepTold = true;
  }

  /** Runs the tools of the step once, whoever pulls how often meanwhile. */
  #runTools() {
    this.#armDeadline();
    this.#round ??= this.#toolRound().catch((thrown) => this.#fail(fromEngine(thrown)));
  }

  async #toolRound() {
    const { step, plannedCalls, inputs, broken, finished } = this.#reader;
    const { message } = finished;
    const steering = this.#steering;
    for (const { id, name, verdict } of plannedCalls) {
      // A call whose arguments were no JSON is not in the message, but its answer is: it goes back with none.
      const isMissing = verdict === "answer" && !message.tool_calls?.some((/** @type {any} */ call) => call.id === id);
      if (isMissing) (message.tool_calls ??= []).push({ id, type: "function", function: { name, arguments: "{}" } });
    }
    let stop, added;
    if (plannedCalls.length > 0) {
      added = await this.#runCalls(plannedCalls, inputs, broken, step);
      if (this.#ended) return;
      const last = this.#steps[this.#steps.length - 1];
      this.#added.push(...added);
      added = last.toolResults = [...(last.toolResults ?? []), ...added];
      stop = await this.#isStopped(plannedCalls.some(({ verdict }) => verdict === "leave") || this.#later.size > 0);
    } else {
      // An answer that the engine would end with.
      added = await this.#judged(message);
      if (this.#ended) return;
      this.#added.push(...added);
      stop = added.length === 0;
    }
    if (this.#ended) return;
    const standing = { step: step + 1, steps: [...this.#steps], messages: [...this.#messages, ...this.#added] };
    const other = stop ? undefined : await steering?.next(standing);
    if (this.#ended) return;
    const action = other ? await this.#goOnWith(other) : await this.#goOnAfter(message, added, stop);
    if (this.#ended || action === undefined) return;
    this.#round = undefined;
    this.#engine?.exchange.read(this.#reader, this.#sink);
    if (action === ACTION_END) {
      this.#action = ACTION_END;
      return this.#conclude();
    }
    this.#action = action;
    this.#reader.nextStep();
    this.#isStepTold = false;
    if (this.#delivery.isPulling) void (action === ACTION_REPAIR ? this.#repair() : this.#send());
  }

  /**
   * @param {ToolRoundPlan["calls"]} calls @param {Map<string, any>} inputs @param {Map<string, string>} broken @param {number} step
   * @returns {Promise<ChatMessage[]>}
   */
  async #runCalls(calls, inputs, broken, step) {
    const tell = (/** @type {object} */ event) => {
      if (this.#ended) return;
      this.#queue.push(event);
      if (this.#delivery.isPulling) this.#deliver();
    };
    const { runTools } = await load(import("./tool-round.js"));
    try {
      return await runTools({
        calls,
        inputs,
        broken,
        executables: this.#executables,
        approve: this.#plan.approve,
        check: this.#steering?.check,
        signal: this.#controller.signal,
        masked: this.#masked,
        maskedCause: (cause) => maskedCause(cause, this.#secret),
        onLater: (id) => this.#later.add(id),
        onProgress: (progress) => tell({ type: "tool-progress", step, ...progress }),
        onResult: (result) => tell({ type: "tool-result", step, ...result }),
      });
    } catch (cause) {
      throw new OpenRouterError({ code: "tool", message: `approve() failed: ${this.#masked(describe(cause))}` }, { cause: maskedCause(cause, this.#secret) });
    }
  }

  /** Whether the run ends here, by what was left of it or by the caller's word. @param {boolean} stop */
  async #isStopped(stop) {
    const run = this;
    const state = { steps: [...this.#steps], messages: [...this.#messages, ...this.#added], get cost() { return run.cost; } };
    try {
      for (const condition of this.#plan.stopWhen) stop ||= (await condition(state)) === true;
    } catch (cause) {
      throw new OpenRouterError({ code: "tool", message: `stopWhen() failed: ${this.#masked(describe(cause))}` }, { cause: maskedCause(cause, this.#secret) });
    }
    return stop;
  }

  /** What to ask again with, where an object was wanted and the answer is none. @param {any} message @returns {Promise<ChatMessage[]>} */
  async #judged(message) {
    const { finished, step } = this.#reader;
    const { usage, id, model, provider } = finished;
    const outcome = await this.#steering?.judge(finished, step, this.#whole({ message, usage, id, model, provider }));
    if (!outcome || this.#ended) return [];
    if ("again" in outcome) return outcome.again;
    const { error } = outcome;
    this.#lastPartial = error.partial;
    this.#end(error.verdict ?? "error", { error });
    this.#controller.abort(error);
    return [];
  }

  /** The request that grew goes on: with the answer and what came after it. @param {ChatMessage} message @param {ChatMessage[]} added @param {boolean} stop */
  async #goOnAfter(message, added, stop) {
    const carrier = /** @type {Carrier} */ (this.#carrier);
    const messages = stop ? [] : (this.#steering?.outgoing([message, ...added]) ?? [message, ...added]);
    const text = JSON.stringify(carrier.carry(messages));
    if (carrier.unjudged.length > 0) await (await import("../request/carried-images.js")).judgeImages(carrier, this.#plan.resizeImage);
    if (this.#ended) return undefined;
    return /** @type {ChatSession} */ (this.#session).resume(text, carrier.describe(), stop);
  }

  /** Another request takes its place. @param {any} shaped */
  async #goOnWith(shaped) {
    const carrier = new Carrier();
    const { config, headers, body } = await this.#plan.prepare(carrier, shaped);
    if (this.#ended) return undefined;
    const session = /** @type {ChatSession} */ (this.#session);
    this.#steering?.keep(this.#notes());
    const action = session.goOnWith(config, headers, body, carrier.describe());
    // Those of the other request's transcript know nothing of this one's.
    this.#repairs?.free();
    this.#repairs = undefined;
    this.#warned = 0;
    this.#carrier = carrier;
    this.#executables = /** @type {Steering} */ (this.#steering).executables;
    return action;
  }

  /** What was changed and what is odd. */
  #notes() {
    const { changes, warnings } = JSON.parse(/** @type {ChatSession} */ (this.#session).notes());
    return { changes: changesOf(changes), warnings: changesOf(warnings) };
  }

  /** The engine said that the run is over: the batch held how. */
  #conclude() {
    const { finished, failed } = this.#reader;
    if (finished && !this.#isStepTold) this.#finishStep();
    if (failed) {
      const { partial, verdict, error } = failed;
      // Where the step's answer is whole, what failed is going on.
      const lastMessage = finished && { message: finished.message, usage: finished.usage };
      this.#lastPartial = this.#whole({ ...partial, ...lastMessage });
      const more = { verdict, partial: this.#lastPartial, ...(this.#cause !== undefined && { cause: this.#cause }) };
      this.#end(verdict, { error: new OpenRouterError(error, more) });
      // The reader of a relay gets what the provider said of its failure, which is on its way.
      if (verdict === "timeout" || !this.#relay?.isHandedOver) this.#controller.abort(this.#error);
      return;
    }
    const { reason, verdict, nativeReason, message, id, model, provider, metadata, cache } = finished;
    const usage = sumOfUsage(this.#steps.map((step) => step.usage));
    this.#queue.push({ type: "finish", step: this.#reader.step, reason, nativeReason, usage, message });
    const steering = this.#steering;
    const { changes, warnings } = steering?.keep(this.#notes()) ?? this.#notes();
    const pending = reason === "tool-calls" ? pendingCalls(message, this.#added, this.#reader.inputs, this.#later) : [];
    const object = steering?.goal?.found;
    const continuation = this.#continuation;
    if (continuation) {
      changes.push(continuation.change(this.#messages.length));
      if (this.#added.length > 0) this.#added[0] = continuation.whole(this.#added[0]);
    }
    const last = continuation && this.#added.length === 1 ? this.#added[0] : message;
    const messages = [...this.#messages, ...this.#added];
    const rest = { ...(cache && { cache }), ...(metadata && { metadata }), ...(object && { object: object.value }) };
    const money = this.#money;
    // Reckoned when it is asked for: most look at nothing but the message.
    this.#result = { message: last, messages, usage, steps: this.#steps, reason, verdict, get cost() { return money.meter(undefined); }, model, provider, id, changes, warnings, pending, ...rest };
    this.#lastPartial = this.#whole({ message, usage, id, model, provider });
    this.#end(verdict, undefined);
  }

  /** An error that the engine had no part in, or did not survive. @param {unknown} error */
  #fail(error) {
    if (this.#ended) return;
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof WebAssembly.RuntimeError) chatEngine.retire(cause.message);
    this.#lastPartial = this.partial;
    if (OpenRouterError.isInstance(error)) Object.assign(/** @type {object} */ (error), { partial: this.#lastPartial, verdict: "error" });
    this.#end("error", { error });
    this.#controller.abort(error);
  }

  /** @param {Verdict} verdict @param {{ error: unknown } | undefined} failure */
  #end(verdict, failure) {
    this.#ended = true;
    this.#verdict = verdict;
    this.#error = failure?.error;
    this.#delivery.end(failure);
    this.#alarm.clear();
    clearTimeout(this.#retryTimer);
    offAbort(this.#plan.signal, this.#onAbort);
    chatEngine.offEnd(this.#onEngineEnd);
    if (failure) this.#letGo(failure.error);
    else sayGoodbye(this.#body);
    const session = this.#liveSession();
    this.#money.onEnd(session, verdict, this.#lastPartial);
    this.#log?.ended(verdict, this.#error, this.#result);
    this.#spans?.ended(verdict, this.#error, this.#result, this.#lastPartial);
    session?.free();
    this.#repairs?.free();
    this.#session = undefined;
    // Whoever keeps the run does not keep an instance that was replaced.
    this.#engine = undefined;
    this.#body = undefined;
    this.#deliver();
  }

  /** Closes the connection. @param {unknown} [reason] */
  #letGo(reason) {
    const body = this.#body;
    this.#body = undefined;
    body?.cancel(reason).catch(() => {
      // It was broken already; the run has its error.
    });
  }

  /** The answer is whole: its connection may end by itself, and be used again. */
  #letGoKindly() {
    sayGoodbye(this.#body);
    this.#body = undefined;
  }

  #onAbort = () => this.cancel(this.#plan.signal?.reason);

  /** @param {Error} error */
  #onEngineEnd = (error) => this.#fail(error);

  /** The deadline may have come nearer: with the start, a send, a head. Bytes only ever move it away. */
  #resetDeadline() {
    this.#alarm.clear();
    this.#armDeadline();
  }

  #armDeadline() {
    if (this.#alarm.isSet) return;
    this.#alarm.set(/** @type {ChatSession} */ (this.#session).deadline() - this.#stopwatch.now());
  }

  #onDeadline() {
    // While the consumer rests nothing can arrive; the next pull sets the timer again.
    if (this.#ended || !this.#delivery.isPulling) return;
    this.#guard(() => {
      const session = /** @type {ChatSession} */ (this.#session);
      const action = session.tick(this.#stopwatch.now());
      this.#engine?.exchange.read(this.#reader, this.#sink);
      if (action === ACTION_READ) this.#armDeadline();
      else this.#after(action);
    });
  }
}

const NOTHING = { value: undefined, size: 0 };

/** The stream of objects, which loads with its first pull. @param {ChatRun} run @param {() => { value: any, size: number }} view @returns {AsyncIterable<any>} */
function growing(run, view) {
  return {
    [Symbol.asyncIterator]() {
      /** @type {AsyncIterator<any> | undefined} */
      let inner;
      const open = async () => (inner ??= (await load(import("../objects/object-stream.js"))).growingObjects(run, view)[Symbol.asyncIterator]());
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

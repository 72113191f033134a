// One chat: pulls the answers, runs the tools, settles the result. The decisions are the engine's; the waiting is here.
import { ACTION_END, ACTION_READ, ACTION_REPAIR, ACTION_SEND, ACTION_TOOLS, ACTION_WAIT } from "../engine/contract.js";
import { BatchReader, EventQueue } from "../engine/batch.js";
import { answerReader, bytesOf, sayGoodbye } from "../calls/body.js";
import { checkCallOptions } from "../calls/call-options.js";
import { Carrier } from "../request/carried-media.js";
import { changesOf } from "../request/changes.js";
import { Delivery } from "./delivery.js";
import { chatEngine } from "../engine/chat.js";
import { describe, fromEngine, isTrap, OpenRouterError, withoutKey } from "../errors.js";
import { maskedCause } from "../masked-cause.js";
import { offAbort, onAbort as whenAborted } from "../media/abort-listeners.js";
import { pricedModel, RunMoney } from "../money/run-money.js";
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

/**
 * A request as the engine takes it.
 * @typedef {object} PreparedRequest
 * @property {string} config
 * @property {string} headers
 * @property {string} body
 * @property {readonly ChatMessage[]} messages
 * @property {ToolRoundPlan["executables"]} executables
 */

/**
 * What a run needs of its client and its request.
 * @typedef {object} RunPlan
 * @property {(carrier: Carrier) => Promise<PreparedRequest>} prepare  may throw an `invalid-request`
 * @property {() => string | undefined | Promise<string | undefined>} apiKey
 * @property {() => typeof fetch} fetch
 * @property {AbortSignal | undefined} signal
 * @property {ToolRoundPlan["approve"]} [approve]
 * @property {((state: { steps: StepResult[], messages: ChatMessage[] }) => boolean | Promise<boolean>)[]} stopWhen
 * @property {(model: string, ms: number) => void} onCoolDown
 * @property {import("./cool-downs.js").CoolDowns | undefined} waits  what other runs were told to wait; nothing for a run that never waits
 * @property {import("../index.js").ResizeImage | false | undefined} resizeImage
 * @property {import("../index.js").Logger | undefined} logger
 * @property {import("../money/run-money.js").MoneyPlan} money
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
  #delivery = new Delivery(() => this.#goOn(), (reason) => this.cancel(reason));
  #queue = this.#delivery.queue;

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
  /** Whether other runs spend of the same budget. */
  #isShared;

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
    return this.#whole({ message: { role: /** @type {const} */ ("assistant"), content: "" }, ...this.#reader.head });
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
    return /** @type {ChatResult} */ (this.#result);
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

  /** @param {unknown} [reason] */
  cancel(reason = new DOMException("The run was cancelled", "AbortError")) {
    if (this.#ended) return;
    if (this.#session && this.#engine && chatEngine.isRunning(this.#engine)) {
      this.#guard(() => {
        const session = /** @type {ChatSession} */ (this.#session);
        session.abort();
        this.#engine?.exchange.read(this.#reader, new EventQueue());
      });
    }
    if (this.#ended) return;
    this.#lastPartial = this.#reader.failed && this.#whole(this.#reader.failed.partial);
    this.#end("aborted", { error: reason });
    this.#controller.abort(reason);
  }

  /** For whoever writes the events on; claims the run. */
  #source() {
    this.#delivery.claim();
    return {
      takeBatch: () => this.#delivery.takeBatch(),
      cancel: (/** @type {unknown} */ reason) => this.cancel(reason),
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
      const { config, headers, body, messages, executables } = await this.#plan.prepare(this.#carrier);
      if (this.#ended) return;
      this.#session = new engine.glue.ChatSession(config, headers, body, this.#carrier.describe(), this.#stopwatch.now());
      this.#resetDeadline();
      this.#messages = messages;
      this.#executables = executables;
      this.#action = this.#session.firstAction();
    } catch (thrown) {
      return this.#fail(fromEngine(thrown));
    }
    await (this.#action === ACTION_REPAIR ? this.#repair() : this.#send());
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
      const { Repairs } = await import("../request/repairs.js");
      if (this.#ended) return;
      this.#repairs ??= new Repairs();
      const session = /** @type {ChatSession} */ (this.#session);
      const answer = await this.#repairs.repair(session.repairRequest(), /** @type {Carrier} */ (this.#carrier).describe());
      if (this.#ended) return;
      this.#action = session.repaired(answer);
      this.#engine?.exchange.read(this.#reader, this.#queue);
    } catch (thrown) {
      return this.#fail(fromEngine(thrown));
    }
    if (this.#action === ACTION_END) return this.#conclude();
    await this.#send();
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
      const sent = session.send(this.#plan.fetch(), this.#request, this.#controller.signal, key, this.#stopwatch.now());
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
        action = session.end(now);
        exchange.read(this.#reader, this.#queue);
      } else {
        const bytes = piece.value instanceof Uint8Array ? piece.value : bytesOf(piece.value);
        const { capacity } = exchange;
        if (bytes.length <= capacity) {
          exchange.write(bytes);
          action = session.push(bytes.length, now);
          exchange.read(this.#reader, this.#queue);
        } else {
          action = ACTION_READ;
          for (let start = 0; start < bytes.length && action === ACTION_READ; start += capacity) {
            const part = bytes.subarray(start, start + capacity);
            exchange.write(part);
            action = session.push(part.length, now);
            exchange.read(this.#reader, this.#queue);
          }
        }
      }
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
      this.#engine?.exchange.read(this.#reader, this.#queue);
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
      this.#retryAt = performance.now() + /** @type {ChatSession} */ (this.#session).waitMs();
      this.#tellWait();
      this.#tellCoolDowns();
      this.#deliver();
    } else if (action === ACTION_SEND || action === ACTION_REPAIR) {
      // Another model is asked: its `fallback` event goes out first.
      this.#log?.again(this.#queue.last);
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
    const { reason, nativeReason, usage, message } = this.#reader.finished;
    this.#queue.push({ type: "step-finish", step: this.#reader.step, reason, nativeReason, usage, message });
    this.#steps.push({ reason, nativeReason, usage, message });
    this.#added.push(message);
    this.#money.onAnswer(/** @type {ChatSession} */ (this.#session), this.#reader.finished);
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
    for (const { id, name, verdict } of plannedCalls) {
      // A call whose arguments were no JSON is not in the message, but its answer is: it goes back with none.
      const isMissing = verdict === "answer" && !message.tool_calls?.some((/** @type {any} */ call) => call.id === id);
      if (isMissing) (message.tool_calls ??= []).push({ id, type: "function", function: { name, arguments: "{}" } });
    }
    const { signal } = this.#controller;
    let results;
    try {
      const { runTools } = await import("./tool-round.js");
      results = await runTools({
        calls: plannedCalls,
        inputs,
        broken,
        executables: this.#executables,
        approve: this.#plan.approve,
        signal,
        masked: this.#masked,
        maskedCause: (cause) => maskedCause(cause, this.#secret),
        onResult: (result) => {
          if (this.#ended) return;
          this.#queue.push({ type: "tool-result", step, ...result });
          if (this.#delivery.isPulling) this.#deliver();
        },
      });
    } catch (cause) {
      throw new OpenRouterError({ code: "tool", message: `approve() failed: ${this.#masked(describe(cause))}` }, { cause: maskedCause(cause, this.#secret) });
    }
    if (this.#ended) return;
    this.#steps[this.#steps.length - 1].toolResults = results;
    this.#added.push(...results);
    const isLeft = plannedCalls.some(({ verdict }) => verdict === "leave");
    const state = { steps: [...this.#steps], messages: [...this.#messages, ...this.#added] };
    let stop = isLeft;
    try {
      for (const condition of this.#plan.stopWhen) stop ||= (await condition(state)) === true;
    } catch (cause) {
      throw new OpenRouterError({ code: "tool", message: `stopWhen() failed: ${this.#masked(describe(cause))}` }, { cause: maskedCause(cause, this.#secret) });
    }
    if (this.#ended) return;
    const carrier = /** @type {Carrier} */ (this.#carrier);
    const text = stop ? "[]" : JSON.stringify(carrier.carry([message, ...results]));
    if (carrier.unjudged.length > 0) await (await import("../request/carried-images.js")).judgeImages(carrier, this.#plan.resizeImage);
    if (this.#ended) return;
    this.#round = undefined;
    const session = /** @type {ChatSession} */ (this.#session);
    const action = session.resume(text, carrier.describe(), stop);
    this.#engine?.exchange.read(this.#reader, this.#queue);
    if (action === ACTION_END) {
      this.#action = ACTION_END;
      return this.#conclude();
    }
    this.#action = action;
    this.#reader.nextStep();
    this.#isStepTold = false;
    if (this.#delivery.isPulling) void (action === ACTION_REPAIR ? this.#repair() : this.#send());
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
      this.#controller.abort(this.#error);
      return;
    }
    const { reason, verdict, nativeReason, message, id, model, provider, metadata, cache } = finished;
    const usage = sumOfUsage(this.#steps.map((step) => step.usage));
    this.#queue.push({ type: "finish", step: this.#reader.step, reason, nativeReason, usage, message });
    const notes = JSON.parse(/** @type {ChatSession} */ (this.#session).notes());
    const changes = changesOf(notes.changes), warnings = changesOf(notes.warnings);
    const messages = [...this.#messages, ...this.#added];
    const rest = { ...(cache && { cache }), ...(metadata && { metadata }) };
    const money = this.#money;
    // Reckoned when it is asked for: most look at nothing but the message.
    this.#result = { message, messages, usage, steps: this.#steps, reason, verdict, get cost() { return money.meter(undefined); }, model, provider, id, changes, warnings, ...rest };
    this.#lastPartial = this.#whole({ message, usage, id, model, provider });
    this.#end(verdict, undefined);
  }

  /** An error that the engine had no part in, or did not survive. @param {unknown} error */
  #fail(error) {
    if (this.#ended) return;
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof WebAssembly.RuntimeError) chatEngine.retire(cause.message);
    if (this.#session) this.#lastPartial = this.partial;
    if (OpenRouterError.isInstance(error)) Object.assign(/** @type {object} */ (error), { verdict: "error" }, this.#lastPartial && { partial: this.#lastPartial });
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
    session?.free();
    this.#repairs?.free();
    this.#session = undefined;
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
      this.#engine?.exchange.read(this.#reader, this.#queue);
      if (action === ACTION_READ) this.#armDeadline();
      else this.#after(action);
    });
  }
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

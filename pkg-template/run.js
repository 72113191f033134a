// One chat: pulls the answer, hands out events, settles the result. The decisions are the engine's; the waiting is here.
import { BatchReader, EventQueue } from "./batch.js";
import { answerReader, bytesOf, sayGoodbye } from "./body.js";
import { isRunning, offEngineEnd, onEngineEnd, retire, startEngine } from "./engine.js";
import { describe, fromEngine, OpenRouterError } from "./errors.js";
import { formatStream, responseHeaders, textOf } from "./sinks.js";
import { Alarm, Stopwatch } from "./stopwatch.js";

/** @import { ChatEvent, ChatMessage, ChatResult, PartialAnswer, StreamFormat, Verdict } from "./index.js" */
/** @import { Engine } from "./engine.js" */
/** @import { ChatSession } from "./wasm/glue.js" */

/**
 * What a run needs of its client and its request.
 * @typedef {object} RunPlan
 * @property {() => { config: string, headers: string, body: string, putBack: (body: string) => string, messages: readonly ChatMessage[] }} prepare  may throw an `invalid-request`
 * @property {() => string | undefined | Promise<string | undefined>} apiKey
 * @property {() => typeof fetch} fetch
 * @property {AbortSignal | undefined} signal
 */

/** What the engine wants next; the numbers are those of src/run.rs. */
const READ = 0, WAIT = 1, SEND = 3;

export class ChatRun {
  /** @type {RunPlan} */
  #plan;
  #controller = new AbortController();
  /** @type {Engine | undefined} */
  #engine;
  /** @type {ChatSession | undefined} */
  #session;
  /** The messages as they are sent. @type {readonly ChatMessage[]} */
  #messages = [];
  /** The body as it is sent. */
  #request = "";
  #reader = new BatchReader();
  /** @type {{ read(): Promise<any>, cancel(reason?: unknown): Promise<unknown> } | undefined} */
  #body;
  #action = SEND;
  #queue = new EventQueue();

  /** Whether somebody iterates; a run is read once. */
  #claimed = false;
  /** Nobody looks at the events: only the result is wanted. */
  #discard = false;
  #ended = false;
  /** Whether the run failed, and by what; `undefined` is a reason too. @type {{ error: unknown } | undefined} */
  #failure;
  /** @type {ChatResult | undefined} */
  #result;
  /** @type {PartialAnswer | undefined} */
  #lastPartial;
  /** @type {Verdict | undefined} */
  #verdict;
  /** What the platform threw, for `cause`. @type {unknown} */
  #cause;

  /** Whether the run is moving on because somebody waits for it. */
  #pulling = false;
  /** Whom to wake when there is something: one who wants the next event, and any number who want to know. */
  /** @type {((value: IteratorResult<ChatEvent, undefined>) => void) | undefined} */
  #wakeNext;
  /** @type {((error: unknown) => void) | undefined} */
  #failNext;
  /** @type {(() => void)[]} */
  #waiting = [];

  #stopwatch = new Stopwatch();
  #alarm = new Alarm(() => this.#onDeadline());
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  #retryAt = 0;

  /** @param {RunPlan} plan */
  constructor(plan) {
    this.#plan = plan;
  }

  get verdict() {
    return this.#verdict;
  }

  get partial() {
    if (this.#lastPartial) return this.#lastPartial;
    const session = this.#session;
    if (session && this.#engine && isRunning(this.#engine)) return this.#reader.withMedia(JSON.parse(session.partial()));
    return { message: { role: /** @type {const} */ ("assistant"), content: "" } };
  }

  /** @returns {AsyncGenerator<ChatEvent, undefined, undefined>} */
  [Symbol.asyncIterator]() {
    this.#claim();
    const iterator = {
      next: () => this.#next(),
      return: () => {
        this.cancel(leftTheLoop());
        // Who has left hears no more of it.
        this.#queue.clear();
        this.#failureTold = true;
        return Promise.resolve({ value: undefined, done: true });
      },
      /** @param {unknown} error */
      throw: (error) => {
        this.cancel(error);
        return Promise.reject(error);
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return /** @type {any} */ (iterator);
  }

  /** @returns {Promise<ChatResult>} */
  async result() {
    if (!this.#claimed) {
      this.#claimed = true;
      this.#discard = true;
    }
    // Also while somebody iterates: whoever awaits the result inside the loop would wait for ever otherwise.
    while (!this.#ended) await this.#moved();
    if (this.#failure) throw this.#failure.error;
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
    if (this.#session && this.#engine && isRunning(this.#engine)) {
      this.#guard(() => {
        const session = /** @type {ChatSession} */ (this.#session);
        session.abort();
        this.#engine?.exchange.read(this.#reader, new EventQueue());
      });
    }
    if (this.#ended) return;
    this.#lastPartial = this.#reader.failed?.partial;
    this.#end("aborted", { error: reason });
    this.#controller.abort(reason);
  }

  /** For whoever writes the events on; claims the run. */
  #source() {
    this.#claim();
    return { takeBatch: () => this.#takeBatch(), cancel: (/** @type {unknown} */ reason) => this.cancel(reason) };
  }

  /** Everything that is ready; an empty array at the end. @returns {Promise<ChatEvent[]>} */
  async #takeBatch() {
    while (this.#queue.isEmpty && !this.#ended) await this.#moved();
    const batch = this.#queue.takeAll();
    if (batch.length === 0 && this.#failure) throw this.#failure.error;
    return batch;
  }

  #claim() {
    if (this.#claimed) {
      throw new OpenRouterError({ code: "already-consumed", message: "this run is being read already: iterate over it once, or take result(), textStream or a stream of it" });
    }
    this.#claimed = true;
  }

  /**
   * One promise a pull, settled where the bytes arrive: an answer through a second promise takes three more turns of the microtask
   * queue, a quarter of all that an event costs.
   * @returns {Promise<IteratorResult<ChatEvent, undefined>>}
   */
  #next() {
    const queue = this.#queue;
    if (!queue.isEmpty) return Promise.resolve({ value: queue.shift(), done: false });
    if (this.#ended) return this.#nextAfterEnd();
    if (this.#wakeNext) return this.#moved().then(() => this.#next());
    const next = new Promise(this.#waitForNext);
    if (!this.#pulling) this.#pull();
    return next;
  }

  /** @param {(value: any) => void} resolve @param {(error: unknown) => void} reject */
  #waitForNext = (resolve, reject) => {
    this.#wakeNext = resolve;
    this.#failNext = reject;
  };

  #failureTold = false;

  /** The failure once; a loop that goes on after it ends. @returns {Promise<IteratorResult<ChatEvent, undefined>>} */
  #nextAfterEnd() {
    const failure = this.#failure;
    if (failure && !this.#failureTold) {
      this.#failureTold = true;
      return Promise.reject(failure.error);
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Resolves when there are more events or the run has ended. Never rejects: a failure is state. @returns {Promise<void>} */
  #moved() {
    const moved = new Promise((/** @type {(value: void) => void} */ resolve) => this.#waiting.push(resolve));
    if (!this.#pulling) this.#pull();
    return moved;
  }

  /** Moves the run on until it delivers. */
  #pull() {
    this.#pulling = true;
    this.#stopwatch.goOn();
    this.#advance();
  }

  /** There is something, or the end: wakes who waits. */
  #deliver(at = performance.now()) {
    this.#pulling = false;
    this.#stopwatch.rest(at);
    const wake = this.#wakeNext;
    if (wake) {
      const fail = /** @type {(error: unknown) => void} */ (this.#failNext);
      this.#wakeNext = undefined;
      this.#failNext = undefined;
      if (!this.#queue.isEmpty) wake({ value: this.#queue.shift(), done: false });
      else this.#nextAfterEnd().then(wake, fail);
    }
    if (this.#discard) this.#queue.clear();
    if (this.#waiting.length > 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  #advance() {
    if (this.#action === READ) this.#read();
    else if (this.#action === WAIT) {
      this.#armDeadline();
      this.#retryTimer = setTimeout(() => this.#send(), Math.max(0, this.#retryAt - performance.now()));
    } else this.#open();
  }

  /** The first pull: checks, starts the engine, sends. */
  async #open() {
    const { signal } = this.#plan;
    try {
      if (signal?.aborted) return this.cancel(signal.reason);
      signal?.addEventListener("abort", this.#onAbort, { once: true });
      const prepared = this.#plan.prepare();
      const engine = await startEngine();
      if (this.#ended) return;
      this.#engine = engine;
      onEngineEnd(this.#onEngineEnd);
      this.#session = new engine.glue.ChatSession(prepared.config, prepared.headers, prepared.body, this.#stopwatch.now());
      this.#resetDeadline();
      this.#messages = prepared.messages;
      this.#request = prepared.putBack(this.#session.body());
    } catch (thrown) {
      return this.#fail(fromEngine(thrown));
    }
    await this.#send();
  }

  async #send() {
    this.#cause = undefined;
    try {
      const session = /** @type {ChatSession} */ (this.#session);
      const key = session.needsKey() ? await this.#key() : "";
      if (this.#ended) return;
      const sent = session.send(this.#plan.fetch(), this.#request, this.#controller.signal, key, this.#stopwatch.now());
      this.#resetDeadline();
      let response;
      try {
        response = await sent;
      } catch (cause) {
        if (cause instanceof WebAssembly.RuntimeError) throw cause;
        if (this.#ended) return;
        this.#cause = cause;
        return this.#step(() => session.fail(describe(cause)));
      }
      // Nobody waits any more: let the connection go.
      if (this.#ended) return void response.body?.cancel?.().catch(() => {});
      this.#step(() => {
        try {
          const action = session.onHead(response, this.#stopwatch.now());
          this.#resetDeadline();
          if (action === READ) this.#readFrom(answerReader(response));
          else response.body?.cancel?.().catch(() => {});
          return action;
        } catch (cause) {
          if (cause instanceof WebAssembly.RuntimeError) throw cause;
          // No headers, a body that somebody reads already: whatever `fetch` gave, it was no answer.
          this.#cause = cause;
          return session.fail(describe(cause));
        }
      });
    } catch (thrown) {
      this.#fail(fromEngine(thrown));
    }
  }

  async #key() {
    let key;
    try {
      key = await this.#plan.apiKey();
    } catch (cause) {
      throw new OpenRouterError({ code: "auth", message: `apiKey() failed: ${describe(cause)}` }, { cause });
    }
    // What the engine would leave of it: visible Latin-1.
    if (typeof key !== "string" || !/[\x21-\x7e\xa1-\xff]/.test(key)) {
      throw new OpenRouterError({ code: "auth", message: "no API key: pass apiKey, a string or a function that gives one" });
    }
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
      const engine = /** @type {Engine} */ (this.#engine);
      const { exchange } = engine;
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
          action = READ;
          for (let start = 0; start < bytes.length && action === READ; start += capacity) {
            const part = bytes.subarray(start, start + capacity);
            exchange.write(part);
            action = session.push(part.length, now);
            exchange.read(this.#reader, this.#queue);
          }
        }
      }
      this.#after(action, at);
    } catch (thrown) {
      this.#fail(fromEngine(thrown));
    }
  }

  /** @param {unknown} cause */
  #onBroken(cause) {
    if (this.#ended) return;
    this.#cause = cause;
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
    if (action === READ) {
      if (this.#queue.isEmpty) this.#read();
      else this.#deliver(at);
    } else if (action === WAIT) {
      this.#letGo();
      this.#retryAt = performance.now() + /** @type {ChatSession} */ (this.#session).waitMs();
      this.#deliver();
    } else {
      this.#conclude();
    }
  }

  /** The engine said that the run is over: the batch held how. */
  #conclude() {
    const { finished, failed } = this.#reader;
    if (finished) {
      const { reason, verdict, nativeReason, usage, message, id, model, provider, metadata } = finished;
      const step = this.#reader.step;
      for (const type of ["step-finish", "finish"]) this.#queue.push({ type, step, reason, nativeReason, usage, message });
      const steps = [{ reason, nativeReason, usage, message }];
      const messages = [...this.#messages, message];
      this.#result = { message, messages, usage, steps, reason, verdict, model, provider, id, changes: [], ...(metadata && { metadata }) };
      this.#lastPartial = { message, usage, id, model, provider };
      this.#end(verdict, undefined);
    } else {
      this.#lastPartial = failed.partial;
      const more = { verdict: failed.verdict, partial: failed.partial, ...(this.#cause !== undefined && { cause: this.#cause }) };
      this.#end(failed.verdict, { error: new OpenRouterError(failed.error, more) });
      this.#controller.abort(/** @type {any} */ (this.#failure).error);
    }
  }

  /** An error that the engine had no part in, or did not survive. @param {unknown} error */
  #fail(error) {
    if (this.#ended) return;
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof WebAssembly.RuntimeError) retire(cause.message);
    if (this.#session && this.#engine && isRunning(this.#engine)) {
      const partial = this.partial;
      if (OpenRouterError.isInstance(error)) Object.assign(/** @type {object} */ (error), { partial, verdict: "error" });
      this.#lastPartial = partial;
    }
    this.#end("error", { error });
    this.#controller.abort(error);
  }

  /** @param {Verdict} verdict @param {{ error: unknown } | undefined} failure */
  #end(verdict, failure) {
    this.#ended = true;
    this.#verdict = verdict;
    this.#failure = failure;
    this.#alarm.clear();
    clearTimeout(this.#retryTimer);
    this.#plan.signal?.removeEventListener("abort", this.#onAbort);
    offEngineEnd(this.#onEngineEnd);
    if (failure) this.#letGo(failure.error);
    else sayGoodbye(this.#body);
    if (this.#session && this.#engine && isRunning(this.#engine)) this.#session.free();
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
    if (this.#ended || !this.#pulling) return;
    this.#guard(() => {
      const session = /** @type {ChatSession} */ (this.#session);
      const action = session.tick(this.#stopwatch.now());
      this.#engine?.exchange.read(this.#reader, this.#queue);
      if (action === READ) this.#armDeadline();
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

function leftTheLoop() {
  return new DOMException("The loop over the run was left", "AbortError");
}

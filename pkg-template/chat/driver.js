// Drives one run: what the engine says is next is done here, and waited for. The decisions are the engine's.
import { ACTION_END, ACTION_KEEP, ACTION_READ, ACTION_READ_ERROR, ACTION_REPAIR, ACTION_SEND, ACTION_TOOLS, ACTION_WAIT } from "../engine/contract.js";
import { EventQueue } from "../engine/event-queue.js";
import { AnswerBody } from "./answer-body.js";
import { bytesOf } from "../calls/body.js";
import { changesOf } from "../request/changes.js";
import { Delivery } from "./delivery.js";
import { chatEngine, endSession } from "../engine/chat.js";
import { describe, fromEngine, isTrap, OpenRouterError } from "../errors.js";
import { load } from "../lazily.js";
import { offAbort, onAbort } from "../media/abort-listeners.js";
import { RunMoney } from "../money/run-money.js";
import { Pace } from "./pace.js";
import { Repairing } from "../request/repairing.js";
import { RunRecord } from "./record.js";
import { resultOf } from "./result-of.js";
import { Sending } from "./sending.js";

/** @import { ChatResult, PartialAnswer, Verdict } from "../index.js" */
/** @import { ChatEngine } from "../engine/chat.js" */
/** @import { Action } from "../engine/contract.js" */
/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */
/** @import { MessagePlaceholders } from "../request/message-placeholders.js" */
/** @import { RunPlan, Witness } from "./run.js" */
/** @import { StepLoop } from "./step-loop.js" */

export class Driver {
  plan;
  /** Of everything that the run has to do with: aborted when it ends before its time. */
  controller = new AbortController();
  /** @type {ChatEngine | undefined} */
  #engine;
  /** @type {ChatSession | undefined} */
  #session;
  sending = new Sending(this);
  #repairing = new Repairing();
  record = new RunRecord();
  delivery = new Delivery(() => this.#goOn(), (reason) => this.leave(reason), async () => (await load(import("../answer-part.js"))).eventsOf(/** @type {ChatResult} */ (this.record.result)));
  /** Where the engine's events go: the queue, or what looks at them first. @type {any} */
  #sink = this.delivery.queue;
  /** What goes on between the steps of a run that is more than one answer. @type {StepLoop | undefined} */
  loop;
  /** Where the answer is handed on as it comes. @type {import("./relay.js").Relay | undefined} */
  relay;
  /** What has to be there before anything is sent. @type {Promise<unknown> | undefined} */
  loading;

  isOver = false;
  money;
  /** What hears of the run beside its events: a log, a tracer. @type {Witness[]} */
  witnesses = [];

  body = new AnswerBody((piece) => this.#onPiece(piece), (cause) => this.step(() => this.sending.broken(cause)));
  /** @type {Action} */
  #action = ACTION_SEND;
  /** What goes on between two steps. @type {Promise<void> | undefined} */
  #round;
  pace = new Pace(() => this.#onDeadline());

  /** @param {RunPlan} plan */
  constructor(plan) {
    this.plan = plan;
    this.money = new RunMoney(plan.money);
  }

  /** Of its engine, once that has started. */
  get exchange() {
    return /** @type {ChatEngine} */ (this.#engine).exchange;
  }

  /** The session, as long as it can be asked. */
  get session() {
    return this.#engine && chatEngine.isRunning(this.#engine) ? this.#session : undefined;
  }

  get partial() {
    return this.record.partial(this.session);
  }

  /** Nobody wants it any more, here or anywhere. @param {unknown} reason */
  cancel(reason) {
    if (this.isOver) return;
    this.plan.durable?.stop();
    this.leave(reason);
  }

  /** Nobody waits for it here. @param {unknown} reason */
  leave(reason) {
    if (this.isOver) return;
    const { session } = this;
    if (session) {
      this.guard(() => {
        this.relay?.catchUp((piece) => this.#push(piece, new EventQueue()));
        this.settle();
        session.abort();
        this.exchange.read(this.record.reader, new EventQueue());
      });
    }
    if (this.isOver) return;
    const { failed } = this.record.reader;
    this.fail(reason, "aborted", failed && this.record.whole(failed.partial));
  }

  /** @param {unknown} error @param {Verdict} verdict @param {PartialAnswer} [partial] */
  fail(error, verdict, partial) {
    this.record.lastPartial = partial;
    this.#end(verdict, { error });
    this.controller.abort(error);
  }

  /** An event of something that goes on beside the answer. @param {object} event */
  report(event) {
    if (this.isOver) return;
    this.delivery.queue.push(event);
    if (this.delivery.isPulling) this.#deliver();
  }

  /** Moves the run on until it delivers. */
  #goOn() {
    this.pace.goOn();
    const action = this.#action;
    if (action === ACTION_READ) this.#read();
    else if (action === ACTION_TOOLS) this.#runStep();
    else if (action === ACTION_WAIT) this.sending.again();
    else if (action === ACTION_REPAIR) this.#repair();
    else if (action === ACTION_READ_ERROR) this.#readError();
    else if (this.#session) this.#send();
    else this.#open();
  }

  /** There is something, or the end: wakes who waits. */
  #deliver(at = performance.now()) {
    this.pace.rest(at);
    this.delivery.deliver();
  }

  /** The first pull: checks, starts the engine, sends. */
  async #open() {
    const { plan, sending: { masked, outgoing: { placeholders } } } = this;
    const { signal } = plan;
    try {
      if (signal?.aborted) return this.cancel(signal.reason);
      onAbort(signal, this.#onAbort);
      const engine = await chatEngine.start();
      if (this.isOver) return;
      this.#engine = engine;
      // What is waited for before the first send counts too: prices, an image that is made smaller, whatever is the caller's.
      const startedAt = this.pace.now();
      if (typeof plan.timeoutMs === "number" && plan.timeoutMs > 0) this.pace.reset(startedAt + plan.timeoutMs);
      chatEngine.onEnd(this.#onEngineEnd, () => {
        this.record.lastPartial = this.partial;
      });
      if (plan.log) this.witnesses.push(await plan.log(masked));
      await this.loading;
      const shaped = await this.#shaped();
      const { config, headers, body, messages, budget, continuation, spans } = await plan.prepare(placeholders, shaped, this.#action === ACTION_TOOLS ? this.money.meter(undefined).total : undefined);
      if (spans) this.witnesses.push(spans);
      if (budget && !plan.isUnguarded) await this.money.open(budget);
      if (this.isOver) return;
      const session = (this.#session = new engine.glue.ChatSession(config, headers, body, placeholders.describe(), startedAt, Math.random()));
      this.pace.reset(this.exchange.deadline);
      Object.assign(this.record, { messages, continuation });
      this.loop?.trace(spans);
      // A run that goes on with the results of tools is no relay of one answer; one that is read by number is put together from several.
      if (this.loop || plan.durable) this.relay = undefined;
      const first = session.nextSend();
      if (this.#action === ACTION_TOOLS) {
        // The calls that waited are what comes next.
        if (first !== ACTION_REPAIR) this.sending.take();
        else if ((await this.#repaired()) === ACTION_END) return this.#conclude();
        return this.isOver ? undefined : this.#runStep();
      }
      this.#action = first;
      if (first === ACTION_REPAIR) return await this.#repair();
      this.sending.next();
    } catch (thrown) {
      this.break(thrown);
    }
  }

  /** The request as the first step has it, where something steers the run; an earlier run is where it was. */
  async #shaped() {
    const steering = this.plan.steer();
    if (!steering) return undefined;
    const { StepLoop } = await load(import("../tools-part.js"));
    const loop = (this.loop = new StepLoop(this, await steering));
    this.#sink = loop.sink;
    const earlier = await this.plan.resume?.();
    if (!earlier) return loop.first();
    this.#action = ACTION_TOOLS;
    return loop.takeUp(earlier);
  }

  /** The engine that repairs transcripts is loaded for those that need it; what it gives goes out. */
  async #repair() {
    try {
      const action = await this.#repaired();
      if (action === undefined) return;
      this.#action = action;
      if (action === ACTION_END) this.#conclude();
      else this.#send();
    } catch (thrown) {
      this.break(thrown);
    }
  }

  /** The action behind it; nothing when the run has ended meanwhile. */
  async #repaired() {
    const session = /** @type {ChatSession} */ (this.#session);
    const answer = await this.#repairing.answer(session.repairRequest(), this.sending.outgoing.placeholders);
    if (this.isOver) return undefined;
    const action = session.repaired(answer);
    this.exchange.read(this.record.reader, this.#sink);
    return action;
  }

  /** The error that the answer tells is read by the engine that has the words of providers; where that cannot be had, its status says what it can. */
  async #readError() {
    const session = /** @type {ChatSession} */ (this.#session);
    let error = "";
    try {
      const { readError } = await load(import("../transcript-part.js"));
      error = await readError(session.unreadError());
    } catch (thrown) {
      this.sending.cause = thrown;
    }
    if (!this.isOver) this.step(() => session.errorRead(error));
  }

  /** Another request takes the place of this one. @param {{ config: string, headers: string, body: string }} request @param {MessagePlaceholders} placeholders */
  replace({ config, headers, body }, placeholders) {
    const action = /** @type {ChatSession} */ (this.#session).goOnWith(config, headers, body, placeholders.describe());
    this.#repairing.end();
    this.sending.outgoing.placeholders = placeholders;
    for (const witness of this.witnesses) witness.replaced?.();
    return action;
  }

  #send() {
    this.guard(() => {
      /** @type {ChatSession} */ (this.#session).nextSend();
      this.sending.next();
    });
  }

  #read() {
    this.pace.arm();
    this.body.read();
  }

  /** @param {{ done: boolean, value?: Uint8Array }} piece */
  #onPiece({ done, value }) {
    if (this.isOver) return;
    try {
      // The one look at the clock for a chunk that brings something.
      const at = performance.now();
      const session = /** @type {ChatSession} */ (this.#session);
      const { budget } = this.money;
      if (done) this.settle();
      let action = done ? session.end() : this.#push(value instanceof Uint8Array ? value : bytesOf(value), this.#sink, at);
      if (done) this.exchange.read(this.record.reader, this.#sink);
      if (budget) {
        const next = budget.onPiece(session, action, this.record.reader.answeringModel);
        if (next !== action) this.exchange.read(this.record.reader, this.#sink);
        action = next;
      }
      this.#after(action, at);
    } catch (thrown) {
      // A body that gives no bytes is broken, the engine is not.
      if (thrown instanceof TypeError) {
        this.body.letGo(thrown);
        this.step(() => this.sending.broken(thrown));
      } else this.break(thrown);
    }
  }

  /** @param {Uint8Array} bytes @param {any} sink @param {number} [at] */
  #push(bytes, sink, at) {
    return this.exchange.push(/** @type {ChatSession} */ (this.#session), bytes, this.pace.now(at), this.record.reader, sink);
  }

  /** Pushes the kept pieces of an answer. */
  settle() {
    this.exchange.settle(/** @type {ChatSession} */ (this.#session), this.record.reader, this.#sink);
  }

  /** Calls the engine, takes its batch, goes on as it says. @param {() => Action} call */
  step(call) {
    this.guard(() => {
      const action = call();
      this.exchange.read(this.record.reader, this.#sink);
      this.#after(action);
    });
  }

  /** A trap inside the engine ends this run with an error, as it should. @param {() => void} body */
  guard(body) {
    try {
      body();
    } catch (thrown) {
      this.break(thrown);
    }
  }

  /** @param {Action} action */
  #after(action, at = performance.now()) {
    this.#action = action;
    if (action === ACTION_READ) {
      if (this.delivery.queue.isEmpty) this.#read();
      else this.#deliver(at);
    } else if (action === ACTION_READ_ERROR) {
      this.body.letGo();
      if (this.delivery.queue.isEmpty) void this.#readError();
      else this.#deliver(at);
    } else if (action === ACTION_TOOLS) {
      this.body.letEnd();
      this.#finishStep();
      this.#deliver();
    } else {
      const { coolDowns, retried } = this.record.reader;
      for (const { model, ms } of coolDowns.splice(0)) this.plan.onCoolDown(model, ms);
      if (action === ACTION_END) return this.#conclude();
      // An attempt came to nothing. Where another model is asked, its `fallback` event goes out first.
      this.money.onAttemptOver();
      this.body.letGo();
      for (const witness of this.witnesses) witness.again(this.delivery.queue.last);
      if (action === ACTION_WAIT && retried) this.sending.put(retried);
      this.#deliver();
    }
  }

  /** The answer of a step is whole. */
  #finishStep() {
    this.loop?.settle();
    this.delivery.queue.push(this.record.closeStep());
    const { finished, held } = this.record.reader;
    this.money.onAnswer(/** @type {ChatSession} */ (this.#session), finished, held);
    for (const witness of this.witnesses) witness.answered?.(finished);
    this.plan.drift.add("chat", this.record.reader.samples.splice(0));
  }

  /** What comes between two steps, once, whoever pulls how often meanwhile. */
  #runStep() {
    this.pace.arm();
    this.#round ??= this.#between().catch((thrown) => this.break(thrown));
  }

  async #between() {
    const action = await /** @type {StepLoop} */ (this.loop).round(/** @type {ChatSession} */ (this.#session));
    if (this.isOver || action === undefined) return;
    this.#round = undefined;
    this.exchange.read(this.record.reader, this.#sink);
    this.#action = action;
    if (action === ACTION_END) return this.#conclude();
    this.record.reader.nextStep(this.record.steps.length);
    if (this.delivery.isPulling) void (action === ACTION_REPAIR ? this.#repair() : this.#send());
  }

  /** What was changed and what is odd. */
  notes() {
    const { model, changes, warnings } = JSON.parse(/** @type {ChatSession} */ (this.#session).notes());
    return { model, changes: changesOf(changes), warnings: changesOf(warnings) };
  }

  /** The engine said that the run is over: the batch held how. */
  #conclude() {
    const { loop, record } = this;
    if (record.isStepOpen) this.#finishStep();
    const { failed, finished, step } = record.reader;
    if (failed) {
      const { verdict, error: { upstream } } = failed;
      this.plan.drift.add("chat", [...record.reader.samples.splice(0), `{"error":${upstream}}`]);
      const error = record.failure(this.sending.cause);
      record.lastPartial = error.partial;
      this.#end(verdict, { error });
      // The reader of a relay gets what the provider said of its failure, which is on its way.
      if (verdict === "timeout" || error.code === "budget" || !this.relay?.isHandedOver) this.controller.abort(error);
      return;
    }
    const { reason, verdict, nativeReason, message, id, model, provider } = finished;
    const notes = this.notes();
    const { usage } = (record.result = resultOf(this, loop?.keep(notes) ?? notes));
    this.delivery.queue.push({ type: "finish", step, reason, nativeReason, usage, message });
    record.lastPartial = record.whole({ message, usage, id, model, provider });
    this.#end(verdict, undefined);
  }

  /** An error that the engine had no part in, or did not survive. @param {unknown} thrown */
  break(thrown) {
    if (this.isOver) return;
    const error = fromEngine(thrown);
    // What another engine broke by ended that one.
    if (isTrap(thrown)) chatEngine.retire(describe(thrown));
    const { partial } = this;
    const verdict = error.code === "timeout" ? "timeout" : "error";
    Object.assign(error, { partial, verdict });
    this.fail(error, verdict, partial);
  }

  /** @param {Verdict} verdict @param {{ error: unknown } | undefined} failure */
  #end(verdict, failure) {
    this.isOver = true;
    const { record } = this;
    record.verdict = verdict;
    this.delivery.end(failure);
    this.pace.stop();
    offAbort(this.plan.signal, this.#onAbort);
    chatEngine.offEnd(this.#onEngineEnd);
    if (failure) this.body.letGo(failure.error);
    else this.body.letEnd();
    const outputBytes = endSession(this.session);
    this.#session = undefined;
    this.money.onEnd(outputBytes, verdict, record.lastPartial);
    for (const witness of this.witnesses) witness.ended(verdict, failure?.error, record.result, record.lastPartial);
    this.#repairing.end();
    // A run that is kept does not keep an instance that was replaced. Not at once: a batch of it may be under way.
    queueMicrotask(() => (this.#engine = undefined));
    this.#deliver();
  }

  #onAbort = () => this.cancel(this.plan.signal?.reason);

  /** @param {Error} error */
  #onEngineEnd = (error) => this.break(error);

  #onDeadline() {
    // While the consumer rests nothing can arrive; the next pull sets the timer again.
    if (this.isOver || !this.delivery.isPulling || this.relay?.isHeldUp) return;
    if (!this.#session) return this.break(lateError(this.plan.timeoutMs));
    this.guard(() => {
      const session = /** @type {ChatSession} */ (this.#session);
      let action = session.tick(this.pace.now());
      if (action === ACTION_KEEP) {
        this.settle();
        action = session.tick(this.pace.now());
      }
      this.exchange.read(this.record.reader, this.#sink);
      if (action === ACTION_READ) this.pace.reset(this.exchange.deadline);
      else this.#after(action);
    });
  }
}

/** As the engine says it, which is not asked yet. @param {number | undefined} timeoutMs */
function lateError(timeoutMs) {
  return new OpenRouterError({ code: "timeout", message: `the whole run took longer than timeoutMs (${timeoutMs} ms)`, isRetryable: true, reason: "timeout" });
}

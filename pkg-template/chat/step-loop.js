// What comes between the steps of a run: its tools, the judgement of an answer that was to be an object, another request in place of the one
// that grew. Loaded for runs that may have more than one step.
import { MessagePlaceholders, describe, load, OpenRouterError, reading } from "../first-part.js";
import { runTools } from "./tool-round.js";
import { sumOfUsage } from "./usage.js";

/** @import { Change, ChatMessage } from "../index.js" */
/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */
/** @import { Driver } from "./driver.js" */
/** @import { EarlierRun } from "./run-state.js" */
/** @import { Steering } from "../tools/steering.js" */

export class StepLoop {
  #run;
  #steering;
  /** @type {import("./spans.js").RunSpans | undefined} */
  #spans;
  /** Where the engine's events go on their way to the queue. */
  sink;
  /** Calls that somebody will decide about later. @type {Set<string>} */
  later = new Set();

  /** @param {Driver} run @param {Steering} steering */
  constructor(run, steering) {
    this.#run = run;
    this.#steering = steering;
    this.sink = steering.sink(run.delivery.queue);
    run.record.reader.steering = steering;
  }

  /** The tools that can be run, by name. */
  get executables() {
    return this.#steering.executables;
  }

  /** Of all steps. */
  get usage() {
    return sumOfUsage(this.#run.record.steps.map(({ usage }) => usage));
  }

  /** The object that was wanted, once it is there. */
  get object() {
    return this.#steering.goal?.found;
  }

  /** The object that is wanted, while it grows. @param {{ value: any, size: number }} object */
  view(object) {
    return this.#steering.goal?.view(object);
  }

  /** The first request. */
  first() {
    return reading("request", () => this.#steering.first());
  }

  /**
   * A run that had stopped for its caller is where it was: its steps count, and its calls are what comes next. The engine is given the
   * conversation before them, and the rest with their results.
   * @param {EarlierRun} earlier
   */
  takeUp({ messages, added, steps, money, calls, inputs, finished }) {
    const run = this.#run;
    Object.assign(run.record, { added, steps });
    run.money.goOnFrom(money);
    Object.assign(run.record.reader, { step: steps.length - 1, plannedCalls: calls, inputs, finished });
    return this.#steering.from(messages, steps.length - 1);
  }

  /** The calls of its tools are spans. @param {import("./spans.js").RunSpans | undefined} spans */
  trace(spans) {
    this.#spans = spans;
    if (spans) for (const [name, execute] of this.executables) this.executables.set(name, spans.tool(name, execute));
  }

  /** An answer is whole: its message and its calls as the caller knows them. */
  settle() {
    this.#steering.settle(this.#run.record.reader);
  }

  /** @param {{ changes: Change[], warnings: Change[] }} notes */
  keep(notes) {
    return this.#steering.keep(notes);
  }

  /** Runs the tools of the step, or judges its answer. Resolves to the engine's next action; to nothing when the run has ended meanwhile. @param {ChatSession} session */
  async round(session) {
    const run = this.#run;
    const { record } = run;
    const { step, plannedCalls, finished } = record.reader;
    const { message } = finished;
    const ids = new Set(message.tool_calls?.map((/** @type {any} */ call) => call.id));
    for (const { id, name, verdict } of plannedCalls) {
      // A call whose arguments were no JSON is not in the message, but its answer is: it goes back with none.
      if (verdict !== "answer" || ids.has(id)) continue;
      ids.add(id);
      (message.tool_calls ??= []).push({ id, type: "function", function: { name, arguments: "{}" } });
    }
    let stop, added;
    if (plannedCalls.length > 0) {
      added = await this.#runCalls();
      if (run.isOver) return undefined;
      const last = record.steps[record.steps.length - 1];
      record.added.push(...added);
      added = last.toolResults = [...(last.toolResults ?? []), ...added];
      stop = await this.#isStopped(plannedCalls.some(({ verdict }) => verdict === "leave") || this.later.size > 0);
    } else {
      // An answer that the engine would end with.
      added = await this.#judged(message);
      if (run.isOver) return undefined;
      record.added.push(...added);
      stop = added.length === 0;
    }
    if (run.isOver) return undefined;
    const standing = { step: step + 1, steps: [...record.steps], messages: [...record.messages, ...record.added] };
    const other = stop ? undefined : await this.#steering.next(standing);
    if (run.isOver) return undefined;
    return other ? this.#goOnWith(other) : this.#goOnAfter(session, message, added, stop);
  }

  /** @returns {Promise<ChatMessage[]>} */
  async #runCalls() {
    const run = this.#run;
    const { step, plannedCalls: calls, inputs, broken } = run.record.reader;
    const { controller, plan, sending: { masked, maskedCause } } = run;
    try {
      return await runTools({
        calls,
        inputs,
        broken,
        executables: this.executables,
        approve: plan.approve,
        check: this.#steering.check,
        signal: controller.signal,
        masked,
        maskedCause,
        onLater: (id) => this.later.add(id),
        onProgress: (progress) => run.report({ type: "tool-progress", step, ...progress }),
        onResult: (result) => run.report({ type: "tool-result", step, ...result }),
      });
    } catch (cause) {
      throw this.#failed("approve", cause);
    }
  }

  /** Whether the run ends here, by what was left of it or by the caller's word. @param {boolean} stop */
  async #isStopped(stop) {
    const run = this.#run;
    const { plan, record: { added, messages, steps } } = run;
    const state = { steps: [...steps], messages: [...messages, ...added], get cost() { return run.money.meter(run.session); } };
    try {
      for (const condition of plan.stopWhen) stop ||= (await condition(state)) === true;
    } catch (cause) {
      throw this.#failed("stopWhen", cause);
    }
    return stop;
  }

  /** @param {string} name  of the caller's function @param {unknown} cause */
  #failed(name, cause) {
    const { masked, maskedCause } = this.#run.sending;
    return new OpenRouterError({ code: "tool", message: `${name}() failed: ${masked(describe(cause))}` }, { cause: maskedCause(cause) });
  }

  /** What to ask again with, where an object was wanted and the answer is none. @param {any} message @returns {Promise<ChatMessage[]>} */
  async #judged(message) {
    const run = this.#run;
    const { finished, step } = run.record.reader;
    const { usage, id, model, provider } = finished;
    const outcome = await this.#steering.judge(finished, step, run.record.whole({ message, usage, id, model, provider }));
    if (!outcome || run.isOver) return [];
    if ("again" in outcome) return outcome.again;
    const { error } = outcome;
    run.fail(error, error.verdict ?? "error", error.partial);
    return [];
  }

  /** The request that grew goes on: with the answer and what came after it. @param {ChatSession} session @param {ChatMessage} message @param {ChatMessage[]} added @param {boolean} stop */
  async #goOnAfter(session, message, added, stop) {
    const run = this.#run;
    const { placeholders } = run.sending.outgoing;
    const messages = stop ? [] : this.#steering.outgoing([message, ...added]);
    const text = JSON.stringify(placeholders.replace(messages));
    if (placeholders.unjudged.length > 0) await (await load(import("../transcript-part.js"))).judgeImages(placeholders, run.plan.resizeImage);
    return run.isOver ? undefined : session.resume(text, placeholders.describe(), stop);
  }

  /** Another request takes its place. @param {any} shaped */
  async #goOnWith(shaped) {
    const run = this.#run;
    const placeholders = new MessagePlaceholders();
    const request = await run.plan.prepare(placeholders, shaped);
    if (run.isOver) return undefined;
    this.keep(run.notes());
    const action = run.replace(request, placeholders);
    this.trace(this.#spans);
    return action;
  }
}

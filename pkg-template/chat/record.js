// What a run has come to so far: its steps, the messages that it has added, how it ended.
import { BatchReader } from "../engine/batch-reader.js";
import { OpenRouterError, withoutKey } from "../errors.js";

/** @import { ChatMessage, ChatResult, PartialAnswer, StepResult, Verdict } from "../index.js" */
/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */

export class RunRecord {
  /** Of the step that is under way. */
  reader = new BatchReader();
  /** As they were given. @type {readonly ChatMessage[]} */
  messages = [];
  /** What the run has added: answers and results. @type {ChatMessage[]} */
  added = [];
  /** Those that are whole. @type {StepResult[]} */
  steps = [];
  /** @type {import("./continue-from.js").Continuation | undefined} */
  continuation;
  /** @type {ChatResult | undefined} */
  result;
  /** @type {Verdict | undefined} */
  verdict;
  /** What there was when the run ended. @type {PartialAnswer | undefined} */
  lastPartial;

  /** What has arrived of a run of several steps, with the steps before. @param {PartialAnswer} partial @returns {PartialAnswer} */
  whole(partial) {
    if (this.steps.length === 0) return partial;
    return { ...partial, messages: [...this.messages, ...this.added], steps: [...this.steps] };
  }

  /** What has arrived so far. @param {ChatSession | undefined} session  as long as it can be asked @returns {PartialAnswer} */
  partial(session) {
    if (this.lastPartial) return this.lastPartial;
    try {
      if (session) return this.whole(this.reader.withMedia(JSON.parse(session.partial())));
    } catch {
      // The engine broke in this very run: what is known of it here is left.
    }
    return this.whole(this.reader.remains);
  }

  /** Whether the answer of the step under way is whole and not among the steps. */
  get isStepOpen() {
    return this.reader.finished !== undefined && this.steps.length <= this.reader.step;
  }

  /** The answer of a step is whole. @returns {object} its event */
  closeStep() {
    const { finished: { reason, nativeReason, usage, message }, step } = this.reader;
    this.steps.push({ reason, nativeReason, usage, message });
    this.added.push(message);
    return { type: "step-finish", step, reason, nativeReason, usage, message };
  }

  /** Why the engine gave the run up. @param {unknown} cause  what the platform threw */
  failure(cause) {
    const { failed: { partial, verdict, error }, finished } = this.reader;
    // Where the step's answer is whole, what failed is going on.
    const last = finished && { message: finished.message, usage: finished.usage };
    const named = { ...partial, ...last };
    for (const name of ["id", "model", "provider"]) if (named[name]) named[name] = withoutKey(named[name], "");
    return new OpenRouterError(error, { verdict, partial: this.whole(named), ...(cause !== undefined && { cause }) });
  }
}

// The tool calls of one answer: each waits for the visitor, or runs because they have said that it may; then the model goes on.
import { modeOf, runTool } from "./tools.js";

/** @import { AnswerView } from "../answer-view.js" */
/** @import { WholeCall } from "../tool-card.js" */
/** @import { ToolMode } from "./tools.js" */

export class ToolRound {
  /** @type {Map<string, Record<string, unknown>>} */
  #results = new Map();
  #begun = new Set();
  #controller = new AbortController();
  #around;

  /**
   * @param {AnswerView} view
   * @param {readonly WholeCall[]} calls
   * @param {{ modes: () => Record<string, ToolMode> | undefined, always: (name: string) => void, done: (results: { id: string, result: Record<string, unknown> }[]) => Promise<void> }} around
   */
  constructor(view, calls, around) {
    this.view = view;
    this.calls = calls;
    this.#around = around;
  }

  /** Whether the visitor has to decide on something. */
  get waits() {
    return this.calls.some(({ id }) => !this.#begun.has(id));
  }

  begin() {
    const mayRun = (/** @type {WholeCall} */ { name }) => modeOf(this.#around.modes(), name) === "run";
    this.view.askFor(this.calls.filter((call) => !mayRun(call)));
    for (const call of this.calls.filter(mayRun)) void this.#run(call);
  }

  /** The answer is no longer the last one. */
  abort() {
    this.#controller.abort();
  }

  /** @param {WholeCall} call @param {"allow" | "always" | "deny"} decision */
  async decide(call, decision) {
    if (decision === "always") this.#around.always(call.name);
    if (decision === "deny") await this.#settle(call, { error: "The user did not allow this call.", denied: true });
    else await this.#run(call);
  }

  /** @param {WholeCall} call */
  async #run(call) {
    if (this.#begun.has(call.id)) return;
    this.#begun.add(call.id);
    this.view.running(call.id);
    await this.#settle(call, await runTool(call.name, call.input, this.#controller.signal));
  }

  /** @param {WholeCall} call @param {Record<string, unknown>} result */
  async #settle(call, result) {
    if (this.#controller.signal.aborted || this.#results.has(call.id)) return;
    this.#begun.add(call.id);
    this.#results.set(call.id, result);
    this.view.answered(call.id, result);
    if (this.#results.size < this.calls.length) return;
    this.view.decided();
    await this.#around.done(this.calls.map(({ id }) => ({ id, result: /** @type {Record<string, unknown>} */ (this.#results.get(id)) })));
  }
}

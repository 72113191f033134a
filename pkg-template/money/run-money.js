// What the steps of one run cost. What a budget needs, and asking for bills afterwards, loads when there is one, or somebody asks.
import { reported } from "../chat/reported-usage.js";
import { ACTION_SEND } from "../engine/contract.js";
import { chatEngine } from "../engine/chat.js";
import { load } from "../lazily.js";

/** @import { CostMeter, Generation, Pricing, Usage, Verdict } from "../index.js" */
/** @import { Ledger } from "./ledger.js" */
/** @import { RunBudget } from "./run-budget.js" */
/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */

/** @param {string} text */
const bytesOf = (text) => new TextEncoder().encode(text).length;

/**
 * What a run needs of its client to tell its cost.
 * @typedef {object} MoneyPlan
 * @property {(apiId: string) => Pricing | undefined} priceOf  what the catalog says that a model charges, as far as it is loaded
 * @property {(apiId: string, pricing: Pricing | undefined, frame: string) => Pricing | undefined} boundOf  what the request may cost at most, where another
 *   model may answer; `frame`: its body without the messages
 * @property {() => string | undefined} fault  why prices are not known
 * @property {Ledger | undefined} ledger  of the client's budget
 * @property {(id: string, options: { timeoutMs?: number, signal?: AbortSignal | null, isBackground?: boolean }) => Promise<Generation>} lookUp
 */

/**
 * A step as the engine's meter reads it.
 * @typedef {object} Step
 * @property {string} model
 * @property {Pricing | undefined} pricing
 * @property {number} atMs
 * @property {Usage} [usage]
 * @property {object} [estimate]
 * @property {string} [id]
 * @property {boolean} [isRecovered]
 */

/** @typedef {{ model: string, pricing: Pricing | undefined, atMs: number, promptChars: number, media: number, knownChars?: number, knownTokens?: number }} Sent */

export class RunMoney {
  #plan;
  /** @type {Step[]} */
  #steps = [];
  /** The request that is on its way. @type {Sent | undefined} */
  #sent;
  /** The last prompt whose tokens were reported. @type {{ knownChars: number, knownTokens: number } | undefined} */
  #known;
  /** Of a run with a budget, its own or the client's. @type {RunBudget | undefined} */
  budget;

  /** @param {MoneyPlan} plan */
  constructor(plan) {
    this.#plan = plan;
  }

  /** What its steps are charged by: plain data, for another run to go on from. */
  get steps() {
    return this.#steps;
  }

  /** The spending of an earlier run counts in this one. @param {Step[]} steps */
  goOnFrom(steps) {
    this.#steps = [...steps];
  }

  /** Before the first send, once the request is checked. @param {import("./run-budget.js").EngineBudget} budget */
  async open(budget) {
    const { RunBudget } = await load(import("../services-part.js"));
    this.budget = await RunBudget.open(this.#plan, budget);
  }

  /**
   * Right before a send: whether it may go out, as the engine's action.
   * @param {ChatSession} session @param {import("../chat/outgoing.js").Outgoing} outgoing
   */
  onSend(session, { asked: { model, pricing }, body, frame, placeholders: { media } }) {
    const { budget } = this;
    const length = budget ? budget.lengthOf(body) : body.length;
    const sent = { model, pricing, atMs: Date.now(), promptChars: length - media.chars, media: media.count, ...this.#known };
    const action = budget ? budget.admit(session, sent, frame) : ACTION_SEND;
    this.#sent = action === ACTION_SEND ? sent : undefined;
    return action;
  }

  /** The attempt came to nothing that is billed. */
  onAttemptOver() {
    this.#sent = undefined;
    this.budget?.release();
  }

  /**
   * The answer of a step is whole.
   * @param {ChatSession} session @param {{ usage?: Usage, model?: string, id?: string, cache?: { status: string } }} finished @param {string} again  text that the server sent a second time
   */
  onAnswer(session, { usage, model, id, cache }, again) {
    const sent = this.#sent;
    if (!sent) return;
    this.#sent = undefined;
    if (usage) this.#known = { knownChars: sent.promptChars, knownTokens: usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens };
    // Out of OpenRouter's cache the answer costs nothing, whatever it leaves unsaid.
    const isFree = cache?.status.toUpperCase() === "HIT" && !usage?.cost;
    const told = isFree ? { ...(usage ?? NOTHING), cost: 0 } : reported(usage);
    this.#add(sent, told, session.outputBytes() - bytesOf(again), id, model);
  }

  /**
   * The run is over, however.
   * @param {number | undefined} told  bytes of the answer, unless the engine broke @param {Verdict} verdict @param {{ message?: import("../index.js").ChatMessage, usage?: Usage, model?: string, id?: string } | undefined} partial
   */
  onEnd(told, verdict, partial) {
    const sent = this.#sent;
    this.#sent = undefined;
    if (sent) {
      const { usage, id, model, message } = partial ?? {};
      const { content } = message ?? {};
      // An engine that broke tells nothing any more; what had arrived of the answer was paid for.
      const outputBytes = told ?? (typeof content === "string" ? bytesOf(content) : 0);
      const isLeft = verdict === "aborted" || verdict === "timeout" || (verdict === "cut" && id !== undefined);
      // An answer that failed before its first token is not billed.
      const counted = reported(usage);
      if (counted || outputBytes > 0 || isLeft) this.#add(sent, counted, outputBytes, id, model);
      else this.budget?.release();
    }
    const { budget } = this;
    budget?.free();
    // In the background, so that the budget stays true. Where it fails the estimate stands.
    if (budget?.isShared && verdict !== "complete") this.recover({ isBackground: true }).catch(() => {});
  }

  /** @param {Sent} sent @param {Usage | undefined} usage @param {number} outputBytes @param {string | undefined} id @param {string | undefined} answered */
  #add({ model, pricing, atMs, ...prompt }, usage, outputBytes, id, answered) {
    // A router's own price is none, and a list of models may be answered by another than the first.
    const isOther = answered !== undefined && baseOf(answered) !== baseOf(model);
    const other = isOther ? this.#plan.priceOf(answered) : undefined;
    const charged = { model: isOther ? answered : model, pricing: other || pricing, atMs, id };
    // A usage may count one half alone.
    const step = { ...charged, ...(usage && { usage }), estimate: { ...prompt, outputBytes } };
    this.#steps.push(step);
    this.budget?.settle(step);
  }

  /** What it has cost so far. @param {ChatSession | undefined} session  while the run goes on @returns {CostMeter} */
  meter(session) {
    const steps = [...this.#steps];
    if (this.#sent && session) {
      const { model, pricing, atMs, ...prompt } = this.#sent;
      steps.push({ model, pricing, atMs, estimate: { ...prompt, outputBytes: session.outputBytes() } });
    }
    // Nothing was sent: no engine is needed, which may not even be there.
    if (steps.length === 0) return { total: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, steps: [], source: "computed" };
    return chatEngine.askNow((glue) => glue.costMeter(JSON.stringify({ steps })));
  }

  /** Asks for the bills that were not reported. @param {{ timeoutMs?: number, signal?: AbortSignal | null, isBackground?: boolean }} options */
  async recover(options) {
    // Of an answer that told its bill nothing is asked, and nothing loads for it.
    if (this.#steps.every(({ usage }) => usage?.cost !== undefined)) return;
    const { recoverBills } = await load(import("../services-part.js"));
    await recoverBills(this.#steps, (id) => this.#plan.lookUp(id, options), () => this.budget?.bill(this.meter(undefined).total));
  }
}

/** @type {Usage} */
const NOTHING = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, totalTokens: 0, raw: {} };

/** A variant (`:nitro`) is the same model. @param {string} id */
const baseOf = (id) => id.split(":")[0];

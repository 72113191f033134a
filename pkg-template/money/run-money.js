// The money of one run: what its steps cost, its word with the budget before every send, the bill that is asked for afterwards.
import { isTelling } from "../chat/usage.js";
import { ACTION_SEND } from "../engine/contract.js";
import { chatEngine } from "../engine/chat.js";

/** @import { CostMeter, Generation, Usage, Verdict } from "../index.js" */
/** @import { Entry, Ledger } from "./ledger.js" */
/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */

/**
 * What a run needs of its client to tell its cost.
 * @typedef {object} MoneyPlan
 * @property {(apiId: string) => object | undefined} priceOf  what the catalog says that a model charges, as far as it is loaded
 * @property {(apiId: string, pricing: object | undefined) => object | undefined} boundOf  what the request may cost at most, where another model may answer
 * @property {() => string | undefined} fault  why prices are not known
 * @property {() => boolean} isGuarded  whether there is a budget, the run's own or the client's
 * @property {Ledger | undefined} ledger  of the client's budget
 * @property {(id: string, options: { timeoutMs?: number, signal?: AbortSignal | null, isBackground?: boolean }) => Promise<Generation>} lookUp
 */

/**
 * A step as the engine's meter reads it.
 * @typedef {object} Step
 * @property {string} model
 * @property {object | undefined} pricing
 * @property {number} atMs
 * @property {Usage} [usage]
 * @property {object} [estimate]
 * @property {string} [id]
 * @property {boolean} [isRecovered]
 */

/** @typedef {{ model: string, pricing: object | undefined, atMs: number, promptChars: number, media: number, knownChars?: number, knownTokens?: number }} Sent */

export class RunMoney {
  #plan;
  /** @type {Entry | undefined} */
  #entry;
  /** @type {Step[]} */
  #steps = [];
  /** The request that is on its way. @type {Sent | undefined} */
  #sent;
  /** The last prompt whose tokens were reported. @type {{ knownChars: number, knownTokens: number } | undefined} */
  #known;
  /** @type {Promise<void> | undefined} */
  #recovering;

  /** Whether a bound stands in for the price of the model that answers. */
  isBound = false;

  /** @param {MoneyPlan} plan */
  constructor(plan) {
    this.#plan = plan;
    this.#entry = plan.ledger?.open();
  }

  /** What its steps are charged by: plain data, for another run to go on from. */
  get steps() {
    return this.#steps;
  }

  /** What an earlier run has spent counts in this one. @param {Step[]} steps */
  goOnFrom(steps) {
    this.#steps = [...steps];
  }

  /** In 10^-12 USD. */
  get spentPico() {
    return Math.ceil(this.meter(undefined).total * 1e12);
  }

  /** Whether other runs may spend of the same budget meanwhile. */
  get isShared() {
    return this.#entry !== undefined;
  }

  /**
   * Right before a send: whether it may go out, as the engine's action.
   * @param {ChatSession} session @param {string} body @param {{ count: number, chars: number }} media
   */
  onSend(session, body, media) {
    const { model, pricing } = pricedModel(session, this.#plan.priceOf);
    const isGuarded = this.#plan.isGuarded();
    // Bytes where it matters: a character beyond ASCII is a token or more.
    const length = isGuarded ? utf8Length(body) : body.length;
    const sent = { model, pricing, atMs: Date.now(), promptChars: length - media.chars, media: media.count, ...this.#known };
    if (!isGuarded) {
      this.#sent = sent;
      return ACTION_SEND;
    }
    this.#share(session);
    const held = this.#plan.boundOf(model, pricing);
    this.isBound = held !== pricing;
    const action = session.admit(JSON.stringify({ ...sent, pricing: held, fault: this.#plan.fault() }));
    this.#sent = action === ACTION_SEND ? sent : undefined;
    this.#share(session);
    return action;
  }

  /** More of the answer is about to be read: the others may have spent meanwhile. @param {ChatSession} session */
  onPiece(session) {
    this.#share(session);
  }

  /** The answer goes on: once it tells who answers, that model's price counts. @param {ChatSession} session */
  onAnswering(session) {
    const model = session.answeringModel();
    if (model === undefined) return;
    this.isBound = false;
    const pricing = this.#plan.priceOf(model);
    if (pricing) session.reprice(model, JSON.stringify(pricing));
    this.#share(session);
  }

  /** @param {ChatSession} session */
  #share(session) {
    const { ledger } = this.#plan;
    if (!ledger || !this.#entry) return;
    ledger.set(this.#entry, session.heldPico());
    session.setOthers(ledger.others(this.#entry));
  }

  /** The attempt came to nothing that is billed. @param {ChatSession} session */
  onAttemptOver(session) {
    this.#sent = undefined;
    this.#share(session);
  }

  /**
   * The answer of a step is whole.
   * @param {ChatSession} session @param {{ usage?: Usage, model?: string, id?: string, cache?: { status: string } }} finished
   */
  onAnswer(session, { usage, model, id, cache }) {
    const sent = this.#sent;
    if (!sent) return;
    this.#sent = undefined;
    this.#share(session);
    if (usage) this.#known = { knownChars: sent.promptChars, knownTokens: usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens };
    // Out of OpenRouter's cache the answer costs nothing, whatever it leaves unsaid.
    const isFree = cache?.status.toUpperCase() === "HIT" && usage?.cost === undefined;
    this.#add(session, sent, isFree ? { .../** @type {Usage} */ (usage ?? nothing()), cost: 0 } : usage, session.outputBytes(), id, model);
  }

  /**
   * The run is over, however; its session is still there unless the engine broke.
   * @param {ChatSession | undefined} session @param {Verdict} verdict @param {{ message?: import("../index.js").ChatMessage, usage?: Usage, model?: string, id?: string } | undefined} partial
   */
  onEnd(session, verdict, partial) {
    const sent = this.#sent;
    this.#sent = undefined;
    if (sent) {
      // An engine that broke tells nothing any more; what had arrived of the answer was paid for.
      const outputBytes = session?.outputBytes() ?? utf8Length(textOf(partial));
      const { usage, id, model } = partial ?? {};
      const isLeft = verdict === "aborted" || verdict === "timeout" || (verdict === "cut" && id !== undefined);
      // What failed before its first token is not billed.
      if (isTelling(usage) || outputBytes > 0 || isLeft) this.#add(session, sent, usage, outputBytes, id, model);
      else session?.releaseBudget();
    }
    const { ledger } = this.#plan;
    if (!ledger || !this.#entry) return;
    if (session) ledger.set(this.#entry, session.heldPico());
    // In the background, so that the budget stays true. Where it fails the estimate stands.
    if (verdict !== "complete") this.recover({ isBackground: true }).catch(() => {});
  }

  /** @param {ChatSession | undefined} session @param {Sent} sent @param {Usage | undefined} usage @param {number} outputBytes @param {string | undefined} id @param {string | undefined} answered */
  #add(session, { model, pricing, atMs, ...prompt }, usage, outputBytes, id, answered) {
    // A router's own price is none, and a list of models may be answered by another than the first.
    const isOther = answered !== undefined && baseOf(answered) !== baseOf(model);
    const known = (isOther && this.#plan.priceOf(answered)) || pricing;
    const step = { model: isOther ? answered : model, pricing: known, atMs, id };
    this.#steps.push(isTelling(usage) ? { ...step, usage } : { ...step, estimate: { ...prompt, outputBytes } });
    if (!isOther || !session || !this.#plan.isGuarded()) return;
    // The guard has counted by the price of the model that was asked.
    const missing = Math.ceil(this.meter(undefined).total * 1e12) - session.heldPico();
    if (missing > 0) session.addSpent(missing);
    this.#share(session);
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
    // One who asks in the meantime asks for himself, with his own limits, if that came to nothing.
    if (this.#recovering) await this.#recovering.catch(() => {});
    const missing = this.#steps.filter(({ usage, id }) => usage?.cost === undefined && id?.startsWith("gen-"));
    if (missing.length === 0) return;
    const recovering = this.#recoverAll(missing, options).finally(() => {
      if (this.#recovering === recovering) this.#recovering = undefined;
    });
    this.#recovering = recovering;
    await recovering;
  }

  /** @param {Step[]} missing @param {{ timeoutMs?: number, signal?: AbortSignal | null }} options */
  async #recoverAll(missing, options) {
    const outcomes = await Promise.allSettled(missing.map(async (step) => {
      const bill = await this.#plan.lookUp(/** @type {string} */ (step.id), options);
      if (bill.cost === undefined) return;
      step.usage = usageOf(bill, step.usage);
      step.isRecovered = true;
    }));
    const { ledger } = this.#plan;
    if (ledger && this.#entry) ledger.set(this.#entry, Math.ceil(this.meter(undefined).total * 1e12));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }
}

/** @param {Generation} bill @param {Usage | undefined} reported @returns {Usage} */
function usageOf({ cost, inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, reasoningTokens = 0 }, reported) {
  if (reported) return { ...reported, cost };
  const totalTokens = inputTokens + outputTokens + cacheReadTokens;
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: 0, reasoningTokens, totalTokens, cost, raw: {} };
}

/** @returns {Usage} */
function nothing() {
  return { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, totalTokens: 0, raw: {} };
}

/**
 * The model that is asked next and what it charges: by the client's own `models`, else by the catalog.
 * @param {ChatSession} session @param {(apiId: string) => object | undefined} priceOf
 */
export function pricedModel(session, priceOf) {
  const text = session.priced();
  // The last one: a name may hold anything, JSON text holds none.
  const end = text.lastIndexOf("\0");
  const model = text.slice(0, end), own = text.slice(end + 1);
  return { model, pricing: own ? JSON.parse(own) : priceOf(model) };
}

/** A variant (`:nitro`) is the same model. @param {string} id */
function baseOf(id) {
  return id.split(":")[0];
}

/** @param {{ message?: import("../index.js").ChatMessage } | undefined} partial */
function textOf(partial) {
  const content = partial?.message?.content;
  return typeof content === "string" ? content : "";
}

/** @param {string} text */
export function utf8Length(text) {
  return new TextEncoder().encode(text).length;
}

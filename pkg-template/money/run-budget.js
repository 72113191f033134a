// A run's word with its budget before every send and at every piece of an answer; what other runs spend of the same budget counts.
import { ACTION_SEND } from "../first-part.js";
import { picoOfUsd } from "./amounts.js";
import { utf8Length } from "./utf8-length.js";

/** @import { Entry } from "./ledger.js" */
/** @import { MoneyPlan, Sent } from "./run-money.js" */
/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */

export class RunBudget {
  #plan;
  /** @type {Entry | undefined} */
  #entry;
  /** Whether a bound stands in for the price of the model that answers. */
  #isBound = false;

  /** @param {MoneyPlan} plan */
  constructor(plan) {
    this.#plan = plan;
    this.#entry = plan.ledger?.open();
  }

  /** Whether other runs may spend of the same budget meanwhile. */
  get isShared() {
    return this.#entry !== undefined;
  }

  /** In bytes: a character beyond ASCII is a token or more. @param {string} body */
  lengthOf(body) {
    return utf8Length(body);
  }

  /** Whether it may go out, as the engine's action: what is held for it counts for every other run. @param {ChatSession} session @param {Sent} sent */
  admit(session, sent) {
    this.share(session);
    const { boundOf, fault } = this.#plan;
    const held = boundOf(sent.model, sent.pricing);
    const action = session.admit(JSON.stringify({ ...sent, pricing: held, fault: fault() }));
    this.#isBound = action === ACTION_SEND && held !== sent.pricing;
    this.share(session);
    return action;
  }

  /** The answer goes on: once it tells who answers, that model's price counts. @param {ChatSession} session @param {string | undefined} model */
  onAnswering(session, model) {
    if (!this.#isBound || model === undefined) return;
    this.#isBound = false;
    this.reprice(session, model, this.#plan.priceOf(model));
  }

  /** What is held, or what the last answer cost, goes by what this model charges. @param {ChatSession} session @param {string} model @param {object | undefined} pricing */
  reprice(session, model, pricing) {
    if (pricing) session.reprice(model, JSON.stringify(pricing));
    this.share(session);
  }

  /** What the run holds by now is told, and what the others hold. @param {ChatSession} session */
  share(session) {
    const { ledger } = this.#plan;
    if (!ledger || !this.#entry) return;
    ledger.set(this.#entry, session.heldPico());
    session.setOthers(ledger.others(this.#entry));
  }

  /** The bills are there. @param {number} usd */
  settle(usd) {
    if (this.#entry) this.#plan.ledger?.set(this.#entry, Number(picoOfUsd(usd)));
  }
}

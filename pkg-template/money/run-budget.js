// A run's word with its budget before every send and at every piece of an answer; what other runs spend of the same budget counts.
import { servicesEngine } from "../engine/services.js";
import { ACTION_READ, ACTION_SEND, OpenRouterError } from "../first-part.js";
import { picoOfUsd } from "./amounts.js";
import { utf8Length } from "./utf8-length.js";

/** @import { Entry } from "./ledger.js" */
/** @import { MoneyPlan, Sent, Step } from "./run-money.js" */
/** @import { BudgetGuard } from "../engine/wasm/services-glue.js" */
/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */

/** What may be spent. @typedef {import("../engine/contract.js").BudgetLimits} EngineBudget */

/** The guard of a budget; it lives as long as the engine that it is in. */
export class Guard {
  #engine;
  #guard;

  /** @param {EngineBudget} budget */
  static async open(budget) {
    return new Guard(await servicesEngine.start(), budget);
  }

  /** @param {Awaited<ReturnType<typeof servicesEngine.start>>} engine @param {EngineBudget} budget */
  constructor(engine, budget) {
    this.#engine = engine;
    this.#guard = new engine.glue.BudgetGuard(JSON.stringify(budget));
    servicesEngine.onEnd(this.#isNeeded);
  }

  /** An instance that somebody waits for is not replaced. */
  #isNeeded = () => {};

  get isThere() {
    return servicesEngine.isRunning(this.#engine);
  }

  /** A guard that cannot be asked allows nothing. @template T @param {(guard: BudgetGuard) => T} question @returns {T} */
  ask(question) {
    if (!this.isThere) throw new OpenRouterError({ code: "budget", message: "the engine that guards the budget broke: nothing goes on that it cannot allow" });
    return servicesEngine.callNow(() => question(this.#guard));
  }

  free() {
    servicesEngine.offEnd(this.#isNeeded);
    if (this.isThere) this.#guard.free();
  }
}

export class RunBudget {
  #plan;
  #guard;
  /** @type {Entry | undefined} */
  #entry;
  /** Whether a bound stands in for the price of the model that answers. */
  #isBound = false;

  /** @param {MoneyPlan} plan @param {EngineBudget} budget */
  static async open(plan, budget) {
    return new RunBudget(plan, await Guard.open(budget));
  }

  /** @param {MoneyPlan} plan @param {Guard} guard */
  constructor(plan, guard) {
    this.#plan = plan;
    this.#guard = guard;
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

  /** Whether it may go out, as the engine's action: what is held for it counts for every other run. @param {ChatSession} session @param {Sent} sent @param {string} frame  the body without its messages */
  admit(session, sent, frame) {
    this.#share(0);
    const { boundOf, fault } = this.#plan;
    const pricing = boundOf(sent.model, sent.pricing, frame);
    const asked = JSON.stringify({ ...sent, pricing, fault: fault() });
    const { warning, error } = JSON.parse(this.#guard.ask((guard) => guard.admit(asked)));
    if (warning) session.warn(warning);
    this.#isBound = !error && pricing !== sent.pricing;
    this.#share(0);
    return error ? session.refuse(JSON.stringify(error)) : ACTION_SEND;
  }

  /**
   * A piece of the answer was read: what follows from it, as the engine's action. Once the answer tells who answers, that model's price counts.
   * @param {ChatSession} session @param {import("../engine/contract.js").Action} action @param {string | undefined} model
   */
  onPiece(session, action, model) {
    if (this.#isBound && model !== undefined) {
      this.#isBound = false;
      const pricing = this.#plan.priceOf(model);
      if (pricing) this.#guard.ask((guard) => guard.reprice(model, JSON.stringify(pricing)));
    }
    const bytes = session.outputBytes();
    // The others may have spent meanwhile.
    this.#share(bytes);
    const over = action === ACTION_READ ? this.#guard.ask((guard) => guard.check(bytes)) : undefined;
    return over === undefined ? action : session.refuse(over);
  }

  /** The answer is over: the step that it is in the run's books. @param {Step} step */
  settle(step) {
    if (!this.#guard.isThere) return;
    this.#guard.ask((guard) => guard.settle(JSON.stringify(step)));
    this.#share(0);
  }

  /** The attempt came to nothing that is billed. */
  release() {
    if (!this.#guard.isThere) return;
    this.#guard.ask((guard) => guard.release());
    this.#share(0);
  }

  /** Tells what the run holds by now, and what the others hold. @param {number} outputBytes */
  #share(outputBytes) {
    const { ledger } = this.#plan;
    const entry = this.#entry;
    if (!ledger || !entry) return;
    this.#guard.ask((guard) => {
      ledger.set(entry, guard.held(outputBytes));
      guard.setOthers(ledger.others(entry));
    });
  }

  /** The bills are there. @param {number} usd */
  bill(usd) {
    if (this.#entry) this.#plan.ledger?.set(this.#entry, Number(picoOfUsd(usd)));
  }

  free() {
    this.#guard.free();
  }
}

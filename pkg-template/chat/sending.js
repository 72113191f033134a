// The sends of one run: what goes out, when others were told to wait, with which key, and the head of what comes back.
import { ACTION_END, ACTION_READ, ACTION_SEND } from "../engine/contract.js";
import { cleanKey } from "../auth/secret-key.js";
import { describe, isTrap, OpenRouterError, withoutKey } from "../errors.js";
import { maskedCause } from "../masked-cause.js";
import { headOf, letGo } from "../calls/body.js";
import { Outgoing } from "./outgoing.js";

/** @import { ChatSession } from "../engine/wasm/chat-glue.js" */
/** @import { Driver } from "./driver.js" */

/** Of one run, for what others were told. */
const LONGEST_HOLD_MS = 60_000;
/** So that those who waited for one limit do not all come at once. */
const SPREAD_MS = 250;

/** The key that was sent last. No field: a debugger shows those. @type {WeakMap<Sending, string>} */
const secrets = new WeakMap();

export class Sending {
  #run;
  outgoing = new Outgoing();
  attempts = 0;
  /** What the platform threw at the last one, for `cause`. @type {unknown} */
  cause;
  #againAt = 0;
  #deadline = 0;
  /** What it has waited for others' sake. */
  #heldMs = 0;

  /** @param {Driver} run */
  constructor(run) {
    this.#run = run;
  }

  get #session() {
    return /** @type {ChatSession} */ (this.#run.session);
  }

  /** A text without the key that was sent: a tool's own error may quote it. @param {string} text */
  masked = (text) => withoutKey(text, secrets.get(this) ?? "");

  /** @param {unknown} cause */
  maskedCause = (cause) => maskedCause(cause, secrets.get(this) ?? "");

  /** What the engine has written is next. */
  take() {
    const { exchange, plan } = this.#run;
    this.outgoing.take(exchange.texts, plan.money.priceOf);
  }

  /** It goes out. */
  next() {
    const run = this.#run;
    this.take();
    // Before the send the total time alone runs.
    this.#deadline = run.exchange.deadline;
    for (const witness of run.witnesses) witness.requesting?.(run.notes());
    this.#hold();
  }

  /** Waits first where a rate limit told another run to: to ask sooner is to be refused, and to lengthen it. */
  #hold() {
    const run = this.#run;
    const { waits } = run.plan;
    const waitMs = !waits || waits.isNoneWaited ? 0 : Math.min(waits.waitMs(this.outgoing.asked.model), LONGEST_HOLD_MS - this.#heldMs);
    if (waitMs <= 0) return void this.#send();
    if (waitMs >= this.#deadline - run.pace.now()) {
      const message = `a rate limit that another request met holds for ${Math.ceil(waitMs / 1000)} s, longer than is left of timeoutMs`;
      return run.step(() => this.#session.refuse(JSON.stringify({ code: "rate-limit", message, isRetryable: true, retryAfterMs: Math.ceil(waitMs) })));
    }
    this.#heldMs += waitMs;
    run.pace.wait(waitMs + Math.random() * SPREAD_MS, () => run.guard(() => this.#hold()));
  }

  /** The attempt came to nothing, and the next one is due later. @param {{ delayMs: number, error: { code: string, retryAfterMs?: number } }} retried */
  put({ delayMs, error: { code, retryAfterMs = 0 } }) {
    this.#againAt = performance.now() + delayMs;
    // A wait that a rate limit told, and not one of our own making.
    if (code === "rate-limit" && retryAfterMs > 0) this.#run.plan.waits?.noteWait(this.outgoing.asked.model, retryAfterMs);
  }

  /** The same once more, when it is due. Its own wait is over then: nobody else's counts. */
  again() {
    this.#run.pace.wait(Math.max(0, this.#againAt - performance.now()), () => this.#send());
  }

  async #send() {
    const run = this.#run;
    this.cause = undefined;
    try {
      const { asked, body } = this.outgoing;
      const key = asked.needsKey ? await this.#key() : "";
      if (run.isOver) return;
      const session = this.#session;
      // The last thing before the send: what is held for it counts for every other run.
      if (run.money.onSend(session, this.outgoing) !== ACTION_SEND) return run.step(() => ACTION_END);
      for (const witness of run.witnesses) witness.attempt?.(asked.model);
      this.attempts += 1;
      let response;
      try {
        const sent = session.send(this.#fetch(), body, run.controller.signal, key, run.pace.now());
        run.pace.reset(run.exchange.deadline);
        response = await sent;
      } catch (cause) {
        if (isTrap(cause)) throw cause;
        if (!run.isOver) run.step(() => this.broken(cause));
        return;
      }
      // Nobody waits any more: let the connection go.
      if (run.isOver) return void letGo(response);
      run.step(() => this.#onHead(response));
    } catch (thrown) {
      run.break(thrown);
    }
  }

  /** @param {any} response  whatever `fetch` gave */
  #onHead(response) {
    const run = this.#run;
    try {
      const action = this.#session.onHead(/** @type {any} */ (headOf(response)), run.pace.now());
      run.pace.reset(run.exchange.deadline);
      if (action === ACTION_READ) run.body.open(response);
      else letGo(response);
      return action;
    } catch (cause) {
      if (isTrap(cause)) throw cause;
      // No headers, a body that somebody reads already: it was no answer.
      return this.broken(cause);
    }
  }

  /** What the platform threw, as the engine's next action. @param {unknown} cause */
  broken(cause) {
    this.cause = this.maskedCause(cause);
    this.#run.settle();
    return this.#session.fail(describe(cause));
  }

  /** `fetch`, and what stands around it. */
  #fetch() {
    const { plan, relay } = this.#run;
    const send = plan.fetch();
    return (plan.durable ?? relay)?.around(send) ?? send;
  }

  async #key() {
    const key = await this.#run.plan.apiKey();
    // What the engine would leave of it: visible Latin-1.
    if (typeof key !== "string" || !/[\x21-\x7e\xa1-\xff]/.test(key)) {
      throw new OpenRouterError({ code: "auth", message: "no API key: pass apiKey, a string or a function that gives one" });
    }
    secrets.set(this, cleanKey(key));
    return key;
  }
}

// `client.decide`: named questions about a state, answered by a model that gives no text.
import { OpenRouterError, stopIfAborted } from "../first-part.js";
import { callService, checkRequest, costOf, jsonAnswer, namedOptions, readOptions, requestJson, servicesEngine } from "../services-part.js";

/** @import { Access } from "./call.js" */
/** @import { Decision, DecisionRequest } from "../index.js" */

/** At once, of one client (additions 2). */
const MOST_AT_ONCE = 4;

export class Decisions {
  #access;
  #running = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {Access} access */
  constructor(access) {
    this.#access = access;
  }

  /** @param {DecisionRequest} request @returns {Promise<Decision<any>>} */
  async decide(request) {
    checkRequest(request);
    // A name that is none is refused, by its place.
    const { options, warnings: named } = namedOptions(this.#access, /** @type {any} */ (request), [...Object.keys(request), "provider"], { oddOf: ({ questions }) => strangeNames(questions) });
    const { signal, session_id: sessionId, ...rest } = options;
    const text = requestJson({ ...rest, ...(sessionId !== undefined && { sessionId: rest.sessionId ?? sessionId }) }, {});
    const { call, model, shapes, warnings } = await servicesEngine.ask((glue) => glue.decisionPlan(this.#access.config(), text));
    await this.#turn(signal);
    try {
      const units = { prompt: Math.ceil(/** @type {string} */ (call.body).length / 4), request: 1 };
      const { answer, warnings: told } = await callService(this.#access, { call, model }, { operation: "decide", signal, units }, async (bytes, status, key) =>
        servicesEngine.ask((glue) => glue.readDecision(JSON.stringify(jsonAnswer(bytes, call.label, status)), JSON.stringify(shapes), key)));
      const { answers, warnings: odd, usage, id, provider } = answer;
      return {
        answers,
        model: answer.model ?? model,
        usage,
        ...costOf({ usage }),
        ...(id !== undefined && { id }),
        ...(provider !== undefined && { provider }),
        warnings: [...named, ...warnings, ...odd, ...told],
      };
    } catch (error) {
      throw inItsWords(error);
    } finally {
      // The place is handed on: nobody who comes in between takes it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  /** @param {AbortSignal | null | undefined} signal @returns {Promise<void>} */
  async #turn(signal) {
    stopIfAborted(signal);
    if (this.#running < MOST_AT_ONCE) {
      this.#running += 1;
      return;
    }
    await new Promise((resolve, reject) => {
      const onTurn = () => {
        signal?.removeEventListener("abort", onAbort);
        resolve(undefined);
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(onTurn), 1);
        reject(signal?.reason);
      };
      this.#waiting.push(onTurn);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}

/** Fields of questions that nobody reads. @param {unknown} questions */
function strangeNames(questions) {
  if (typeof questions !== "object" || questions === null) return [];
  return Object.entries(questions).flatMap(([name, question]) => {
    if (typeof question !== "object" || question === null) return [];
    return readOptions(question, ["type", "instructions", "criteria"], "").warnings.map((line) => `questions.${name}.${line}`);
  });
}

/** A key that may not decide is a matter of the key, a host that is full one of the rate (additions 2). @param {unknown} error */
function inItsWords(error) {
  if (!OpenRouterError.isInstance(error)) return error;
  if (error.status === 403) error.code = "auth";
  if (error.status === 529) error.code = "rate-limit";
  return error;
}

// A client's requests, from what the caller wrote to what the engine takes.
import { engineBudget } from "../money/budget-options.js";
import { isSteered } from "../tools/is-steered.js";
import { load } from "../lazily.js";
import { bodyOf, callConfig, checkRequest, hasInnerNames, hasParts, headerPairs, json } from "./request-options.js";

/** @import { ChatRequest, ClientOptions } from "../index.js" */
/** @import { PreparedRequest } from "../chat/run.js" */
/** @import { DurableRef } from "../chat/durable-ref.js" */
/** @import { MessagePlaceholders } from "./message-placeholders.js" */
/** @import { Knowledge } from "../models/knowledge.js" */

/**
 * What else a request is prepared by.
 * @typedef {object} More
 * @property {Record<string, unknown>} [alone]  a configuration in place of the client's: nothing is known or noted beside it
 * @property {DurableRef} [durable]
 * @property {number} [spentUsd]  by an earlier run
 */

export class Preparation {
  #options;
  #config;
  #knowledge;
  #coolDowns;

  /** @param {() => ClientOptions} options @param {() => Record<string, unknown>} config @param {Knowledge} knowledge @param {import("../chat/cool-downs.js").CoolDowns} coolDowns */
  constructor(options, config, knowledge, coolDowns) {
    this.#options = options;
    this.#config = config;
    this.#knowledge = knowledge;
    this.#coolDowns = coolDowns;
  }

  /** What tools, objects and decisions between steps need; nothing for a plain chat. @param {any} request @param {{ isResumed?: boolean, beforeTools?: unknown }} [more] */
  steer(request, { isResumed = false, beforeTools } = {}) {
    return isResumed || isSteered(request) ? this.#steer(request, beforeTools) : undefined;
  }

  /** @param {any} request @param {unknown} beforeTools */
  async #steer(request, beforeTools) {
    if (beforeTools) request.tools = (await load(import("../state-part.js"))).mergedTools(beforeTools, request.tools ?? []);
    checkRequest(request);
    const { Steering } = await load(import("../tools-part.js"));
    return Steering.of(request, this.#knowledge.factsOf);
  }

  /** @param {ChatRequest} request @param {MessagePlaceholders} placeholders @param {More} more @returns {Promise<PreparedRequest>} */
  async run(request, placeholders, more) {
    const { durable } = more;
    if (!durable && !request.continueFrom) return this.prepare(request, placeholders, more);
    await durable?.open();
    const continued = request.continueFrom && (await load(import("../state-part.js"))).continuationOf(request.messages, request.continueFrom);
    const whole = { ...request, ...(continued && { messages: continued.messages }) };
    const { messages, ...prepared } = await this.prepare(whole, placeholders, more);
    return { ...prepared, messages: continued?.text ? messages.slice(0, -2) : messages, ...(continued?.text && { continuation: continued }) };
  }

  /** @param {any} request @param {MessagePlaceholders} placeholders @param {More} [more] @returns {Promise<PreparedRequest>} */
  async prepare(request, placeholders, { alone, spentUsd } = {}) {
    checkRequest(request);
    const knowledge = this.#knowledge, options = this.#options();
    const { sessionId } = request;
    const { request: named, strange } = hasInnerNames(request) || hasInnerNames(options.params) || hasParts(request.messages) || options.models || options.app || options.limits || options.telemetry ? (await load(import("./inner-names.js"))).wireNames(request, options) : { request, strange: [] };
    const session = sessionId === undefined || sessionId === null ? named : { ...named, sessionId: await (await load(import("./inner-names.js"))).hashedSession(sessionId) };
    const { body, executables } = bodyOf(session, placeholders.replace(request.messages));
    if (placeholders.unjudged.length > 0) {
      const { judgeImages } = await load(import("../transcript-part.js"));
      await judgeImages(placeholders, request.resizeImage ?? options.resizeImage);
    }
    const { steered } = request;
    const own = steered ? steered.messages : request.messages;
    const messages = Array.isArray(own) ? [...own] : [];
    const budget = engineBudget(request.budget, options.budget);
    const asked = knowledge.requestedModels(request);
    if (budget && !alone) await knowledge.loadPrices(asked, request);
    const known = alone ? {} : { coolDowns: this.#coolDowns.list(), catalogModels: await knowledge.facts(asked) };
    const config = callConfig(alone ?? this.#config(), request, {
      ...known,
      ...(executables.length > 0 && { executableTools: executables }),
      ...steered?.config,
      ...(steered?.isWithoutTools && { models: knowledge.withoutTools(request.model) }),
      ...(strange.length > 0 && { strangeNames: [this.#config().strangeNames ?? "", ...strange].join("\n") }),
    });
    const guarded = budget && { budget: { ...budget, spentUsd } };
    return { config, headers: json("headers", headerPairs(request.headers) ?? []), body, messages, ...guarded };
  }
}

// A request as it would be sent.
import { ACTION_END, ACTION_REPAIR, BatchReader, changesOf, chatEngine, EventQueue, fromEngine, OpenRouterError, SECRET_NAME, withoutKey } from "../first-part.js";
import { Guard } from "../money/run-budget.js";
import { utf8Length } from "../money/utf8-length.js";
import { Repairs } from "./repairs.js";

/** @import { MessagePlaceholders } from "./message-placeholders.js" */
/** @import { ChatEngine } from "../engine/chat.js" */
/** @import { PreparedChat } from "../index.js" */
/** @import { Hold } from "../money/hold.js" */


/**
 * @param {ChatEngine} engine
 * @param {MessagePlaceholders} placeholders
 * @param {{ config: string, headers: string, body: string, budget?: EngineBudget }} request
 * @param {string} key  as far as it is known without asking for it
 * @param {PriceOf} [priceOf]  of a request with a budget
 * @returns {Promise<PreparedChat>}
 */
export async function prepareRequest(engine, placeholders, request, key, priceOf) {
  const { description, text } = await shape(engine, placeholders, request, { ...(priceOf && { forecast: { priceOf } }) });
  const { needsKey, ...rest } = description;
  /** @type {Record<string, string>} */
  const headers = {};
  for (const [name, value] of Object.entries(rest.headers)) headers[name] = SECRET_NAME.test(name) ? "[redacted]" : withoutKey(/** @type {string} */ (value), key);
  if (needsKey) headers.Authorization = "Bearer [redacted]";
  /** @type {any} */
  let parsed;
  return {
    ...rest,
    headers,
    bodyText: text,
    // Read on demand: a long transcript is not worth reading for its headers.
    get body() {
      return (parsed ??= JSON.parse(text));
    },
  };
}

/** @typedef {import("../money/run-money.js").MoneyPlan["boundOf"]} PriceOf */
/** @typedef {import("../money/run-budget.js").EngineBudget} EngineBudget */

/**
 * @param {ChatEngine} engine
 * @param {MessagePlaceholders} placeholders
 * @param {{ config: string, headers: string, body: string, budget?: EngineBudget }} request  `budget`: for `forecast` and `admission`
 * @param {{ isForeign?: boolean, forecast?: { priceOf: PriceOf }, admission?: { priceOf: PriceOf, spentPico: () => number, hold: (pico: number) => Hold } }} more
 *   `forecast`: warns where a budget is too small; `admission`: refuses what does not fit into it, as a run does before it sends
 * @returns {Promise<{ description: any, text: string, hold?: Hold }>}  `hold`: what an admitted request may come to
 */
export async function shape(engine, placeholders, { config, headers, body, budget }, { isForeign = false, forecast, admission }) {
  let session, hold;
  /** @type {Repairs | undefined} */
  let repairs;
  const guard = budget && (forecast || admission) ? await Guard.open(budget) : undefined;
  // The one that was started may have been replaced while something else was loaded, and this one may not be while the session waits.
  engine = chatEngine.startNow();
  const isNeeded = () => {};
  try {
    session = new engine.glue.ChatSession(config, headers, body, placeholders.describe(isForeign ? { isForeign: true } : undefined), 0, 0);
    if (session.nextSend() === ACTION_REPAIR) {
      repairs = new Repairs();
      chatEngine.onEnd(isNeeded);
      const answer = await repairs.repair(session.repairRequest(), placeholders.describe());
      if (session.repaired(answer) === ACTION_END) throw failureOf(engine);
      session.nextSend();
    }
    const [asked, ...pieces] = engine.exchange.texts;
    const text = placeholders.putBack(pieces.join(""));
    const frame = pieces[0] + pieces[pieces.length - 1];
    if (guard && forecast) {
      const { outputLimit, ...send } = outgoing(asked, text, frame, placeholders, forecast.priceOf);
      const warning = guard.ask((guard) => guard.forecast(JSON.stringify(send), outputLimit));
      if (warning) session.warn(warning);
    }
    if (guard && admission) hold = admit(guard, session, outgoing(asked, text, frame, placeholders, admission.priceOf), admission);
    const { changes, warnings, ...rest } = JSON.parse(session.describe(!isForeign));
    return { description: { ...rest, changes: changesOf(changes), warnings: changesOf(warnings) }, text, hold };
  } catch (thrown) {
    throw fromEngine(thrown);
  } finally {
    session?.free();
    repairs?.free();
    guard?.free();
    chatEngine.offEnd(isNeeded);
  }
}

/**
 * Before a send, whose prompt is held from then on, at once: it is nobody else's to spend.
 * @param {Guard} guard @param {import("../engine/wasm/chat-glue.js").ChatSession} session @param {object} send @param {{ spentPico: () => number, hold: (pico: number) => Hold }} books
 */
function admit(guard, session, send, { spentPico, hold }) {
  return guard.ask((guard) => {
    guard.setOthers(spentPico());
    const { error, warning } = JSON.parse(guard.admit(JSON.stringify(send)));
    if (error) throw new OpenRouterError(error);
    if (warning) session.warn(warning);
    return hold(guard.held(0));
  });
}

/** Why the run is over before it began. @param {ChatEngine} engine */
function failureOf(engine) {
  const reader = new BatchReader();
  engine.exchange.read(reader, new EventQueue());
  return new OpenRouterError(/** @type {{ error: any }} */ (reader.failed).error);
}

/** What the guard of a budget asks of a request. @param {string} asked  the engine's record of what is sent @param {string} text @param {string} frame @param {MessagePlaceholders} placeholders @param {PriceOf} priceOf */
function outgoing(asked, text, frame, placeholders, priceOf) {
  const { model, pricing, outputLimit } = JSON.parse(asked);
  const { count, chars } = placeholders.media;
  return { model, pricing: priceOf(model, pricing, frame), outputLimit, atMs: Date.now(), promptChars: utf8Length(text) - chars, media: count };
}

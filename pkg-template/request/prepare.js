// A request as it would be sent.
import { ACTION_END, ACTION_REPAIR, BatchReader, changesOf, chatEngine, EventQueue, fromEngine, load, OpenRouterError, SECRET_NAME, withoutKey } from "../first-part.js";

/** @import { MessagePlaceholders } from "./message-placeholders.js" */
/** @import { ChatEngine } from "../engine/chat.js" */
/** @import { PreparedChat } from "../index.js" */
/** @import { Hold } from "../money/hold.js" */
/** @import { Guard } from "../money/run-budget.js" */
/** @import { Repairs } from "./repairs.js" */

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
  const money = budget && (forecast || admission) ? await load(import("../services-part.js")) : undefined;
  const guard = await money?.Guard.open(/** @type {EngineBudget} */ (budget));
  // The one that was started may have been replaced while something else was loaded, and this one may not be while the session waits.
  engine = chatEngine.startNow();
  const isNeeded = () => {};
  try {
    session = new engine.glue.ChatSession(config, headers, body, placeholders.describe(isForeign ? { isForeign: true } : undefined), 0, 0);
    if (session.nextSend() === ACTION_REPAIR) {
      chatEngine.onEnd(isNeeded);
      const { Repairs } = await load(import("../transcript-part.js"));
      repairs = new Repairs();
      const answer = await repairs.repair(session.repairRequest(), placeholders.describe());
      if (session.repaired(answer) === ACTION_END) throw failureOf(engine);
      session.nextSend();
    }
    const [asked, ...pieces] = engine.exchange.texts;
    const text = placeholders.putBack(pieces.join(""));
    const frame = pieces[0] + pieces[pieces.length - 1];
    const outgoing = (/** @type {PriceOf} */ priceOf) => sendOf(asked, money?.utf8Length(text) ?? 0, frame, placeholders, priceOf);
    if (guard && forecast) {
      const { outputLimit, ...send } = outgoing(forecast.priceOf);
      const warning = guard.ask((guard) => guard.forecast(JSON.stringify(send), outputLimit));
      if (warning) session.warn(warning);
    }
    if (guard && admission) hold = admit(guard, session, outgoing(admission.priceOf), admission);
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

/** What the guard of a budget asks of a request. @param {string} asked  the engine's record of what is sent @param {number} chars  of the body, in UTF-8 @param {string} frame @param {MessagePlaceholders} placeholders @param {PriceOf} priceOf */
function sendOf(asked, chars, frame, placeholders, priceOf) {
  const { model, pricing, outputLimit } = JSON.parse(asked);
  const { media } = placeholders;
  return { model, pricing: priceOf(model, pricing, frame), outputLimit, atMs: Date.now(), promptChars: chars - media.chars, media: media.count };
}

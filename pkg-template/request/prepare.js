// A request as it would be sent.
import { ACTION_END, ACTION_REPAIR, ACTION_SEND, BatchReader, changesOf, chatEngine, EventQueue, fromEngine, OpenRouterError, SECRET_NAME, withoutKey } from "../first-part.js";
import { utf8Length } from "../money/utf8-length.js";
import { Repairs } from "./repairs.js";

/** @import { Carrier } from "./carried-media.js" */
/** @import { ChatEngine } from "../engine/chat.js" */
/** @import { PreparedChat } from "../index.js" */
/** @import { Hold } from "../money/hold.js" */


/**
 * @param {ChatEngine} engine
 * @param {Carrier} carrier
 * @param {{ config: string, headers: string, body: string }} request
 * @param {string} key  as far as it is known without asking for it
 * @param {PriceOf} [priceOf]  of a request with a budget
 * @returns {Promise<PreparedChat>}
 */
export async function prepareRequest(engine, carrier, request, key, priceOf) {
  const { description, text } = await shape(engine, carrier, request, priceOf ? { forecast: { priceOf } } : {});
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

/** @typedef {(apiId: string) => object | undefined} PriceOf */

/**
 * @param {ChatEngine} engine
 * @param {Carrier} carrier
 * @param {{ config: string, headers: string, body: string }} request
 * @param {{ isForeign?: boolean, forecast?: { priceOf: PriceOf }, admission?: { priceOf: PriceOf, spentPico: () => number, hold: (pico: number) => Hold } }} more
 *   `forecast`: warns where a budget is too small; `admission`: refuses what does not fit into it, as a run does before it sends
 * @returns {Promise<{ description: any, text: string, hold?: Hold }>}  `hold`: what an admitted request may come to
 */
export async function shape(engine, carrier, { config, headers, body }, { isForeign = false, forecast, admission }) {
  let session, hold;
  /** @type {Repairs | undefined} */
  let repairs;
  // The one that was started may have been replaced while something else was loaded, and this one may not be while the session waits.
  engine = chatEngine.startNow();
  const isNeeded = () => {};
  try {
    session = new engine.glue.ChatSession(config, headers, body, carrier.describe(isForeign ? { isForeign: true } : undefined), 0);
    if (session.nextSend() === ACTION_REPAIR) {
      repairs = new Repairs();
      chatEngine.onEnd(isNeeded);
      const answer = await repairs.repair(session.repairRequest(), carrier.describe());
      if (session.repaired(answer) === ACTION_END) throw failureOf(engine);
      session.nextSend();
    }
    const [asked, ...pieces] = engine.exchange.texts;
    const text = carrier.putBack(pieces.join(""));
    if (forecast) session.forecast(outgoing(asked, text, carrier, forecast.priceOf));
    if (admission) {
      session.setOthers(admission.spentPico());
      if (session.admit(outgoing(asked, text, carrier, admission.priceOf)) !== ACTION_SEND) {
        throw failureOf(engine);
      }
      // At once: what is held is nobody else's to spend.
      hold = admission.hold(session.heldPico());
    }
    const { changes, warnings, ...rest } = JSON.parse(session.describe(!isForeign));
    return { description: { ...rest, changes: changesOf(changes), warnings: changesOf(warnings) }, text, hold };
  } catch (thrown) {
    throw fromEngine(thrown);
  } finally {
    session?.free();
    repairs?.free();
    chatEngine.offEnd(isNeeded);
  }
}

/** Why the run is over before it began. @param {ChatEngine} engine */
function failureOf(engine) {
  const reader = new BatchReader();
  engine.exchange.read(reader, new EventQueue());
  return new OpenRouterError(/** @type {{ error: any }} */ (reader.failed).error);
}

/** What the guard of a budget asks of a request. @param {string} asked  the engine's record of what is sent @param {string} text @param {Carrier} carrier @param {PriceOf} priceOf */
function outgoing(asked, text, carrier, priceOf) {
  const { model, pricing = priceOf(model) } = JSON.parse(asked);
  const { count, chars } = carrier.media;
  return JSON.stringify({ pricing, atMs: Date.now(), promptChars: utf8Length(text) - chars, media: count });
}

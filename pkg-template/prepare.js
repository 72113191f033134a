// A request as it would be sent.
import { changesOf } from "./changes.js";
import { fromEngine, withoutKey } from "./errors.js";
import { utf8Length } from "./money/run-money.js";

/** @import { Carrier } from "./carried-media.js" */
/** @import { Engine } from "./engine.js" */
/** @import { PreparedChat } from "./index.js" */

/** Headers whose value nobody should see. */
const SECRET_NAME = /authorization|api-?key|token|secret|password|cookie/i;

/**
 * @param {Engine} engine
 * @param {Carrier} carrier
 * @param {{ config: string, headers: string, body: string }} request
 * @param {string} key  as far as it is known without asking for it
 * @param {(apiId: string) => object | undefined} priceOf
 * @returns {PreparedChat}
 */
export function prepareRequest(engine, carrier, request, key, priceOf) {
  const { description, text } = shape(engine, carrier, request, { priceOf });
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

/**
 * @param {Engine} engine
 * @param {Carrier} carrier
 * @param {{ config: string, headers: string, body: string }} request
 * @param {{ isForeign?: boolean, priceOf?: (apiId: string) => object | undefined }} [more]  `priceOf`: warns where a budget is too small
 * @returns {{ description: any, text: string }}
 */
export function shape({ glue }, carrier, { config, headers, body }, more) {
  let session;
  try {
    session = new glue.ChatSession(config, headers, body, carrier.describe(more?.isForeign ? { isForeign: true } : undefined), 0);
    const stable = session.takeStable();
    const [head, volatile, tail] = session.frame().split("\0");
    const text = carrier.putBack(head + stable + volatile + tail);
    if (more?.priceOf) forecast(session, text, carrier, more.priceOf);
    const { changes, warnings, ...rest } = JSON.parse(session.describe(!more?.isForeign));
    return { description: { ...rest, changes: changesOf(changes), warnings: changesOf(warnings) }, text };
  } catch (thrown) {
    throw fromEngine(thrown);
  } finally {
    session?.free();
  }
}

/** Has the engine warn of a request that may cost more than its budget. @param {import("./wasm/glue.js").ChatSession} session @param {string} text @param {Carrier} carrier @param {(apiId: string) => object | undefined} priceOf */
function forecast(session, text, carrier, priceOf) {
  const [model, own] = session.priced().split("\0");
  const { count, chars } = carrier.media;
  session.forecast(JSON.stringify({ pricing: own ? JSON.parse(own) : priceOf(model), atMs: Date.now(), promptChars: utf8Length(text) - chars, media: count }));
}

// A request as it would be sent.
import { changesOf } from "./changes.js";
import { fromEngine, withoutKey } from "./errors.js";

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
 * @returns {PreparedChat}
 */
export function prepareRequest(engine, carrier, request, key) {
  const { description, text } = shape(engine, carrier, request);
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
 * @param {{ isForeign: boolean }} [more]
 * @returns {{ description: any, text: string }}
 */
export function shape({ glue }, carrier, { config, headers, body }, more) {
  let session;
  try {
    session = new glue.ChatSession(config, headers, body, carrier.describe(more), 0);
    const { changes, warnings, ...rest } = JSON.parse(session.describe(!more?.isForeign));
    const description = { ...rest, changes: changesOf(changes), warnings: changesOf(warnings) };
    const stable = session.takeStable();
    const [head, volatile, tail] = session.frame().split("\0");
    return { description, text: carrier.putBack(head + stable + volatile + tail) };
  } catch (thrown) {
    throw fromEngine(thrown);
  } finally {
    session?.free();
  }
}

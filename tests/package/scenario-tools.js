// What scenarios are written with. Nothing in here knows the runtime.

/**
 * @typedef {object} World
 * @property {typeof import("openrouter-wasm")} api
 * @property {typeof import("openrouter-wasm/simulator")} simulator
 * @property {string} remote  base URL of a simulator behind a port, which obeys the body field `simulator`
 * @property {() => Promise<any[]>} remoteRequests  what arrived there
 */

export const question = [{ role: /** @type {const} */ ("user"), content: "hello" }];

/**
 * A client before a simulator of its own; several scripts wait in line.
 * @param {World} world @param {object | object[]} [script] @param {object} [options]
 */
export function local({ api, simulator }, script, options = {}) {
  const server = simulator.createSimulator({ delayMs: 0 });
  for (const one of Array.isArray(script) ? script : script ? [script] : []) server.enqueue(one);
  return { server, client: new api.OpenRouter({ apiKey: "sk-or-v1-test", fetch: server.fetch, ...options }) };
}

/** @param {AsyncIterable<any>} run */
export async function collect(run) {
  const events = [];
  for await (const event of run) events.push(event);
  return events;
}

/** @param {Promise<unknown>} promise @returns {Promise<any>} */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it should have been rejected");
}

/** @param {() => unknown} call @returns {any} */
export function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("it should have thrown");
}

/** @param {any[]} events @param {string} type */
export const ofType = (events, type) => events.filter((event) => event.type === type);
/** @param {any[]} events @param {string} type */
export const textOf = (events, type) => ofType(events, type).map((event) => event.text).join("");

/** @param {string} text */
const short = (text) => (text && text.length > 600 ? `${text.slice(0, 600)}… (${text.length})` : text);

/** @param {unknown} actual @param {unknown} expected @param {string} what */
export function same(actual, expected, what) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: got ${short(left)}, expected ${short(right)}`);
}

/** @param {unknown} condition @param {string} what */
export function ok(condition, what) {
  if (!condition) throw new Error(what);
}

/** @param {() => Promise<boolean>} condition @param {string} what */
export async function eventually(condition, what) {
  for (let tries = 0; tries < 1500; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`never happened: ${what}`);
}

/** A PNG of 1x1 pixels as far as its head tells, with as many bytes behind it as wanted. @param {number} base64Length */
export const png = (base64Length) => `iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ${"A".repeat(base64Length - 44)}`;

// Parts of the client that load when they are called.
import { describe, OpenRouterError } from "./errors.js";

/**
 * An object whose methods load what they belong to, once, and call it.
 * @template {string} N @template {Record<N, (...args: any[]) => any>} T
 * @param {readonly N[]} names @param {() => Promise<T>} open
 * @returns {{ [K in N]: T[K] }}
 */
export function lazily(names, open) {
  /** @type {Promise<T> | undefined} */
  let opening;
  const opened = () => {
    opening ??= load(open());
    // A network that failed may be back with the next call.
    opening.catch(() => (opening = undefined));
    return opening;
  };
  /** @type {any} */
  const part = {};
  for (const name of names) part[name] = async (/** @type {any[]} */ ...args) => (await opened())[name](...args);
  return part;
}

/** A part on its way. @template T @param {Promise<T>} importing @returns {Promise<T>} */
export function load(importing) {
  return importing.catch((cause) => {
    throw notLoaded(cause);
  });
}

/**
 * What a failed `import()` becomes. Service workers refuse all of them, in words that name no remedy.
 * @param {unknown} cause
 */
export function notLoaded(cause) {
  if (OpenRouterError.isInstance(cause)) return cause;
  const remedy = "ServiceWorkerGlobalScope" in globalThis ? "; a service worker has no import(): take openrouter-wasm/standalone there" : "";
  const message = `a part of openrouter-wasm could not be loaded: ${cause instanceof Error ? cause.message : describe(cause)}${remedy}`;
  return new OpenRouterError({ code: "engine", message, isRetryable: remedy === "" }, { cause });
}

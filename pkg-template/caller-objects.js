// What a caller hands in is read through getters and proxies of the caller's own: what those throw is told as what it is, a request that cannot
// be read.
import { describe, invalidRequest, isTrap, OpenRouterError } from "./errors.js";
import { maskedCause } from "./masked-cause.js";

/**
 * Does the reading, at once or in its time; whatever it throws is the package's error.
 * @template T
 * @param {string} place  begins the message
 * @param {() => T} read
 * @returns {T}
 */
export function reading(place, read) {
  const refused = (/** @type {unknown} */ thrown) => {
    if (OpenRouterError.isInstance(thrown) || isTrap(thrown)) return thrown;
    return invalidRequest(`${place}: cannot be read: ${describe(thrown)}`, maskedCause(thrown, ""));
  };
  try {
    const result = /** @type {any} */ (read());
    if (!(result instanceof Promise)) return result;
    return /** @type {any} */ (result.catch((thrown) => {
      throw refused(thrown);
    }));
  } catch (thrown) {
    throw refused(thrown);
  }
}

// A trap outside of a run: the instance it happened in is not to be trusted any more, whoever called.
import { describe, engineError, isTrap } from "./errors.js";

/**
 * The functions and classes of the glue, so that a trap in any of them retires the instance and comes as the package's error.
 * @template {object} T
 * @param {T} glue
 * @param {(message: string) => void} retire
 * @returns {T}
 */
export function guardedGlue(glue, retire) {
  /** @template R @param {() => R} call @returns {R} */
  const guard = (call) => {
    try {
      return call();
    } catch (thrown) {
      if (!isBroken(thrown)) throw thrown;
      retire(describe(thrown));
      throw engineError(thrown);
    }
  };
  /** @type {ProxyHandler<any>} */
  const handler = {
    apply: (target, self, args) => guard(() => Reflect.apply(target, self, args)),
    construct: (target, args) => guard(() => Reflect.construct(target, args)),
  };
  const guarded = Object.entries(glue).map(([name, value]) => [name, typeof value === "function" ? new Proxy(value, handler) : value]);
  return Object.fromEntries(guarded);
}

/** Also where the stack is used up: what was under way was left in the middle. @param {unknown} thrown */
function isBroken(thrown) {
  return isTrap(thrown) || thrown instanceof RangeError || (thrown instanceof Error && thrown.name === "InternalError");
}

// One listener at a signal, however many wait for it: a server has one for everything it does, a page one for a hundred videos, and Node warns
// of the eleventh listener.

/** @type {WeakMap<AbortSignal, { calls: Set<() => void>, listener: () => void }>} */
const known = new WeakMap();

/**
 * Calls when the signal aborts. `call` must be nobody else's function.
 * @param {AbortSignal | null | undefined} signal @param {() => void} call
 */
export function onAbort(signal, call) {
  if (!signal) return;
  let entry = known.get(signal);
  if (!entry) {
    /** @type {Set<() => void>} */
    const calls = new Set();
    entry = { calls, listener: () => [...calls].forEach((one) => calls.delete(one) && one()) };
    known.set(signal, entry);
  }
  if (entry.calls.size === 0) signal.addEventListener("abort", entry.listener, { once: true });
  entry.calls.add(call);
}

/** @param {AbortSignal | null | undefined} signal @param {() => void} call */
export function offAbort(signal, call) {
  const entry = signal && known.get(signal);
  if (entry?.calls.delete(call) && entry.calls.size === 0) signal?.removeEventListener("abort", entry.listener);
}

/**
 * Throws the reason of a signal that has been aborted. Not `signal.throwIfAborted()`: Chromium has it since 100, Firefox since 97.
 * @param {AbortSignal | null | undefined} signal
 */
export function stopIfAborted(signal) {
  if (signal?.aborted) throw signal.reason ?? new DOMException("This operation was aborted", "AbortError");
}

// What every call that is no chat takes.
import { reading } from "../caller-objects.js";
import { invalidRequest } from "../errors.js";

/** @param {{ signal?: AbortSignal | null, timeoutMs?: number }} options @param {readonly string[]} [names]  see `checkNames` */
export function checkCallOptions(options, names) {
  reading("options", () => checkFields(options, names));
}

/**
 * Refuses a name that nobody reads, where the result has no place to tell of it.
 * @param {object} options @param {readonly string[]} names
 */
export function checkNames(options, names) {
  if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !names.includes(name)) throw invalidRequest(`${name}: there is no such option here; these are: ${names.join(", ")}`);
  }
}

/** @param {any} signal */
export function checkSignal(signal) {
  if (signal === undefined || signal === null) return;
  // Its reason is thrown on an abort: what cannot be read is told now.
  const { addEventListener } = reading("signal", () => ({ addEventListener: signal.addEventListener, reason: signal.reason }));
  if (typeof addEventListener !== "function") throw invalidRequest("signal: must be an AbortSignal");
}

/** @param {any} options @param {readonly string[]} [names] */
function checkFields(options, names) {
  if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
  if (names) checkNames(options, names);
  // Read once here, whatever else a call reads of it: what cannot be is told before anything is asked for.
  const { signal, timeoutMs } = { ...options };
  checkSignal(signal);
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs >= 0)) throw invalidRequest("timeoutMs: must be a number of milliseconds, 0 for no limit");
}

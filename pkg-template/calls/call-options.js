// What every call that is no chat takes.
import { reading } from "../caller-objects.js";
import { invalidRequest } from "../errors.js";

/** @param {{ signal?: AbortSignal | null, timeoutMs?: number }} options */
export function checkCallOptions(options) {
  reading("options", () => checkFields(options));
}

/** @param {any} options */
function checkFields(options) {
  if (typeof options !== "object" || options === null) throw invalidRequest("options: must be an object");
  // Read once here, whatever else a call reads of it: what cannot be is told before anything is asked for.
  const { signal, timeoutMs } = { ...options };
  if (signal !== undefined && signal !== null && typeof signal.addEventListener !== "function") throw invalidRequest("signal: must be an AbortSignal");
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs >= 0)) throw invalidRequest("timeoutMs: must be a number of milliseconds, 0 for no limit");
}

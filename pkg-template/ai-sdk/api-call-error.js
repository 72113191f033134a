// This package's errors as the AI SDK's `APICallError`: one object that both of them recognise.
import { mayRepeat } from "../chat/may-repeat.js";
import { OpenRouterError } from "../errors.js";

/** How the SDK knows its errors, across copies of itself. */
const MARKERS = ["vercel.ai.error", "vercel.ai.error.AI_APICallError"];

/**
 * @param {unknown} error
 * @param {{ url: string, request: any }} sent
 */
export function asApiCallError(error, { url, request }) {
  // The reason of an abort is the caller's own.
  if (!OpenRouterError.isInstance(error)) return error;
  const { status, retryAfterMs, requestId, upstream } = /** @type {any} */ (error);
  const headers = { ...(retryAfterMs !== undefined && { "retry-after-ms": String(retryAfterMs) }), ...(requestId !== undefined && { "x-generation-id": requestId }) };
  const { messages: _, signal: __, ...values } = request;
  const fields = { url, requestBodyValues: values, statusCode: status, responseHeaders: headers, responseBody: upstream === undefined ? undefined : JSON.stringify(upstream), data: upstream };
  // Not enumerable: the error's own JSON stays what it is.
  for (const [name, value] of Object.entries(fields)) Object.defineProperty(error, name, { value, configurable: true });
  // The SDK sends again by itself where an error says so.
  if (!mayRepeat(error)) /** @type {any} */ (error).isRetryable = false;
  for (const marker of MARKERS) Object.defineProperty(error, Symbol.for(marker), { value: true });
  return error;
}

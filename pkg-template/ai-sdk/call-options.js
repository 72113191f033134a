// What every call of the AI SDK brings beside what it is about, and what it is told beside the answer.
import { PROVIDER } from "./reasoning-details.js";

/** @param {any} options  of the call @param {Record<string, any>} settings  of the model */
export function commonOptions({ abortSignal, headers, providerOptions }, settings) {
  return {
    ...settings,
    ...(headers && { headers: headersOf(headers) }),
    ...(abortSignal && { signal: abortSignal }),
    ...providerOptions?.[PROVIDER],
  };
}

/** @param {Record<string, string | undefined>} headers */
export function headersOf(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

/** The SDK takes JSON and nothing else. @param {object} said @returns {Record<string, any>} */
export function metadataOf(said) {
  return { [PROVIDER]: JSON.parse(JSON.stringify(said)) };
}

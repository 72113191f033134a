// A page approves the call that it was asked about: one that it makes up, or changes, has no signature of the server's.
import { base64Of } from "../request/base64.js";

/**
 * HMAC-SHA256 of a call.
 * @param {string} secret
 * @param {{ id: string, name: string, input: unknown }} call
 */
export async function signatureOf(secret, { id, name, input }) {
  const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return base64Of(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(JSON.stringify([id, name, input])))));
}

/** In the same time wherever they differ. @param {string} secret @param {{ id: string, name: string, input: unknown }} call @param {unknown} signature */
export async function isSigned(secret, call, signature) {
  const expected = await signatureOf(secret, call);
  if (typeof signature !== "string" || signature.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ signature.charCodeAt(at);
  return difference === 0;
}

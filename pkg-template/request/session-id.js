// The id of a conversation as it is sent: 64 hex digits, since the name itself may be a person's.
import { invalidRequest } from "../first-part.js";

/** @param {unknown} name @returns {Promise<string>} */
export async function hashedSession(name) {
  if (typeof name !== "string" || name.trim() === "") throw invalidRequest("sessionId: must be a string that is not blank");
  if (!globalThis.crypto?.subtle) throw invalidRequest("sessionId: is sent as a hash, which a page can make on https alone; session_id goes out as it is");
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(name)));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

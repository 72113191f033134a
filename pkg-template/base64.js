// Bytes as base64, by the platform's own way where it has one.

/** @param {Uint8Array} bytes @returns {string} */
export function base64Of(bytes) {
  const own = /** @type {any} */ (bytes).toBase64;
  if (typeof own === "function") return own.call(bytes);
  let text = "";
  // The arguments of a call lie on the stack: not more than this at once.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

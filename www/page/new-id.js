// Names that nothing else has.

/** Not `crypto.randomUUID`, which a page without TLS does not get. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

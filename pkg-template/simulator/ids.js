/** Seeded ids and choices: the same seed gives the same sequence on every runtime. */

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * FNV-1a over UTF-16 units: spreads short texts well enough to choose among phrasings.
 * @param {string} text
 * @returns {number} an unsigned 32-bit integer
 */
export function hashText(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * @typedef {object} IdSource
 * @property {(unixSeconds: number) => string} generation `gen-<unix>-<20 alphanumerics>`
 * @property {() => string} toolCall `call_<24 alphanumerics>`
 * @property {() => string} ray a `cf-ray` value
 * @property {(length: number) => string} alphanumeric
 */

/**
 * @param {string | number} seed
 * @returns {IdSource}
 */
export function createIds(seed) {
  let state = hashText(String(seed));

  // mulberry32: 32 bits of state are plenty for ids, and it is six lines.
  function next() {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** @param {number} length */
  function alphanumeric(length) {
    let text = "";
    while (text.length < length) text += ALPHANUMERIC[next() % ALPHANUMERIC.length];
    return text;
  }

  return {
    alphanumeric,
    generation: (unixSeconds) => `gen-${unixSeconds}-${alphanumeric(20)}`,
    toolCall: () => `call_${alphanumeric(24)}`,
    ray: () => `${(next().toString(16) + next().toString(16)).padStart(16, "0").slice(0, 16)}-SIM`,
  };
}

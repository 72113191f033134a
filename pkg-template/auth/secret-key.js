// A key on its way from where it is kept to the header of a request.
import { invalidRequest } from "../errors.js";
import { registerSecret } from "./known-secrets.js";

const BRAND = Symbol.for("openrouter-wasm.secret-key");
const MASK = "[redacted]";

/**
 * What the keys are. Not in private fields: the consoles of browsers show those.
 * @type {WeakMap<SecretKey, string>}
 */
const values = new WeakMap();

/** A key that says nothing of itself: only `reveal()` gives it away. */
export class SecretKey {
  /** @param {string} key  cleaned of what pasting adds */
  constructor(key) {
    const cleaned = cleanKey(key);
    if (cleaned === "") throw invalidRequest("key: there is nothing in it that could be a key");
    values.set(this, cleaned);
    registerSecret(cleaned);
    Object.freeze(this);
  }

  reveal() {
    return /** @type {string} */ (values.get(this));
  }

  [BRAND]() {
    return this.reveal();
  }

  toString() {
    return MASK;
  }

  toJSON() {
    return MASK;
  }

  [Symbol.toPrimitive]() {
    return MASK;
  }

  [Symbol.for("nodejs.util.inspect.custom")]() {
    return MASK;
  }

  [Symbol.for("Deno.customInspect")]() {
    return MASK;
  }
}

/**
 * What a caller gives as a key, as text: also the key object of another copy of this package.
 * @param {unknown} key @returns {string | undefined}
 */
export function keyText(key) {
  if (typeof key === "string") return key;
  return isSecretKey(key) ? key[BRAND]() : undefined;
}

/** @param {unknown} value @returns {value is SecretKey & { [BRAND]: () => string }} */
export function isSecretKey(value) {
  try {
    return typeof value === "object" && value !== null && BRAND in value;
  } catch {
    // A revoked proxy.
    return false;
  }
}

/**
 * Whose key it is, by its prefix. A chat never asks: keys of proxies look as they like.
 * @param {unknown} key @returns {"openrouter" | "perplexity" | undefined}
 */
export function detectKey(key) {
  const text = cleanKey(keyText(key) ?? "").toLowerCase();
  if (text.startsWith("sk-or-")) return "openrouter";
  return text.startsWith("pplx-") ? "perplexity" : undefined;
}

/**
 * A pasted key without what pasting adds, as the engine cleans it before it is sent: what is stored and compared should be the same text.
 * @param {string} key
 */
export function cleanKey(key) {
  if (typeof key !== "string") return "";
  // Control characters, and everything outside Latin-1, halves of surrogate pairs included.
  const text = key.replace(/[\u0000-\u001f\u007f-\u009f\u0100-\uffff]/g, "");
  let [from, to] = [0, text.length];
  // Spaces alone, no `trim()`: the engine knows no other white space that is left by now.
  while (text[from] === " ") from += 1;
  while (to > from && text[to - 1] === " ") to -= 1;
  return text.slice(from, to);
}

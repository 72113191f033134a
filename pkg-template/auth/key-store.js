// Where a key comes from: what the caller says, what was stored, what the environment holds.
import { checkNames, cleanKey, describe, invalidRequest, keyText, maskedCause, OpenRouterError, reading, SecretKey } from "../first-part.js";
import { redact } from "./redact.js";
import { textsIn } from "./text-storage.js";

/** @import { KeySources, KeyStore, KeyStoreOptions, SecretKey as AnySecretKey, SignedIn, StoredKey } from "../index.js" */

const DEFAULT_PROFILE = "openrouter:default";
const VARIABLE = "OPENROUTER_API_KEY";

/**
 * @param {KeyStoreOptions} [options]
 * @returns {KeyStore}
 */
export function createKeyStore(options = {}) {
  return reading("options", () => {
    checkNames(options, ["storage", "profile"]);
    return storeOf(options);
  });
}

/** @param {KeyStoreOptions} options @returns {KeyStore} */
function storeOf({ storage = new Map(), profile = DEFAULT_PROFILE }) {
  if (typeof profile !== "string" || profile === "") throw invalidRequest("profile: must be a name");
  const texts = textsIn(storage);
  return Object.freeze({
    profile,
    load: async () => storedKey(await texts.read(profile)),
    /** @param {string | AnySecretKey | SignedIn} given */
    async save(given) {
      const isResult = reading("key", () => typeof given === "object" && given !== null && "key" in given);
      const key = reading("key", () => new SecretKey(keyText(isResult ? /** @type {SignedIn} */ (given).key : given) ?? ""));
      const metadata = isResult ? { authFlow: /** @type {const} */ ("oauth-pkce"), ...(/** @type {SignedIn} */ (given).userId !== undefined && { userId: /** @type {SignedIn} */ (given).userId }) } : {};
      await texts.write(profile, JSON.stringify({ type: "api_key", key: key.reveal(), metadata }));
      return { type: /** @type {const} */ ("api_key"), key, metadata };
    },
    remove: () => texts.remove(profile),
  });
}

/** An entry that cannot be read is none: signing in again writes a good one. @param {string | undefined} text @returns {StoredKey | undefined} */
function storedKey(text) {
  try {
    const { type, key, metadata } = JSON.parse(text ?? "null");
    if (type !== "api_key" || cleanKey(key) === "") return undefined;
    return { type, key: new SecretKey(key), metadata: typeof metadata === "object" && metadata !== null ? metadata : {} };
  } catch {
    return undefined;
  }
}

/**
 * The first of these that holds a key: `apiKey` (itself, or what it returns), the stored profile, the environment.
 * @param {KeySources} [sources]
 * @returns {Promise<AnySecretKey | undefined>}
 */
export function resolveKey(sources = {}) {
  return reading("sources", () => {
    checkNames(sources, ["apiKey", "store", "env"]);
    return firstKey(sources);
  });
}

/** @param {KeySources} sources @returns {Promise<AnySecretKey | undefined>} */
async function firstKey({ apiKey, store, env }) {
  return (await explicitKey(apiKey)) ?? (store && (await store.load())?.key) ?? (env ? secretOf(await variable(env)) : undefined);
}

/** @param {KeySources["apiKey"]} apiKey */
async function explicitKey(apiKey) {
  if (typeof apiKey !== "function") return secretOf(apiKey);
  try {
    return secretOf(await apiKey());
  } catch (cause) {
    throw new OpenRouterError({ code: "auth", message: `apiKey() failed: ${redact(describe(cause))}` }, { cause: maskedCause(cause, "") });
  }
}

/** @param {any} env @returns {Promise<unknown>} */
async function variable(env) {
  // `Deno.env` is asked; a record has no function under that name.
  const value = typeof env.get === "function" ? await env.get(VARIABLE) : env[VARIABLE];
  // A binding of Cloudflare's Secrets Store.
  return typeof value?.get === "function" ? value.get() : value;
}

/** @param {unknown} value @returns {SecretKey | undefined} */
function secretOf(value) {
  if (value instanceof SecretKey) return value;
  const text = cleanKey(keyText(value) ?? "");
  return text === "" ? undefined : new SecretKey(text);
}

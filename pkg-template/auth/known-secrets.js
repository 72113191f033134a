// The keys that were made so far. Apart from what masks them: an app that never logs should not carry all those patterns.

/** Headers whose value nobody should see. */
export const SECRET_NAME = /authorization|api-?key|token|secret|password|cookie/i;

const SHORTEST_SECRET = 6;
const MOST_SECRETS = 512;

/** Oldest first. @type {Set<string>} */
export const knownSecrets = new Set();
let version = 0;

/** Changes with the set. */
export const knownSecretsVersion = () => version;

/** Masks this value in whatever is redacted from now on. @param {string} value */
export function registerSecret(value) {
  if (!isMaskable(value)) return;
  // Again at the end: a key in use must not be the oldest.
  if (!knownSecrets.delete(value)) version += 1;
  knownSecrets.add(value);
  if (knownSecrets.size > MOST_SECRETS) knownSecrets.delete(/** @type {string} */ (knownSecrets.values().next().value));
}

/** Shorter ones are parts of words. @param {string} value */
export const isMaskable = (value) => value.length >= SHORTEST_SECRET;

// JSON Web Tokens by jose. A module of its own: whoever has no JWTs does not load it.
import { createLocalJWKSet, createRemoteJWKSet, customFetch, importJWK, importSPKI, jwtVerify } from "jose";

/**
 * @param {import("../types/gateway.js").JwtCallers} settings  checked
 * @returns {Promise<(token: string) => Promise<any>>}  gives the claims, or nothing for a token that is not to be trusted
 */
export async function jwtVerifier({ secret, publicKey, jwk, jwks, jwksUrl, algorithms, issuer, audience, clockToleranceSeconds = 5, fetch: send }) {
  const isSecret = secret !== undefined;
  // Named here and not taken from the token: a token must not choose how it is checked.
  const allowed = algorithms ?? (isSecret ? ["HS256"] : ["RS256", "PS256", "ES256", "EdDSA"]);
  let taken = allowed;
  /** @type {any} */
  let key;
  /** A key of ours, by each of the algorithms that its kind takes. @param {(algorithm: string) => Promise<unknown>} as @param {readonly string[]} tried */
  const ownKey = async (as, tried) => {
    const byAlgorithm = new Map();
    /** @type {unknown} */
    let cause;
    for (const algorithm of tried) await as(algorithm).then((own) => byAlgorithm.set(algorithm, own), (error) => void (cause = error));
    taken = [...byAlgorithm.keys()];
    // For whoever runs the gateway: nobody could come in.
    if (taken.length === 0) throw new Error(`callers.jwt: the key takes none of ${allowed.join(", ")}`, { cause });
    key = (/** @type {any} */ { alg }) => byAlgorithm.get(alg);
  };
  if (isSecret) key = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  else if (publicKey !== undefined) await ownKey((algorithm) => importSPKI(publicKey, algorithm), allowed);
  else if (jwk !== undefined) await ownKey((algorithm) => importJWK(/** @type {any} */ (jwk), algorithm), allowed.filter((algorithm) => algorithm === (/** @type {any} */ (jwk).alg ?? algorithm)));
  else if (jwks !== undefined) key = createLocalJWKSet(/** @type {any} */ (jwks));
  else key = createRemoteJWKSet(new URL(String(jwksUrl)), send ? { [customFetch]: send } : {});
  const options = { algorithms: taken, issuer, audience, clockTolerance: clockToleranceSeconds };
  /** A token that is forged, expired or none. */
  const isDistrusted = (/** @type {any} */ error) => /^ERR_J(?:WT|WS|OSE_ALG)|^ERR_JWKS_NO_MATCHING_KEY|^ERR_JOSE_NOT_SUPPORTED/.test(error?.code ?? "");
  /** @param {string} token @param {any} by */
  const claimsOf = async (token, by) => {
    try {
      return (await jwtVerify(token, by, options)).payload;
    } catch (error) {
      // What fails beside it (a key server that does not answer) is no caller's fault.
      if (isDistrusted(error)) return undefined;
      throw error;
    }
  };
  return async (token) => {
    try {
      return await claimsOf(token, key);
    } catch (error) {
      if (/** @type {any} */ (error)?.code !== "ERR_JWKS_MULTIPLE_MATCHING_KEYS") throw error;
      // A token that names no key of a set: any of them may have signed it.
      for await (const one of /** @type {AsyncIterable<any>} */ (error)) {
        const claims = await claimsOf(token, one);
        if (claims) return claims;
      }
      return undefined;
    }
  };
}

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
  /** @type {any} */
  let key;
  if (isSecret) key = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  else if (publicKey !== undefined) key = await importSPKI(publicKey, allowed[0]);
  else if (jwk !== undefined) key = await importJWK(jwk, /** @type {any} */ (jwk).alg ?? allowed[0]);
  else if (jwks !== undefined) key = createLocalJWKSet(/** @type {any} */ (jwks));
  else key = createRemoteJWKSet(new URL(String(jwksUrl)), send ? { [customFetch]: send } : {});
  const options = { algorithms: allowed, issuer, audience, clockTolerance: clockToleranceSeconds };
  return async (token) => {
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      // A token that is forged, expired or none; what fails beside it (a key server that does not answer) is no caller's fault.
      if (/^ERR_J(?:WT|WS|OSE_ALG)|^ERR_JWKS_NO_MATCHING_KEY|^ERR_JOSE_NOT_SUPPORTED/.test(/** @type {any} */ (error)?.code ?? "")) return undefined;
      throw error;
    }
  };
}

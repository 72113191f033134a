// Who asks: by tokens of the gateway's own, by JWT, or by a function.
import { invalid } from "./faults.js";
import { Refusal } from "./refusal.js";

/**
 * @typedef {object} Caller
 * @property {string} id
 * @property {readonly string[]} [models]
 * @property {import("../types/gateway.js").GatewayBudget} [budget]
 * @property {import("../types/gateway.js").GatewayLimits} [limits]
 */

/** @typedef {(request: Request, env: unknown) => Caller | null | undefined | Promise<Caller | null | undefined>} FindCaller */

const HASH = /^(?:sha256:)?([0-9a-f]{64})$/i;
const LONGEST_TOKEN = 16_384;

/** @param {any} callers  the option @returns {FindCaller} */
export function findCaller(callers) {
  if (typeof callers === "function") return async (request, env) => checked(await callers(request, env));
  if (callers?.tokens !== undefined && callers?.jwt !== undefined) {
    const byToken = ofTokens(callers.tokens), byJwt = ofJwt(callers.jwt);
    return async (request, env) => (await byToken(request, env)) ?? byJwt(request, env);
  }
  if (callers?.tokens !== undefined) return ofTokens(callers.tokens);
  if (callers?.jwt !== undefined) return ofJwt(callers.jwt);
  throw invalid("callers: must be a function, { tokens } or { jwt }");
}

/** SHA-256 in hex: what is stored of a token. @param {string} token */
export async function hashToken(token) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `Authorization: Bearer`, or what the SDKs of Anthropic send. @param {Request} request */
export function tokenOf(request) {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const token = bearer ?? request.headers.get("x-api-key")?.trim();
  return token && token.length <= LONGEST_TOKEN ? token : undefined;
}

/** @param {any} tokens  `{[token or hash]: caller}` or `[{ token | hash, ...caller }]` @returns {FindCaller} */
function ofTokens(tokens) {
  /** @type {[string, Caller][]} */
  const entries = Array.isArray(tokens)
    ? tokens.map((entry, at) => {
        const { token, hash, ...caller } = entry ?? {};
        const name = token ?? hash;
        if (typeof name !== "string" || name === "") throw invalid(`callers.tokens[${at}]: must have token or hash`);
        return /** @type {[string, Caller]} */ ([name, checked(caller, `callers.tokens[${at}]`)]);
      })
    : Object.entries(tokens ?? {}).map(([name, caller], at) => [name, checked(typeof caller === "string" ? { id: caller } : caller, `callers.tokens: entry ${at + 1}`)]);
  if (entries.length === 0) throw invalid("callers.tokens: has no token");
  /** @type {Promise<Map<string, Caller>> | undefined} */
  let byHash;
  const load = async () => new Map(await Promise.all(entries.map(async ([name, caller]) => /** @type {[string, Caller]} */ ([HASH.exec(name)?.[1].toLowerCase() ?? (await hashToken(name)), caller]))));
  return async (request) => {
    const token = tokenOf(request);
    if (token === undefined) return undefined;
    // By its hash: how long a comparison takes tells nothing of a token.
    return (await (byHash ??= load())).get(await hashToken(token));
  };
}

/** @param {any} settings @returns {FindCaller} */
function ofJwt(settings) {
  checkJwt(settings);
  /** @type {Promise<(token: string) => Promise<any>> | undefined} */
  let verifier;
  return async (request) => {
    const token = tokenOf(request);
    if (token === undefined) return undefined;
    verifier ??= import("./jwt.js").then(({ jwtVerifier }) => jwtVerifier(settings));
    const claims = await (await verifier)(token);
    if (!claims) return undefined;
    const caller = settings.caller ? await settings.caller(claims) : typeof claims.sub === "string" && claims.sub !== "" ? { id: claims.sub } : undefined;
    return checked(caller, "callers.jwt.caller");
  };
}

const JWT_KEYS = ["secret", "publicKey", "jwk", "jwks", "jwksUrl"];
/** Of a shared secret: shorter ones can be guessed. */
const SHORTEST_SECRET_BYTES = 16;

/** @param {any} settings */
function checkJwt(settings) {
  if (typeof settings !== "object" || settings === null) throw invalid("callers.jwt: must be an object");
  const given = JWT_KEYS.filter((name) => settings[name] !== undefined);
  if (given.length !== 1) throw invalid(`callers.jwt: must have one of ${JWT_KEYS.join(", ")}`);
  const { secret, caller } = settings;
  if (secret !== undefined && !((typeof secret === "string" || secret instanceof Uint8Array) && secret.length >= SHORTEST_SECRET_BYTES)) {
    throw invalid(`callers.jwt.secret: must have at least ${SHORTEST_SECRET_BYTES} bytes`);
  }
  if (caller !== undefined && typeof caller !== "function") throw invalid("callers.jwt.caller: must be a function");
}

/** @template T @param {T} caller @param {string} [place] @returns {T} */
function checked(caller, place = "callers") {
  if (caller === null || caller === undefined) return caller;
  const { id, models } = /** @type {any} */ (caller);
  if (typeof id !== "string" || id === "" || id.length > 256) throw invalid(`${place}: a caller must have an id, a text of at most 256 characters`);
  if (models !== undefined && !(Array.isArray(models) && models.every((model) => typeof model === "string"))) throw invalid(`${place}: models must be an array of ids`);
  return caller;
}


export function noCaller() {
  return new Refusal(401, "invalid_api_key", "No caller: send a token of this gateway as Authorization: Bearer", { "WWW-Authenticate": 'Bearer realm="gateway"' });
}

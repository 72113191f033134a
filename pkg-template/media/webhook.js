// What OpenRouter posts when a video has ended: whether it is from there, and what it says.
import { reading } from "../caller-objects.js";
import { checkNames } from "../calls/call-options.js";
import { describe, invalidRequest } from "../errors.js";
import { keyText } from "../auth/secret-key.js";

/** @import { SecretKey, VideoWebhookEvent } from "../index.js" */

const HEADER = "X-OpenRouter-Signature";
const TOLERANCE_SECONDS = 300;
/** More signatures than secrets that are being exchanged: not worth the work. */
const MAX_SIGNATURES = 8;

/**
 * @param {Request | { body: string | Uint8Array, signature: string }} request
 * @param {string | SecretKey} secret
 * @param {{ toleranceSeconds?: number, nowMs?: number }} [options]
 * @returns {Promise<VideoWebhookEvent>}
 */
export function verifyVideoWebhook(request, secret, options = {}) {
  return reading("request", () => {
    checkNames(options, ["toleranceSeconds", "nowMs"]);
    return verified(request, secret, options);
  });
}

/** @param {Request | { body: string | Uint8Array, signature: string }} request @param {string | SecretKey} secret @param {{ toleranceSeconds?: number, nowMs?: number }} options @returns {Promise<VideoWebhookEvent>} */
async function verified(request, secret, { toleranceSeconds = TOLERANCE_SECONDS, nowMs = Date.now() }) {
  const text = keyText(secret) ?? "";
  if (text === "") throw invalidRequest("secret: must be a string that is not empty");
  if (!(typeof toleranceSeconds === "number" && toleranceSeconds >= 0)) throw invalidRequest("toleranceSeconds: must be a number of seconds, 0 or more");
  if (!Number.isFinite(nowMs)) throw invalidRequest("nowMs: must be a number of milliseconds since 1970");
  const { body, signature } = await partsOf(request);
  const { timestamp, signatures } = readSignature(signature);
  if (!(await isSigned(text, timestamp, body, signatures))) throw invalidRequest("signature: does not fit the body and the secret");
  // After the signature: of what is not from OpenRouter nothing is told.
  const ageSeconds = nowMs / 1000 - Number(timestamp);
  if (Math.abs(ageSeconds) > toleranceSeconds) {
    const words = ageSeconds > 0 ? `${Math.round(ageSeconds)} seconds old` : `${Math.round(-ageSeconds)} seconds in the future`;
    throw invalidRequest(`signature: is ${words}, and ${toleranceSeconds} are allowed`);
  }
  return eventOf(body);
}

/** @param {any} request @returns {Promise<{ body: Uint8Array<ArrayBuffer>, signature: string }>} */
async function partsOf(request) {
  if (typeof request !== "object" || request === null) throw invalidRequest("request: must be a Request or {body, signature}");
  if (typeof request.arrayBuffer === "function" && typeof request.headers?.get === "function") {
    const signature = request.headers.get(HEADER);
    if (!signature) throw invalidRequest(`signature: the request has no ${HEADER} header`);
    try {
      return { body: new Uint8Array(await request.arrayBuffer()), signature };
    } catch (cause) {
      // Read before, by a framework: the bytes are gone, and JSON written anew is not what was signed.
      throw invalidRequest(`body: cannot be read: ${describe(cause)}`, cause);
    }
  }
  const { body, signature } = request;
  if (typeof signature !== "string" || signature === "") throw invalidRequest(`signature: must be the ${HEADER} header`);
  if (typeof body === "string") return { body: new TextEncoder().encode(body), signature };
  if (body instanceof Uint8Array) return { body: new Uint8Array(body), signature };
  throw invalidRequest("body: must be the raw body, a string or a Uint8Array");
}

/** @param {string} text `t=<unix seconds>,v1=<hex>`, more than one `v1` while a secret is exchanged */
function readSignature(text) {
  /** @type {string[]} */
  const times = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const signatures = [];
  for (const part of text.split(",")) {
    const [name, value = ""] = part.trim().split("=", 2);
    if (name === "t") times.push(value.trim());
    if (name === "v1" && /^[0-9a-f]{64}$/i.test(value.trim())) signatures.push(bytesOfHex(value.trim()));
  }
  if (times.length !== 1 || !/^\d{1,12}$/.test(times[0]) || signatures.length === 0 || signatures.length > MAX_SIGNATURES) {
    throw invalidRequest("signature: must read t=<unix seconds>,v1=<64 hexadecimal digits>");
  }
  return { timestamp: times[0], signatures };
}

/** @param {string} hex */
function bytesOfHex(hex) {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

/** By the platform, which compares in constant time. @param {string} secret @param {string} timestamp @param {Uint8Array} body @param {Uint8Array<ArrayBuffer>[]} signatures */
async function isSigned(secret, timestamp, body, signatures) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const head = new TextEncoder().encode(`${timestamp},`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  const fits = await Promise.all(signatures.map((signature) => crypto.subtle.verify("HMAC", key, signature, signed)));
  return fits.includes(true);
}

/** @param {Uint8Array} body @returns {VideoWebhookEvent} */
function eventOf(body) {
  let raw;
  try {
    raw = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw invalidRequest(`body: must be JSON: ${describe(cause)}`, cause);
  }
  const { type, created_at: createdAt, data } = raw ?? {};
  if (typeof type !== "string" || type === "") throw invalidRequest("body.type: must be a string");
  if (typeof data !== "object" || data === null) throw invalidRequest("body.data: must be an object");
  for (const name of ["id", "status"]) {
    if (typeof data[name] !== "string" || data[name] === "") throw invalidRequest(`body.data.${name}: must be a string`);
  }
  const { id, status, generation_id: generationId, model, unsigned_urls: urls, error } = data;
  const isUrls = Array.isArray(urls) && urls.every((url) => typeof url === "string");
  return {
    type,
    ...((typeof createdAt === "string" || typeof createdAt === "number") && { createdAt }),
    // As OpenRouter writes the header of that name, which is not signed: a delivery that is played again could bring another.
    idempotencyKey: `${id}-${status}`,
    id,
    status,
    ...(typeof generationId === "string" && { generationId }),
    ...(typeof model === "string" && { model }),
    ...(isUrls && { urls }),
    ...(typeof error === "string" && { error }),
    raw,
  };
}

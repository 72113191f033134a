// A caller's body, within its bounds: of size, and of time.
import { Refusal } from "./refusal.js";

/**
 * @param {Request} request @param {{ maxBodyBytes: number, bodyTimeoutMs: number }} limits
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function readBody(request, { maxBodyBytes, bodyTimeoutMs }) {
  const tooLarge = () => new Refusal(413, "body_too_large", `The body has more than ${maxBodyBytes} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(408, "body_too_slow", `The body did not arrive within ${bodyTimeoutMs} ms`)), bodyTimeoutMs);
  });
  /** @type {Uint8Array[]} */
  const pieces = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = /** @type {{ done: boolean, value?: Uint8Array }} */ (await Promise.race([reader.read(), late]));
      if (done) break;
      const piece = /** @type {Uint8Array} */ (value);
      length += piece.length;
      // Counted while it is read: the length in the header may be missing, or wrong.
      if (length > maxBodyBytes) throw tooLarge();
      pieces.push(piece);
    }
  } catch (error) {
    reader.cancel(error).catch(() => {});
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, "body_broken", "The body broke off");
  } finally {
    clearTimeout(timer);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** @param {Request} request @param {{ maxBodyBytes: number, bodyTimeoutMs: number }} limits @returns {Promise<any>} */
export async function readJson(request, limits) {
  // A form of another site can be sent without asking; JSON cannot.
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(request.headers.get("content-type") ?? "")) throw new Refusal(415, "not_json", "Send JSON: Content-Type: application/json");
  const bytes = await readBody(request, limits);
  let body;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Refusal(400, "not_json", `The body is no JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Refusal(400, "not_an_object", "The body must be a JSON object");
  return body;
}

/**
 * A form with files, or JSON: as one object of texts and files.
 * @param {Request} request @param {{ maxBodyBytes: number, bodyTimeoutMs: number }} limits @returns {Promise<Record<string, any>>}
 */
export async function readForm(request, limits) {
  const type = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\b/i.test(type)) return readJson(request, limits);
  const bytes = await readBody(request, limits);
  try {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    /** @type {Map<string, any>} */
    const fields = new Map();
    for (const [name, value] of form) {
      const list = name.endsWith("[]") ? name.slice(0, -2) : undefined;
      if (list === undefined) fields.set(name, value);
      else fields.set(list, [...(fields.get(list) ?? []), value]);
    }
    return Object.fromEntries(fields);
  } catch (cause) {
    throw new Refusal(400, "not_a_form", `The body is no form: ${cause instanceof Error ? cause.message : cause}`);
  }
}

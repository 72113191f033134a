// What the gateway itself refuses, in OpenAI's form.

/** OpenAI's words, which its SDKs know. @type {Record<number, string>} */
const TYPES = { 401: "authentication_error", 402: "insufficient_quota", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error" };

export class Refusal extends Error {
  /** @param {number} status @param {string} code @param {string} message @param {Record<string, string>} [headers] */
  constructor(status, code, message, headers = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** @param {number} status @param {string} code @param {string} message @param {Record<string, string>} [headers] */
export function refused(status, code, message, headers) {
  const type = TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
  return Response.json({ error: { message, type, code } }, { status, headers: { "Cache-Control": "no-store", ...headers } });
}

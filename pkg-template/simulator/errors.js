/** OpenRouter's error bodies, and the failures that are no HTTP answer at all. */

/** @type {Record<number, string>} */
const DEFAULT_MESSAGES = {
  400: "Invalid request parameters",
  401: "User not found.",
  402: "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
  403: "Access to this resource is forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request timed out",
  413: "Request payload too large",
  422: "Unprocessable request",
  429: "Rate limit exceeded",
  500: "Internal Server Error",
  502: "Provider returned error",
  503: "No provider is available for this request",
  504: "The provider did not answer in time",
  524: "The provider did not answer in time",
  529: "Provider overloaded",
};

/** An answer that is decided by throwing from any depth of a route. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} [message] left out: what OpenRouter says for that status
   * @param {Record<string, unknown>} [metadata]
   * @param {Record<string, string>} [headers]
   */
  constructor(status, message = defaultMessage(status), metadata, headers) {
    super(message);
    this.status = status;
    this.metadata = metadata;
    this.headers = headers;
  }
}

/** @param {number} status */
export function defaultMessage(status) {
  return DEFAULT_MESSAGES[status] ?? `Request failed with status ${status}`;
}

/**
 * @param {number} code
 * @param {string} [message]
 * @param {Record<string, unknown>} [metadata]
 */
export function errorBody(code, message = defaultMessage(code), metadata) {
  return { error: { message, code, ...(metadata && { metadata }) } };
}

/**
 * What `fetch` rejects with when no answer came at all. Both failures carry Node's shape; browsers throw a `TypeError` with other words, so
 * nobody should read the message anyway.
 */
export class SimulatedNetworkError extends TypeError {
  /** @param {boolean} [wasConnected] the request arrived, its answer did not */
  constructor(wasConnected = false) {
    super("fetch failed", { cause: wasConnected ? codedError("other side closed (simulated)", "UND_ERR_SOCKET") : codedError("connect ECONNREFUSED (simulated)", "ECONNREFUSED") });
  }
}

/** What a body reader gets when the connection breaks in the middle. */
export class SimulatedCutError extends TypeError {
  constructor() {
    super("terminated", { cause: codedError("other side closed (simulated)", "UND_ERR_SOCKET") });
  }
}

/**
 * @param {string} message
 * @param {string} code
 */
function codedError(message, code) {
  return Object.assign(new Error(message), { code });
}

/** What a script of the caller's threw, in words. @param {unknown} thrown */
export function wordsOf(thrown) {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === "object" ? (JSON.stringify(thrown) ?? "") : String(thrown);
}

// Who may call from a page. A script of a site that is not listed is refused before anything is spent.
import { Refusal } from "./refusal.js";

const ALLOW_METHODS = "GET, POST, DELETE, OPTIONS";
const EXPOSED = "X-Request-Id, X-Run-Id, X-Generation-Id, X-Budget-Used-Percent, X-Max-Tokens-Lowered, Retry-After, X-Should-Retry";
const DEFAULT_MAX_AGE_SECONDS = 7200;
/** What a preflight may ask for; SDKs send headers of their own, which go no further. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** @typedef {{ isAllowed(request: Request): boolean, preflight(request: Request): Response, headersFor(request: Request): Record<string, string> }} Cors */

/** @param {{ origins: "*" | readonly string[], maxAgeSeconds?: number }} settings @returns {Cors} */
export function corsOf({ origins, maxAgeSeconds = DEFAULT_MAX_AGE_SECONDS }) {
  const listed = new Set(origins === "*" ? [] : origins.map((origin) => new URL(origin).origin));
  const isListed = (/** @type {string} */ origin) => origins === "*" || listed.has(origin);
  const originOf = (/** @type {Request} */ request) => request.headers.get("origin");
  /** @param {Request} request @returns {Record<string, string>} */
  const headersFor = (request) => {
    const origin = originOf(request);
    if (origin === null || !isListed(origin)) return { Vary: "Origin" };
    return { "Access-Control-Allow-Origin": origins === "*" ? "*" : origin, "Access-Control-Expose-Headers": EXPOSED, Vary: "Origin" };
  };
  return {
    isAllowed(request) {
      const origin = originOf(request);
      return origin === null || isListed(origin) || origin === new URL(request.url).origin;
    },
    headersFor,
    preflight(request) {
      const origin = originOf(request);
      if (origin === null || !isListed(origin)) throw otherOrigin();
      const asked = (request.headers.get("access-control-request-headers") ?? "").split(",").map((name) => name.trim()).filter((name) => HEADER_NAME.test(name));
      const headers = { ...headersFor(request), "Access-Control-Allow-Methods": ALLOW_METHODS, "Access-Control-Max-Age": String(maxAgeSeconds), ...(asked.length > 0 && { "Access-Control-Allow-Headers": asked.join(", ") }) };
      return new Response(null, { status: 204, headers });
    },
  };
}

export function otherOrigin() {
  return new Refusal(403, "origin_not_allowed", "This site may not call the gateway: its origin is not in cors");
}

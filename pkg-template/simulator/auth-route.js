/** `GET /auth` and `POST /auth/keys`: signing in with PKCE, the page where the visitor allows it, and the exchange. */

import { ApiError } from "./errors.js";
import { rawPart } from "./wire-plan.js";

/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

const CODE_LIFE_MS = 600_000;
const METHODS = ["S256", "plain"];
const USER_ID = "user_simulator";

/**
 * @typedef {object} Grant a code that was given out
 * @property {string | null} challenge
 * @property {string} method
 * @property {number} expiresAtMs
 */

/**
 * @param {App} app
 * @param {State} state
 */
export function authRoutes(app, state) {
  app.get("/auth", (context) => {
    const url = new URL(context.req.url);
    const { exchange } = context.env;
    const callback = url.searchParams.get("callback_url");
    const challenge = url.searchParams.get("code_challenge");
    const method = url.searchParams.get("code_challenge_method") ?? "plain";
    if (!METHODS.includes(method)) throw new ApiError(400, "code_challenge_method must be S256 or plain");
    if (callback === null && challenge === null) throw new ApiError(400, "Without callback_url there must be a code_challenge");
    const back = callback === null ? undefined : checkedCallback(callback);
    const decision = url.searchParams.get("decision") ?? state.options.signIn ?? "allow";
    if (decision === "ask") return exchange.send(page(askingPage(url)));
    /** @type {Record<string, string>} */
    const answer = decision === "deny" ? { error: "access_denied", error_description: "The user denied the request" } : { code: grant(state, challenge, method) };
    // Without a callback the visitor carries the code over.
    if (!back) return exchange.send(page(`<p>${answer.code ?? answer.error}</p>`));
    for (const [name, value] of Object.entries(answer)) back.searchParams.append(name, value);
    return exchange.send({ status: 302, headers: { Location: back.href, "Cache-Control": "no-store" } });
  });

  app.post("/auth/keys", async (context) => {
    const { body } = context.env.exchange.entry;
    if (typeof body !== "object" || body === null || Array.isArray(body)) throw new ApiError(400, "The body must be a JSON object");
    const { code, code_verifier: verifier, code_challenge_method: method } = body;
    if (typeof code !== "string" || code === "") throw new ApiError(400, "code is required");
    if (verifier !== undefined && typeof verifier !== "string") throw new ApiError(400, "code_verifier must be a string");
    if (method !== undefined && method !== null && !METHODS.includes(method)) throw new ApiError(400, "Invalid code_challenge_method");
    const found = state.grants.get(code);
    if (!found || found.expiresAtMs <= Date.now()) throw new ApiError(403, "Invalid code or code_verifier");
    if (found.challenge !== null) {
      if (method && method !== found.method) throw new ApiError(400, "Invalid code_challenge_method");
      const challenge = found.method === "S256" ? await sha256(verifier ?? "") : verifier;
      if (challenge !== found.challenge) throw new ApiError(403, "Invalid code or code_verifier");
    }
    // Behind the waiting: of two exchanges at once the second finds the code gone.
    if (!state.grants.delete(code)) throw new ApiError(403, "Invalid code or code_verifier");
    const key = `sk-or-v1-${Array.from({ length: 4 }, () => state.ids.ray().slice(0, 16)).join("")}`;
    state.issuedKeys.add(key);
    return context.env.exchange.json(200, { key, user_id: USER_ID });
  });
}

/**
 * @param {State} state
 * @param {string | null} challenge
 * @param {string} method
 */
function grant(state, challenge, method) {
  const code = `auth_code_${state.ids.alphanumeric(24)}`;
  state.grants.set(code, { challenge, method, expiresAtMs: Date.now() + CODE_LIFE_MS });
  return code;
}

/** @param {string} text */
function checkedCallback(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new ApiError(400, "callback_url must be a URL");
  }
  const isLocal = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal)) throw new ApiError(400, "callback_url must be https, or http on localhost");
  return url;
}

/** @param {string} verifier */
async function sha256(verifier) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  return btoa(String.fromCharCode(...sum)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {URL} url */
function askingPage(url) {
  const link = (/** @type {string} */ decision) => {
    const target = new URLSearchParams(url.searchParams);
    target.set("decision", decision);
    // URLSearchParams escapes everything that HTML minds but the ampersand.
    return `?${target}`.replaceAll("&", "&amp;");
  };
  return `<p>An app asks for a key of your account.</p><p><a id="allow" href="${link("allow")}">Allow</a> <a id="deny" href="${link("deny")}">Deny</a></p>`;
}

/** @param {string} content */
function page(content) {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Sign in (simulator)</title>${content}</html>`;
  return {
    status: 200,
    contentType: "text/html; charset=utf-8",
    headers: { "Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store" },
    parts: [rawPart(html)],
  };
}

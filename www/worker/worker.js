// A Cloudflare Worker that keeps the OpenRouter key: the gateway of the package, with a page in front.
//
//   cd www/worker
//   npm install                                  # wrangler, and the package (once it is built)
//   npx wrangler secret put OPENROUTER_API_KEY   # or, to try it here, OPENROUTER_API_KEY=… in the file .dev.vars
//   npm run dev                                  # or: npm run deploy
//
// Under /v1 it is an OpenAI-compatible server for whoever has a token (the secret CALLERS), with a budget and limits of each. The page's visitors
// need none: they are callers by their address, and what they may spend a day stands in wrangler.jsonc.
import { cloudflareStorage, createGateway, hashToken, memoryStorage } from "openrouter-wasm/gateway";

/** @import { GatewayCaller } from "openrouter-wasm/gateway" */

/**
 * @typedef {object} Env
 * @property {string} OPENROUTER_API_KEY a secret
 * @property {string} [OPENROUTER_BASE_URL] for tests: a simulator's
 * @property {string} [CALLERS] a secret: JSON, callers by the SHA-256 of their tokens: `{"<hash>": {"id": "alice", "budget": {"perDay": 5}}}`
 * @property {string} [ORIGINS] other sites whose pages may call, separated by commas
 * @property {string} [MODELS] the ids that may be asked, separated by commas, the default first; left out: any
 * @property {string} [MAX_TOKENS] of one answer to a visitor; left out: 2048
 * @property {string} [VISITOR_USD_A_DAY] left out or 0: the page's visitors are no callers
 * @property {string} [VISITOR_REQUESTS_A_MINUTE] left out: 10
 * @property {unknown} [GATEWAY_CALLERS] the Durable Objects; without them everything is kept in memory, which is right for one process alone
 * @property {unknown} [GATEWAY_STREAMS] the Durable Objects of runs that outlive their page
 * @property {{ fetch(request: Request): Promise<Response> }} [ASSETS] the page
 */

const memory = memoryStorage();

const gateway = createGateway((/** @type {Env} */ env) => ({
  apiKey: env.OPENROUTER_API_KEY,
  ...(env.OPENROUTER_BASE_URL && { baseURL: env.OPENROUTER_BASE_URL }),
  callers: callerOf,
  limits: { maxBodyBytes: 1024 * 1024 },
  ...(listOf(env.MODELS).length > 0 && { models: listOf(env.MODELS) }),
  cors: listOf(env.ORIGINS),
  storage: env.GATEWAY_CALLERS ? cloudflareStorage(env) : memory,
  log: (record) => console.log(JSON.stringify(record)),
}));

export const { CallerObject, StreamObject, VideoObject } = gateway;

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   * @param {{ waitUntil(promise: Promise<unknown>): void }} context
   * @returns {Promise<Response>}
   */
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/v1/") || pathname === "/health") return gateway.fetch(request, env, context);
    if (pathname !== "/api/chat") return env.ASSETS?.fetch(request) ?? new Response("There is nothing here", { status: 404 });
    // The page asks whether a Worker is there, and what it offers.
    if (request.method === "GET") return Response.json({ relay: true, durable: env.GATEWAY_STREAMS !== undefined, models: listOf(env.MODELS) }, { headers: { "Cache-Control": "no-store" } });
    // The page's chats are the gateway's, streamed.
    const { method, headers, body, signal } = request;
    return gateway.fetch(new Request(new URL("/v1/chat/completions?format=sse", request.url), { method, headers, body, signal }), env, context);
  },
};

/**
 * @param {Request} request
 * @param {Env} env
 * @returns {Promise<GatewayCaller | undefined>}
 */
async function callerOf(request, env) {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
  if (token !== undefined) return JSON.parse(env.CALLERS || "{}")[await hashToken(token)];
  const usd = Number(env.VISITOR_USD_A_DAY) || 0;
  if (usd <= 0) return undefined;
  // Not the address itself: nobody needs to read it in the books.
  const visitor = await hashToken(`${request.headers.get("CF-Connecting-IP") ?? "local"} ${env.OPENROUTER_API_KEY}`);
  return {
    id: `visitor-${visitor.slice(0, 16)}`,
    budget: { perDay: usd },
    limits: { requestsPerMinute: Number(env.VISITOR_REQUESTS_A_MINUTE) || 10, maxOutputTokens: Number(env.MAX_TOKENS) || 2048, maxBodyBytes: 128 * 1024, durableMs: 120_000 },
  };
}

/** @param {string | undefined} text */
function listOf(text) {
  return (text ?? "").split(",").map((item) => item.trim()).filter(Boolean);
}

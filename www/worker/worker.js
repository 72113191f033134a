// A Cloudflare Worker that keeps the OpenRouter key: the page sends messages to it, it asks OpenRouter and relays the answer.
//
//   cd www/worker
//   npm install                                  # wrangler, and the package (once it is built)
//   npx wrangler secret put OPENROUTER_API_KEY   # or, to try it here, OPENROUTER_API_KEY=… in the file .dev.vars
//   npm run dev                                  # or: npm run deploy
//
// Whoever can open the page spends your credits. What stands here against that: no other site may call it, messages and answers are
// limited in size, and the models can be limited to a list. What you have to add, since only you know your visitors: a rate limit (see
// below), or a sign-in, and a credit limit on the key itself at openrouter.ai.
import { OpenRouter } from "openrouter-wasm";

/**
 * @typedef {object} Env
 * @property {string} OPENROUTER_API_KEY a secret
 * @property {string} [OPENROUTER_BASE_URL] for tests: a simulator's
 * @property {string} [MODELS] the ids that visitors may choose from, separated by commas, the default first; left out: any
 * @property {string} [MAX_TOKENS] of one answer; left out: 2048
 * @property {string} [KEEP_ALIVE_MS] left out: 10000
 * @property {{ fetch(request: Request): Promise<Response> }} [ASSETS] the page
 */

const PATH = "/api/chat";
const MAX_BODY_BYTES = 128 * 1024, MAX_MESSAGES = 100, DEFAULT_MAX_TOKENS = 2048;
const MODEL_ID = /^~?[\w.-]+\/[\w.:-]+$/;

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   * @returns {Promise<Response>}
   */
  async fetch(request, env) {
    if (new URL(request.url).pathname !== PATH) return env.ASSETS?.fetch(request) ?? failure(404, "There is nothing here");
    // The page asks whether a Worker is there, and what it offers.
    if (request.method === "GET") return Response.json({ relay: true, models: modelsOf(env) }, { headers: { "Cache-Control": "no-store" } });
    if (request.method !== "POST") return failure(405, "Use POST", { Allow: "GET, POST" });
    try {
      refuseOtherSites(request);
      // The place for a rate limit: a binding of type `ratelimit` in wrangler.jsonc, then
      //   const { success } = await env.CHATS.limit({ key: request.headers.get("CF-Connecting-IP") });
      //   if (!success) return failure(429, "Too many chats", { "Retry-After": "60" });
      return chat(readChat(await readJson(request), env), request.signal, env);
    } catch (error) {
      if (error instanceof Refused) return failure(error.status, error.message);
      throw error;
    }
  },
};

/**
 * The answer as OpenAI chat chunks, which any OpenAI client reads and the engine in the page too. What goes wrong from here on is
 * told inside the stream, in a last chunk with `error`. Neither the key nor a header of OpenRouter is in it.
 * @param {{ messages: { role: "user" | "assistant", content: string }[], model: string | undefined }} asked
 * @param {AbortSignal} signal of the visitor, who may leave
 * @param {Env} env
 */
function chat({ messages, model }, signal, env) {
  const client = new OpenRouter({ apiKey: env.OPENROUTER_API_KEY, baseURL: env.OPENROUTER_BASE_URL || undefined });
  // A visitor who leaves ends the request to OpenRouter: by the signal (compatibility flag `enable_request_signal`), or because the
  // stream of the answer is cancelled.
  const run = client.chat({ model, messages, max_completion_tokens: Number(env.MAX_TOKENS) || DEFAULT_MAX_TOKENS, signal });
  // While the model thinks in silence a comment goes out now and then: that is also how workerd finds out that a visitor has left, since
  // it notices when it writes.
  return run.toResponse({ format: "sse", keepAliveMs: Number(env.KEEP_ALIVE_MS) || undefined });
}

/** What is wrong with a request, for the one who sent it. */
class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * CORS is closed: no header here allows another site anything. That keeps it from reading answers, not from causing them, as a form on
 * any site could. So: JSON, for which a browser asks first, and an origin, which a browser always names, that is ours.
 * @param {Request} request
 */
function refuseOtherSites(request) {
  if (!/^application\/json\b/i.test(request.headers.get("Content-Type") ?? "")) throw new Refused(415, "Send JSON");
  const origin = request.headers.get("Origin");
  if (origin !== null && origin !== new URL(request.url).origin) throw new Refused(403, "Not from another site");
}

/**
 * Counted while it is read: `Content-Length` may be missing.
 * @param {Request} request
 * @returns {Promise<unknown>}
 */
async function readJson(request) {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.length;
    if (size > MAX_BODY_BYTES) throw new Refused(413, `More than ${MAX_BODY_BYTES} bytes`);
    text += decoder.decode(piece, { stream: true });
  }
  try {
    return JSON.parse(text + decoder.decode());
  } catch {
    throw new Refused(400, "Not JSON");
  }
}

/**
 * Takes what is known and leaves the rest: a visitor must not set `tools`, `plugins`, `provider` or `max_completion_tokens` at your cost.
 * @param {any} body
 * @param {Env} env
 * @returns {{ messages: { role: "user" | "assistant", content: string }[], model: string | undefined }}
 */
function readChat(body, env) {
  const { messages, model = undefined } = body ?? {};
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MAX_MESSAGES) throw new Refused(400, `messages: 1 to ${MAX_MESSAGES} of them`);
  messages.forEach((message, at) => {
    // The role `system` is yours: put a message of it in front of theirs if you want one.
    if (message?.role !== "user" && message?.role !== "assistant") throw new Refused(400, `messages[${at}].role: user or assistant`);
    if (typeof message.content !== "string" || message.content === "") throw new Refused(400, `messages[${at}].content: a text`);
  });
  const models = modelsOf(env);
  if (model !== undefined && (typeof model !== "string" || !MODEL_ID.test(model))) throw new Refused(400, "model: the id of a model");
  if (model !== undefined && models.length > 0 && !models.includes(model)) throw new Refused(400, `model: one of ${models.join(", ")}`);
  return { messages: messages.map(({ role, content }) => ({ role, content })), model: model ?? models[0] };
}

/** @param {Env} env */
function modelsOf({ MODELS = "" }) {
  return MODELS.split(",").map((id) => id.trim()).filter(Boolean);
}

/**
 * In the shape of OpenRouter's errors, so that the page's engine reads it like one of them.
 * @param {number} status
 * @param {string} message
 * @param {Record<string, string>} [headers]
 */
function failure(status, message, headers) {
  return Response.json({ error: { code: status, message } }, { status, headers: { "Cache-Control": "no-store", ...headers } });
}

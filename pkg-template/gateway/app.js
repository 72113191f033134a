// The paths, and what holds for all of them: origins, callers, errors in one form, headers of the answer.
import { Hono } from "hono/tiny";
import { describeError } from "../chat/error-status.js";
import { OpenRouterError } from "../index.js";
import { usdOf } from "../money/amounts.js";
import { chat } from "./chat.js";
import { corsOf, otherOrigin } from "./cors.js";
import { forward, ROUTES } from "./forward.js";
import { logFault } from "./log.js";
import { listModels, oneModel } from "./models-list.js";
import { refused, Refusal } from "./refusal.js";
import { readRun, stopRun } from "./runs.js";
import { submitVideo, videoContent, videoModels, videoStatus } from "./videos.js";

/** @import { Settings } from "./options.js" */
/** @import { Exchange, Services } from "./services.js" */

/** @typedef {{ Bindings: { services: Services, waitUntil: (promise: Promise<unknown>) => void } }} Env */

/** Where a page is refused nothing, and nobody is asked who he is. */
const HEALTH = "/health";

/** @param {Settings} settings */
export function createApp(settings) {
  const cors = corsOf(settings.cors);
  /** @type {Hono<Env>} */
  const app = new Hono({ getPath });

  /** @param {string} method @param {string} path @param {(exchange: Exchange, params: Record<string, string>) => Promise<Response>} handle */
  const route = (method, path, handle) => {
    app.on(method, path, async (context) => {
      const { services, waitUntil } = context.env;
      const request = context.req.raw;
      if (request.url.split("?")[0] === services.baseURL + context.req.path) throw itself();
      const { caller, rights } = await services.identify(request);
      /** @type {Exchange} */
      const exchange = { request, url: new URL(request.url), requestId: `req_${crypto.randomUUID().replaceAll("-", "")}`, startedAtMs: Date.now(), caller, rights, services, waitUntil, headers: {} };
      exchange.headers["X-Request-Id"] = exchange.requestId;
      return withHeaders(await handle(exchange, context.req.param()).catch((error) => failure(error)), exchange.headers);
    });
  };
  app.use(async (context, next) => {
    const request = context.req.raw;
    if (!cors.isAllowed(request)) throw otherOrigin();
    if (request.method === "OPTIONS" && request.headers.has("access-control-request-method")) return cors.preflight(request);
    return next();
  });
  app.get(HEALTH, () => Response.json({ status: "ok" }, { headers: { "Cache-Control": "no-store" } }));
  route("POST", "/chat/completions", chat);
  route("GET", "/models", listModels);
  route("GET", "/models/:author/:slug", (exchange, { author, slug }) => oneModel(exchange, `${author}/${slug}`));
  route("GET", "/models/:id", (exchange, { id }) => oneModel(exchange, id));
  for (const [path, spec] of Object.entries(ROUTES)) route("POST", path, (exchange) => forward(exchange, spec));
  route("POST", "/videos", submitVideo);
  route("GET", "/videos/models", videoModels);
  route("GET", "/videos/:id", (exchange, { id }) => videoStatus(exchange, id));
  route("GET", "/videos/:id/content", (exchange, { id }) => videoContent(exchange, id));
  route("GET", "/runs/:id", (exchange, { id }) => readRun(exchange, id));
  route("DELETE", "/runs/:id", (exchange, { id }) => stopRun(exchange, id));
  route("GET", "/usage", usage);
  refuseOtherMethods(app);
  app.notFound(() => refused(404, "not_found", "There is nothing here"));
  app.onError((error) => failure(error));
  /** @param {Request} request @param {Env["Bindings"]} bindings */
  return async (request, bindings) => withHeaders(await app.fetch(request, bindings), cors.headersFor(request));
}

/** What this gateway would send it would get. */
function itself() {
  console.error("openrouter-wasm/gateway: baseURL is the address of this gateway itself: it must be that of OpenRouter, or of another server");
  return new Refusal(508, "loop_detected", "The gateway is set up to send its requests to itself");
}

/** With `/v1` and without, under any prefix: `https://example.com/api/v1/chat/completions`. @param {Request} request */
function getPath(request) {
  const path = new URL(request.url).pathname.replace(/\/+$/, "");
  const at = path.lastIndexOf("/v1/");
  return at >= 0 ? path.slice(at + 3) : path || "/";
}

/** A known path with another method says what it takes. @param {Hono<Env>} app */
function refuseOtherMethods(app) {
  /** @type {Map<string, string[]>} */
  const methods = new Map();
  for (const { path, method } of app.routes) if (method !== "ALL") methods.set(path, [...(methods.get(path) ?? []), method]);
  for (const [path, allowed] of methods) app.all(path, () => refused(405, "method_not_allowed", `This path takes ${allowed.join(", ")}`, { Allow: allowed.join(", ") }));
}

/** @param {Response} response @param {Record<string, string>} headers */
function withHeaders(response, headers) {
  const write = (/** @type {Response} */ open) => {
    for (const [name, value] of Object.entries(headers)) open.headers.set(name, value);
    return open;
  };
  try {
    return write(response);
  } catch (cause) {
    // The head of an answer of another server cannot be written.
    if (!(cause instanceof TypeError)) throw cause;
    return write(new Response(response.body, response));
  }
}

/** @param {unknown} error @returns {Response} */
function failure(error) {
  if (error instanceof Refusal) return refused(error.status, error.code, error.message, error.headers);
  if (OpenRouterError.isInstance(error)) {
    const { status, body, retryAfterMs, isFinal } = describeError(error);
    return Response.json(body, { status, headers: { "Cache-Control": "no-store", ...(retryAfterMs !== undefined && { "Retry-After": String(Math.ceil(retryAfterMs / 1000)) }), ...(isFinal && { "X-Should-Retry": "false" }) } });
  }
  // Its words may be anything; they are for the log of the platform, not for a visitor.
  logFault(error);
  return refused(500, "internal_error", "The gateway failed");
}

/** What the caller has used. @param {Exchange} exchange */
async function usage({ services, caller, rights }) {
  const { allowance } = rights;
  const { spentPico, dayPico, monthPico, heldPico, ...rest } = await services.storage.account(caller.id).usage(Date.now(), allowance);
  const usd = (/** @type {string | undefined} */ pico) => (pico === undefined ? undefined : usdOf(BigInt(pico)));
  const limits = { maxUsd: usd(allowance.maxPico), perDay: usd(allowance.dayPico), perMonth: usd(allowance.monthPico) };
  return Response.json({ object: "usage", caller: caller.id, spentUsd: usd(spentPico), dayUsd: usd(dayPico), monthUsd: usd(monthPico), heldUsd: usd(heldPico), limits, ...rest }, { headers: { "Cache-Control": "no-store" } });
}

/** From a request to its route. A family of endpoints is one `…-route.js` file, mounted here. */

import { Hono } from "hono/tiny";
import { accountRoutes } from "./account-route.js";
import { splitUrl } from "./api-base.js";
import { authRoutes } from "./auth-route.js";
import { chatRoutes } from "./chat-route.js";
import { decisionsRoutes } from "./decisions-route.js";
import { embeddingsRoutes } from "./embeddings-route.js";
import { ApiError, defaultMessage, errorBody } from "./errors.js";
import { imagesRoutes } from "./images-route.js";
import { modelsRoutes } from "./models-route.js";
import { providersRoutes } from "./providers-route.js";
import { preflight } from "./reply.js";
import { playRequestScript } from "./request-script.js";
import { rerankRoutes } from "./rerank-route.js";
import { searchRoutes } from "./search-route.js";
import { speechRoutes } from "./speech-route.js";
import { transcriptionRoutes } from "./transcription-route.js";
import { videoRoutes } from "./video-route.js";

/** @import { Exchange } from "./reply.js" */
/** @import { State } from "./state.js" */

/** @typedef {{ Bindings: { exchange: Exchange } }} Env */
/** @typedef {Hono<Env>} App */

const FAMILIES = [
  chatRoutes, modelsRoutes, accountRoutes, authRoutes, imagesRoutes, videoRoutes, speechRoutes, transcriptionRoutes, searchRoutes, embeddingsRoutes, rerankRoutes,
  decisionsRoutes, providersRoutes,
];

/**
 * @param {State} state
 * @returns {(request: Request, exchange: Exchange) => Promise<Response>}
 */
export function createRouter(state) {
  /** @type {App} */
  const app = new Hono({ getPath: (request) => splitUrl(request.url).path });
  app.options("*", (context) => preflight(context.env.exchange, context.req.raw.headers));
  for (const mount of FAMILIES) mount(app, state);
  refuseOtherMethods(app);
  app.notFound((context) => context.env.exchange.json(404, errorBody(404)));
  app.onError((error, context) => {
    if (!(error instanceof ApiError)) throw error;
    return context.env.exchange.json(error.status, errorBody(error.status, error.message, error.metadata), error.headers);
  });
  const answer = async (/** @type {Request} */ request, /** @type {Exchange} */ exchange) => {
    if (!state.replay) return app.fetch(request, { exchange });
    try {
      return state.replay.answer(exchange);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return exchange.json(error.status, errorBody(error.status, error.message));
    }
  };
  return (request, exchange) => playRequestScript(exchange, state, () => answer(request, exchange));
}

/**
 * A known path with another method is 405, and says what it takes.
 * @param {App} app
 */
function refuseOtherMethods(app) {
  /** @type {Map<string, string[]>} */
  const methods = new Map();
  for (const { path, method } of app.routes) {
    if (method !== "OPTIONS") methods.set(path, [...(methods.get(path) ?? []), method]);
  }
  for (const [path, allowed] of methods) {
    app.all(path, () => {
      throw new ApiError(405, defaultMessage(405), undefined, { Allow: allowed.join(", ") });
    });
  }
}

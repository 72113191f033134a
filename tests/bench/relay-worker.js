// Ways to hand an answer on, for relay.js.
import { createGateway, memoryStorage } from "openrouter-wasm/gateway";
import { clientOf, messages, model, WAYS } from "./relay-runs.js";

const storage = memoryStorage();
const gateway = createGateway((/** @type {any} */ env) => ({ apiKey: "k", callers: () => ({ id: "x" }), baseURL: env.UPSTREAM, storage }));

WAYS.gateway = (request, env, context) => gateway.fetch(new Request("http://x/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model, messages, stream: true }), signal: request.signal }), env, context);
WAYS.response = (_, env) => clientOf(env).chat({ model, messages }).response({ keep: false });

export { worker as default } from "./relay-runs.js";

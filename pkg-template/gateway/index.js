// A gateway: an OpenAI-compatible server in front of OpenRouter, as a fetch handler for Workers, Deno, Bun and Node.
import { createApp } from "./app.js";
import { runWork } from "./chat.js";
import { durableObjects } from "./durable-objects.js";
import { readingOptions } from "./faults.js";
import { logFault } from "./log.js";
import { memoryStorage } from "./memory-storage.js";
import { checkedOptions } from "./options.js";
import { findCaller } from "./callers.js";
import { refused } from "./refusal.js";
import { Services } from "./services.js";
import { videoWork } from "./videos.js";

/** @import { Gateway, GatewayOptions } from "../types/gateway.js" */

export { cloudflareStorage } from "./cloudflare-storage.js";
export { hashToken } from "./callers.js";
export { memoryStorage };

/** @param {GatewayOptions | ((env: any) => GatewayOptions)} options @returns {Gateway} */
export function createGateway(options) {
  const optionsOf = typeof options === "function" ? options : () => options;
  // Options that do not depend on an env are checked where they stand.
  if (typeof options !== "function") readingOptions(() => findCaller(checkedOptions(options).callers));
  /** @type {ReturnType<typeof memoryStorage> | undefined} */
  let memory;
  /** @type {{ env: unknown, services: Services, answer: ReturnType<typeof createApp> } | undefined} */
  let last;

  /** The env of an isolate is one object. @param {any} env */
  const of = (env) => {
    if (last && last.env === env) return last;
    const given = optionsOf(env);
    const settings = checkedOptions(given);
    const storage = settings.storage ?? (memory ??= memoryStorage());
    const services = new Services({ ...settings, storage }, env);
    return (last = { env, services, answer: createApp(settings) });
  };
  const objects = durableObjects((env) => {
    const { services } = of(env);
    const run = runWork(services);
    return { run, video: videoWork(services), extend: (work, ttlMs) => services.storage.account(work.callerId).extend({ id: work.reservation, nowMs: Date.now(), ttlMs }) };
  });

  return {
    async fetch(request, env, context) {
      try {
        const { services, answer } = of(env);
        const waitUntil = (/** @type {Promise<unknown>} */ promise) => {
          promise.catch(logFault);
          context?.waitUntil?.(promise);
        };
        return await answer(request, { services, waitUntil });
      } catch (error) {
        // Options that are wrong for this env: for whoever runs it.
        logFault(error);
        return refused(500, "internal_error", "The gateway is not set up");
      }
    },
    ...objects,
  };
}

// Cloudflare's own distributed parts: a Durable Object a caller, a durable run and a video, R2 for files, KV for the catalog.
import { createCatalogCache } from "../index.js";
import { fault, invalid } from "./faults.js";

/** @import { CloudflareNames, GatewayStorage } from "../types/gateway.js" */

const NAMES = { callers: "GATEWAY_CALLERS", streams: "GATEWAY_STREAMS", videos: "GATEWAY_VIDEOS", media: "GATEWAY_MEDIA", catalog: "GATEWAY_CATALOG" };
/** Only a Durable Object reads it. */
const ORIGIN = "https://gateway.internal";

/**
 * @param {any} env  the bindings of the Worker
 * @param {CloudflareNames} [names]  what they are called there
 * @returns {GatewayStorage}
 */
export function cloudflareStorage(env, names = {}) {
  if (typeof env !== "object" || env === null) throw invalid("cloudflareStorage: must be given the env of the Worker");
  const named = { ...NAMES, ...names };
  const binding = (/** @type {keyof typeof NAMES} */ kind, /** @type {string} */ what) => {
    const found = env[named[kind]];
    if (!found) throw invalid(`cloudflareStorage: env.${named[kind]} is missing: ${what}`);
    return found;
  };
  const object = (/** @type {"callers" | "streams" | "videos"} */ kind, /** @type {string} */ name) => {
    const namespace = binding(kind, "a Durable Object namespace (wrangler.jsonc, durable_objects.bindings)");
    return namespace.get(namespace.idFromName(name));
  };
  const bucket = () => binding("media", "an R2 bucket (wrangler.jsonc, r2_buckets)");
  const catalog = env[named.catalog];

  return {
    account(callerId) {
      const stub = object("callers", callerId);
      return {
        reserve: (request) => ask(stub, "reserve", request),
        settle: (bill) => ask(stub, "settle", bill),
        release: (release) => ask(stub, "release", release),
        extend: (sign) => ask(stub, "extend", sign),
        usage: (nowMs, allowance) => ask(stub, "usage", { nowMs, allowance }),
      };
    },
    run(callerId, runId) {
      const stub = object("streams", `${callerId}\n${runId}`);
      return {
        start: (work, after) => stub.fetch(`${ORIGIN}/start`, { method: "POST", body: JSON.stringify({ work, after }) }),
        async read(after) {
          const response = await stub.fetch(`${ORIGIN}/read?after=${after}`);
          if (response.status !== 404) return response;
          await response.body?.cancel();
          return undefined;
        },
        stop: (reason) => ask(stub, "stop", { reason }),
      };
    },
    jobs: {
      put: (job) => ask(object("videos", `${job.callerId}\n${job.id}`), "put", job),
      get: async (callerId, id) => (await ask(object("videos", `${callerId}\n${id}`), "get", {})) ?? undefined,
    },
    media: {
      put: async (key, body, contentType, size) => {
        // R2 wants to know how long a stream is; of one that does not say, the bytes are gathered.
        const { FixedLengthStream } = /** @type {any} */ (globalThis);
        if (!(body instanceof ReadableStream) || !size || !FixedLengthStream) {
          const bytes = await new Response(/** @type {any} */ (body)).arrayBuffer();
          await bucket().put(key, bytes, { httpMetadata: { contentType } });
          return bytes.byteLength;
        }
        const { readable, writable } = new FixedLengthStream(size);
        const [stored] = await Promise.all([bucket().put(key, readable, { httpMetadata: { contentType } }), body.pipeTo(writable)]);
        return stored.size;
      },
      get: async (key, range) => {
        const held = await bucket().get(key, range && { range });
        return held && { body: held.body, size: held.size, contentType: held.httpMetadata?.contentType ?? "application/octet-stream" };
      },
    },
    catalog: catalog && createCatalogCache(catalog),
  };
}

/** @param {{ fetch: typeof fetch }} stub @param {string} what @param {unknown} body @returns {Promise<any>} */
async function ask(stub, what, body) {
  const response = await stub.fetch(`${ORIGIN}/${what}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw fault({ code: "server", message: `the storage of the gateway failed at ${what}: ${text.slice(0, 200)}`, isRetryable: true });
  return text === "" ? undefined : JSON.parse(text);
}

/**
 * A Worker with the gateway's Durable Objects, R2 and KV in workerd, through miniflare. The bundle is made as wrangler makes it: see
 * ../page/worker-runtime.js for the recipe.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { wasmModules } from "../package/bundle.js";
import { PKG } from "./support.js";

export const WORKER = fileURLToPath(new URL("../../www/worker/worker.js", import.meta.url));

/** What an application's bundler finds in its node_modules. @type {import("esbuild").Plugin} */
export const installed = {
  name: "installed",
  setup({ onResolve }) {
    onResolve({ filter: /^openrouter-wasm(?:\/gateway)?$/ }, ({ path }) => ({ path: join(PKG, path.endsWith("/gateway") ? "gateway.js" : "edge/index.js") }));
  },
};

const WASM = /** @type {const} */ ("CompiledWasm"), MODULE = /** @type {const} */ ("ESModule");

/** @param {string} entry @param {string} folder */
async function bundle(entry, folder) {
  await build({
    entryPoints: { worker: entry }, outdir: folder, bundle: true, format: "esm", target: "es2022", conditions: ["workerd", "worker", "browser"], loader: { ".wasm": "copy" }, assetNames: "[name]",
    plugins: [installed, wasmModules], logLevel: "error",
  });
  const names = (await readdir(folder)).filter((name) => /\.(?:js|wasm)$/.test(name));
  // The first one is the Worker.
  return names.sort((one) => (one === "worker.js" ? -1 : 1)).map((name) => ({ type: name.endsWith(".wasm") ? WASM : MODULE, path: join(folder, name) }));
}

/**
 * @param {Record<string, any>} bindings what `env` holds
 * @param {{ entry?: string, objects?: boolean, upstream?: string }} [options]  `objects`: whether the Worker has the gateway's Durable Objects and
 *   what they store in; `upstream`: the server that is reached in place of every other one, `https://openrouter.ai` included
 */
export async function startGateway(bindings, { entry = WORKER, objects = true, upstream } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "openrouter-wasm-gateway-"));
  const state = join(folder, "state");
  const modules = await bundle(entry, folder);
  /** @type {Miniflare} */
  let miniflare;
  /** @type {string} */
  let url = "";
  const start = async () => {
    const stored = {
      durableObjects: Object.fromEntries([["GATEWAY_CALLERS", "CallerObject"], ["GATEWAY_STREAMS", "StreamObject"], ["GATEWAY_VIDEOS", "VideoObject"]].map(([name, className]) => [name, { className, useSQLite: true }])),
      r2Buckets: ["GATEWAY_MEDIA"], kvNamespaces: ["GATEWAY_CATALOG"], durableObjectsPersist: join(state, "do"), r2Persist: join(state, "r2"), kvPersist: join(state, "kv"),
    };
    miniflare = new Miniflare({ host: "127.0.0.1", port: 0, compatibilityDate: "2026-03-01", compatibilityFlags: ["enable_request_signal"], bindings, modulesRoot: folder, modules, ...(objects && stored), ...(upstream !== undefined && { outboundService: { external: { address: new URL(upstream).host, http: {} } } }) });
    url = (await miniflare.ready).href.replace(/\/$/, "");
  };
  const worker = {
    get url() {
      return url;
    },
    get miniflare() {
      return miniflare;
    },
    /** The runtime ends, and what is in its memory with it; what is stored stays. */
    async restart() {
      await miniflare.dispose();
      await start();
    },
    async close() {
      await miniflare.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await start();
  return worker;
}

/**
 * `fetch` with a connection of its own: one that is kept may be closed by the runtime at the moment it is used again, and what was sent over it
 * may have been billed.
 * @param {string} url @param {{ method?: string, headers?: Record<string, string>, body?: string, signal?: AbortSignal }} [init]
 * @returns {Promise<Response>}
 */
export function fetchOnce(url, { method = "GET", headers = {}, body, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers: { ...headers, ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }) }, agent: false, signal }, (answer) => {
      const status = answer.statusCode ?? 0;
      const all = Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [/** @type {[string, string]} */ ([name, String(value)])]));
      resolve(new Response(status === 204 ? null : /** @type {any} */ (Readable.toWeb(answer)), { status, headers: all }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

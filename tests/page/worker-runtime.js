/**
 * The Worker of www/worker in workerd, the runtime of Cloudflare, through miniflare. The recipe:
 *
 * 1. esbuild bundles worker.js as wrangler would: `--bundle --format=esm --conditions=workerd,worker,browser`. The condition `workerd`
 *    makes the package's entry `edge/index.js`, which imports `chat.wasm`, `transcript.wasm` and `services.wasm` as modules.
 * 2. `--loader:.wasm=copy` leaves that import in place and puts the files beside the bundle.
 * 3. miniflare gets both by name: the bundle as `ESModule`, the file as `CompiledWasm`. (Compiling bytes is forbidden in Workers.)
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { wasmModules } from "../package/bundle.js";
import { installed } from "../gateway/workerd.js";
import { ENGINE_NAMES } from "../package/engines.js";

const WORKER = fileURLToPath(new URL("../../www/worker/worker.js", import.meta.url));

/**
 * @param {Record<string, string>} bindings what `env` holds
 * @param {string} [assets] the folder of the page
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startWorker(bindings, assets) {
  const folder = await mkdtemp(join(tmpdir(), "openrouter-wasm-worker-"));
  await build({
    entryPoints: { worker: WORKER },
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    plugins: [installed, wasmModules],
    logLevel: "error",
  });
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    compatibilityDate: "2026-03-01",
    compatibilityFlags: ["enable_request_signal"],
    bindings,
    durableObjects: Object.fromEntries([["GATEWAY_CALLERS", "CallerObject"], ["GATEWAY_STREAMS", "StreamObject"], ["GATEWAY_VIDEOS", "VideoObject"]].map(([name, className]) => [name, { className, useSQLite: true }])),
    ...(assets && { assets: { directory: assets, binding: "ASSETS", routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: false } } }),
    modulesRoot: folder,
    modules: [
      { type: "ESModule", path: join(folder, "worker.js") },
      ...ENGINE_NAMES.map((name) => /** @type {const} */ ({ type: "CompiledWasm", path: join(folder, `${name}.wasm`) })),
    ],
  });
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  return {
    url,
    async close() {
      await miniflare.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

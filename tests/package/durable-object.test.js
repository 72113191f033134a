// What a Worker's own storage is to the package: the storage of a Durable Object, real ones in workerd.
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { wasmModules } from "./bundle.js";
import { installPackage } from "./install.js";

const WORKER = `
import { createJobStore, createKeyStore } from "openrouter-wasm";

const ticket = (id, submittedAtMs) => ({ kind: "openrouter-video", version: 1, id, pollingUrl: "https://openrouter.ai/api/v1/videos/" + id, baseURL: "https://openrouter.ai/api/v1", model: "m", submittedAtMs, request: {}, status: "pending" });

class Jobs {
  constructor(state) {
    this.state = state;
  }
  /** Either API of it: the asynchronous one, and SQLite's synchronous one. */
  storage(url) {
    return new URL(url).pathname === "/kv" ? this.state.storage.kv : this.state.storage;
  }
  async fetch({ url }) {
    const storage = this.storage(url);
    const jobs = createJobStore({ storage });
    await storage.put("another's", "not ours");
    for (const one of [ticket("b", 2), ticket("a", 1), ticket("c", 3)]) await jobs.save(one);
    await jobs.remove("c");
    const again = createJobStore({ storage });
    const release = await again.claim("a");
    const keys = createKeyStore({ storage });
    await keys.save("sk-or-v1-0123456789");
    return Response.json({ ids: (await again.list()).map(({ id }) => id), claimed: typeof release, key: (await keys.load()).key.reveal(), other: await storage.get("another's") });
  }
}
export class Sqlite extends Jobs {}
export class Plain extends Jobs {}
export default { fetch: (request, env) => {
  const space = new URL(request.url).pathname === "/plain" ? env.PLAIN : env.SQLITE;
  return space.get(space.idFromName("one")).fetch(request);
} };
`;

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {Miniflare} */
let worker;
before(async () => {
  app = installPackage();
  const entry = join(app.folder, "worker.js"), outdir = join(app.folder, "dist");
  writeFileSync(entry, WORKER);
  await build({ entryPoints: [entry], outdir, bundle: true, format: "esm", target: "es2022", conditions: ["workerd"], loader: { ".wasm": "copy" }, assetNames: "[name]", plugins: [wasmModules], logLevel: "error" });
  const modules = readdirSync(outdir).filter((name) => name.endsWith(".wasm")).map((name) => ({ type: /** @type {const} */ ("CompiledWasm"), path: join(outdir, name) }));
  worker = new Miniflare({
    host: "127.0.0.1", port: 0, compatibilityDate: "2026-03-01", modulesRoot: outdir, modules: [{ type: "ESModule", path: join(outdir, "worker.js") }, ...modules],
    durableObjects: { SQLITE: { className: "Sqlite", useSQLite: true }, PLAIN: { className: "Plain" } },
  });
  await worker.ready;
});
after(async () => {
  await worker?.dispose();
  app?.remove();
});

for (const path of ["/sqlite", "/kv", "/plain"]) {
  test(`a Durable Object's storage keeps jobs and keys (${path.slice(1)})`, async () => {
    const answer = await worker.dispatchFetch(`http://worker.example${path}`);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    assert.deepEqual(JSON.parse(text), { ids: ["a", "b"], claimed: "function", key: "sk-or-v1-0123456789", other: "not ours" });
  });
}

// What an app's bundler makes of the installed package.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The scenarios, bundled with the installed package for a runtime. @param {string} folder @param {"page" | "workerd"} runtime */
export async function bundleScenarios(folder, runtime) {
  // Inside the app's folder, so that the package is found by its name; apart for each runtime, for they are bundled at the same time: one read what the
  // other was just copying, and found it empty.
  const sources = join(folder, `scenarios-${runtime}`);
  mkdirSync(sources);
  const tests = fileURLToPath(new URL(".", import.meta.url));
  for (const name of readdirSync(tests).filter((name) => /scenario.*\.js$/.test(name))) copyFileSync(join(tests, name), join(sources, name));
  const entry = join(sources, `${runtime}-entry.js`);
  writeFileSync(entry, ENTRIES[runtime]);
  const outdir = join(folder, `dist-${runtime}`);
  const result = await build({
    entryPoints: [entry],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    metafile: true,
    logLevel: "warning",
    // A page gets what it calls; a Worker's bundler makes one file.
    splitting: runtime === "page",
    ...(runtime === "workerd" ? { conditions: ["workerd"], loader: { ".wasm": "copy" }, assetNames: "[name]", plugins: [wasmModules] } : {}),
  });
  const files = Object.keys(result.metafile.outputs).map((path) => basename(path));
  return { outdir, files, script: join(outdir, `${runtime}-entry.js`) };
}

/** wrangler's own bundler drops the query; esbuild does not. @type {import("esbuild").Plugin} */
export const wasmModules = {
  name: "wasm-modules",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\.wasm\?module$/ }, ({ path, ...rest }) => resolve(path.slice(0, -"?module".length), { ...rest, namespace: "file" }));
  },
};

const ENTRIES = {
  page: `
import * as api from "openrouter-wasm";
import * as simulator from "openrouter-wasm/simulator";
import { runScenarios } from "./scenarios.js";
globalThis.run = (remote, control, part) =>
  runScenarios({ api, simulator, remote, remoteRequests: async () => (await fetch(control)).json() }, part);
`,
  workerd: `
import * as api from "openrouter-wasm";
import * as simulator from "openrouter-wasm/simulator";
import { runScenarios } from "./scenarios.js";
export default {
  async fetch(_, env) {
    return Response.json(await runScenarios({ api, simulator, remote: env.REMOTE, remoteRequests: async () => (await fetch(env.CONTROL)).json() }, env.PART));
  },
};
`,
};

// Spans by the real SDK of OpenTelemetry, in Node and bundled into workerd.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { wasmModules } from "./bundle.js";
import { installPackage } from "./install.js";
import { telemetryOf } from "./telemetry-run.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
before(() => {
  app = installPackage();
});
after(() => app?.remove());

/** @param {any[]} spans */
function judge(spans) {
  const named = (/** @type {string} */ name) => spans.filter((span) => span.name === name);
  const [run] = named("invoke_agent");
  const all = named("chat openai/gpt-4o-mini"), attempts = all.filter(({ parent }) => parent === run.id);
  assert.equal(attempts.length, 3, JSON.stringify(spans.map(({ name }) => name)));
  const [failed, first, second] = attempts;
  assert.deepEqual([failed.attributes["error.type"], failed.attributes["http.response.status_code"], failed.status.code], ["overloaded", 503, 2]);
  for (const span of attempts) assert.deepEqual([span.kind, span.attributes["gen_ai.operation.name"], span.attributes["gen_ai.provider.name"], span.parent], [2, "chat", "openrouter", run.id]);
  assert.deepEqual([first.attributes["gen_ai.response.finish_reasons"], second.attributes["gen_ai.response.finish_reasons"]], [["tool-calls"], ["stop"]]);
  assert.deepEqual([second.attributes["gen_ai.usage.input_tokens"], second.attributes["gen_ai.usage.output_tokens"], second.attributes["openrouter.cost_usd"]], [20, 5, 0.1]);
  assert.ok(second.attributes["gen_ai.response.id"] && second.attributes["gen_ai.response.model"] && second.attributes["openrouter.provider"]);
  const [tool] = named("execute_tool add");
  assert.deepEqual([tool.parent, tool.attributes["gen_ai.tool.name"], tool.kind, typeof tool.attributes["gen_ai.tool.call.id"]], [run.id, "add", 0, "string"]);
  assert.deepEqual([run.attributes["openrouter.verdict"], run.attributes["openrouter.cost_usd"], run.status.code], ["complete", 0.4, 0]);
  const [vectors] = named("embeddings openai/text-embedding-3-small");
  assert.deepEqual([vectors.attributes["gen_ai.usage.input_tokens"] > 0, vectors.attributes["openrouter.cost_usd"] > 0], [true, true]);
  assert.equal(named("generate_content google/gemini-3.1-flash-image-preview").length, 1);
  const [refused] = named("invoke_agent").slice(1);
  assert.deepEqual([refused.attributes["error.type"], refused.status.code, all.at(-1).parent], ["auth", 2, refused.id]);
  assert.ok(spans.every(({ ended }) => ended), "every span ended");
}

test("a run, its attempts, its tools and other calls are spans; contents only when asked, a key never", async () => {
  const [api, simulator] = await Promise.all([app.load("openrouter-wasm"), app.load("openrouter-wasm/simulator")]);
  for (const recordContent of [false, true]) {
    const spans = await telemetryOf({ api, simulator, sdk: { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor }, recordContent });
    judge(spans);
    const text = JSON.stringify(spans);
    assert.ok(!text.includes("sk-or-v1-secret"), "no key");
    assert.deepEqual(["what is 1 and 1", '{\\"a\\":1}', "it is two"].map((content) => text.includes(content)), [recordContent, recordContent, recordContent]);
  }
  assert.throws(() => new api.OpenRouter({ telemetry: { tracer: {} } }), { message: "telemetry.tracer: must be a tracer of OpenTelemetry" });
});

test("the same in workerd", async () => {
  const entry = join(app.folder, "telemetry-entry.js");
  const here = fileURLToPath(new URL(".", import.meta.url));
  writeFileSync(entry, `
import * as api from "openrouter-wasm";
import * as simulator from "openrouter-wasm/simulator";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { telemetryOf } from ${JSON.stringify(join(here, "telemetry-run.js"))};
export default { async fetch() { return Response.json(await telemetryOf({ api, simulator, sdk: { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor }, recordContent: false })); } };
`);
  const outdir = join(app.folder, "dist-telemetry");
  const { metafile } = await build({ entryPoints: [entry], outdir, bundle: true, format: "esm", target: "es2022", metafile: true, logLevel: "warning", conditions: ["workerd"], loader: { ".wasm": "copy" }, assetNames: "[name]", plugins: [wasmModules], nodePaths: [fileURLToPath(new URL("../../node_modules", import.meta.url))] });
  const wasm = Object.keys(metafile.outputs).filter((path) => path.endsWith(".wasm")).map((path) => /** @type {string} */ (path.split("/").at(-1)));
  const worker = new Miniflare({
    host: "127.0.0.1", modulesRoot: outdir, compatibilityDate: "2026-03-01", compatibilityFlags: ["nodejs_compat"],
    modules: [{ type: "ESModule", path: join(outdir, "telemetry-entry.js") }, ...wasm.map((name) => /** @type {const} */ ({ type: "CompiledWasm", path: join(outdir, name) }))],
  });
  try {
    const response = await worker.dispatchFetch("http://worker.local/");
    const text = await response.text();
    assert.equal(response.status, 200, text);
    judge(JSON.parse(text));
  } finally {
    await worker.dispose();
  }
});

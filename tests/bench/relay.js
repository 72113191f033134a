// What relaying an answer costs in workerd: CPU of its process a request of 4,000 events, beside `return fetch(upstream)` in the same run.
//   node tests/bench/relay.js
import { mkdtemp, rm } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { fetchOnce, installed } from "../gateway/workerd.js";
import { wasmModules } from "../package/bundle.js";
import { ENGINE_NAMES } from "../package/engines.js";

const EVENTS = Number(process.env.EVENTS ?? 4000), PACE_MS = Number(process.env.PACE_MS ?? 0), WAYS = process.env.WAYS?.split(",") ?? ["bare", "gateway", "response", "toResponse", "uiMessage"], ROUNDS = Number(process.env.ROUNDS ?? 3), REQUESTS = 5;

const chunk = (/** @type {object} */ choice, more = {}) => `data: ${JSON.stringify({ id: "gen-1-abcdefghijklmnopqrst", object: "chat.completion.chunk", created: 1, model: "openai/gpt-4o-mini", provider: "OpenAI", choices: [{ index: 0, logprobs: null, ...choice }], ...more })}\n\n`;
const answer = Array.from({ length: EVENTS }, (_, at) => chunk({ delta: { role: "assistant", content: `word${at} `, reasoning: null, reasoning_details: [] }, finish_reason: null, native_finish_reason: null }));
answer.push(chunk({ delta: {}, finish_reason: "stop" }, { usage: { prompt_tokens: 1, completion_tokens: EVENTS, total_tokens: EVENTS + 1, cost: 0.0024 } }), "data: [DONE]\n\n");

let perWrite = 1;
const upstream = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    let at = 0;
    const next = () => {
      if (at >= answer.length) return response.end();
      response.write(answer.slice(at, (at += perWrite)).join(""), () => (PACE_MS > 0 ? setTimeout(next, PACE_MS) : setImmediate(next)));
    };
    next();
  });
});
await new Promise((resolve) => upstream.listen(0, "127.0.0.1", () => resolve(undefined)));

const folder = await mkdtemp(join(tmpdir(), "openrouter-wasm-relay-"));
await build({ entryPoints: { worker: fileURLToPath(new URL("relay-worker.js", import.meta.url)) }, outdir: folder, bundle: true, format: "esm", target: "es2022", conditions: ["workerd"], loader: { ".wasm": "copy" }, assetNames: "[name]", plugins: [installed, wasmModules], logLevel: "error" });
const miniflare = new Miniflare({
  host: "127.0.0.1", port: 0, compatibilityDate: "2026-03-01", compatibilityFlags: ["enable_request_signal"], bindings: { UPSTREAM: `http://127.0.0.1:${/** @type {any} */ (upstream.address()).port}` }, modulesRoot: folder,
  modules: [{ type: "ESModule", path: join(folder, "worker.js") }, ...ENGINE_NAMES.map((name) => /** @type {const} */ ({ type: "CompiledWasm", path: join(folder, `${name}.wasm`) }))],
});
const url = (await miniflare.ready).href;

/** The process that serves: the one below this one. */
const workerd = /** @type {string} */ (readdirSync("/proc").find((pid) => {
  try {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")[1] === String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("workerd");
  } catch {
    return false;
  }
}));
/** Of all its threads, in nanoseconds by the kernel: ticks of 10 ms would be longer than what is measured. */
const cpuMs = () => readdirSync(`/proc/${workerd}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${workerd}/task/${task}/schedstat`, "utf8").split(" ")[0]) / 1e6, 0);

for (perWrite of [1, 30]) {
  /** @type {Record<string, number[]>} */
  const costs = Object.fromEntries(WAYS.map((way) => [way, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const way of WAYS) {
      const before = cpuMs();
      for (let request = 0; request < REQUESTS; request += 1) await (await fetchOnce(url + way)).text();
      // What is read behind the answer belongs to it.
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (round > 0) costs[way].push((cpuMs() - before) / REQUESTS);
    }
  }
  const least = (/** @type {string} */ way) => Math.min(...costs[way]);
  console.log(`${perWrite} a write: ${WAYS.map((way) => `${way} ${least(way).toFixed(1)} ms (${(least(way) / least("bare")).toFixed(1)})`).join(", ")}`);
}
await miniflare.dispose();
upstream.close();
await rm(folder, { recursive: true, force: true });
process.exit();

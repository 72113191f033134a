// What relaying an answer costs in workerd: CPU of its process a request of 4,000 events, beside `return fetch(upstream)` in the same run.
//   node tests/bench/relay.js
// BEFORE=folder is another build of the package (its `pkg`), asked in the same run for what it had: `toResponse` and `uiMessage`, each with `before` in front.
import { mkdtemp, rm } from "node:fs/promises";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { fetchOnce, installed } from "../gateway/workerd.js";
import { wasmModules } from "../package/bundle.js";
import { ENGINE_NAMES } from "../package/engines.js";

const EVENTS = Number(process.env.EVENTS ?? 4000), PACE_MS = Number(process.env.PACE_MS ?? 0), WAYS = process.env.WAYS?.split(",") ?? ["bare", "gateway", "response", "toResponse", "uiMessage"], ROUNDS = Number(process.env.ROUNDS ?? 3), REQUESTS = Number(process.env.REQUESTS ?? 5), BEFORE = process.env.BEFORE;
if (BEFORE && !process.env.WAYS) WAYS.push("before:toResponse", "before:uiMessage");

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

/** The processes below this one that serve. */
const workerds = () => readdirSync("/proc").filter((pid) => {
  try {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")[1] === String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("workerd");
  } catch {
    return false;
  }
});

/** @param {string} name @param {string} entry @param {import("esbuild").Plugin} packaged */
async function serve(name, entry, packaged) {
  const outdir = join(folder, name), running = new Set(workerds());
  await build({ entryPoints: { worker: fileURLToPath(new URL(entry, import.meta.url)) }, outdir, bundle: true, format: "esm", target: "es2022", conditions: ["workerd"], loader: { ".wasm": "copy" }, assetNames: "[name]", plugins: [packaged, wasmModules], logLevel: "error" });
  const miniflare = new Miniflare({
    host: "127.0.0.1", port: 0, compatibilityDate: "2026-03-01", compatibilityFlags: ["enable_request_signal"], bindings: { UPSTREAM: `http://127.0.0.1:${/** @type {any} */ (upstream.address()).port}` }, modulesRoot: outdir,
    modules: [{ type: "ESModule", path: join(outdir, "worker.js") }, ...["engine", ...ENGINE_NAMES].map((engine) => join(outdir, `${engine}.wasm`)).filter((path) => existsSync(path)).map((path) => /** @type {const} */ ({ type: "CompiledWasm", path }))],
  });
  const url = (await miniflare.ready).href;
  const pid = /** @type {string} */ (workerds().find((pid) => !running.has(pid)));
  return { url, pid, miniflare };
}

const served = [await serve("now", "relay-worker.js", installed)];
if (BEFORE) served.push(await serve("before", "relay-before.js", { name: "before", setup: ({ onResolve }) => onResolve({ filter: /^openrouter-wasm$/ }, () => ({ path: join(BEFORE, "index.js") })) }));
/** @param {string} way */
const serverOf = (way) => (way.startsWith("before:") ? served[1] : served[0]);

/** Of all its threads, in nanoseconds by the kernel: ticks of 10 ms would be longer than what is measured. */
const cpuMs = (/** @type {string} */ pid) => readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]) / 1e6, 0);

for (perWrite of process.env.PER_WRITE?.split(",").map(Number) ?? [1, 30]) {
  /** @type {Record<string, number[]>} */
  const costs = Object.fromEntries(WAYS.map((way) => [way, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const way of WAYS) {
      const { url, pid } = serverOf(way), before = cpuMs(pid);
      for (let request = 0; request < REQUESTS; request += 1) await (await fetchOnce(url + way.replace("before:", ""))).text();
      // What is read behind the answer belongs to it.
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (round > 0) costs[way].push((cpuMs(pid) - before) / REQUESTS);
    }
  }
  const least = (/** @type {string} */ way) => Math.min(...costs[way]);
  console.log(`${perWrite} a write: ${WAYS.map((way) => `${way} ${least(way).toFixed(1)} ms (${(least(way) / least("bare")).toFixed(1)})`).join(", ")}`);
}
for (const { miniflare } of served) await miniflare.dispose();
upstream.close();
await rm(folder, { recursive: true, force: true });
process.exit();

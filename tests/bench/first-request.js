// What an isolate's first request costs in workerd, as a Worker that was just started pays for it: CPU of its process, a fresh one each time.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { wasmModules } from "../package/bundle.js";
import { spread } from "./measure.js";
import { digits, table } from "./report.js";

/** @import { Spread } from "./measure.js" */

export const FIRST_REQUEST = "first-request", WORKER_START = "worker-start";
export const BARE = "bare fetch";

const ASKED = `messages: [{ role: "user", content: "Hello" }]`;
const answer = (/** @type {object} */ delta, /** @type {string | null} */ reason, more = {}) => `data: ${JSON.stringify({ id: "gen-1", model: "m/x", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: reason }], ...more })}\n\n`;
const ANSWER = `${[..."it works"].map((content) => answer({ content }, null)).join("")}${answer({}, "stop", { usage: { prompt_tokens: 3, completion_tokens: 8, total_tokens: 11, cost: 0.0001 } })}data: [DONE]\n\n`;

/** A Worker that answers with the text of a chat. @param {string} imports @param {string} chat */
const worker = (imports, chat) => `${imports}
export default {
  async fetch(request, env) {
    let text = "";
${chat}
    return new Response(text);
  },
};`;

const OURS = worker(`import { OpenRouter } from "openrouter-wasm";`, `    const client = new OpenRouter({ apiKey: "key", baseURL: env.UPSTREAM });
    for await (const event of client.chat({ model: "m/x", ${ASKED} })) if (event.type === "text-delta") text += event.text;`);

const OPENAI = worker(`import OpenAI from "openai";`, `    const client = new OpenAI({ apiKey: "key", baseURL: env.UPSTREAM });
    for await (const chunk of await client.chat.completions.create({ model: "m/x", stream: true, ${ASKED} })) text += chunk.choices[0]?.delta?.content ?? "";`);

const RAW = worker("", `    const response = await fetch(env.UPSTREAM + "/chat/completions", { method: "POST", body: JSON.stringify({ model: "m/x", stream: true, ${ASKED} }) });
    for (const line of (await response.text()).split("\\n")) if (line.startsWith("data: {")) text += JSON.parse(line.slice(6)).choices[0].delta.content ?? "";`);

/** The program that miniflare starts; a Worker of miniflare's own in front of ours would be in every request. @type {string} */
const WORKERD = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;

/** How long nothing may happen until a start counts as over: what V8 compiles behind it belongs to it. */
const QUIET_MS = 150;

/**
 * The contenders take turns, so that what else the machine does is the same for all.
 * @param {{ name: string, folder: URL }[]} builds  of this package
 * @param {{ quick: boolean, onProgress?: (text: string) => void }} options
 * @returns {Promise<[string, Map<string, Spread>][]>}  microseconds
 */
export async function measureFirstRequest(builds, { quick, onProgress }) {
  if (!existsSync("/proc/self/task")) {
    console.error("bench: first request: not measured, only Linux tells the CPU time of another process in nanoseconds");
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), "openrouter-wasm-first-request-"));
  const upstream = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "text/event-stream" }).end(ANSWER));
  });
  try {
    await new Promise((resolve) => upstream.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (upstream.address());
    const apps = builds.map(({ name, folder: pkg }) => ({ name, contents: OURS, alias: { "openrouter-wasm": fileURLToPath(new URL("edge/index.js", pkg)) } }));
    const all = [{ name: BARE, contents: RAW, alias: {} }, ...apps, { name: "openai", contents: OPENAI, alias: {} }];
    for (const [number, { contents, alias }] of all.entries()) await writeWorker(join(folder, String(number)), contents, alias, port);
    /** @type {{ start: number, request: number }[][]} */
    const taken = all.map(() => []);
    const rounds = quick ? 2 : 15;
    for (let round = 0; round < rounds; round++) {
      for (const [number, { name }] of all.entries()) {
        onProgress?.(`first request in workerd ${round + 1} of ${rounds}: ${name}`);
        taken[number].push(await firstRequest(join(folder, String(number))));
      }
    }
    const rowsOf = (/** @type {"start" | "request"} */ part) => new Map(all.map(({ name }, number) => [name, spread(taken[number].map((one) => one[part] * 1000))]));
    return [[FIRST_REQUEST, rowsOf("request")], [WORKER_START, rowsOf("start")]];
  } finally {
    upstream.closeAllConnections();
    upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The Worker as wrangler bundles it, and workerd's own configuration beside it. @param {string} outdir @param {string} contents @param {Record<string, string>} alias @param {number} port  of the upstream */
async function writeWorker(outdir, contents, alias, port) {
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) }, alias, outfile: join(outdir, "worker.js"),
    bundle: true, minify: true, format: "esm", target: "es2022", conditions: ["workerd", "worker", "browser"], loader: { ".wasm": "copy" }, assetNames: "[name]", plugins: [wasmModules], logLevel: "error",
  });
  const wasm = readdirSync(outdir).filter((name) => name.endsWith(".wasm"));
  const modules = [`(name = "worker.js", esModule = embed "worker.js")`, ...wasm.map((name) => `(name = "./${name}", wasm = embed "${name}")`)];
  writeFileSync(join(outdir, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (compatibilityDate = "2026-03-01", modules = [${modules.join(", ")}], bindings = [(name = "UPSTREAM", text = "http://127.0.0.1:${port}")])),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`);
}

/** Milliseconds of CPU of the process until it is still, and of its first request. @param {string} folder @returns {Promise<{ start: number, request: number }>} */
async function firstRequest(folder) {
  const child = spawn(WORKERD, ["serve", "--control-fd=3", join(folder, "config.capnp")], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const port = await listening(/** @type {import("node:stream").Readable} */ (child.stdio[3]), ended);
    const start = await stillCpuMs(/** @type {number} */ (child.pid));
    const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    if (text !== "it works") throw new Error(`workerd: this is not the answer: ${text}`);
    return { start, request: (await stillCpuMs(/** @type {number} */ (child.pid))) - start };
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

/** @param {import("node:stream").Readable} control  where workerd tells what it listens on @param {Promise<unknown>} ended @returns {Promise<number>} */
async function listening(control, ended) {
  const told = (async () => {
    let text = "";
    for await (const bytes of control) {
      text += bytes;
      for (const line of text.split("\n").slice(0, -1)) {
        const message = JSON.parse(line);
        if (message.event === "listen" && message.socket === "http") return message.port;
      }
    }
  })();
  const port = await Promise.race([told, ended.then(() => undefined)]);
  if (typeof port !== "number") throw new Error("workerd ended before it listened");
  return port;
}

/** Once the process uses no more. @param {number} pid */
async function stillCpuMs(pid) {
  for (let last = cpuMs(pid); ; ) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const now = cpuMs(pid);
    if (now - last < 0.2) return now;
    last = now;
  }
}

/** Of all threads, in nanoseconds by the kernel: ticks of 10 ms would be longer than what is measured. @param {number} pid */
function cpuMs(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]) / 1e6, 0);
}

/** @param {Map<string, Map<string, Spread>>} results */
export function firstRequestTable(results) {
  const ms = (/** @type {number} */ us) => digits(us / 1000);
  const starts = results.get(WORKER_START), requests = results.get(FIRST_REQUEST) ?? new Map();
  const rows = [...requests].map(([name, { median, min, max }]) => [name, ms(median), `${ms(min)} .. ${ms(max)}`, ms(starts?.get(name)?.median ?? NaN)]);
  return `an isolate's first request in workerd, ms of CPU of its process\n${table([["", "ms", "min .. max", "start before it"], ...rows])}`;
}

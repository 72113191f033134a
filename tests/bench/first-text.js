// From nothing to the first text, as a function that was just deployed pays for it: bundled, the answer in the process, a fresh process each time.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { spread } from "./measure.js";
import { digits, table } from "./report.js";

/** @import { Spread } from "./measure.js" */

export const FIRST_TEXT = "first-text";

const ANSWER = `new Response('data: {"id":"gen-1","model":"m/x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":null}]}\\n\\ndata: [DONE]\\n\\n', { headers: { "content-type": "text/event-stream" } })`;
const ASKED = `messages: [{ role: "user", content: "Hello" }]`;

const OURS = `import { OpenRouter } from "openrouter-wasm";
const client = new OpenRouter({ apiKey: "key", fetch: async () => ${ANSWER} });
export async function first() {
  for await (const event of client.chat({ ${ASKED} })) if (event.type === "text-delta") return event.text;
}`;

const OPENAI = `import OpenAI from "openai";
const client = new OpenAI({ apiKey: "key", baseURL: "https://openrouter.ai/api/v1", fetch: async () => ${ANSWER} });
export async function first() {
  for await (const chunk of await client.chat.completions.create({ model: "m/x", stream: true, ${ASKED} })) if (chunk.choices[0]?.delta?.content) return chunk.choices[0].delta.content;
}`;

/** Prints milliseconds of CPU. */
const RUN = `const before = process.cpuUsage();
const { first } = await import(process.argv[2]);
if ((await first()) !== "ok") throw new Error("this is not the answer");
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);`;

/**
 * The contenders take turns, so that what else the machine does is the same for all.
 * @param {{ name: string, folder: URL }[]} builds  of this package
 * @param {{ quick: boolean, onProgress?: (text: string) => void }} options
 * @returns {Promise<[string, Map<string, Spread>][]>}  microseconds
 */
export async function measureFirstText(builds, { quick, onProgress }) {
  const folder = mkdtempSync(join(tmpdir(), "openrouter-wasm-first-text-"));
  try {
    const run = join(folder, "run.mjs");
    writeFileSync(run, RUN);
    const apps = builds.map(({ name, folder: pkg }) => ({ name, contents: OURS, alias: { "openrouter-wasm": fileURLToPath(new URL("index.js", pkg)) } }));
    const all = [...apps, { name: "openai", contents: OPENAI, alias: {} }];
    for (const [number, { contents, alias }] of all.entries()) {
      await build({
        stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) }, alias, outdir: join(folder, String(number)),
        bundle: true, minify: true, splitting: true, format: "esm", target: "es2022", platform: "node", outExtension: { ".js": ".mjs" }, logLevel: "error",
      });
    }
    /** @type {number[][]} */
    const taken = all.map(() => []);
    const rounds = quick ? 3 : 21;
    for (let round = 0; round < rounds; round++) {
      for (const [number, { name }] of all.entries()) {
        onProgress?.(`first text ${round + 1} of ${rounds}: ${name}`);
        const { stdout } = await promisify(execFile)(process.execPath, [run, join(folder, String(number), "stdin.mjs")]);
        taken[number].push(Number(stdout) * 1000);
      }
    }
    return [[FIRST_TEXT, new Map(all.map(({ name }, number) => [name, spread(taken[number])]))]];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Map<string, Map<string, Spread>>} results */
export function firstTextTable(results) {
  const row = results.get(FIRST_TEXT) ?? new Map();
  const ms = (/** @type {number} */ us) => digits(us / 1000);
  const openai = row.get("openai")?.median ?? NaN;
  const rows = [...row].map(([name, { median, min, max }]) => [name, ms(median), `${ms(min)} .. ${ms(max)}`, digits(median / openai)]);
  return `import to first text, bundled, in a fresh process, ms of CPU\n${table([["", "ms", "min .. max", "of openai"], ...rows])}`;
}

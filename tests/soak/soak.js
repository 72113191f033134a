// Bent recordings through the public API: `node tests/soak/soak.js [--seconds N] [--seed N] [--one N] [--transcript N]` against the package in pkg/;
// or, with `--mebibytes N`, one answer of that size.
// What holds for every stream, however it is bent and however it is cut into pieces, is in `invariants.js`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect, parseArgs } from "node:util";
import { check, runOnce } from "./invariants.js";
import { mutant } from "./mutations.js";
import { oneRun } from "./one-run.js";
import { checkTranscript, transcript } from "./transcripts.js";

/** What a finding is from that is no stream. */
const TRANSCRIPT = "a transcript";
/** They take a tenth of the time of a stream in three cuts. */
const TRANSCRIPTS_AN_INPUT = 5;
const clientOf = (/** @type {any} */ api) => new api.OpenRouter({ apiKey: "sk-or-v1-soak-0123456789", fetch: async () => new Response("{}", { status: 500 }) });

/** @param {string} folder  of the package */
export async function load(folder) {
  const root = pathToFileURL(`${folder}/`);
  const [api, simulator] = await Promise.all([import(new URL("index.js", root).href), import(new URL("simulator.js", root).href)]);
  return { api, seeds: await seedsOf(simulator) };
}

/** What is bent: the simulator's own streams, and real ones where they are. @param {any} simulator */
async function seedsOf({ createSimulator }) {
  const scripts = [
    { text: ["Grüße", " 🙂", " und mehr"], reasoning: ["Hm.", " So."], usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, cost: 0.001 } },
    { text: "Let me see.", toolCalls: [{ id: "c1", name: "weather", arguments: '{"city": "Zürich", "n": [1, 2]}', deltaBytes: 3 }, { id: "c2", name: "clock", arguments: "{}" }] },
    { refusal: "No.", finishReason: "content_filter" },
    { text: ["cut at the lim"], finishReason: "length", comments: 2 },
    { text: ["a"], error: { afterChunks: 1, error: { code: 502, message: "upstream" } } },
    { text: "whole", json: true },
    { text: ["with", " sources"], annotations: [{ type: "url_citation", url_citation: { url: "https://a.example", title: "A" } }], images: ["data:image/png;base64,iVBORw0KGgo="] },
    { json: true, text: "whole", toolCalls: [{ id: "c1|fc", name: "weather", arguments: "{}" }], reasoning: "Hm." },
    { json: true, error: { error: { code: 429, message: "slow down" } } },
    { reasoningDetails: [{ type: "reasoning.text", text: "t", signature: "c2ln", index: 0, format: "anthropic-claude-v1" }, { type: "reasoning.encrypted", data: "AA==", index: 1 }], text: "x" },
  ];
  /** @type {{ name: string, bytes: Uint8Array, isStream: boolean }[]} */
  const seeds = [];
  for (const [number, script] of scripts.entries()) {
    const server = createSimulator({ delayMs: 0, seed: "soak" });
    server.enqueue(script);
    const body = JSON.stringify({ model: "m/x", messages: [{ role: "user", content: "hi" }], stream: !script.json });
    const response = await server.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", headers: { Authorization: "Bearer k" }, body });
    seeds.push({ name: `script ${number}`, bytes: new Uint8Array(await response.arrayBuffer()), isStream: !script.json });
  }
  const recordings = new URL("../../../shared/recordings/", import.meta.url);
  if (!existsSync(recordings)) return seeds;
  const rows = JSON.parse(readFileSync(new URL("index.json", recordings), "utf8"));
  for (const { file, kind } of rows.filter((/** @type {any} */ row) => /^(chat|error)/.test(row.kind))) {
    const bytes = new Uint8Array(readFileSync(new URL(file, recordings)));
    // Longer ones are the same kinds again, and most of the time would go there.
    if (bytes.length <= 20_000) seeds.push({ name: file, bytes, isStream: kind.endsWith("stream") });
  }
  return seeds;
}

/**
 * @param {{ api: any, seeds: Parameters<typeof mutant>[0] }} loaded
 * @param {{ seconds: number, seed: number }} options
 */
export async function soak({ api, seeds }, { seconds, seed }) {
  const start = performance.now();
  /** @type {Record<string, number>} */
  const ends = {};
  /** @type {{ number: number, from: string, done: string[], problems: string[] }[]} */
  const found = [];
  /** @type {Record<string, number>} */
  const repairs = {};
  const client = clientOf(api);
  let inputs = 0, runs = 0, bytes = 0, transcripts = 0;
  while (performance.now() - start < seconds * 1000 && found.length < 20) {
    const number = seed + inputs;
    const input = mutant(seeds, number);
    const { problems, outcomes } = await check(api, input);
    inputs += 1;
    runs += outcomes.length;
    bytes += input.bytes.length * outcomes.length;
    const [{ end }] = outcomes;
    ends[end] = (ends[end] ?? 0) + 1;
    if (problems.length > 0) found.push({ number, from: input.from, done: input.done, problems });
    for (let at = 0; at < TRANSCRIPTS_AN_INPUT; at++, transcripts++) {
      const number = seed + transcripts;
      const { end, problems } = await checkTranscript(api, client, number);
      repairs[end] = (repairs[end] ?? 0) + 1;
      if (problems.length > 0) found.push({ number, from: TRANSCRIPT, done: [], problems });
    }
  }
  return { inputs, runs, bytes, seconds: (performance.now() - start) / 1000, ends, found, seeds: seeds.length, transcripts, repairs };
}

/** @param {string} folder @param {number} mebibytes */
async function through(folder, mebibytes) {
  const [api, { chatEngine }] = await Promise.all(["index.js", "engine/chat.js"].map((file) => import(new URL(file, pathToFileURL(`${folder}/`)).href)));
  const { verdict, isWhole, bytes, events, seconds, before, most, after } = await oneRun(api, () => chatEngine.startNow().memory.buffer.byteLength, mebibytes);
  console.log(`one run: ${bytes} bytes, ${events} events in ${seconds.toFixed(1)} s, ${verdict}${isWhole ? "" : ", NOT WHOLE"}`);
  console.log(`the engine's memory: ${before} bytes before, ${most} at most, ${after} after`);
  if (verdict !== "complete" || !isWhole || most - before > 2 ** 20) process.exitCode = 1;
}

async function main() {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: String(Date.now() >>> 0) }, one: { type: "string" }, transcript: { type: "string" }, mebibytes: { type: "string" } } });
  const pkg = process.env.OPENROUTER_WASM_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
  if (values.mebibytes !== undefined) return through(pkg, Number(values.mebibytes));
  const loaded = await load(pkg);
  if (values.one !== undefined) {
    const { random: _, ...input } = mutant(loaded.seeds, Number(values.one));
    console.log({ ...input, bytes: new TextDecoder().decode(input.bytes) });
    console.log(await check(loaded.api, mutant(loaded.seeds, Number(values.one))), await runOnce(loaded.api, input, [input.bytes]));
    return;
  }
  if (values.transcript !== undefined) {
    console.log(inspect(transcript(Number(values.transcript)), { depth: null }));
    console.log(await checkTranscript(loaded.api, clientOf(loaded.api), Number(values.transcript)));
    return;
  }
  const { found, ends, ...figures } = await soak(loaded, { seconds: Number(values.seconds), seed: Number(values.seed) });
  const { inputs, runs, bytes, seconds, seeds, transcripts, repairs } = figures;
  console.log(`soak: ${inputs} bent streams of ${seeds} recordings, ${runs} runs, ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s (${Math.round(runs / seconds)} runs/s), seed ${values.seed}`);
  console.log(`how they ended: ${Object.entries(ends).sort(([, one], [, other]) => other - one).map(([end, count]) => `${end} ${count}`).join(", ")}`);
  console.log(`and ${transcripts} transcripts: ${Object.entries(repairs).map(([end, count]) => `${end} ${count}`).join(", ")}`);
  console.log(`${found.length} of them did not hold`);
  if (found.length === 0) return;
  const folder = new URL("../../target/soak/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const { number, from, done, problems } of found) {
    if (from === TRANSCRIPT) {
      console.log(`  --transcript ${number}: ${problems.join("; ")}`);
      continue;
    }
    writeFileSync(new URL(`${number}.bin`, folder), mutant(loaded.seeds, number).bytes);
    console.log(`  --one ${number} (${from}: ${done.join(", ")}): ${problems.join("; ")}`);
  }
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

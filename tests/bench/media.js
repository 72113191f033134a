// What files cost on their way around the engine: base64 against the platform's own ways, and what of them stays in the engine's memory.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { collectGarbage, spread } from "./measure.js";
import { digits, table } from "./report.js";

/** @import { Results } from "./report.js" */
/** @typedef {{ name: string, folder: URL }} MediaBuild */

const MIB = 1 << 20;
const BYTES = new Uint8Array(10 * MIB);
for (let at = 0; at < BYTES.length; at++) BYTES[at] = (at * 2654435761) >>> 11;
const TEXT = Buffer.from(BYTES).toString("base64");
export const OURS = "openrouter-wasm";
export const MEMORY = ["an image that goes along", "an image that comes"];

const own = /** @type {any} */ (Uint8Array);
/** The platform's ways; those that are there. @type {[string, ((bytes: Uint8Array) => string | Promise<string>) | undefined][]} */
const ENCODERS = [
  ["Buffer", (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")],
  ["toBase64", own.prototype.toBase64 && ((bytes) => /** @type {any} */ (bytes).toBase64())],
  ["btoa by groups", (bytes) => Array.from({ length: Math.ceil(bytes.length / 8190) }, (_, at) => btoa(String.fromCharCode(...bytes.subarray(at * 8190, at * 8190 + 8190)))).join("")],
];
/** @type {[string, ((text: string) => Uint8Array | Promise<Uint8Array>) | undefined][]} */
const DECODERS = [
  ["Buffer", (text) => Buffer.from(text, "base64")],
  ["fromBase64", own.fromBase64 && ((text) => own.fromBase64(text))],
  ["atob", (text) => Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0))],
  ["fetch of a data URL", async (text) => new Uint8Array(await (await fetch(`data:;base64,${text}`)).arrayBuffer())],
];

/**
 * @param {MediaBuild[]} builds
 * @param {{ quick: boolean, onProgress?: (text: string) => void }} options
 * @returns {Promise<Results>} microseconds of 10 MiB, and bytes
 */
export async function measureMedia(builds, { quick, onProgress }) {
  /** @type {Results} */
  const results = new Map();
  const ours = [];
  for (const { name, folder } of builds) ours.push({ name, ...(await import(new URL("request/base64.js", folder).href)) });
  for (const [key, input, ways] of /** @type {[string, any, [string, any][]][]} */ ([
    ["base64-encode", BYTES, [...ours.map((build) => [build.name, build.base64Of]), ...ENCODERS]],
    ["base64-decode", TEXT, [...ours.map((build) => [build.name, build.bytesOfBase64]), ...DECODERS]],
  ])) {
    const entries = ways.filter(([, way]) => way).map(([name, way]) => ({ name, way, samples: /** @type {number[]} */ ([]), every: /btoa|atob|fetch/.test(name) ? 5 : 1 }));
    for (let round = 0; round < (quick ? 4 : 25); round++) {
      onProgress?.(`${key}, round ${round + 1}`);
      // The order turns: whoever comes first after a collection has it easier.
      for (const { way, samples, every } of round % 2 === 0 ? entries : entries.toReversed()) {
        if (round % every > 1) continue;
        // The best of a few: a collection of the 14 MB that others left falls on somebody.
        let best = Infinity, output;
        for (let time = 0; time < (every === 1 ? 5 : 1); time++) {
          collectGarbage({ type: "minor" });
          const start = performance.now();
          output = await way(input);
          best = Math.min(best, performance.now() - start);
        }
        samples.push(best * 1000);
        if (output.length !== (key === "base64-encode" ? TEXT.length : BYTES.length)) throw new Error(`${key}: wrong length`);
      }
    }
    results.set(key, new Map(entries.map(({ name, samples }) => [name, spread(samples.slice(2))])));
  }
  const memory = new Map();
  for (const { name, folder } of builds) {
    // In a process of its own: room that others left would hide what grows.
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), folder.href]);
    JSON.parse(stdout).forEach((/** @type {number} */ bytes, /** @type {number} */ at) => memory.set(`${name}: ${MEMORY[at]}`, spread([bytes])));
  }
  results.set("media-memory", memory);
  return results;
}

/** @param {Results} results */
export function mediaTables(results) {
  const times = (/** @type {string} */ key, /** @type {string} */ title) => {
    const row = [...(results.get(key) ?? [])];
    return `${title}\n${table([["", "ms", "min .. max"], ...row.map(([name, { median, min, max }]) => [name, digits(median / 1000), `${digits(min / 1000)} .. ${digits(max / 1000)}`])])}`;
  };
  const memory = [...(results.get("media-memory") ?? [])].map(([name, { median }]) => [name, median]);
  return [times("base64-encode", "base64 of 10 MiB"), times("base64-decode", "10 MiB of base64"), `the engine's memory grows by, 10 MiB\n${table([["", "bytes"], ...memory])}`];
}

/** Bytes by which the engine's memory grows. @param {URL} folder */
async function growth(folder) {
  const [{ OpenRouter }, { servicesEngine }] = await Promise.all(["index.js", "engine/services.js"].map((file) => import(new URL(file, folder).href)));
  let answer = "AAAA";
  const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
    await new Response(init.body).arrayBuffer();
    return Response.json({ data: [{ b64_json: answer }] });
  };
  const client = new OpenRouter({ apiKey: "k", fetch });
  const memoryBytes = () => servicesEngine.startNow().memory.buffer.byteLength;
  const grown = [];
  await client.images.generate({ prompt: "x" });
  for (const [request, b64] of [[{ inputs: [{ data: BYTES, mediaType: "image/png" }] }, "AAAA"], [{}, TEXT]]) {
    answer = /** @type {string} */ (b64);
    const before = memoryBytes();
    await client.images.generate({ prompt: "x", maxBytes: 16 * MIB, .../** @type {object} */ (request) });
    grown.push(memoryBytes() - before);
  }
  return grown;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await growth(new URL(process.argv[2]))));

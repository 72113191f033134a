// What the catalog costs: the engine over its bytes, against `JSON.parse` and a filter in JavaScript; and a scan of sixty models.
import { existsSync, readFileSync } from "node:fs";
import { createSimulator } from "../../pkg/simulator.js";
import { collectGarbage, spread } from "./measure.js";

/** @import { Build } from "./package-costs.js" */
/** @import { Results } from "./report.js" */

export const PARSE_AND_FILTER = "JSON.parse and a filter";
const REAL = new URL("../../../shared/data/models-2026-08-22.json", import.meta.url);
const ROWS = 415;
export const SCAN_MODELS = 60, SCAN_ANSWER_MS = 200, SCAN_CONCURRENCY = 10;

/** What rows of today carry along beside what the simulator's have: of the values of a real row a third. @param {number} at */
const benchmarksOf = (at) => ({
  design_arena: ["models", "dataviz", "svg", "website"].map((category, place) => ({ arena: "models", category, elo: 1000 + ((at * 37 + place * 91) % 300), win_rate: ((at * 7 + place * 13) % 1000) / 10, rank: ((at + place * 17) % 90) + 1 })),
});

/**
 * A real catalog where it is there, written as the API does, without blanks; else one of the simulator's rows that has as many rows as that one, as many
 * values and letters a row (78 and 620) and as many models without a price (one in twenty): what is measured depends on all of them.
 * @returns {Promise<{ bytes: Uint8Array<ArrayBuffer>, name: string }>}
 */
export async function benchCatalog() {
  const encoder = new TextEncoder();
  if (existsSync(REAL)) return { bytes: encoder.encode(JSON.stringify(JSON.parse(readFileSync(REAL, "utf8")))), name: `the catalog of 2026-08-22, ${ROWS} rows` };
  const { data } = await (await createSimulator().fetch("https://openrouter.ai/api/v1/models")).json();
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const row = data[at % data.length], isFree = at % 20 === 0;
    const pricing = isFree ? { prompt: "0", completion: "0" } : { ...row.pricing, prompt: `0.0000${at + 1}`, completion: `0.000${at + 1}` };
    return { ...row, id: `author-${at}/model-${isFree ? `${at}:free` : at}`, pricing, description: `${row.description} ${`Number ${at} follows instructions well. `.repeat(6)}`, benchmarks: benchmarksOf(at) };
  });
  return { bytes: encoder.encode(JSON.stringify(rows)), name: `made-up rows, as ../shared/data is not there: ${ROWS} of the simulator's` };
}

/** @param {any} row */
const isFree = (row) => row.id.endsWith(":free") || (Number(row.pricing.prompt) === 0 && Number(row.pricing.completion) === 0);

/**
 * Microseconds of CPU by call: `filter`, `list`, `get`; and the wall time of a scan.
 * @param {Build[]} builds @param {{ quick: boolean, onProgress?: (text: string) => void }} options
 * @returns {Promise<{ results: Results, name: string }>}
 */
export async function measureCatalog(builds, { quick, onProgress }) {
  const { bytes, name: title } = await benchCatalog();
  const [rounds, warmUps] = quick ? [5, 5] : [41, 20];
  const decoder = new TextDecoder();
  const plain = () => JSON.parse(decoder.decode(bytes)).filter((/** @type {any} */ row) => isFree(row) && row.supported_parameters.includes("tools"));
  const expected = plain().map((/** @type {any} */ row) => row.id).sort();
  const wanted = JSON.parse(decoder.decode(bytes))[7].id;
  /** @type {{ key: string, row: string, work: () => unknown, samples: number[] }[]} */
  const entries = [{ key: "catalog-filter", row: PARSE_AND_FILTER, work: plain, samples: [] }];
  /** @type {Results} */
  const results = new Map();
  for (const { name, exports } of builds) {
    const client = new exports.OpenRouter({ fetch: async () => new Response(bytes) });
    if (!("models" in client)) continue;
    const filter = () => client.models.scan({ probe: false, capabilities: ["tools"] });
    const found = (await filter()).rows.map(({ model }) => model).sort();
    if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${name}: the filter finds ${found.length} models, not ${expected.length}`);
    if ((await client.models.list()).length < ROWS || (await client.models.get(wanted))?.id !== wanted) throw new Error(`${name}: the list is not whole`);
    entries.push({ key: "catalog-filter", row: name, work: filter, samples: [] });
    entries.push({ key: "catalog-list", row: name, work: () => client.models.list(), samples: [] });
    entries.push({ key: "catalog-get", row: name, work: () => client.models.get(wanted), samples: [] });
    onProgress?.(`scan of ${SCAN_MODELS} models: ${name}`);
    results.set("catalog-scan", new Map([...(results.get("catalog-scan") ?? []), [name, spread(await scans(exports, quick ? 1 : 3))]]));
  }
  for (let round = 0; round < warmUps + rounds; round++) {
    onProgress?.(`catalog, round ${round + 1} of ${warmUps + rounds}`);
    for (const { work, samples } of entries) {
      collectGarbage({ type: "minor" });
      const start = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(start);
      if (round >= warmUps) samples.push(user + system);
    }
  }
  for (const { key, row, samples } of entries) results.set(key, new Map([...(results.get(key) ?? []), [row, spread(samples)]]));
  return { results, name: title };
}

/** Wall time in microseconds: what counts is the waiting. @param {Build["exports"]} exports @param {number} times */
async function scans({ OpenRouter }, times) {
  const rows = Array.from({ length: SCAN_MODELS }, (_, at) => ({ id: `a/m${at}:free`, architecture: { modality: "text+image->text" }, supported_parameters: ["tools"] }));
  const fetch = /** @type {any} */ (async (/** @type {string} */ url) => {
    if (url.endsWith("/models")) return Response.json({ data: rows });
    await new Promise((resolve) => setTimeout(resolve, SCAN_ANSWER_MS));
    return Response.json({ choices: [{ message: { role: "assistant", content: "hm" }, finish_reason: "stop" }] });
  });
  const samples = [];
  for (let time = 0; time < times; time++) {
    const start = performance.now();
    const { counts } = await new OpenRouter({ apiKey: "k", fetch }).models.scan({ concurrency: SCAN_CONCURRENCY });
    if (counts.tested !== SCAN_MODELS) throw new Error(`${counts.tested} models were probed`);
    samples.push((performance.now() - start) * 1000);
  }
  return samples;
}

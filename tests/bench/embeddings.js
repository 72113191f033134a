// What 2,000 texts and their vectors cost, beside the client that everybody has.
import OpenAI from "openai";
import { collectGarbage, spread } from "./measure.js";
import { digits, table } from "./report.js";

/** @import { Results } from "./report.js" */

export const EMBEDDINGS = "embeddings";
const DIMENSIONS = 1536, INPUTS = 2000;
export const PEER = "openai";

/**
 * @param {{ name: string, exports: any }[]} builds
 * @param {{ quick: boolean, onProgress?: (text: string) => void }} options
 * @returns {Promise<Results>} microseconds of CPU for all inputs
 */
export async function measureEmbeddings(builds, { quick, onProgress }) {
  const count = quick ? 200 : INPUTS;
  const input = Array.from({ length: count }, (_, at) => `text number ${at}: ${"lorem ipsum dolor ".repeat(12)}`);
  const vector = Float32Array.from({ length: DIMENSIONS }, (_, at) => Math.sin(at));
  const embedding = Buffer.from(vector.buffer).toString("base64");
  /** Answers by how many were asked for, made before: it is the clients that are measured. @type {Map<number, Uint8Array<ArrayBuffer>>} */
  const answers = new Map();
  const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
    const asked = JSON.parse(init.body).input.length;
    if (!answers.has(asked)) {
      const data = Array.from({ length: asked }, (__, index) => ({ object: "embedding", index, embedding }));
      answers.set(asked, new TextEncoder().encode(JSON.stringify({ object: "list", data, model: "m", usage: { prompt_tokens: 1, total_tokens: 1, cost: 1e-6 } })));
    }
    return new Response(answers.get(asked), { headers: { "content-type": "application/json" } });
  };
  const entries = [
    ...builds.map(({ name, exports }) => {
      const client = new exports.OpenRouter({ apiKey: "k", fetch });
      return { name, samples: /** @type {number[]} */ ([]), run: async () => (await client.embeddings.create({ model: "m", input })).embeddings };
    }),
    (() => {
      const client = new OpenAI({ apiKey: "k", baseURL: "https://openrouter.ai/api/v1", fetch });
      return { name: PEER, samples: /** @type {number[]} */ ([]), run: async () => (await client.embeddings.create({ model: "m", input })).data.map((/** @type {any} */ row) => row.embedding) };
    })(),
  ];
  const rounds = quick ? 3 : 13;
  for (let round = 0; round < rounds; round++) {
    onProgress?.(`${EMBEDDINGS}, round ${round + 1}`);
    for (const { run, samples } of round % 2 === 0 ? entries : entries.toReversed()) {
      collectGarbage({ type: "minor" });
      const start = process.cpuUsage();
      const vectors = await run();
      const { user, system } = process.cpuUsage(start);
      samples.push(user + system);
      if (vectors.length !== count || Math.fround(vectors[count - 1][7]) !== vector[7]) throw new Error(`${EMBEDDINGS}: wrong vectors`);
    }
  }
  return new Map([[EMBEDDINGS, new Map(entries.map(({ name, samples }) => [name, spread(samples.slice(quick ? 1 : 3))]))]]);
}

/** @param {Results} results */
export function embeddingsTable(results) {
  const rows = [...(results.get(EMBEDDINGS) ?? [])].map(([name, { median, min, max }]) => [name, `${digits(median / 1000)} (${digits(min / 1000)} .. ${digits(max / 1000)})`]);
  return `embeddings of ${INPUTS} inputs of ${DIMENSIONS} dimensions, ms of CPU\n${table([["", "all of them"], ...rows])}`;
}

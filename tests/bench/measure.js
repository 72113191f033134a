// CPU time of contenders side by side, on a machine that others use too.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fetchOf } from "./answers.js";
import { verify } from "./verify.js";

/** @import { Answer } from "./answers.js" */
/** @import { Contender, Outcome, Reader } from "./contenders.js" */

/** @typedef {{ median: number, min: number, max: number }} Spread */

/**
 * Readers of one stream, measured together.
 * @typedef {object} Scenario
 * @property {string} key
 * @property {string} title
 * @property {Answer} answer
 * @property {"text" | "tool" | "object" | "long-object"} kind  a long object is read by those alone whose cost does not grow with it
 */

// Each sample starts with an empty nursery: nobody pays for what others left lying about. Not a whole collection: V8 then drops the
// optimized code that refers to objects which have died (`--trace-deopt`: 191 times in a short run, reason "weak objects"), and each
// sample would measure the compiler again. It matters: all take two to seven times as long, and our lead over `openai` shrinks.
setFlagsFromString("--expose-gc");
export const collectGarbage = /** @type {(options: { type: "minor" }) => void} */ (runInNewContext("gc"));

/** A sample takes at least this long, so that the clock's grain and a stray interrupt do not count. */
const MIN_SAMPLE_US = 60_000;
const MAX_KEPT_PIECES = 2000;

/** @param {number[]} values @returns {Spread} */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** CPU time in microseconds, all threads, user and system. @param {() => Promise<void>} work */
async function cpuTime(work) {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/**
 * Round-robin over contenders and scenarios, so that a busy minute of the machine hits all alike. Every single stream is verified.
 * @param {Contender[]} contenders
 * @param {Scenario[]} scenarios
 * @param {{ rounds: number, budgetMs: number, onProgress?: (text: string) => void }} options  `budgetMs`: for a sample; the slowest take fewer rounds
 * @returns {Promise<Map<string, Map<string, Spread>>>} by scenario, by contender: microseconds of CPU a piece
 */
export async function measure(contenders, scenarios, { rounds, budgetMs, onProgress }) {
  const entries = [];
  for (const contender of contenders) {
    const readers = await contender.load();
    for (const scenario of scenarios) {
      const read = readers[scenario.kind];
      if (!read) continue;
      onProgress?.(`warm-up: ${scenario.key}, ${contender.name}`);
      entries.push({ contender, scenario, read, samples: /** @type {number[]} */ ([]), ...(await warmUp(contender, scenario, read, budgetMs)) });
    }
  }
  // Once more now that everybody has been there: what they share, streams above all, has been compiled for all of them.
  for (const { contender, scenario, read } of entries) await readOnce(contender, scenario, read);
  for (let round = 0; round < rounds; round++) {
    onProgress?.(`round ${round + 1} of ${rounds}`);
    for (const { contender, scenario, read, samples, repeats, everyNth } of entries) {
      if (round % everyNth !== 0) continue;
      collectGarbage({ type: "minor" });
      samples.push(await sample(contender, scenario, read, repeats));
    }
  }
  /** @type {Map<string, Map<string, Spread>>} */
  const results = new Map(scenarios.map(({ key }) => [key, new Map()]));
  for (const { contender, scenario, samples } of entries) results.get(scenario.key)?.set(contender.name, spread(samples));
  return results;
}

/** @param {Contender} contender @param {Scenario} scenario @param {Reader} read @param {number} repeats @returns {Promise<number>} microseconds a piece */
async function sample(contender, { answer, kind }, read, repeats) {
  // What is kept for verification is dropped every few thousand pieces: dead weight would be the garbage collector's, in everybody's time.
  const group = Math.max(1, Math.ceil(MAX_KEPT_PIECES / answer.pieces));
  let spent = 0;
  for (let done = 0; done < repeats; done += group) {
    const fetches = Array.from({ length: Math.min(group, repeats - done) }, () => fetchOf(answer));
    /** @type {Outcome[]} */
    const outcomes = [];
    spent += await cpuTime(async () => {
      for (const fetch of fetches) outcomes.push(await read(fetch));
    });
    for (const outcome of outcomes) verify(contender, outcome, answer, kind);
  }
  return spent / repeats / answer.pieces;
}

/** @param {Contender} contender @param {Scenario} scenario @param {Reader} read */
async function readOnce(contender, { answer, kind }, read) {
  verify(contender, await read(fetchOf(answer)), answer, kind);
}

/**
 * Runs until the optimizing compiler has had its chance, then says how often a sample has to read the stream.
 * @param {Contender} contender
 * @param {Scenario} scenario
 * @param {Reader} read
 * @param {number} budgetMs
 */
async function warmUp(contender, scenario, read, budgetMs) {
  let total = 0, last = 0;
  for (let run = 0; run < 40 && total < budgetMs * 1000; run++) {
    last = await cpuTime(() => readOnce(contender, scenario, read));
    total += last;
  }
  return { repeats: Math.max(1, Math.ceil(Math.min(MIN_SAMPLE_US, budgetMs * 1000) / last)), everyNth: Math.max(1, Math.round(last / 1000 / budgetMs)) };
}

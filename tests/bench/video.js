// What it costs to poll many videos at once: a round of polls, against their fetches alone. Each row has processes of its own: beside others in one
// it took from 44 to 79 ms, by what these had left to the compiler and the collector. Of each the quickest round counts, which the machine's
// other work disturbed least.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { spread } from "./measure.js";

/** @import { Options } from "./package-costs.js" */
/** @import { Results } from "./report.js" */

export const JOBS = 1000;
export const FETCHES = "the fetches alone", POLL = "videos.poll", WAIT = "videos.wait, its first poll";

/**
 * Microseconds of CPU for a round of all jobs, by `videos`: the quickest round of each process.
 * @param {{ name: string, folder: URL }[]} builds  of this package
 * @param {Options} options
 * @returns {Promise<Results>}
 */
export async function measurePolls(builds, { quick, onProgress }) {
  const [processes, rounds, warmUps] = quick ? [1, 5, 5] : [7, 7, 12];
  const script = fileURLToPath(new URL("video-rounds.js", import.meta.url));
  const entries = [{ row: FETCHES, args: [FETCHES, "."] }];
  for (const { name, folder } of builds) {
    for (const call of [POLL, WAIT]) entries.push({ row: name === "openrouter-wasm" ? call : `${call}, ${name}`, args: [call, folder.href] });
  }
  /** @type {number[][]} */
  const quickest = entries.map(() => []);
  for (let turn = 0; turn < processes; turn++) {
    for (const [number, { row, args }] of entries.entries()) {
      onProgress?.(`videos, process ${turn + 1} of ${processes}: ${row}`);
      const { stdout } = await promisify(execFile)(process.execPath, [script, ...args, String(rounds), String(warmUps)]);
      quickest[number].push(spread(JSON.parse(stdout)).min);
    }
  }
  return new Map([["videos", new Map(entries.map(({ row }, number) => [row, spread(quickest[number])]))]]);
}

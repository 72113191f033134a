// How long a kind of work takes: the estimate of its progress line. What it took here before is known best.
import { join } from "node:path";
import { readUserConfig, writeUserConfig } from "./user-folder.js";

/** @import { Given } from "./command.js" */

/** Before anything is known of this machine and these models. */
const FIRST_MS = /** @type {const} */ ({ image: 20_000, video: 120_000, music: 60_000, speech: 5_000, transcription: 10_000 });
const KEPT = 5;
/** Shorter work shows no progress worth an estimate: nothing is written for it. */
const LEAST_MS = 2_000;

/** @typedef {{ folder: string, kind: keyof typeof FIRST_MS, model: string | undefined }} Work */

const pathIn = (/** @type {string} */ folder) => join(folder, "timings.json");
const nameOf = (/** @type {Work} */ { kind, model }) => `${kind} ${model ?? "(default)"}`;

/** The median of what it took before. @param {Work} work @returns {Promise<number>} */
export async function usualMs(work) {
  // An estimate alone depends on the file: one that cannot be read is none.
  const known = await readUserConfig(pathIn(work.folder)).catch(() => ({}));
  const durations = timesIn(known[nameOf(work)]).sort((one, other) => one - other);
  return durations[durations.length >> 1] ?? FIRST_MS[work.kind];
}

/** @param {Work} work @param {number} ms */
export async function keepDuration(work, ms) {
  if (ms < LEAST_MS) return;
  const path = pathIn(work.folder);
  const known = await readUserConfig(path).catch(() => ({}));
  known[nameOf(work)] = [...timesIn(known[nameOf(work)]), Math.round(ms)].slice(-KEPT);
  // The work is done: it does not fail because its duration cannot be kept.
  await writeUserConfig(path, known).catch(() => {});
}

/** @param {unknown} value @returns {number[]} */
const timesIn = (value) => (Array.isArray(value) ? value.filter((ms) => typeof ms === "number" && ms > 0) : []);

/**
 * Does work behind a progress line with its estimate, and remembers how long it took.
 * @template Result
 * @param {Pick<Given, "folder" | "progress" | "values">} given @param {{ kind: Work["kind"], text: string }} what @param {() => Promise<Result>} work @returns {Promise<Result>}
 */
export async function timed({ folder, progress, values }, { kind, text }, work) {
  const of = { folder, kind, model: values.model };
  await progress.show(text, { usualMs: await usualMs(of) });
  const startMs = Date.now();
  const result = await work();
  await keepDuration(of, Date.now() - startMs);
  return result;
}

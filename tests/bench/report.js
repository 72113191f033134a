// Tables of what was measured, and whether the targets are met.

import { EMBEDDINGS, PEER } from "./embeddings.js";
import { FIRST_PAGE } from "./chromium.js";
import { BARE, FIRST_REQUEST, WORKER_START } from "./first-request.js";
import { FIRST_TEXT } from "./first-text.js";
import { FETCHES, JOBS, POLL, WAIT } from "./video.js";
import { PARSE_AND_FILTER, SCAN_ANSWER_MS, SCAN_CONCURRENCY, SCAN_MODELS } from "./catalog.js";
import { COPY, KINDS, LENGTHS, LOOP_MODELS } from "./package-costs.js";

/** @import { Contender } from "./contenders.js" */
/** @import { Scenario, Spread } from "./measure.js" */

/** @typedef {Map<string, Map<string, Spread>>} Results */
/** @typedef {(scenario: string, contender: string) => number} Median */
/** @typedef {{ target: string, value: number | undefined, limit: number, verdict: "PASS" | "FAIL" | "not judged" }} Judgement */

const OURS = "openrouter-wasm", OPENAI = "openai", LOOP = "hand-written loop", AI_SDK = "ai-sdk-provider + ai";

/**
 * What `cargo xtask bench` is there to watch. Ratios of medians; milliseconds where that is said.
 * @type {{ target: string, limit: number, strict?: boolean, value: (median: Median, fastest: Median) => number }[]}
 */
const TARGETS = [
  { target: "one event a chunk: at most 1/4 of openai", limit: 1 / 4, value: (median) => median("events", OURS) / median("events", OPENAI) },
  { target: "one event a chunk: below the hand-written loop", limit: 1, strict: true, value: (median) => median("events", OURS) / median("events", LOOP) },
  // 1/14 was measured on an EPYC and a Xeon, 1/12 beside other work. Of 0.69 us an event 0.2 are the engine's, 0.1 the events, 0.07 the loop over
  // promises, the rest the request that they come in.
  { target: "16 KiB chunks: at most 1/11 of openai", limit: 1 / 11, value: (median) => median("blocks", OURS) / median("blocks", OPENAI) },
  { target: "16 KiB chunks: at most half of the hand-written loop", limit: 1 / 2, value: (median) => median("blocks", OURS) / median("blocks", LOOP) },
  { target: "tool arguments: a delta at 128 KB at most 1.3 of one at 8 KB", limit: 1.3, value: (median) => median("tool-128", OURS) / median("tool-8", OURS) },
  { target: "object of 128 KB with partial views: at most 1/3 of the AI SDK's Output.object a delta", limit: 1 / 3, value: (median) => median("object-128", OURS) / median("object-128", AI_SDK) },
  { target: "object: a delta at 1 MB at most 1.3 of one at 128 KB", limit: 1.3, value: (median) => median("object-1024", OURS) / median("object-128", OURS) },
  // Of each the copy itself is 1.0, since the messages cross as JSON. The engine is built for size: at level 2 it takes 1.37, 1.74 and 1.66 where this one takes
  // 1.47, 1.88 and 1.83 on the same busy machine, and is 6.4 KB of brotli larger.
  ...KINDS.map((kind) => ({
    target: `transcript, ${kind}: sanitizeTranscript at most 2 of a copy by JSON`, limit: 2,
    value: (/** @type {Median} */ median) => median(`transcript-${kind}`, "sanitizeTranscript") / median(`transcript-${kind}`, COPY),
  })),
  ...LOOP_MODELS.map(([title]) => ({
    target: `tool loop, ${title}: a step behind ${LENGTHS[1]} messages at most 1.3 of one behind ${LENGTHS[0]}`, limit: 1.3,
    value: (/** @type {Median} */ median) => median(`loop-${LENGTHS[1]}`, title) / median(`loop-${LENGTHS[0]}`, title),
  })),
  // `Buffer` is Node's fastest; where it is not there, nothing is judged.
  // By the fastest round of each: the same native call is behind both, and what comes on top of it is other work of the machine.
  { target: "base64 of 10 MiB: at most 1.05 of the platform's fastest way", limit: 1.05, value: (_, fastest) => fastest("base64-encode", OURS) / Math.min(...["Buffer", "toBase64"].map((way) => fastest("base64-encode", way)).filter((us) => us > 0)) },
  { target: "an image of 10 MiB that goes along: MiB of the engine's memory", limit: 1, strict: true, value: (median) => median("media-memory", `${OURS}: an image that goes along`) / 2 ** 20 },
  { target: "an image of 10 MiB that comes: MiB of the engine's memory", limit: 1, strict: true, value: (median) => median("media-memory", `${OURS}: an image that comes`) / 2 ** 20 },
  // By the quickest round of each, the only number that holds on a busy machine: with six others at work on two cores it comes to 29 and 57 (32 and 65 another time),
  // the medians of rounds to 61 and 94. A wait has beside its poll what a job of hours needs: a timer, an event of progress, a record to the engine and back before and
  // behind, its end by the signal.
  ...[{ row: POLL, limit: 50 }, { row: WAIT, limit: 80 }].map(({ row, limit }) => ({
    target: `${JOBS} jobs: a round of ${row} below ${limit} ms, without the fetches`, limit, strict: true,
    value: (/** @type {Median} */ _, /** @type {Median} */ fastest) => (fastest("videos", row) - fastest("videos", FETCHES)) / 1000,
  })),
  { target: "import to first text, bundled: at most 1.3 of openai", limit: 1.3, value: (median) => median(FIRST_TEXT, OURS) / median(FIRST_TEXT, OPENAI) },
  // A request of a Worker that does nothing but fetch is in it: what the issue measured with took 5 ms for that, workerd by itself takes 2.
  { target: "an isolate's first request in workerd: below 10 ms", limit: 10, strict: true, value: (median) => median(FIRST_REQUEST, OURS) / 1000 },
  { target: "an isolate's first request in workerd: at most 5 ms more than a bare fetch", limit: 5, value: (median) => (median(FIRST_REQUEST, OURS) - median(FIRST_REQUEST, BARE)) / 1000 },
  // Cloudflare allows 400 ms.
  { target: "the start of its isolate: at most 100 ms more than a bare one", limit: 100, value: (median) => (median(WORKER_START, OURS) - median(WORKER_START, BARE)) / 1000 },
  { target: "first text in Chromium: at most openai", limit: 1, value: (median) => median(FIRST_PAGE, OURS) / median(FIRST_PAGE, OPENAI) },
  { target: "embeddings of 2,000 inputs: at most 1/2 of openai", limit: 1 / 2, value: (median) => median(EMBEDDINGS, OURS) / median(EMBEDDINGS, PEER) },
  // A whole call with its fetch, against bytes that are there: 0.86 with the real catalog, 1.21 with the made-up one, whose rows are alike and quick to parse.
  { target: "catalog: free models with tools at most 1.5 of what JSON.parse and a filter take", limit: 1.5, value: (median) => median("catalog-filter", OURS) / median("catalog-filter", PARSE_AND_FILTER) },
  { target: `scan: ${SCAN_MODELS} models, ${SCAN_CONCURRENCY} at a time, answers after ${SCAN_ANSWER_MS} ms, in 2 s`, limit: 1, value: (median) => median("catalog-scan", OURS) / 2e6 },
];

/** @param {Results} results @param {boolean} isRough  too short for a verdict @returns {Judgement[]} */
export function judge(results, isRough) {
  const median = (/** @type {string} */ scenario, /** @type {string} */ contender) => results.get(scenario)?.get(contender)?.median ?? NaN;
  const fastest = (/** @type {string} */ scenario, /** @type {string} */ contender) => results.get(scenario)?.get(contender)?.min ?? NaN;
  return TARGETS.map(({ target, limit, strict, value: ratio }) => {
    const value = ratio(median, fastest);
    if (Number.isNaN(value)) return { target, limit, value: undefined, verdict: "not judged" };
    if (isRough) return { target, limit, value, verdict: "not judged" };
    return { target, limit, value, verdict: (strict ? value < limit : value <= limit) ? "PASS" : "FAIL" };
  });
}

/** @param {(string | number)[][]} rows  the first is the head; the first column is text, the others numbers */
export function table(rows) {
  const cells = rows.map((row) => row.map(String));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ").trimEnd()).join("\n");
}

/** Three digits are what the measurement is worth. @param {number} value */
export function digits(value) {
  if (!Number.isFinite(value)) return "-";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {Scenario} scenario @param {Map<string, Spread>} row @param {string} unit */
export function scenarioTable({ title }, row, unit) {
  const of = (/** @type {string} */ name) => row.get(name)?.median ?? NaN;
  const times = (/** @type {number} */ value, /** @type {number} */ base) => (Number.isNaN(base) ? "-" : value >= base ? `${digits(value / base)}` : `1/${digits(base / value)}`);
  const rows = [...row].map(([name, { median, min, max }]) => [name, digits(median), `${digits(min)} .. ${digits(max)}`, times(median, of(OPENAI)), times(median, of(LOOP))]);
  return `${title}\n${table([["", unit, "min .. max", "of openai", "of the loop"], ...rows])}`;
}

/** Cost per delta of long arguments against short ones. @param {Results} results @param {number} longKb */
export function growthTable(results, longKb) {
  const [short, long] = [results.get("tool-8"), results.get("tool-128")];
  const rows = [...(long ?? [])].map(([name, { median }]) => [name, digits(short?.get(name)?.median ?? NaN), digits(median), digits(median / (short?.get(name)?.median ?? NaN))]);
  return `tool arguments, growth of the cost with their length\n${table([["", "8 KB: us/delta", `${longKb} KB: us/delta`, "ratio"], ...rows])}`;
}

/** @param {Results} results */
export function transcriptTables(results) {
  return KINDS.map((kind) => {
    const row = results.get(`transcript-${kind}`) ?? new Map();
    const copy = row.get(COPY)?.median ?? NaN;
    const ms = (/** @type {number} */ us) => digits(us / 1000);
    const rows = [...row].map(([name, { median, min, max }]) => [name, ms(median), `${ms(min)} .. ${ms(max)}`, digits(median / copy)]);
    const what = { clean: "nothing to change", mixed: "half of it other models' turns", ids: "every tool id to be rewritten" }[kind];
    return `transcript of 2,000 messages prepared for Gemini, ${what}\n${table([["", "ms", "min .. max", "of the copy"], ...rows])}`;
  });
}

/** @param {Results} results @param {string} name  which catalog */
export function catalogTable(results, name) {
  const ms = (/** @type {number} */ us) => digits(us / 1000);
  const calls = [["catalog-filter", "filter: free + tools"], ["catalog-list", "list() of everything"], ["catalog-get", "get(id)"], ["catalog-scan", "scan, tool and image of each, wall time"]];
  const rows = calls.flatMap(([key, call]) => [...(results.get(key) ?? [])].map(([who, { median, min, max }]) => [`${call}: ${who}`, ms(median), `${ms(min)} .. ${ms(max)}`]));
  return `${name}\n${table([["", "ms", "min .. max"], ...rows])}`;
}

/** Cost of a step behind a long transcript against one behind a short one. @param {Results} results */
export function loopTable(results) {
  const [short, long] = LENGTHS.map((length) => results.get(`loop-${length}`));
  const rows = [...(long ?? [])].map(([name, { median }]) => [name, digits(short?.get(name)?.median ?? NaN), digits(median), digits(median / (short?.get(name)?.median ?? NaN))]);
  return `tool loop, from an answer to the next request, growth with the messages before it\n${table([["", ...LENGTHS.map((length) => `${length}: us/step`), "ratio"], ...rows])}`;
}

/** A round of all jobs, and what of it is the package's. @param {Results} results */
export function videoTable(results) {
  const row = results.get("videos") ?? new Map();
  const fetches = row.get(FETCHES)?.min ?? NaN;
  const ms = (/** @type {number} */ us) => digits(us / 1000);
  const rows = [...row].map(([name, { median, min, max }]) => [name, ms(median), `${ms(min)} .. ${ms(max)}`, name === FETCHES ? "-" : ms(min - fetches), name === FETCHES ? "-" : digits((min - fetches) / JOBS)]);
  return `${JOBS} jobs polled at once\n${table([["", "ms", "min .. max", "quickest, without fetches", "us/job"], ...rows])}`;
}

/** @param {Judgement[]} judgements */
export function judgementTable(judgements) {
  return table([["target", "measured", "limit", ""], ...judgements.map(({ target, value, limit, verdict }) => [target, value === undefined ? "-" : value.toFixed(3), limit.toFixed(3), verdict])]);
}

/** @param {Contender[]} contenders */
export function versionLines(contenders) {
  return table(contenders.map(({ name, version }) => [name, version]));
}

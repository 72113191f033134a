// What a streamed event costs, side by side with other clients, and what transcripts and tool loops cost: `cargo xtask bench [args]`.
import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { parseArgs, promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { objectAnswer, reasoningAnswer, textAnswer, toolAnswer } from "./answers.js";
import { measureCatalog } from "./catalog.js";
import { chromiumTable, measureChromium } from "./chromium.js";
import { CONTENDERS, otherBuild } from "./contenders.js";
import { embeddingsTable, measureEmbeddings } from "./embeddings.js";
import { firstRequestTable, measureFirstRequest } from "./first-request.js";
import { firstTextTable, measureFirstText } from "./first-text.js";
import { measure, spread } from "./measure.js";
import { measureMedia, mediaTables } from "./media.js";
import { measureLoops, measureTranscripts } from "./package-costs.js";
import { catalogTable, digits, growthTable, judge, judgementTable, loopTable, scenarioTable, table, transcriptTables, versionLines, videoTable } from "./report.js";
import { measurePolls } from "./video.js";

/** @import { Scenario, Spread } from "./measure.js" */

const USAGE = `usage: cargo xtask bench [options]
  --quick          a few rounds of short streams: everything runs and is verified, the numbers are rough
  --only NAME      these contenders, "transcripts", "tool loop", "catalog", "media", "videos", "embeddings", "first text", "first request" (workerd)
                   or "first page" (Chromium) alone (part of a name; more than once)
  --against DIR    also another build of this package, from its folder
  --json           the numbers as JSON
  --check          exit with 1 unless every target is met; for a full run`;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    against: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(USAGE);
  process.exit();
}

const { quick, only } = options;
if (options.check && (quick || only)) refuse("--check needs a full run: without --quick and --only");
const LONG_KB = quick ? 32 : 128;
const isWanted = (/** @type {string} */ name) => !only || only.some((part) => name.includes(part));
const all = [...options.against.map(otherBuild), ...CONTENDERS];
const contenders = all.filter(({ name }) => isWanted(name));
const OWN = ["transcripts", "tool loop", "catalog", "media", "videos", "embeddings", "first text", "first request", "first page"];
const [hasTranscripts, hasLoops, hasCatalog, hasMedia, hasVideos, hasEmbeddings, hasFirstText, hasFirstRequest, hasFirstPage] = OWN.map(isWanted);
if (contenders.length === 0 && !OWN.some(isWanted)) {
  refuse(`nothing is called ${only?.join(" or ")}: there are ${[...CONTENDERS.map(({ name }) => name), ...OWN].join(", ")}`);
}

const EVENTS = quick ? 400 : 4000;
/** @type {Scenario[]} */
const streams = [
  { key: "events", title: `text, one event a network chunk (${EVENTS} deltas)`, kind: "text", answer: textAnswer(EVENTS) },
  { key: "blocks", title: `text, 16 KiB chunks (${EVENTS} deltas)`, kind: "text", answer: textAnswer(EVENTS, 16 << 10) },
  { key: "reasoning", title: `reasoning, text and details, one event a network chunk (${EVENTS} deltas)`, kind: "text", answer: reasoningAnswer(EVENTS) },
  { key: "tool-8", title: "tool arguments of 8 KB in deltas of 20 bytes, one event a network chunk", kind: "tool", answer: toolAnswer(8 << 10) },
  { key: "tool-128", title: `tool arguments of ${LONG_KB} KB, the same way`, kind: "tool", answer: toolAnswer(LONG_KB << 10) },
  { key: "object-128", title: `object of ${LONG_KB} KB streamed with partial views, deltas of 20 bytes`, kind: "object", answer: objectAnswer(LONG_KB << 10) },
  { key: "object-1024", title: `object of ${LONG_KB * 8} KB, the same way`, kind: "long-object", answer: objectAnswer(LONG_KB << 13) },
];
/** @type {Scenario} */
const request = { key: "request", title: "a whole request, one delta", kind: "text", answer: textAnswer(1) };

const started = performance.now();
const onProgress = process.stderr.isTTY ? (/** @type {string} */ text) => void process.stderr.write(`\r\x1b[K${text}`) : undefined;
const results = await measure(contenders, [...streams, request], { rounds: quick ? 3 : 11, budgetMs: quick ? 40 : 250, onProgress });
const starts = await coldStarts(quick ? 1 : 5);
const builds = [];
for (const { name, folder } of all) if (folder) builds.push({ name, exports: await import(new URL("index.js", folder).href) });
if (hasTranscripts) for (const [key, row] of await measureTranscripts(builds, { quick, onProgress })) results.set(key, row);
const folders = all.flatMap(({ name, folder }) => (folder ? [{ name, folder: new URL(folder) }] : []));
if (hasFirstText) for (const [key, row] of await measureFirstText(folders, { quick, onProgress })) results.set(key, row);
if (hasFirstRequest) for (const [key, row] of await measureFirstRequest(folders, { quick, onProgress })) results.set(key, row);
if (hasFirstPage) for (const [key, row] of await measureChromium(folders, { quick, onProgress })) results.set(key, row);
if (hasMedia) for (const [key, row] of await measureMedia(folders, { quick, onProgress })) results.set(key, row);
if (hasLoops) for (const [key, row] of await measureLoops(builds, { quick, onProgress })) results.set(key, row);
if (hasVideos) for (const [key, row] of await measurePolls(folders, { quick, onProgress })) results.set(key, row);
if (hasEmbeddings) for (const [key, row] of await measureEmbeddings(builds, { quick, onProgress })) results.set(key, row);
const catalog = hasCatalog ? await measureCatalog(builds, { quick, onProgress }) : undefined;
for (const [key, row] of catalog?.results ?? []) results.set(key, row);
onProgress?.("");
const judgements = judge(results, quick);
const seconds = (performance.now() - started) / 1000;

if (options.json) {
  const plain = (/** @type {Map<string, any>} */ map) => Object.fromEntries(map);
  const versions = Object.fromEntries(contenders.map(({ name, version }) => [name, version]));
  const scenarios = Object.fromEntries([...results].map(([key, row]) => [key, plain(row)]));
  console.log(JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, quick, seconds, versions, microseconds: scenarios, coldStartMs: plain(starts), targets: judgements }, undefined, 2));
} else {
  const parts = [
    `${versionLines(all.filter((one) => one.folder || contenders.includes(one)))}\nNode ${process.version}, ${cpus().length} x ${cpus()[0]?.model}; CPU time of all threads, medians${quick ? "; --quick: rough" : ""}`,
    ...(contenders.length === 0 ? [] : [
      ...streams.map((scenario) => scenarioTable(scenario, results.get(scenario.key) ?? new Map(), scenario.kind === "text" ? "us/event" : "us/delta")),
      growthTable(results, LONG_KB),
      scenarioTable(request, results.get(request.key) ?? new Map(), "us/request"),
      coldStartTable(starts),
    ]),
    ...(hasTranscripts ? transcriptTables(results) : []),
    ...(hasLoops ? [loopTable(results)] : []),
    ...(hasMedia ? mediaTables(results) : []),
    ...(hasVideos ? [videoTable(results)] : []),
    ...(hasEmbeddings ? [embeddingsTable(results)] : []),
    ...(hasFirstText ? [firstTextTable(results)] : []),
    ...(hasFirstRequest ? [firstRequestTable(results)] : []),
    ...(hasFirstPage ? [chromiumTable(results)] : []),
    ...(catalog ? [catalogTable(results, catalog.name)] : []),
    judgementTable(judgements),
    `${seconds.toFixed(0)} s`,
  ];
  console.log(parts.join("\n\n"));
}
if (options.check && judgements.some(({ verdict }) => verdict !== "PASS")) process.exitCode = 1;

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}

/** @typedef {Record<"imported" | "first" | "second", { cpu: number, wall: number }>} ColdStart */

/**
 * Each in a fresh process, one after the other.
 * @param {number} rounds
 * @returns {Promise<Map<string, Record<"imported" | "first" | "second", Spread>>>} by contender, milliseconds of CPU
 */
async function coldStarts(rounds) {
  /** @type {Map<string, ColdStart[]>} */
  const all = new Map();
  const script = fileURLToPath(new URL("cold-start.js", import.meta.url));
  for (let round = 0; round < rounds; round++) {
    for (const { name, readsNothing } of contenders) {
      if (readsNothing) continue;
      onProgress?.(`cold start ${round + 1} of ${rounds}: ${name}`);
      const folder = options.against.filter((candidate) => otherBuild(candidate).name === name);
      const { stdout } = await promisify(execFile)(process.execPath, [script, name, ...folder]);
      all.set(name, [...(all.get(name) ?? []), JSON.parse(stdout)]);
    }
  }
  const of = (/** @type {ColdStart[]} */ list, /** @type {keyof ColdStart} */ field) => spread(list.map((start) => start[field].cpu));
  return new Map([...all].map(([name, list]) => [name, { imported: of(list, "imported"), first: of(list, "first"), second: of(list, "second") }]));
}

/** @param {Awaited<ReturnType<typeof coldStarts>>} starts */
function coldStartTable(starts) {
  const cell = (/** @type {Spread} */ { median, min, max }) => `${digits(median)} (${digits(min)} .. ${digits(max)})`;
  const rows = [...starts].map(([name, { imported, first, second }]) => [name, cell(imported), cell(first), cell(second)]);
  return `cold start in a fresh process, one delta, ms of CPU\n${table([["", "import", "first chat", "second chat"], ...rows])}`;
}

// What it costs to poll many videos at once: a round of polls, against their fetches alone.
import { collectGarbage, spread } from "./measure.js";

/** @import { Build, Options } from "./package-costs.js" */
/** @import { Results } from "./report.js" */

export const JOBS = 1000;
export const FETCHES = "the fetches alone", POLL = "videos.poll", WAIT = "videos.wait, its first poll";
const BASE = "https://openrouter.ai/api/v1";
const HEADERS = { "content-type": "application/json" };

/** @param {number} number */
const idOf = (number) => `gen-vid-1795249196-${String(number).padStart(20, "aBcD")}`;
const TICKETS = Array.from({ length: JOBS }, (_, number) => ({
  kind: /** @type {const} */ ("openrouter-video"), version: /** @type {const} */ (1), id: idOf(number), pollingUrl: `${BASE}/videos/${idOf(number)}`, baseURL: BASE, model: "google/veo-3.1-fast",
  submittedAtMs: 1795249196000, request: { prompt: "A serene mountain landscape at sunset", durationSeconds: 8 }, status: "pending",
}));
const ANSWERS = new Map(TICKETS.map(({ id, pollingUrl }) => [pollingUrl, new TextEncoder().encode(JSON.stringify({ id, polling_url: pollingUrl, status: "in_progress" }))]));
/** @type {any} */
const fetch = async (/** @type {string} */ url) => new Response(ANSWERS.get(url), { headers: HEADERS });

/**
 * Microseconds of CPU for a round of all jobs, by `videos`.
 * @param {Build[]} builds
 * @param {Options} options
 * @returns {Promise<Results>}
 */
export async function measurePolls(builds, { quick, onProgress }) {
  const [rounds, warmUps] = quick ? [5, 5] : [41, 20];
  /** @type {{ row: string, work: () => Promise<unknown>, samples: number[] }[]} */
  const entries = [{ row: FETCHES, work: () => Promise.all(TICKETS.map(({ pollingUrl }) => fetch(pollingUrl))), samples: [] }];
  for (const { name, exports } of builds) {
    const { videos } = new exports.OpenRouter({ apiKey: "sk-or-v1-0123456789abcdef", fetch });
    const rowOf = (/** @type {string} */ call) => (name === "openrouter-wasm" ? call : `${call}, ${name}`);
    entries.push({ row: rowOf(POLL), work: async () => verify(await Promise.all(TICKETS.map((ticket) => videos.poll(ticket)))), samples: [] });
    entries.push({ row: rowOf(WAIT), work: () => firstPolls(videos), samples: [] });
  }
  for (let round = 0; round < warmUps + rounds; round++) {
    onProgress?.(`videos, round ${round + 1} of ${warmUps + rounds}`);
    for (const { work, samples } of entries) {
      collectGarbage({ type: "minor" });
      const start = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(start);
      if (round >= warmUps) samples.push(user + system);
    }
  }
  return new Map([["videos", new Map(entries.map(({ row, samples }) => [row, spread(samples)]))]]);
}

/** @param {import("../../pkg/index.js").OpenRouter["videos"]} videos */
async function firstPolls(videos) {
  const leave = new AbortController();
  /** @type {any[]} */
  const states = [];
  const onProgress = (/** @type {any} */ state) => {
    // All of them have been polled, and none again.
    if (states.push(state) === JOBS) leave.abort();
  };
  const ends = await Promise.allSettled(TICKETS.map((ticket) => videos.wait(ticket, { intervalMs: 60_000, signal: leave.signal, onProgress })));
  if (!ends.every(({ status }) => status === "rejected")) throw new Error("videos: a wait ended by itself");
  verify(states);
}

/** @param {{ status: string, isDone: boolean, ticket: { id: string } }[]} states */
function verify(states) {
  const isRight = states.length === JOBS && states.every(({ status, isDone }) => status === "in_progress" && !isDone) && new Set(states.map(({ ticket }) => ticket.id)).size === JOBS;
  if (!isRight) throw new Error("videos: a poll saw something else");
}

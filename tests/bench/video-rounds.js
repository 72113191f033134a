// Rounds of one row of `video.js` in a process of its own: `node video-rounds.js ROW PACKAGE ROUNDS WARM_UPS` prints microseconds of CPU as JSON.
import { collectGarbage } from "./measure.js";
import { FETCHES, JOBS, POLL } from "./video.js";

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

const [row, folder, rounds, warmUps] = process.argv.slice(2);
const work = await workOf();
/** @type {number[]} */
const samples = [];
for (let round = -Number(warmUps); round < Number(rounds); round++) {
  collectGarbage({ type: "minor" });
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  if (round >= 0) samples.push(user + system);
}
console.log(JSON.stringify(samples));

/** @returns {Promise<() => Promise<unknown>>} */
async function workOf() {
  if (row === FETCHES) return () => Promise.all(TICKETS.map(({ pollingUrl }) => fetch(pollingUrl)));
  /** @type {typeof import("../../pkg/index.js")} */
  const { OpenRouter } = await import(new URL("index.js", folder).href);
  const { videos } = new OpenRouter({ apiKey: "sk-or-v1-0123456789abcdef", fetch });
  return row === POLL ? async () => verify(await Promise.all(TICKETS.map((ticket) => videos.poll(ticket)))) : () => firstPolls(videos);
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

// Videos that were paid for are never lost: submitting, polling, waiting. Told once and run in every runtime.
import { eventually, ok, rejection, same } from "./scenario-tools.js";

/** @import { World } from "./scenario-tools.js" */

const KEY = "sk-or-v1-test";
const BASE = "https://openrouter.ai/api/v1";
const FAST = { intervalMs: 2, timeoutMs: 20_000 };
const VIDEO = new Uint8Array([0, 0, 0, 24, ...new TextEncoder().encode("ftypmp42"), ...new Array(40).fill(7)]);

/**
 * A client before a simulator of its own, and every request with what went along.
 * @param {World} world @param {object} [video] the life of its jobs @param {object} [options] of the client
 */
export function studio({ api, simulator }, video = {}, options = {}) {
  const server = simulator.createSimulator({ delayMs: 0 });
  server.onRequest("POST /videos", { video });
  /** @type {any[]} */
  const sent = [];
  const fetch = /** @type {any} */ ((/** @type {string} */ url, /** @type {any} */ init) => (sent.push({ url, ...init, headers: new Headers(init.headers) }), server.fetch(url, init)));
  const client = new api.OpenRouter({ apiKey: KEY, fetch, ...options });
  return { server, client, sent, fetch, polls: () => sent.filter(({ method, url }) => method === "GET" && !url.includes("/content")) };
}

/** @param {(url: string, init: any) => Response | Promise<Response>} fetch @param {World} world @param {object} [options] */
export const answering = (fetch, { api }, options = {}) => new api.OpenRouter({ apiKey: KEY, fetch: /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => fetch(url, init)), ...options });

/** @param {object} [more] @returns {any} */
export const ticketOf = (more = {}) => ({
  kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: `${BASE}/videos/job-1`, baseURL: BASE, model: "google/veo-3.1-fast", submittedAtMs: 1, request: { prompt: "p" }, status: "pending", ...more,
});

/** @param {unknown} body @param {ResponseInit} [init] */
export const jsonAnswer = (body, init) => new Response(JSON.stringify(body), { headers: { "content-type": "application/json" }, ...init });

/** @type {Record<string, (world: World) => Promise<void>>} */
export const videoScenarios = {
  async "a video is submitted once, polled by another client, and fetched"(world) {
    const { server, client, sent, fetch } = studio(world, { statuses: ["pending", "in_progress", "completed"], usage: { cost: 0.48, is_byok: false } });
    const before = Date.now();
    const ticket = await client.videos.submit({ prompt: "a cat", durationSeconds: 5, aspectRatio: "16:9", resolution: "720P", generateAudio: false, seed: 7 });
    same(server.requests.at(-1)?.body, { model: "google/veo-3.1-fast", prompt: "a cat", duration: 6, resolution: "720p", aspect_ratio: "16:9", generate_audio: false, seed: 7 }, "body");
    same([ticket.kind, ticket.version, ticket.baseURL, ticket.model, ticket.status], ["openrouter-video", 1, BASE, "google/veo-3.1-fast", "pending"], "ticket");
    same(ticket.request, { prompt: "a cat", durationSeconds: 6, resolution: "720p", aspectRatio: "16:9" }, "what was submitted");
    ok(ticket.submittedAtMs >= before && ticket.pollingUrl === `${BASE}/videos/${ticket.id}`, JSON.stringify(ticket));
    const state = await client.videos.poll(ticket);
    same([state.status, state.isDone, state.error], ["pending", false, undefined], "first poll");
    // A reload, another machine: a client that knows nothing but the key.
    const other = new world.api.OpenRouter({ apiKey: KEY, fetch });
    /** @type {any[]} */
    const told = [];
    const done = await other.videos.wait(JSON.parse(JSON.stringify(state.ticket)), { ...FAST, onProgress: (progress) => void told.push(progress) });
    same(told.map(({ status, isDone, polls }) => [status, isDone, polls]), [["in_progress", false, 1], ["completed", true, 2]], "progress");
    ok(told[0].nextPollMs > 0 && told[1].nextPollMs === 0 && told[1].elapsedMs >= 0, "times");
    same([done.status, done.usage, done.urls?.length, done.id], ["completed", { cost: 0.48, isByok: false }, 1, ticket.id], "done");
    const video = await other.videos.download(JSON.parse(JSON.stringify(done)));
    ok(video.data && video.data.length > 1000 && video.mediaType.startsWith("video/") && /^video-1\.\w+$/.test(video.name), JSON.stringify({ ...video, data: video.data?.length }));
    same(sent.filter(({ method }) => method === "POST").length, 1, "submissions");
    const polled = sent.length;
    same(await other.videos.wait(done, FAST), done, "what is done needs no poll");
    same(sent.length, polled, "and takes none");
  },

  async "the polling URL may be absolute, below the root, relative; elsewhere nothing goes along"(world) {
    for (const [pollingUrl, expected] of [["absolute", BASE], ["root-relative", BASE], ["relative", BASE], ["foreign", "https://storage.simulator.test"]]) {
      const { client, sent } = studio(world, { pollingUrl, id: "job-7", unsignedUrls: pollingUrl === "foreign" ? "foreign" : "own" });
      const ticket = await client.videos.submit({ prompt: "p" });
      ok(ticket.pollingUrl.startsWith(`${expected}/`), ticket.pollingUrl);
      const video = await client.videos.download(await client.videos.wait(ticket, FAST));
      ok(video.data, "the video");
      for (const { url, headers, redirect, method } of sent.slice(1)) {
        const isOwn = url.startsWith(`${BASE}/`);
        same([headers.get("authorization"), headers.get("content-type"), redirect, method], [isOwn ? `Bearer ${KEY}` : null, null, "manual", "GET"], url);
        same([...headers].length > 0, isOwn, `headers at all: ${url}`);
      }
    }
  },

  async "behind a port: a key that never arrives at another origin"({ api, remote, remoteRequests }) {
    const client = new api.OpenRouter({ apiKey: KEY, baseURL: remote });
    const id = `job-${Math.random().toString(36).slice(2)}`;
    const ticket = await client.videos.submit({ prompt: "p", extraBody: { simulator: { video: { id, pollingUrl: "foreign", unsignedUrls: "foreign", statuses: ["pending", { status: 503 }, "completed"] } } } });
    ok(new URL(ticket.pollingUrl).origin !== new URL(remote).origin, ticket.pollingUrl);
    const video = await client.videos.download(await client.videos.wait(ticket, FAST));
    ok(video.data && video.data.length > 1000, "the video");
    const arrived = (await remoteRequests()).filter(({ url, bodyText }) => url.includes(id) || bodyText.includes(id));
    const elsewhere = arrived.filter(({ url }) => new URL(url).hostname !== new URL(remote).hostname);
    ok(elsewhere.length >= 4, `asked there: ${elsewhere.length}`);
    for (const { url, headers } of arrived) same(headers.authorization, elsewhere.some((one) => one.url === url) ? undefined : `Bearer ${KEY}`, url);
  },

  async "waiting outlives polls that fail and statuses that nobody knows"(world) {
    const { client, polls } = studio(world, {
      statuses: [{ status: 502, body: "<html>", contentType: "text/html" }, "dreaming", { networkError: true }, null, { body: "<html>" }, { status: 401, body: { error: { message: "m" } } }, { status: 404, body: { error: { message: "m" } } }, "in_progress", { status: 429, body: { error: { message: "slow", metadata: { retry_after_seconds: 0.03 } } } }, { body: { status: "completed", unsigned_urls: "none" } }, "completed"],
    });
    const ticket = await client.videos.submit({ prompt: "p" });
    /** @type {any[]} */
    const told = [];
    const done = await client.videos.wait(ticket, { ...FAST, onProgress: (progress) => void told.push(progress) });
    same(done.status, "completed", "done");
    same(told.map(({ pollError, status }) => pollError?.code ?? status), ["server", "dreaming", "network", "bad-response", "bad-response", "auth", "not-found", "in_progress", "rate-limit", "bad-response", "completed"], "what was told");
    ok(told[8].nextPollMs >= 30, `as long as it was told: ${told[8].nextPollMs}`);
    ok(told.every(({ ticket: { id } }) => id === ticket.id), "a ticket each time");
    same(polls().length, 11, "polls");
    // One poll says what it saw, after a second attempt where that may help.
    const single = studio(world, { statuses: [{ status: 503 }, "dreaming", null] });
    const job = await single.client.videos.submit({ prompt: "p" });
    const state = await single.client.videos.poll(job);
    same([state.status, state.isDone, single.polls().length], ["dreaming", false, 2], "one poll");
    const error = await rejection(single.client.videos.poll(state.ticket));
    same([error.code, error.message, error.ticket], ["bad-response", "OpenRouter video generation response malformed", state.ticket], "no status");
  },

  async "a refusal that is repeated ends the wait, and so does 410; the ticket comes along"(world) {
    for (const [status, polls, code] of [[410, 1, "not-found"], [401, 3, "auth"], [403, 3, "forbidden"], [404, 3, "not-found"]]) {
      const desk = studio(world, { statuses: ["in_progress", { status, body: { error: { code: status, message: "no more" } } }] });
      const ticket = await desk.client.videos.submit({ prompt: "p" });
      const error = await rejection(desk.client.videos.wait(ticket, FAST));
      same([error.code, error.status, error.message, desk.polls().length], [code, status, `OpenRouter video status request failed (HTTP ${status}): no more`, 1 + Number(polls)], `${status}`);
      same([error.ticket.id, error.ticket.status, error.toJSON().ticket.id], [ticket.id, "in_progress", ticket.id], "ticket");
    }
    const keyless = studio(world, {}, { apiKey: undefined });
    const error = await rejection(keyless.client.videos.wait(ticketOf(), FAST));
    same([error.code, error.message, error.ticket.id, keyless.sent.length], ["auth", "OpenRouter API key missing", "job-1", 0], "no key");
  },

  async "a ticket of a job that has ended says so at once, without another poll"(world) {
    for (const [status, error, message] of [["failed", "no such actor", "no such actor"], ["cancelled", undefined, "OpenRouter video generation cancelled"], ["expired", "too late", "too late"]]) {
      const { client, polls } = studio(world, { statuses: [{ body: { status, error } }] });
      const state = await client.videos.poll(await client.videos.submit({ prompt: "p" }));
      same([state.isDone, state.error, state.ticket.status, state.ticket.error], [true, message, status, message], `${status}: the state`);
      for (const given of [state.ticket, JSON.parse(JSON.stringify(state.ticket)), state]) {
        const failure = await rejection(client.videos.wait(given, FAST));
        same([failure.code, failure.message, failure.ticket], ["server", message, state.ticket], `${status}: the wait`);
      }
      same(polls().length, 1, `${status}: polls`);
      const bare = await rejection(client.videos.wait(ticketOf({ status }), FAST));
      same([bare.message, polls().length], [`OpenRouter video generation ${status}`, 1], `${status}: a ticket without words`);
    }
    const bad = await rejection(answering(() => jsonAnswer({}), world).videos.wait(ticketOf({ status: "failed", error: {} })));
    same([bad.code, bad.message], ["invalid-request", "ticket.error: must be a string"], "no words");
  },

  async "what a poll gives is taken for its ticket"(world) {
    const { client, sent } = studio(world, { statuses: ["in_progress", "completed"] });
    const first = await client.videos.poll(await client.videos.submit({ prompt: "p" }));
    const second = await client.videos.poll(first);
    same([second.status, second.isDone], ["completed", true], "second poll");
    same(await client.videos.wait(second), second.ticket, "the wait");
    const video = await client.videos.download(second);
    ok(video.data && video.data.length > 1000, "the video");
    same(sent.length, 4, "requests");
    for (const given of [{}, { ticket: null }, { ticket: {} }, null, "job"]) {
      const error = await rejection(client.videos.download(/** @type {any} */ (given)));
      same([error.code, error.message.startsWith("ticket")], ["invalid-request", true], JSON.stringify(given));
    }
  },

  async "a job that failed says why"(world) {
    for (const [status, error, message] of [["failed", "no such actor", "no such actor"], ["cancelled", { message: "m" }, "m"], ["expired", " ", "OpenRouter video generation expired"]]) {
      const { client } = studio(world, { statuses: [status], error });
      const ticket = await client.videos.submit({ prompt: "p" });
      const state = await client.videos.poll(ticket);
      same([state.isDone, state.error, state.status], [true, message, status], "poll");
      const thrown = await rejection(client.videos.wait(ticket, FAST));
      same([thrown.code, thrown.message, thrown.isRetryable, thrown.ticket.status, thrown.ticket.id], ["server", message, false, status, ticket.id], "wait");
    }
  },

  async "too long is an error with the ticket, and no poll comes after the deadline"(world) {
    for (const statuses of [["pending"], [{ status: 503 }], [{ networkError: true }]]) {
      const { client, polls } = studio(world, { statuses });
      const ticket = await client.videos.submit({ prompt: "p" });
      const start = performance.now();
      const error = await rejection(client.videos.wait(ticket, { intervalMs: 10, timeoutMs: 600 }));
      const tookMs = performance.now() - start;
      same([error.code, error.message, error.isRetryable, error.ticket.id], ["timeout", "OpenRouter video generation did not finish in time", true, ticket.id], "error");
      ok(tookMs >= 599, `${tookMs} ms`);
      const count = polls().length;
      ok(count >= 2, `${count} polls`);
      await new Promise((resolve) => setTimeout(resolve, 60));
      same(polls().length, count, "silence afterwards");
    }
    const patient = studio(world, { statuses: ["pending"] }, { media: { video: { timeoutMs: 60 } } });
    const submitted = await patient.client.videos.submit({ prompt: "p" });
    const given = performance.now();
    same((await rejection(patient.client.videos.wait(submitted, { intervalMs: 10 }))).code, "timeout", "the limit of the settings");
    same((await rejection(patient.client.videos.wait(submitted, { intervalMs: 10, timeoutMs: 200 }))).code, "timeout", "the call's own");
    const bothMs = performance.now() - given;
    ok(bothMs >= 258, `${bothMs} ms`);
    const slow = studio(world, { statuses: [{ delayMs: 60_000, body: "{}" }] });
    const job = await slow.client.videos.submit({ prompt: "p" });
    same((await rejection(slow.client.videos.wait(job, { timeoutMs: 50 }))).message, "OpenRouter video generation did not finish in time", "a poll that hangs");
    const error = await rejection(slow.client.videos.poll(job, { timeoutMs: 50 }));
    same([error.code, error.ticket.id], ["timeout", job.id], "one poll");
    await eventually(async () => slow.server.requests.filter(({ aborted }) => aborted).length === 2, "the server sees that nobody waits any more");
  },

  async "whatever polls come to: a video, or an error with the ticket, and nothing is forgotten on the way"(world) {
    const outcomes = [
      () => jsonAnswer({ status: "pending" }), () => jsonAnswer({ status: "in_progress", generation_id: "gen-1" }), () => jsonAnswer({ status: "dreaming" }), () => jsonAnswer({ status: "completed", unsigned_urls: ["/f"] }),
      () => jsonAnswer({ status: "failed", error: "no" }), () => jsonAnswer({}), () => new Response("<html>"), () => new Response("", { status: 502 }), () => jsonAnswer({ error: { message: "m" } }, { status: 404 }),
      () => jsonAnswer({ error: { message: "m" } }, { status: 410 }), () => jsonAnswer({ error: { message: "m" } }, { status: 429 }), () => { throw new TypeError("fetch failed"); }, () => new Response(new ReadableStream({ start: (controller) => controller.error(new TypeError("cut")) })),
      () => new Response(null, { status: 302, headers: { location: "https://10.0.0.1/" } }), () => /** @type {any} */ (5),
    ];
    const weights = [6, 4, 4, 1, 1, 2, 2, 3, 2, 1, 2, 3, 2, 2, 1];
    const bag = outcomes.flatMap((outcome, at) => Array.from({ length: weights[at] }, () => outcome));
    /** @type {Record<string, number>} */
    const ends = {};
    await Promise.all(Array.from({ length: 120 }, async (_, number) => {
      // The same everywhere: a failure can be run again.
      let seed = (number + 1) * 2_654_435_761;
      const draw = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
      let known = 0;
      const fetch = () => {
        const outcome = bag[Math.floor(draw() * bag.length)];
        if (outcome === outcomes[1]) known += 1;
        return outcome();
      };
      const { videos } = answering(fetch, world);
      const end = await videos.wait(ticketOf(), { intervalMs: 1, timeoutMs: 5_000 }).then((ticket) => ({ ticket, code: ticket.status }), (error) => error);
      ends[end.code] = (ends[end.code] ?? 0) + 1;
      same([end.ticket?.id, end.ticket?.pollingUrl, end.ticket?.generationId], ["job-1", `${BASE}/videos/job-1`, known > 0 ? "gen-1" : undefined], `${number}: ${end.code} ${end.message}`);
      ok(["completed", "server", "not-found", "timeout"].includes(end.code), `${number}: ${end.code} ${end.message}`);
    }));
    ok(ends.completed > 5 && ends.server > 5 && ends["not-found"] > 5, JSON.stringify(ends));
  },

  async "an AbortSignal rejects with its own reason, whatever is going on, and the newest ticket has been told"(world) {
    const reason = { my: "reason" };
    const { client, sent } = studio(world, { statuses: ["in_progress", { delayMs: 60_000, body: "{}" }] });
    const ticket = await client.videos.submit({ prompt: "p" });
    const count = sent.length;
    const aborted = AbortSignal.abort(reason);
    for (const call of [() => client.videos.submit({ prompt: "p", signal: aborted }), () => client.videos.poll(ticket, { signal: aborted }), () => client.videos.wait(ticket, { signal: aborted }), () => client.videos.download(ticket, { signal: aborted })]) {
      same(await rejection(call()), reason, "before");
    }
    same(sent.length, count, "nothing was sent");
    // During a pause.
    const pausing = new AbortController();
    /** @type {any} */
    let newest;
    const waiting = rejection(client.videos.wait(ticket, { intervalMs: 60_000, signal: pausing.signal, onProgress: (state) => { newest = state.ticket; pausing.abort(reason); } }));
    same([await waiting, newest.status, newest.id], [reason, "in_progress", ticket.id], "in a pause");
    // While a poll is on its way, of one wait and of many that share a signal.
    const polling = new AbortController();
    const many = [1, 2, 3].map(() => rejection(client.videos.wait(newest, { ...FAST, signal: polling.signal })));
    many.push(rejection(client.videos.poll(newest, { signal: polling.signal })));
    await eventually(async () => sent.length === count + 5, "they are on their way");
    polling.abort(reason);
    same(await Promise.all(many), [reason, reason, reason, reason], "during a poll");
    // While a request is on its way.
    const ordering = new AbortController();
    const hung = answering(() => new Promise(() => {}), world);
    const submitting = rejection(hung.videos.submit({ prompt: "p", signal: ordering.signal }));
    setTimeout(() => ordering.abort(reason), 5);
    same(await submitting, reason, "while it is submitted");
    // While the video is.
    const fetching = new AbortController();
    const endless = answering(() => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(VIDEO) }, { highWaterMark: 0 }), { headers: { "content-type": "video/mp4" } }), world);
    const download = rejection(endless.videos.download(ticketOf({ status: "completed" }), { maxBytes: 1e12, signal: fetching.signal, onProgress: () => fetching.abort(reason) }));
    same(await download, reason, "during a download");
  },

  async "a request is never sent twice, and says whether it may be billed"(world) {
    const open = "; the request may have been accepted and billed all the same, so it is not repeated";
    const table = [
      [{ networkError: true, carriedOut: true }, "network", true],
      [{ networkError: true }, "network", false],
      [{ status: 502, body: "<html>", contentType: "text/html" }, "server", true],
      [{ status: 500, body: { error: { message: "m" } } }, "server", true],
      [{ status: 503, body: "gateway" }, "overloaded", true],
      [{ status: 503, body: { error: { message: "m" } } }, "overloaded", false],
      [{ status: 429, body: { error: { message: "m" } } }, "rate-limit", false],
      [{ status: 400, body: { error: { message: "m" } } }, "invalid-request", false],
      [{ status: 401, body: { error: { message: "m" } } }, "auth", false],
      [{ body: "<html>" }, "bad-response", true],
    ];
    for (const [script, code, isOpen] of table) {
      const { client, server, sent } = studio(world);
      server.onRequest("POST /videos", /** @type {any} */ (script));
      const error = await rejection(client.videos.submit({ prompt: "p" }));
      same([error.code, error.message.endsWith(open), sent.length, error.ticket], [code, isOpen, 1, undefined], JSON.stringify(script));
      ok(!(isOpen && error.isRetryable), `${JSON.stringify(script)}: not to be repeated`);
      same(error.isRetryable, !isOpen && ["rate-limit", "overloaded", "network"].includes(/** @type {string} */ (code)), "retryable");
      ok(!error.message.includes(KEY), "no key");
    }
    const late = answering(() => new Promise(() => {}), world);
    const error = await rejection(late.videos.submit({ prompt: "p", timeoutMs: 500 }));
    same([error.code, error.isRetryable, error.message.endsWith(open)], ["timeout", false, true], "silence");
  },

  async "a request whose answer is cut or odd gives the ticket as soon as the id is known"(world) {
    const cut = (/** @type {string} */ text) => new Response(new ReadableStream({
      pull(controller) {
        if (text === "") return controller.error(new TypeError("cut"));
        controller.enqueue(new TextEncoder().encode(text));
        text = "";
      },
    }, { highWaterMark: 0 }), { status: 202 });
    const table = [
      [() => cut('{"id":"gen-vid-9","polling_u'), "network", "broke off", `${BASE}/videos/gen-vid-9`],
      [() => new Response('{"id":"gen-vid-9","polling_u', { status: 202 }), "bad-response", "malformed JSON response", `${BASE}/videos/gen-vid-9`],
      [() => jsonAnswer({ id: "gen-vid-9" }), "bad-response", "OpenRouter video generation response missing job details", `${BASE}/videos/gen-vid-9`],
      [() => jsonAnswer({ id: "gen-vid-9", polling_url: "/p", status: "dreaming" }), "bad-response", "OpenRouter video generation response malformed", "https://openrouter.ai/p"],
      [() => jsonAnswer({ id: "gen-vid-9", polling_url: "/p", usage: 5 }), "bad-response", "OpenRouter video generation response malformed", "https://openrouter.ai/p"],
      [() => jsonAnswer({ id: "gen-vid-9", polling_url: "https://169.254.169.254/latest" }), "bad-response", "Blocked hostname", `${BASE}/videos/gen-vid-9`],
      [() => jsonAnswer({ id: "gen-vid-9", polling_url: "javascript:alert(1)" }), "bad-response", "Invalid URL: must be http or https", `${BASE}/videos/gen-vid-9`],
    ];
    for (const [answer, code, words, pollingUrl] of /** @type {any[]} */ (table)) {
      const error = await rejection(answering(answer, world).videos.submit({ prompt: "p" }));
      same([error.code, error.isRetryable, error.ticket?.id, error.ticket?.pollingUrl], [code, false, "gen-vid-9", pollingUrl], words);
      ok(error.message.includes(words) && error.message.includes("may have been accepted and billed"), error.message);
    }
    for (const body of [[], {}, { polling_url: "/p" }, null]) {
      const error = await rejection(answering(() => jsonAnswer(body), world).videos.submit({ prompt: "p" }));
      same([error.code, error.ticket], ["bad-response", undefined], JSON.stringify(body));
    }
  },

  async "a ticket that comes back is checked, and is another API's only with another client"(world) {
    const { client, sent } = studio(world);
    const table = [
      [undefined, "ticket: "], ["job-1", "ticket: "], [{}, "ticket.kind: "], [ticketOf({ kind: "x" }), "ticket.kind: "], [ticketOf({ version: 2 }), "ticket.version: "],
      [ticketOf({ id: "" }), "ticket.id: "], [ticketOf({ model: 5 }), "ticket.model: "], [ticketOf({ pollingUrl: undefined }), "ticket.pollingUrl: "],
      [ticketOf({ pollingUrl: "/videos/x" }), "ticket.pollingUrl: "], [ticketOf({ pollingUrl: "file:///etc/passwd" }), "ticket.pollingUrl: "], [ticketOf({ pollingUrl: "https://" }), "ticket.pollingUrl: "],
      [ticketOf({ pollingUrl: "http://127.0.0.1/x" }), "ticket.pollingUrl: Blocked hostname"], [ticketOf({ pollingUrl: "https://0x7f.1/x" }), "ticket.pollingUrl: Blocked hostname"],
      [ticketOf({ pollingUrl: "https://[::ffff:127.0.0.1]/x" }), "ticket.pollingUrl: Blocked hostname"], [ticketOf({ pollingUrl: "https://metadata.google.internal/x" }), "ticket.pollingUrl: Blocked hostname"],
      [ticketOf({ pollingUrl: "https://u:p@openrouter.ai/x" }), "ticket.pollingUrl: "], [ticketOf({ urls: "u" }), "ticket.urls: "], [ticketOf({ urls: [5] }), "ticket.urls: "],
      [ticketOf({ baseURL: "https://evil.example/api/v1" }), "ticket.baseURL: "], [ticketOf({ baseURL: "no" }), "ticket.baseURL: "],
    ];
    for (const [ticket, words] of /** @type {any[]} */ (table)) {
      for (const call of [client.videos.poll, client.videos.wait, client.videos.download]) {
        const error = await rejection(call(ticket));
        same([error.code, error.message.startsWith(words)], ["invalid-request", true], `${JSON.stringify(ticket)}: ${error.message}`);
      }
    }
    for (const options of [{ timeoutMs: -1 }, { signal: {} }]) same((await rejection(client.videos.poll(ticketOf(), /** @type {any} */ (options)))).code, "invalid-request", "options");
    for (const [options, words] of /** @type {any[]} */ ([[{ intervalMs: 0 }, "intervalMs"], [{ intervalMs: "1" }, "intervalMs"], [{ onProgress: 5 }, "onProgress"]])) {
      ok((await rejection(client.videos.wait(ticketOf(), options))).message.startsWith(words), words);
    }
    same(sent.length, 0, "nothing was sent");
  },

  async "images go along as frames and references, and a request that cannot be is refused by name"(world) {
    const { client, server, sent } = studio(world);
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2);
    const long = `https://images.example/${"x".repeat(9000)}`;
    await client.videos.submit({
      prompt: 'with "marks" and . dots',
      inputs: [{ data: png }, { data: new Blob([jpeg]), role: "last_frame" }, { url: long, role: "reference_image" }, { data: btoa("GIF89a.."), role: "reference_image" }, { data: "data:image/webp;base64,AAAA" }],
    });
    const { frame_images: frames, input_references: references, prompt } = /** @type {any} */ (server.requests.at(-1)?.body);
    same(prompt, 'with "marks" and . dots', "prompt");
    same(frames.map((/** @type {any} */ part) => [part.type, part.frame_type, part.image_url.url]), [["image_url", "first_frame", "data:image/png;base64,iVBORw0KGgo="], ["image_url", "last_frame", "data:image/jpeg;base64,/9j/4AEC"]], "frames");
    same(references.map((/** @type {any} */ part) => part.image_url.url), [long, "data:image/gif;base64,R0lGODlhLi4=", "data:image/webp;base64,AAAA"], "references");
    const video = "inputs[0]: OpenRouter video generation does not support video reference inputs.";
    const nothing = "inputs[0]: OpenRouter video generation requires image references to include a URL or buffer.";
    const table = [
      [{ inputs: [{ data: png, mediaType: "video/mp4" }] }, video], [{ inputs: [{ url: "data:video/mp4;base64,AA" }] }, video], [{ inputs: [{ data: new Blob([png], { type: "video/webm" }) }] }, video],
      [{ inputs: [{}] }, nothing], [{ inputs: [{ url: " " }] }, nothing], [{ inputs: [{ url: "ftp://x" }] }, "inputs[0].url"], [{ inputs: [{ data: "§" }] }, "inputs[0].data"], [{ inputs: [{ data: new Uint8Array() }] }, "inputs[0].data"],
      [{ inputs: [{ data: 5 }] }, "inputs[0].data"], [{ inputs: [null] }, "inputs[0]"], [{ inputs: {} }, "inputs"], [{ inputs: [{ data: png, role: "middle" }] }, "inputs[0].role"], [{ inputs: [{ data: png, mediaType: "audio/mp3" }] }, "inputs[0].mediaType"],
      [{}, "prompt"], [{ prompt: 5 }, "prompt"], [{ prompt: "p", seed: 1.5 }, "seed: OpenRouter video seed must be an integer"], [{ prompt: "p", seed: "1" }, "seed: OpenRouter video seed must be an integer"], [{ prompt: "p", durationSeconds: NaN }, "durationSeconds"],
      [{ prompt: "p", callbackUrl: "http://x" }, "callbackUrl"], [{ prompt: "p", callbackUrl: "https:// a b" }, "callbackUrl"], [{ prompt: "p", extraBody: [] }, "extraBody"],
      [{ inputs: [{ data: VIDEO }] }, video], [{ inputs: [{ data: Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 1) }] }, video], [{ inputs: [{ data: btoa(String.fromCharCode(...VIDEO.subarray(0, 30))) }] }, video], [{ prompt: "p", headers: { "a b": "c" } }, "headers"], [{ prompt: "p", extraBody: "x" }, "extraBody"], [5, "request"],
    ];
    const count = sent.length;
    for (const [request, words] of /** @type {any[]} */ (table)) {
      const error = await rejection(client.videos.submit(request));
      same([error.code, error.message.startsWith(words)], ["invalid-request", true], `${words}: ${error.message}`);
    }
    same(sent.length, count, "nothing was sent");
  },

  async "the catalog is asked for twice a minute at most, and the seconds of a request fit the model"(world) {
    const rows = [{ id: "a/slow", supported_durations: [5, 10], supported_resolutions: ["720p"] }, { id: "a/slow", name: "again" }, { id: "b/any", supported_durations: null }];
    /** @type {string[]} */
    const asked = [];
    /** @type {any[]} */
    const bodies = [];
    let works = true;
    const fetch = (/** @type {string} */ url, /** @type {any} */ init) => {
      asked.push(`${init.method} ${url.slice(BASE.length)}`);
      if (url.endsWith("/videos/models")) return works ? jsonAnswer({ data: rows }) : new Response("gone", { status: 404 });
      bodies.push(JSON.parse(init.body));
      return jsonAnswer({ id: "j", polling_url: "/p" });
    };
    const { videos } = answering(fetch, world, { media: { video: { model: "openrouter/a/slow" } } });
    const [models, same_] = await Promise.all([videos.models(), videos.models()]);
    same([models.map(({ id, name, durations, resolutions }) => [id, name, durations, resolutions]), asked.length], [[["a/slow", "a/slow", [5, 10], ["720P"]], ["b/any", "b/any", [], []]], 1], "models");
    models.pop();
    same([same_.length, (await videos.models()).length, asked.length], [2, 2, 1], "a copy for each");
    await videos.models({ refresh: true });
    same(asked.length, 2, "refreshed");
    for (const [model, durationSeconds] of /** @type {any[]} */ ([[undefined, 6], ["a/slow", 99], ["b/any", 5], ["c/unknown", 5], ["google/veo-3.1-fast", 5]])) await videos.submit({ prompt: "p", model, durationSeconds });
    same(bodies.map(({ model, duration }) => [model, duration]), [["a/slow", 5], ["a/slow", 10], ["b/any", 6], ["c/unknown", 6], ["google/veo-3.1-fast", 6]], "seconds");
    same(asked.filter((line) => line.endsWith("/models")).length, 2, "the list was there");
    const named = answering(fetch, world, { models: { "openrouter/a/slow": { alias: "Reel" } } });
    await named.videos.submit({ prompt: "p", model: "reel", durationSeconds: 99 });
    same([bodies.at(-1).model, bodies.at(-1).duration], ["a/slow", 10], "by its alias, with the seconds of the model that it means");
    const before = asked.length;
    same((await rejection(named.videos.submit({ model: "b/any", durationSeconds: 3 }))).message.split(":")[0], "prompt", "what cannot be submitted");
    same(asked.length, before, "asks for nothing first");
    works = false;
    const blind = answering(fetch, world);
    await blind.videos.submit({ prompt: "p", model: "a/slow", durationSeconds: 5 });
    same(bodies.at(-1).duration, 6, "without the list as most models have it");
    const error = await rejection(blind.videos.models());
    same([error.code, error.status], ["not-found", 404], "an error is not kept");
    works = true;
    same((await blind.videos.models()).length, 2, "asked again");
  },
};

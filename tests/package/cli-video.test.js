// A video on the command line: whatever happens to the process, a job that was paid for is not lost. The client is a stand-in.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { bytes, call, namesIn, readJson, standIn } from "./cli-tools.js";
import { installPackage } from "./install.js";

const app = installPackage();
after(() => app.remove());
const cli = join(app.package, "bin/cli");
const failures = await import(join(cli, "failures.js"));

const TICKET = { kind: "openrouter-video", version: 1, id: "job-1", pollingUrl: "https://openrouter.ai/api/v1/videos/job-1", baseURL: "https://openrouter.ai/api/v1", model: "google/veo", submittedAtMs: 1, request: {}, status: "queued" };

/** @param {{ wait?: (ticket: any, options: any) => Promise<any>, download?: () => Promise<any> }} [how] */
function maker({ wait, download } = {}) {
  /** @type {any[]} */
  const asked = [];
  const done = (/** @type {any} */ ticket) => ({ ...ticket, status: "completed", urls: ["u"], usage: { cost: 0.5 } });
  return {
    asked,
    videos: {
      submit: async (/** @type {any} */ request) => (asked.push(request), TICKET),
      wait: wait ?? (async (/** @type {any} */ ticket) => done(ticket)),
      poll: async (/** @type {any} */ ticket) => ({ ticket: { ...ticket, status: "running" }, status: "running", isDone: false }),
      download: download ?? (async () => ({ data: bytes("video"), mediaType: "video/mp4", name: "video-1.mp4" })),
    },
  };
}

test("a video's ticket is on disk before the wait, and goes when the video is there", async (context) => {
  const folder = standIn(context);
  writeFileSync("dot.png", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  /** @type {any[]} */
  const seen = [];
  const client = maker({
    wait: async (ticket, { onProgress }) => {
      seen.push(readJson("waves.mp4.ticket.json"), namesIn(folder));
      onProgress({ ticket: { ...ticket, status: "running" }, status: "running", isDone: false, polls: 1, elapsedMs: 1000, nextPollMs: 5000 });
      return { ...ticket, status: "completed", urls: ["u"], usage: { cost: 0.5 } };
    },
    download: async () => (seen.push(readJson("waves.mp4.ticket.json").status), { data: bytes("video"), mediaType: "video/mp4", name: "video-1.mp4" }),
  });
  const words = "waves --duration 8 --aspect-ratio 16:9 --resolution 720p --seed 7 --no-audio --first-frame dot.png --last-frame dot.png --reference dot.png -o waves.mp4";
  const { code, stdout, stderr } = await call(cli, "video", words.split(" "), { client, folder });
  assert.deepEqual([code, stdout], [0, "waves.mp4\n"], stderr);
  assert.equal(stderr, "waves.mp4 (1 kB)\ngoogle/veo · $0.50\n");
  assert.deepEqual(seen, [TICKET, ["dot.png", "waves.mp4.ticket.json"], "completed"]);
  assert.deepEqual(namesIn(folder), ["dot.png", "waves.mp4"]);
  const { signal: _, inputs, ...request } = client.asked[0];
  assert.deepEqual(request, { prompt: "waves", durationSeconds: 8, aspectRatio: "16:9", resolution: "720p", seed: 7, generateAudio: false });
  assert.deepEqual(inputs.map((/** @type {any} */ { role }) => role), ["first_frame", "last_frame", "reference_image"]);
});

test("whatever ends the wait, the ticket stays and the way on is told to the letter", async (context) => {
  const abort = new AbortController();
  const { OpenRouterError } = await app.load("openrouter-wasm");
  const ways = /** @type {[string, () => any, number, RegExp, AbortSignal?][]} */ ([
    ["a time limit", () => new OpenRouterError({ code: "timeout", message: "waited long enough" }), 5, /^waited long enough; go on with it: /],
    ["a network", () => new OpenRouterError({ code: "network", message: "no way" }), 1, /^no way; go on with it: /],
    ["a bug", () => new TypeError("x is not a function"), 1, /^x is not a function; go on with it: /],
    ["Ctrl-C", () => (abort.abort(new failures.Interrupted()), new Error("AbortError")), 130, /^interrupted; go on with it: /, abort.signal],
  ]);
  for (const [name, error, expected, pattern, signal] of ways) {
    const folder = standIn(context);
    const client = maker({ wait: async () => { throw error(); } });
    const words = ["waves", "-o", "my waves.mp4", "--base-url", "http://127.0.0.1:1", "--quiet"];
    const { code, stdout, stderr } = await call(cli, "video", words, { client, folder, ...(signal && { signal }) });
    assert.deepEqual([code, stdout], [expected, ""], name);
    assert.match(stderr, pattern);
    assert.ok(stderr.endsWith("openrouter-wasm video --resume 'my waves.mp4.ticket.json' -o 'my waves.mp4' --base-url http://127.0.0.1:1\n"), stderr);
    assert.deepEqual(namesIn(folder), ["my waves.mp4.ticket.json"]);
    const resumed = await call(cli, "video", ["--resume", "my waves.mp4.ticket.json"], { client: maker(), folder });
    assert.deepEqual([resumed.code, resumed.stdout], [0, "my waves.mp4\n"], "the video's name is in the ticket's");
    assert.deepEqual(namesIn(folder), ["my waves.mp4"]);
  }
});

test("Ctrl-C while the video is submitted waits for its ticket", async (context) => {
  const folder = standIn(context);
  const abort = new AbortController();
  const client = maker({ wait: async () => assert.fail("nobody waits any more") });
  client.videos.submit = async (request) => {
    assert.equal(request.signal, undefined);
    abort.abort(new failures.Interrupted());
    await new Promise((resolve) => setTimeout(resolve, 20));
    return TICKET;
  };
  const { code, stderr } = await call(cli, "video", ["waves", "-o", "w.mp4"], { client, folder, signal: abort.signal });
  assert.equal(code, 130);
  assert.equal(stderr, "the request is on its way: waiting for its ticket (Ctrl-C again does not)\ninterrupted; go on with it: openrouter-wasm video --resume w.mp4.ticket.json -o w.mp4\n");
  assert.deepEqual(readJson("w.mp4.ticket.json"), TICKET);
});

test("a ticket that cannot be written is told whole", async (context) => {
  const folder = standIn(context);
  const client = maker();
  client.videos.submit = async () => (writeFileSync("w.mp4.ticket.json", "somebody else's"), TICKET);
  const { code, stderr } = await call(cli, "video", ["waves", "-o", "w.mp4"], { client, folder });
  assert.notEqual(code, 0);
  assert.ok(stderr.includes(`keep its ticket: ${JSON.stringify(TICKET)}`), stderr);
  assert.equal(readFileSync("w.mp4.ticket.json", "utf8"), "somebody else's");
});

test("a video that failed for good keeps its ticket, and no way on is promised", async (context) => {
  const folder = standIn(context);
  const client = maker({ wait: async (ticket) => { throw Object.assign(new Error("the provider gave up"), { ticket: { ...ticket, status: "failed" } }); } });
  const { code, stderr } = await call(cli, "video", ["waves", "-o", "w.mp4"], { client, folder });
  assert.deepEqual([code, stderr], [1, "the provider gave up; its ticket is kept in w.mp4.ticket.json\n"]);
});

test("a download that fails leaves the ticket and no part of the video", async (context) => {
  const folder = standIn(context);
  const client = maker({ download: async () => { throw new Error("cut"); } });
  assert.match((await call(cli, "video", ["waves"], { client, folder })).stderr, /^cut; go on with it: openrouter-wasm video --resume video-1\.mp4\.ticket\.json\n$/);
  assert.deepEqual(namesIn(folder), ["video-1.mp4.ticket.json"]);
  assert.equal(readJson("video-1.mp4.ticket.json").status, "completed", "what is known by now is kept");
  assert.equal((await call(cli, "video", ["more waves"], { client: maker(), folder })).stdout, "video-2.mp4\n", "the next job leaves it alone");
  const large = maker({ download: async () => ({ url: "https://e.example/video", mediaType: "video/mp4", name: "video-1.mp4" }) });
  assert.match((await call(cli, "video", ["w", "-o", "l.mp4"], { client: large, folder })).stderr, /it is at https:\/\/e\.example\/video; go on with it/);
});

test("an earlier ticket is never overwritten, a job is not waited for when that is said, and a ticket can be text", async (context) => {
  const folder = standIn(context);
  const submitted = await call(cli, "video", ["waves", "-o", "w.mp4", "--no-wait"], { client: maker(), folder });
  assert.deepEqual([submitted.code, submitted.stdout], [0, "w.mp4.ticket.json\n"]);
  assert.match(submitted.stderr, /openrouter-wasm video --resume w\.mp4\.ticket\.json -o w\.mp4\n$/);
  const client = maker();
  const again = await call(cli, "video", ["waves", "-o", "w.mp4", "--force"], { client, folder });
  assert.deepEqual([again.code, client.asked.length], [2, 0]);
  assert.match(again.stderr, /is the ticket of an earlier job; go on with it \(--resume w\.mp4\.ticket\.json\)/);
  const polled = await call(cli, "video", ["--resume", "w.mp4.ticket.json", "--no-wait"], { client: maker(), folder });
  assert.equal(polled.stdout, "running\n");
  assert.equal(readJson("w.mp4.ticket.json").status, "running");
  const text = await call(cli, "video", ["--resume", JSON.stringify(TICKET), "-o", "t.mp4"], { client: maker(), folder });
  assert.deepEqual([text.code, text.stdout], [0, "t.mp4\n"]);
  const inJson = await call(cli, "video", ["waves", "-o", "j.mp4", "--no-wait", "--json", "--ticket-file", "t.json"], { client: maker(), folder });
  assert.deepEqual(JSON.parse(inJson.stdout), { ticket: TICKET, file: "t.json" });
  assert.deepEqual(namesIn(folder), ["t.json", "t.mp4", "w.mp4.ticket.json"]);
});

test("a video of another kind than its name says is named so, or said so", async (context) => {
  const folder = standIn(context);
  const client = maker({ download: async () => ({ data: bytes("video"), mediaType: "video/webm", name: "video-1.webm" }) });
  assert.equal((await call(cli, "video", ["waves"], { client, folder })).stdout, "video-1.webm\n");
  const named = await call(cli, "video", ["waves", "-o", "w.mp4"], { client, folder });
  assert.equal(named.stdout, "w.mp4\n");
  assert.match(named.stderr, /^w\.mp4 \(1 kB; it is video\/webm, whatever its name says\)\n/);
});

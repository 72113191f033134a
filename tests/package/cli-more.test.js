// The commands of catalog, money, search and media as they are installed, against the simulator's own routes. A family whose client or whose
// route this build lacks is skipped by name: once both are there the tests run by themselves.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freshFolder, installed, KEY, namesIn, run, start } from "./cli-tools.js";

const MANAGEMENT_KEY = "sk-or-v1-management-0123456789abcdef01234567";

const { app, base, command, simulator } = await installed({ managementKeys: [MANAGEMENT_KEY] });
const { OpenRouter } = await app.load("openrouter-wasm");
const client = new OpenRouter();

const withKey = { env: { OPENROUTER_API_KEY: KEY } };
const requests = (/** @type {string} */ method, /** @type {RegExp} */ path) => simulator.requests.filter((/** @type {any} */ one) => one.method === method && path.test(one.path));

/**
 * @param {string} name
 * @param {"models" | "usage" | "search" | "images" | "videos" | "speech" | "transcriptions" | "music"} member  of the client
 * @param {(context: import("node:test").TestContext) => Promise<void>} body
 */
function testOf(name, member, body) {
  test(name, async (context) => {
    if (client[member] === undefined) return context.skip(`client.${member} is not in this build`);
    if (typeof simulator.onRequest !== "function") return context.skip("the simulator of this build has no routes for it");
    await body(context);
  });
}

testOf("models list prints the catalog, without a key", "models", async (context) => {
  const folder = freshFolder(context);
  const { code, stdout, stderr } = await run(command, ["models", "list", ...base()], { folder });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Model +Ctx +Out /);
  assert.match(stdout, /\nopenrouter\/auto /);
  const all = JSON.parse((await run(command, ["models", "list", "--json", "--quiet", ...base()], { folder })).stdout);
  assert.deepEqual(all.map((/** @type {any} */ { id }) => id), [...all.map((/** @type {any} */ { id }) => id)].sort());
  const free = JSON.parse((await run(command, ["models", "list", "--json", "--free", ...base()], { folder })).stdout);
  assert.ok(free.length > 0 && free.length < all.length && free.every((/** @type {any} */ { isFree }) => isFree));
});

testOf("models scan tries models that cost nothing, and sets what it found when that is wanted", "models", async (context) => {
  const folder = freshFolder(context);
  const { code, stdout, stderr } = await run(command, ["models", "scan", "--set-default", ...base()], { folder, ...withKey });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Model {38}Tool {7}Image {6}Ctx {6}Params {3}Notes\n/);
  assert.match(stderr, /tested [1-9]\d*, tool ok [1-9]\d*, image ok [1-9]\d*, tool\+image ok [1-9]\d*, image only \d+/);
  const { model } = JSON.parse(readFileSync(join(folder, "xdg/openrouter-wasm/config.json"), "utf8")).agents.defaults;
  assert.equal(model.primary, model.fallbacks[0]);
  assert.match(model.primary, /^openrouter\//);
  const free = JSON.parse((await run(command, ["models", "list", "--free", "--json", ...base()], { folder })).stdout).map((/** @type {any} */ { id }) => id);
  const tried = requests("POST", /chat/).map((/** @type {any} */ { body }) => body.model);
  assert.ok(tried.length > 0 && tried.every((/** @type {string} */ id) => free.includes(id)), `nothing that costs money was asked: ${tried}`);
  const keyless = await run(command, ["models", "scan", "--json", ...base()], { folder });
  assert.deepEqual([keyless.code, Array.isArray(JSON.parse(keyless.stdout))], [0, true]);
});

testOf("models set asks the catalog whether there is such a model; a catalog that is away is told and no reason to refuse", "models", async (context) => {
  const folder = freshFolder(context);
  const file = join(folder, "xdg/openrouter-wasm/config.json");
  const primary = () => JSON.parse(readFileSync(file, "utf8")).agents.defaults.model.primary;
  const slip = await run(command, ["models", "set", "anthropic/claude-sonet-4.5", ...base()], { folder });
  assert.deepEqual([slip.code, slip.stderr], [1, "openrouter-wasm: openrouter/anthropic/claude-sonet-4.5: the catalog has no such model; did you mean anthropic/claude-sonnet-4.5? (--force sets it anyhow)\n"]);
  assert.throws(() => readFileSync(file), "nothing was written");
  for (const name of ["anthropic/claude-sonnet-4.5", "~anthropic/claude-sonnet-latest", "openrouter/auto"]) {
    const { code, stderr } = await run(command, ["models", "set", name, ...base()], { folder });
    assert.equal(code, 0, stderr);
  }
  const asked = simulator.requests.length;
  assert.equal((await run(command, ["models", "set", "a/b", "--force", ...base()], { folder })).code, 0);
  assert.deepEqual([primary(), simulator.requests.length], ["openrouter/a/b", asked], "by force, unasked");
  const away = await run(command, ["models", "set", "c/d", "--base-url", "http://127.0.0.1:9/api/v1"], { folder });
  assert.deepEqual([away.code, primary()], [0, "openrouter/c/d"]);
  assert.match(away.stderr, /^whether there is such a model was not checked: OpenRouter \/models failed/);
});

testOf("chat --budget is held against the catalog's prices, before the request and while the answer comes", "models", async (context) => {
  const folder = freshFolder(context);
  const ask = (/** @type {string[]} */ ...words) => run(command, ["chat", "-m", "anthropic/claude-sonnet-4.5", ...words, ...base(), "hello"], { folder, ...withKey });
  simulator.enqueue({ text: "fine" });
  const fits = await ask("--budget", "1");
  assert.deepEqual([fits.code, fits.stdout], [0, "fine\n"], fits.stderr);
  const none = await ask("--budget", "0.0000001");
  assert.deepEqual([none.code, none.stdout, requests("POST", /chat/).length], [4, "", 1], none.stderr);
  assert.match(none.stderr, /^openrouter-wasm: the budget of this run is [^\n]+ costs about [^\n]+\n$/);
  simulator.enqueue({ text: Array.from({ length: 400 }, () => "four"), chunkDelayMs: 1 });
  const stopped = await ask("--budget", "0.001");
  assert.deepEqual([stopped.code, /^(four)+\n$/.test(stopped.stdout), stopped.stdout.length < 1600], [4, true, true], stopped.stderr);
  simulator.enqueue({ text: "ok" });
  simulator.onRequest("GET /models", { status: 503, times: 20 });
  const refused = await ask("--budget", "1");
  assert.deepEqual([refused.code, refused.stdout], [4, ""], "a limit that cannot hold is none");
  assert.match(refused.stderr, /^openrouter-wasm: --budget cannot hold, the catalog's prices could not be read: OpenRouter \/models failed[^\n]*\(--allow-unpriced goes on without them\)\n$/);
  const blind = await ask("--budget", "1", "--allow-unpriced");
  assert.deepEqual([blind.code, blind.stdout], [0, "ok\n"]);
  assert.match(blind.stderr, /^--budget: the catalog's prices could not be read: OpenRouter \/models failed[^\n]*\n--budget: the price of anthropic\/claude-sonnet-4\.5 is not known/);
});

testOf("usage tells what the key knows, and a management key the balance", "usage", async (context) => {
  const folder = freshFolder(context);
  const plain = await run(command, ["usage", ...base()], { folder, ...withKey });
  assert.equal(plain.code, 0, plain.stderr);
  assert.match(plain.stdout, /^Spent: +\$0\.00 today/m);
  assert.ok(!(plain.stdout + plain.stderr).includes(KEY));
  const account = JSON.parse((await run(command, ["usage", "--json", ...base()], { folder, env: { OPENROUTER_API_KEY: MANAGEMENT_KEY } })).stdout);
  assert.equal(typeof account.balance, "number");
  const wrong = await run(command, ["usage", ...base()], { folder, env: { OPENROUTER_API_KEY: "sk-or-v1-wrong-0123456789" } });
  assert.equal(wrong.code, 3);
  assert.match(wrong.stderr, /^openrouter-wasm: [^\n]+\n$/);
});

testOf("onboard asks OpenRouter about the key, and does not store one that is rejected", "usage", async (context) => {
  const folder = freshFolder(context);
  const file = join(folder, "xdg/openrouter-wasm/auth.json");
  const wrong = await run(command, ["onboard", "--token", "-", ...base()], { folder, input: "sk-or-v1-wrong-0123456789" });
  assert.equal(wrong.code, 3, wrong.stderr);
  assert.throws(() => readFileSync(file));
  const right = await run(command, ["onboard", "--token", "-", ...base()], { folder, input: KEY });
  assert.equal(right.code, 0, right.stderr);
  assert.equal(JSON.parse(readFileSync(file, "utf8")).profiles["openrouter:default"].key, KEY);
  assert.ok(requests("GET", /^\/key$/).length >= 2);
  assert.ok(!(right.stdout + right.stderr).includes(KEY));
});

testOf("search prints an answer, and refuses what the route cannot do", "search", async (context) => {
  const folder = freshFolder(context);
  simulator.enqueue({ text: "Otters hold hands.", annotations: [{ type: "url_citation", url_citation: { url: "https://otters.example/hands", title: "Hands", start_index: 0, end_index: 6 } }] });
  const { code, stdout, stderr } = await run(command, ["search", "do otters hold hands?", ...base()], { folder, ...withKey });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Otters hold hands\./);
  assert.match(stdout, /https:\/\/otters\.example\/hands/);
  const refused = await run(command, ["search", "otters", "--country", "de", "--json", ...base()], { folder, ...withKey });
  assert.equal(refused.code, 2);
  assert.equal(JSON.parse(refused.stdout).error, "unsupported_country");
});

testOf("image writes an image that is one", "images", async (context) => {
  const folder = freshFolder(context);
  const { code, stdout, stderr } = await run(command, ["image", "an otter", "-o", "otter.png", ...base()], { folder, ...withKey });
  assert.deepEqual([code, stdout], [0, "otter.png\n"], stderr);
  assert.match(readFileSync(join(folder, "otter.png")).subarray(0, 16).toString("latin1"), /^(\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP)/s);
  const again = await run(command, ["image", "an otter", "-o", "otter.png", ...base()], { folder, ...withKey });
  assert.equal(again.code, 2);
  assert.deepEqual(namesIn(folder), ["otter.png"]);
});

const NO_WAIT = { statuses: ["completed"] };
/** MP4 or WebM. @param {Buffer} data */
const isVideo = (data) => data.subarray(4, 8).toString("latin1") === "ftyp" || data.subarray(0, 4).toString("hex") === "1a45dfa3";

testOf("video submits, waits and saves; nothing but the video is left", "videos", async (context) => {
  const folder = freshFolder(context);
  simulator.onRequest("POST /videos", { video: NO_WAIT });
  const { code, stdout, stderr } = await run(command, ["video", "waves", "-o", "waves.mp4", ...base()], { folder, ...withKey });
  assert.deepEqual([code, stdout], [0, "waves.mp4\n"], stderr);
  assert.ok(isVideo(readFileSync(join(folder, "waves.mp4"))));
  assert.deepEqual(namesIn(folder), ["waves.mp4"]);
});

testOf("Ctrl-C leaves the ticket and the command that goes on with it, and that command works", "videos", async (context) => {
  const folder = freshFolder(context);
  simulator.onRequest("POST /videos", { video: { statuses: ["pending", "pending", "completed"] } });
  const { child, ended } = start(command, ["video", "waves", "-o", "waves.mp4", ...base()], { folder, ...withKey });
  // The first look has been, the next one is seconds away.
  for (let tries = 0; requests("GET", /^\/videos\/[^/]+$/).length < 1 && tries < 200; tries++) await wait(50);
  assert.equal(JSON.parse(readFileSync(join(folder, "waves.mp4.ticket.json"), "utf8")).kind, "openrouter-video");
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  assert.equal(code, 130, stderr);
  const [, words] = /go on with it: openrouter-wasm (video --resume .*)\n$/.exec(stderr) ?? [];
  assert.ok(words, stderr);
  assert.deepEqual(namesIn(folder), ["waves.mp4.ticket.json"]);
  const orders = requests("POST", /^\/videos$/).length;
  const resumed = await run(command, words.split(" "), { folder, ...withKey });
  assert.deepEqual([resumed.code, resumed.stdout], [0, "waves.mp4\n"], resumed.stderr);
  assert.equal(requests("POST", /^\/videos$/).length, orders, "submitted once");
  assert.deepEqual(namesIn(folder), ["waves.mp4", "xdg"], "beside it the user's own folder, which has how long it took");
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(folder, "xdg/openrouter-wasm/timings.json"), "utf8"))), ["video google/veo-3.1-fast"]);
});

testOf("a video's time limit is exit code 5, a job that failed is 1, no credits are 4", "videos", async (context) => {
  const folder = freshFolder(context);
  const remove = simulator.onRequest("POST /videos", { video: { statuses: ["pending"] } });
  const late = await run(command, ["video", "waves", "-o", "a.mp4", "--timeout", "1500", ...base()], { folder, ...withKey });
  assert.equal(late.code, 5, late.stderr);
  assert.match(late.stderr, /go on with it: openrouter-wasm video --resume a\.mp4\.ticket\.json/);
  remove();
  simulator.onRequest("POST /videos", { video: { statuses: ["failed"], error: "the provider gave up" } });
  const failed = await run(command, ["video", "waves", "-o", "b.mp4", ...base()], { folder, ...withKey });
  assert.equal(failed.code, 1, failed.stderr);
  assert.match(failed.stderr, /the provider gave up.*; its ticket is kept in b\.mp4\.ticket\.json\n$/);
  simulator.onRequest("POST /videos", { status: 402 });
  const poor = await run(command, ["video", "waves", "-o", "c.mp4", ...base()], { folder, ...withKey });
  assert.equal(poor.code, 4, poor.stderr);
  assert.deepEqual(namesIn(folder), ["a.mp4.ticket.json", "b.mp4.ticket.json"]);
});

testOf("speech that is cut leaves no file, and what is spoken can be written down again", "speech", async (context) => {
  const folder = freshFolder(context);
  const remove = simulator.onRequest("POST /audio/speech", { cutAfterBytes: 100 });
  const cut = await run(command, ["speak", "hello", "-o", "a.mp3", ...base()], { folder, ...withKey });
  assert.equal(cut.code, 1, cut.stderr);
  assert.deepEqual(namesIn(folder), []);
  remove();
  const { code, stdout, stderr } = await run(command, ["speak", "The build is green.", "-o", "a.mp3", ...base()], { folder, ...withKey });
  assert.deepEqual([code, stdout], [0, "a.mp3\n"], stderr);
  assert.ok(readFileSync(join(folder, "a.mp3")).length > 100);
});

testOf("transcribe prints what was said", "transcriptions", async (context) => {
  const folder = freshFolder(context);
  simulator.onRequest("POST /audio/transcriptions", { body: { text: "Good morning.", usage: { seconds: 2, cost: 0.0001 } } });
  writeFileSync(join(folder, "talk.mp3"), Buffer.concat([Buffer.from("ID3"), Buffer.alloc(400)]));
  const { code, stdout, stderr } = await run(command, ["transcribe", "talk.mp3", "--language", "en", ...base()], { folder, ...withKey });
  assert.deepEqual([code, stdout], [0, "Good morning.\n"], stderr);
  assert.equal(JSON.parse((await run(command, ["transcribe", "talk.mp3", "--json", ...base()], { folder, ...withKey })).stdout).text, "Good morning.");
});

testOf("music writes a track", "music", async (context) => {
  const folder = freshFolder(context);
  simulator.enqueue({ audio: { data: Buffer.concat([Buffer.from("RIFF\x24\0\0\0WAVEfmt "), Buffer.alloc(64)]).toString("base64"), transcript: "la la" } });
  const { code, stdout, stderr } = await run(command, ["music", "a sea shanty", "-o", "shanty.wav", ...base()], { folder, ...withKey });
  assert.deepEqual([code, stdout], [0, "shanty.wav\n"], stderr);
  assert.equal(readFileSync(join(folder, "shanty.wav")).subarray(0, 4).toString(), "RIFF");
});

// What the command line once did to people, each kind a table: money spent beyond a limit, keys lost, text bent, words of the API.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { bytes, call, freshFolder, installed, KEY, run, standIn } from "./cli-tools.js";
import { noTerminal, openTerminal } from "./terminal.js";

const { app, base, command, simulator } = await installed();
const cli = join(app.package, "bin/cli");
const { plainWords } = await import(join(cli, "plain-words.js"));
const { Output } = await import(join(cli, "output.js"));
const { keepDuration, usualMs } = await import(join(cli, "usual-time.js"));
const { Progress } = await import(join(cli, "progress.js"));
const withKey = { env: { OPENROUTER_API_KEY: KEY } };
const chats = () => simulator.requests.filter((/** @type {any} */ { path }) => /chat/.test(path));

test("--budget holds with a router too: it counts as the dearest model that it may choose", async (context) => {
  const folder = freshFolder(context);
  const ask = (/** @type {string[]} */ ...words) => run(command, ["chat", ...words, ...base(), "hello"], { folder, ...withKey });
  for (const model of [[], ["-m", "openrouter/auto"]]) {
    const none = await ask(...model, "--budget", "0.0000001");
    assert.deepEqual([none.code, none.stdout, chats().length], [4, "", 0], none.stderr);
  }
  simulator.enqueue({ text: "fine" });
  const fits = await ask("--budget", "5");
  assert.deepEqual([fits.code, fits.stdout], [0, "fine\n"], fits.stderr);
  simulator.enqueue({ text: Array.from({ length: 4000 }, () => "four"), chunkDelayMs: 1 });
  const stopped = await ask("--budget", "0.01");
  assert.equal(stopped.code, 4, stopped.stderr);
  assert.match(stopped.stderr, /^--budget: openrouter\/auto may choose any model: the dearest price counts/);
  assert.ok(stopped.stdout.length > 4 && stopped.stdout.length < 16_000);
  // Settings that the configuration has for models stand beside it.
  writeFileSync(join(folder, "config.json"), '{agents: {defaults: {model: {primary: "openrouter/auto"}, models: {"openrouter/auto": {params: {temperature: 0.3}}}}}}');
  simulator.enqueue({ text: "fine" });
  assert.equal((await ask("--config", "config.json", "--budget", "5")).code, 0);
  assert.equal(chats().at(-1).body.temperature, 0.3);
  assert.equal((await ask("--config", "config.json", "--budget", "0.0000001")).code, 4);
});

const OTHER = `${KEY.slice(0, -4)}beef`;

test("a stored key is replaced by --force alone, and that is told", async (context) => {
  const folder = freshFolder(context);
  const stored = () => JSON.parse(readFileSync(join(folder, "xdg/openrouter-wasm/auth.json"), "utf8")).profiles["openrouter:default"].key;
  const onboard = (/** @type {string} */ key, /** @type {string[]} */ ...words) => run(command, ["onboard", "--no-check", "--token", key, ...words], { folder });
  assert.equal((await onboard(KEY)).code, 0);
  assert.equal((await onboard(KEY)).code, 0, "the same again is no loss");
  const refused = await onboard(OTHER);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^openrouter-wasm: a key \(\.\.\.cdef\) is stored already in .*auth\.json: --force replaces it\n$/);
  assert.equal(stored(), KEY);
  const signIn = await run(command, ["onboard", "--sign-in", ...base()], { folder });
  assert.match(signIn.stderr, /--force replaces it/, "before a key is made");
  const forced = await onboard(OTHER, "--force");
  assert.deepEqual([forced.code, stored()], [0, OTHER]);
  assert.match(forced.stderr, /the key \.\.\.cdef was replaced/);
});

test("at a terminal it is asked whether a key is to be replaced", { skip: noTerminal }, async (context) => {
  const folder = freshFolder(context);
  const file = join(folder, "xdg/openrouter-wasm/auth.json");
  assert.equal((await run(command, ["onboard", "--no-check", "--token", KEY], { folder })).code, 0);
  for (const [answer, key] of [["n\r", KEY], ["y\r", OTHER]]) {
    const { until, type, ended } = openTerminal(command, ["onboard", "--no-check", "--token", OTHER], { folder });
    await until(/Replace the key \.\.\.cdef that is stored\? \[y\/N\] /);
    type(answer);
    await ended;
    assert.equal(JSON.parse(readFileSync(file, "utf8")).profiles["openrouter:default"].key, key);
  }
});

test("bytes that are not UTF-8 are refused with their place", async (context) => {
  const folder = freshFolder(context);
  const latin = Buffer.from("Gr\xfc\xdfe", "latin1");
  writeFileSync(join(folder, "latin.txt"), latin);
  writeFileSync(join(folder, "half.txt"), Buffer.from("ü").subarray(0, 1));
  for (const [words, input, pattern] of /** @type {[string[], any, RegExp][]} */ ([
    [["chat"], latin, /standard input: is not UTF-8 text \(byte 3\)/],
    [["chat", "x", "--file", "latin.txt"], undefined, /--file latin\.txt: is not UTF-8 text \(byte 3\)/],
    [["chat", "x", "--file", "half.txt"], undefined, /--file half\.txt: is not UTF-8 text \(it ends within a character\)/],
    [["music", "x", "--lyrics", "latin.txt"], undefined, /--lyrics latin\.txt: is not UTF-8 text/],
    [["speak", "-o", "a.mp3"], latin, /standard input: is not UTF-8 text/],
  ])) {
    const { code, stderr } = await run(command, [...words, ...base()], { folder, ...withKey, ...(input && { input }) });
    assert.deepEqual([code, simulator.requests.length], [2, 0], stderr);
    assert.match(stderr, pattern);
  }
});

test("a prompt that is longer than the model's context is not sent without a question", async (context) => {
  const folder = freshFolder(context);
  const input = "otters ".repeat(1_500_000);
  const ask = (/** @type {string[]} */ ...words) => run(command, ["chat", "-m", "openai/gpt-4o-mini", ...words, ...base()], { folder, ...withKey, input });
  const refused = await ask();
  assert.deepEqual([refused.code, refused.stdout, chats().length], [2, "", 0], refused.stderr);
  assert.match(refused.stderr, /^openrouter-wasm: the prompt is about 2,625,000 tokens \(10\.5 MB\), and openai\/gpt-4o-mini takes 128,000: --allow-large sends it all the same\n$/);
  simulator.enqueue({ text: "ok" });
  assert.equal((await ask("--allow-large")).stdout, "ok\n");
});

/** @type {[message: string, words: string][]} */
const WORDS = [
  ["no API key: pass apiKey, a string or a function that gives one", "no API key: openrouter-wasm onboard stores one, or set OPENROUTER_API_KEY"],
  ["3 models cost something, or may, and were not probed: pass probePaid: true", "3 models cost something, or may, and were not tried: --probe-paid tries them"],
  ["the price of a/b is not known, and budget.requirePrice refuses such models", "the price of a/b is not known: --budget cannot hold (name another model with --model, or pass --allow-unpriced)"],
  ["baseURL: must be an absolute URL", "--base-url: must be an absolute URL"],
  ["params.top_p: must be a number", "-o top_p: must be a number"],
  ["params.temperature: must be a number", "--temperature: must be a number"],
  ["messages[0].content[1].image_url: must be an image", "an attachment: must be an image"],
  ["aspectRatio: must be one of 1:1", "--aspect-ratio: must be one of 1:1"],
  ["a model said baseURL.x and model: fine", "a model said --base-url.x and model: fine"],
];
for (const [message, words] of WORDS) test(`in words of the command line: ${message}`, () => assert.equal(plainWords(message), words));

test("a wrong base is told by its option", async (context) => {
  const { code, stderr } = await run(command, ["chat", "--base-url", "http://example.com", "?"], { folder: freshFolder(context), ...withKey });
  assert.deepEqual([code, stderr], [2, "openrouter-wasm: --base-url: plain http would send the key in the clear; only this machine (localhost, 127.0.0.1, [::1]) may be reached by it\n"]);
});

test("progress moves by itself while nothing is heard, and leaves nothing behind", async () => {
  let drawn = "";
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
  stream.on("data", (text) => (drawn += text));
  const progress = new Progress(new Output(stream, {}), false);
  await progress.show("waiting");
  await wait(1300);
  const frames = new Set(drawn.split("\r").filter((frame) => frame.includes("waiting")).map((frame) => frame.trimEnd()));
  assert.ok(frames.size >= 4, JSON.stringify([...frames]));
  assert.ok([...frames].some((frame) => /waiting · 1 s$/.test(frame)), "a clock");
  await progress.clear();
  const length = drawn.length;
  await wait(400);
  assert.deepEqual([drawn.length, drawn.endsWith("\r\x1b[2K")], [length, true]);
});

/** What is drawn while something goes on. @param {(progress: any) => Promise<void>} work */
async function framesOf(work) {
  let drawn = "";
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  stream.on("data", (text) => (drawn += text));
  const progress = new Progress(new Output(stream, {}), false);
  await work(progress);
  await progress.clear();
  return drawn.split("\r").map((frame) => frame.trimEnd());
}

test("progress estimates: by its rate what is measured, by what it usually takes what is not", async () => {
  const measured = await framesOf(async (progress) => {
    await progress.show("waiting", { usualMs: 60_000 });
    for (let completed = 0; completed <= 3; completed++) {
      await progress.show("1 MB", { completed, total: 30 });
      await wait(300);
    }
  });
  const [, seconds] = /^\[#+-+\] 1 MB · \d s, about (\d+) s left$/m.exec(measured.join("\n")) ?? [];
  assert.ok(Number(seconds) > 3 && Number(seconds) < 20, measured.join("\n"));
  const usual = await framesOf(async (progress) => {
    await progress.show("pending", { usualMs: 1000 });
    await wait(700);
    await progress.show("running");
    await wait(700);
  });
  assert.ok(usual.some((frame) => /^\S pending · 0 s of about 1 s$/.test(frame)), usual.join("\n"));
  assert.ok(usual.some((frame) => /^\S running · 1 s, longer than the usual 1 s$/.test(frame)), usual.join("\n"));
  const earlier = await framesOf((progress) => progress.show("running", { usualMs: 120_000, sinceMs: Date.now() - 62_000 }));
  assert.match(earlier[1] ?? "", /running · 1:02 min of about 2:00 min$/, "a job that began earlier");
});

test("the estimate is what the same work took here before; a file that cannot be read or written fails nothing", async (context) => {
  const folder = join(freshFolder(context), "openrouter-wasm");
  const image = (/** @type {string} */ model) => ({ folder, kind: /** @type {const} */ ("image"), model });
  const first = await usualMs(image("a"));
  assert.ok(first > 0, "before anything is known");
  for (const ms of [900, 5000, 90_000, 7000]) await keepDuration(image("a"), ms);
  assert.deepEqual([await usualMs(image("a")), await usualMs(image("b"))], [7000, first]);
  for (const ms of [2001, 2002, 2003, 2004, 2005]) await keepDuration(image("a"), ms);
  assert.equal(await usualMs(image("a")), 2003, "the last five");
  for (const text of ["{", "[]", '{"image a": "soon"}', '{"image a": [null, -1]}']) {
    writeFileSync(join(folder, "timings.json"), text);
    assert.equal(await usualMs(image("a")), first, text);
  }
  await keepDuration({ ...image("a"), folder: "/dev/null" }, 5000);
});

test("help begins with what is a command's own", async (context) => {
  const { stdout } = await run(command, ["chat", "--help"], { folder: freshFolder(context) });
  const places = ["Usage:", "\nOptions:", "--model MODEL", "\nExamples:", "\nOptions of every command:", "\nExit codes:"].map((part) => stdout.indexOf(part));
  assert.deepEqual(places, [...places].sort((left, right) => left - right));
  assert.ok(places.every((place) => place >= 0));
});

test("models list is as wide as the terminal, and ids stay whole as long as they can", async (context) => {
  const ids = ["anthropic/claude-sonnet-4.5", "a/b", "someprovider/a-rather-long-name-of-a-model"];
  const model = (/** @type {string} */ id) => ({ id, name: id, contextWindow: 131_072, maxTokens: 8192, input: ["text", "image"], output: ["text"], reasoning: true, supportsTools: true, pricing: { prompt: "0.0000008", completion: "0.0000035" }, raw: {} });
  const client = { models: { list: async () => Object.assign(ids.map(model), { warnings: [] }) } };
  for (const columns of [20, 40, 60, 80, 100, 160]) {
    const { stdout } = await call(cli, "models list", [], { client, folder: freshFolder(context), isTerminal: true, columns, env: { NO_COLOR: "1" } });
    const lines = stdout.trimEnd().split("\n");
    assert.ok(lines.every((line) => [...line].length <= columns), `${columns}: ${stdout}`);
    if (columns >= 60) assert.ok(ids.every((id) => stdout.includes(`${id} `)), stdout);
  }
});

test("search is for people: its marks are in --json alone", async (context) => {
  const folder = freshFolder(context);
  const script = { text: "Otters hold hands.", annotations: [{ type: "url_citation", url_citation: { url: "https://otters.example/hands", title: "Hands" } }] };
  simulator.enqueue(script);
  const text = await run(command, ["search", "otters", ...base()], { folder, ...withKey });
  assert.doesNotMatch(text.stdout, /UNTRUSTED|<<<|>>>/);
  assert.match(text.stdout, /^Otters hold hands\.\n/);
  simulator.enqueue(script);
  assert.match((await run(command, ["search", "otters", "--json", ...base()], { folder, ...withKey })).stdout, /EXTERNAL_UNTRUSTED_CONTENT/);
});

test("one is singular", async (context) => {
  simulator.enqueue({ text: "x", usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
  assert.match((await run(command, ["chat", ...base(), "?"], { folder: freshFolder(context), ...withKey })).stderr, /^1 token in, 1 out/);
});

test("a chat that is not to be kept is not", async (context) => {
  const folder = freshFolder(context);
  simulator.on(() => true, { text: "x" });
  await run(command, ["chat", "--no-save", ...base(), "?"], { folder, ...withKey });
  assert.equal(existsSync(join(folder, "xdg/openrouter-wasm/chats")), false);
});

test("a file's name is printed once on a terminal", async (context) => {
  const folder = standIn(context);
  const images = [1, 2].map((at) => ({ data: bytes("x"), mediaType: at === 1 ? "image/png" : "image/jpeg", name: `image-${at}.png` }));
  const client = { images: { generate: async () => ({ images, model: "g", warnings: [] }) } };
  const { code, stdout, stderr } = await call(cli, "image", ["x", "-n", "2"], { client, folder, isTerminal: true, env: { NO_COLOR: "1" } });
  assert.deepEqual([code, stdout], [0, "image-1.png\nimage-2.png\n"]);
  assert.doesNotMatch(stderr, /image-/);
  assert.match(stderr, /1 kB\n1 kB; it is image\/jpeg, whatever its name says\n$/);
});

// What the commands make of a client's answers: the client is a stand-in, so that it can fail at any moment. Files and texts are real.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { bytes, call, freshFolder, namesIn, readJson, standIn } from "./cli-tools.js";
import { installPackage } from "./install.js";

const app = installPackage();
after(() => app.remove());
const cli = join(app.package, "bin/cli");

/** A model of the catalog. @param {string} id @param {object} [more] */
const model = (id, more = {}) => ({
  id, name: id, contextWindow: 131_072, maxTokens: 8192, assumed: ["maxTokens"], input: ["text", "image"], output: ["text"], reasoning: true, supportsTools: true,
  thinking: { levels: [] }, pricing: { prompt: "0.0000008", completion: "0.0000035" }, isFree: false, raw: { id }, ...more,
});

const CATALOG = [
  model("anthropic/claude-sonnet-4.5"),
  model("moonshotai/kimi-k2.6:free", { isFree: true, pricing: { prompt: "0", completion: "0" }, name: "Kimi \x1b[31mred" }),
  model("openrouter/auto", { pricing: { isUnknown: true }, assumed: ["contextWindow", "maxTokens"], expirationDate: "2027-01-01" }),
];
const catalogClient = { models: { list: async () => Object.assign([...CATALOG], { warnings: [{ rule: "catalog", path: "data[3].id", reason: "is no text" }], fetchedAtMs: 0 }) } };

test("models list is a table in columns, and what was left out is told", async (context) => {
  const { code, stdout, stderr } = await call(cli, "models list", [], { client: catalogClient, folder: freshFolder(context), isTerminal: true, env: { NO_COLOR: "1" } });
  assert.equal(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.length, 4);
  assert.match(lines[0], /^Model +Ctx +Out +Input +\$\/M in +\$\/M out +Notes$/);
  assert.match(lines[1], /^anthropic\/claude-sonnet-4\.5 +131k +- +text\+image +0\.8 +3\.5 +tools, reasoning$/);
  assert.match(lines[2], /^moonshotai\/kimi-k2\.6:free +131k +- +text\+image +0 +0 +free, tools, reasoning$/);
  assert.match(lines[3], /^openrouter\/auto +- +- +text\+image +- +- +tools, reasoning, until 2027-01-01$/);
  assert.match(stderr, /data\[3\]\.id: is no text\n3 of 3 models\n$/);
  assert.ok(!stdout.includes("\x1b"));
});

/** @type {[words: string[], ids: string[]][]} */
const LISTS = [
  [["--free"], ["moonshotai/kimi-k2.6:free"]],
  [["--provider", "Anthropic"], ["anthropic/claude-sonnet-4.5"]],
  [["--search", "KIMI k2"], ["moonshotai/kimi-k2.6:free"]],
  [["--search", "sonnet kimi"], []],
];
for (const [words, ids] of LISTS) {
  test(`models list ${words.join(" ")} --json`, async (context) => {
    const { stdout } = await call(cli, "models list", [...words, "--json"], { client: catalogClient, folder: freshFolder(context) });
    const rows = JSON.parse(stdout);
    assert.deepEqual(rows.map((/** @type {{ id: string }} */ { id }) => id), ids);
    assert.ok(rows.every((/** @type {object} */ row) => !("raw" in row)));
  });
}

const ok = (/** @type {number} */ latencyMs) => ({ ok: true, latencyMs });
const skipped = { ok: false, latencyMs: null, skipped: true };
const failed = { ok: false, latencyMs: 99, error: "No tool call returned" };
const row = (/** @type {string} */ id, /** @type {object} */ more = {}) => ({
  model: id, name: id, isFree: true, paramsB: 70, createdAt: null, modality: "text+image->text", contextWindow: 131_072, maxTokens: null, supportedParametersCount: 3,
  supportsTools: true, supportsImages: true, pricing: null, tool: ok(840), image: ok(1240), json: skipped, reasoning: skipped, reasons: [], ...more,
});
const LONG = "someprovider/a-model-with-a-name-that-is-longer-than-any-column:free";
const SCAN = {
  rows: [row("x-ai/one-70b:free"), row(LONG, { tool: failed, image: skipped, paramsB: null, modality: null, contextWindow: null })],
  selected: ["x-ai/one-70b:free"], selectedImages: ["x-ai/one-70b:free"], probed: true, warnings: ["one warning"],
  counts: { tested: 2, toolOk: 1, imageOk: 1, toolAndImageOk: 1, imageOnly: 0 },
};

/** @param {object} [result] */
function scanner(result = SCAN) {
  /** @type {any[]} */
  const asked = [];
  return { asked, models: { scan: async (/** @type {any} */ options) => (asked.push(options), options.onProgress({ phase: "probe", completed: 1, total: 2, row: SCAN.rows[0] }), result) } };
}

test("models scan prints the columns, the summary and what it chose", async (context) => {
  const client = scanner();
  const folder = freshFolder(context);
  const { code, stdout, stderr } = await call(cli, "models scan", [], { client, folder });
  assert.equal(code, 0);
  assert.deepEqual(stdout.split("\n"), [
    "Model                                      Tool       Image      Ctx      Params   Notes",
    "x-ai/one-70b:free                          840ms      1.2s       131k     70b      modality:text+image->text",
    "someprovider/a-model-with-a-name-that-is-… fail       skip       -        -",
    "",
  ]);
  assert.equal(stderr, "one warning\ntested 2, tool ok 1, image ok 1, tool+image ok 1, image only 0\nchosen: x-ai/one-70b:free (--yes writes them into config.json)\n");
  assert.deepEqual(namesIn(folder), [], "nothing was written unasked");
  assert.deepEqual(Object.keys(client.asked[0]).sort(), ["onProgress", "signal"], "what is not given is the package's to decide");
});

test("models scan hands every option on", async (context) => {
  const client = scanner();
  const words = "--provider x-ai --min-params 7 --max-age-days 30 --concurrency 2 --timeout 9000 --max-candidates 4 --capability json --capability tools --probe-paid --no-input";
  await call(cli, "models scan", words.split(" "), { client, folder: freshFolder(context) });
  const { onProgress: _, signal: __, ...options } = client.asked[0];
  assert.deepEqual(options, { provider: "x-ai", minParams: 7, maxAgeDays: 30, concurrency: 2, timeoutMs: 9000, maxCandidates: 4, capabilities: ["json", "tools"], free: false, probePaid: true });
});

test("models scan writes what was chosen, when that is wanted", async (context) => {
  for (const [words, expected] of /** @type {[string[], object][]} */ ([
    [["--yes"], { model: { fallbacks: ["openrouter/x-ai/one-70b:free"] }, imageModel: { fallbacks: ["openrouter/x-ai/one-70b:free"] } }],
    [["--set-default", "--set-image", "--json"], {
      model: { fallbacks: ["openrouter/x-ai/one-70b:free"], primary: "openrouter/x-ai/one-70b:free" },
      imageModel: { fallbacks: ["openrouter/x-ai/one-70b:free"], primary: "openrouter/x-ai/one-70b:free" },
    }],
  ])) {
    const folder = freshFolder(context);
    const { code, stdout, stderr } = await call(cli, "models scan", words, { client: scanner(), folder });
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "user/config.json"), "utf8")), { agents: { defaults: expected } });
    if (words.includes("--json")) assert.deepEqual(Object.keys(JSON.parse(stdout)), ["selected", "selectedImages", "setDefault", "setImage", "results", "warnings"]);
  }
});

test("models scan asks on a terminal, and minds the answer", async (context) => {
  for (const [answer, isWritten] of /** @type {const} */ ([["y\r", true], ["n\r", false], ["\r", false]])) {
    const folder = freshFolder(context);
    const { code, stderr } = await call(cli, "models scan", [], { client: scanner(), folder, isTerminal: true, stdin: typing(answer) });
    assert.equal(code, 0);
    assert.match(stderr, /Make these the fallbacks: x-ai\/one-70b:free\? \[y\/N\] /);
    assert.match(stderr, /\[########----|\[############------------\] 1\/2 x-ai/, "the bar");
    assert.deepEqual(namesIn(folder), isWritten ? ["user"] : []);
  }
});

test("models scan without probes is metadata, and says why", async (context) => {
  const untried = { ...SCAN, probed: false, selected: [], selectedImages: [], warnings: ["Missing OpenRouter API key: nothing was probed, the list is what the catalog says"], rows: [row("a/b:free", { tool: skipped, image: skipped })] };
  const { code, stdout, stderr } = await call(cli, "models scan", [], { client: scanner(untried), folder: freshFolder(context) });
  assert.equal(code, 0);
  assert.match(stdout, /\na\/b:free +skip +skip +131k +70b +modality:/);
  assert.match(stderr, /\n1 model, none of them tried: that needs a key\n$/);
  const json = await call(cli, "models scan", ["--json"], { client: scanner(untried), folder: freshFolder(context) });
  assert.equal(JSON.parse(json.stdout)[0].model, "a/b:free");
  assert.equal((await call(cli, "models scan", ["--set-default"], { client: scanner(untried), folder: freshFolder(context) })).code, 3);
  // With a key nothing was tried because nothing was left to try.
  for (const [rows, why] of /** @type {const} */ ([[[], /no model fits these filters\n$/], [[row("a/paid", { isFree: false, tool: skipped, image: skipped })], /1 model that may cost something, not tried: --probe-paid tries them\n$/]])) {
    const client = scanner({ ...untried, warnings: [], rows: [...rows] });
    const listed = await call(cli, "models scan", [], { client, folder: freshFolder(context) });
    assert.equal(listed.code, 0);
    assert.match(listed.stderr, why);
    const set = await call(cli, "models scan", ["--set-default"], { client, folder: freshFolder(context) });
    assert.equal(set.code, 1);
    assert.match(set.stderr, why);
  }
  const none = await call(cli, "models scan", [], { client: scanner({ ...SCAN, selected: [] }), folder: freshFolder(context) });
  assert.equal(none.code, 1);
  assert.match(none.stderr, /No tool-capable OpenRouter free models found/);
});

test("usage prints what there is, and nothing of what there is not", async (context) => {
  const account = {
    balance: 12.5, spend: 100, plan: "laptop", summary: "$0.10 today · $0.50 this week · $2.00 this month", warnings: ["credits: needs a management key"],
    budget: { used: 2, limit: 10, remaining: 8, period: "monthly", usedPercent: 20, label: "Monthly key budget" }, free: { limit: 50, used: 3, remaining: 47 },
    budgets: [{ scope: "workspace", limitUsd: 100, spendUsd: 40, remainingUsd: 60, resetInterval: "monthly" }],
  };
  const client = { usage: async () => account };
  const { stdout, stderr } = await call(cli, "usage", [], { client, folder: freshFolder(context) });
  assert.deepEqual(stdout.trimEnd().split("\n"), [
    "Key:                laptop",
    "Balance:            $12.50, $100.00 spent in all",
    "Spent:              $0.10 today · $0.50 this week · $2.00 this month",
    "Monthly key budget: $2.00 of $10.00 (20 %), $8.00 left",
    "Budget (workspace): $40.00 of $100.00 monthly",
    "Free models today:  3 of 50 requests",
  ]);
  assert.equal(stderr, "credits: needs a management key\n");
  assert.deepEqual(JSON.parse((await call(cli, "usage", ["--json"], { client, folder: freshFolder(context) })).stdout), account);
  assert.equal((await call(cli, "usage", [], { client: { usage: async () => ({ warnings: [], balance: -0.004 }) }, folder: freshFolder(context) })).stdout, "Balance: -$0.004\n");
});

test("search prints answers with sources, hits with places, and refusals as errors", async (context) => {
  /** @type {any[]} */
  const asked = [];
  const answering = (/** @type {object} */ result) => ({ search: async (/** @type {string} */ query, /** @type {any} */ options) => (asked.push([query, options]), result) });
  const folder = freshFolder(context);
  const chat = { query: "q", provider: "perplexity", content: "An answer [1].", citations: ["https://a.example"], results: [], cached: false, tookMs: 1 };
  const words = "--count 3 --country de --language de --freshness week --domain a.example --domain=-b.example --after 2026-01-01 --before 2026-02-01 two words";
  const first = await call(cli, "search", words.split(" "), { client: answering(chat), folder, env: { PERPLEXITY_API_KEY: "p", OPENROUTER_API_KEY: "o" } });
  assert.equal(first.stdout, "An answer [1].\n\n[1] https://a.example\n");
  const { signal: _, ...options } = asked[0][1];
  assert.deepEqual([asked[0][0], options], ["two words", {
    count: 3, country: "de", language: "de", freshness: "week", domainFilter: ["a.example", "-b.example"], dateAfter: "2026-01-01", dateBefore: "2026-02-01", env: { PERPLEXITY_API_KEY: "p" },
  }]);
  const hits = { ...chat, content: undefined, citations: ["https://h.example"], results: [{ title: "T", url: "https://h.example", description: "one\ntwo", published: "2026-01-02" }, { title: "U", url: "https://u.example", description: "" }] };
  assert.equal((await call(cli, "search", ["q"], { client: answering(hits), folder })).stdout, "1. T (2026-01-02)\n   https://h.example\n   one\n   two\n\n2. U\n   https://u.example\n");
  const refused = await call(cli, "search", ["q", "--json"], { client: answering({ error: "unsupported_country", message: "not here" }), folder });
  assert.deepEqual([refused.code, refused.stderr, JSON.parse(refused.stdout).error], [2, "unsupported_country: not here\n", "unsupported_country"]);
  assert.equal((await call(cli, "search", ["q"], { client: answering({ error: "missing_perplexity_api_key", message: "none" }), folder })).code, 3);
});

const image = (/** @type {number} */ at, text = `image ${at}`) => ({ data: bytes(text), mediaType: "image/png", name: `image-${at}.png` });
function painter(count = 1) {
  /** @type {any[]} */
  const asked = [];
  return { asked, images: { generate: async (/** @type {any} */ request) => (asked.push(request), { images: Array.from({ length: count }, (_, at) => image(at + 1)), usage: { cost: 0.04, raw: {} }, model: "google/g", warnings: ["told"] }) } };
}

test("image saves under the name that was asked for, or under its own", async (context) => {
  const folder = standIn(context);
  const client = painter();
  const { code, stdout, stderr } = await call(cli, "image", ["an", "otter", "-o", "otter.png", "--aspect-ratio", "1:1", "--resolution", "2K", "--timeout", "5000"], { client, folder });
  assert.deepEqual([code, stdout], [0, "otter.png\n"]);
  assert.equal(stderr, "told\notter.png (1 kB)\ngoogle/g · $0.04\n");
  const { signal: _, ...request } = client.asked[0];
  assert.deepEqual(request, { prompt: "an otter", aspectRatio: "1:1", resolution: "2K", timeoutMs: 5000 });
  assert.equal(readFileSync("otter.png", "utf8"), "image 1");
  assert.equal((await call(cli, "image", ["x"], { client, folder })).stdout, "image-1.png\n");
  assert.equal((await call(cli, "image", ["x"], { client, folder })).stdout, "image-2.png\n", "a name that is taken gets a number");
  const three = await call(cli, "image", ["x", "--n", "3", "-o", "o.png", "--json", "--quiet"], { client: painter(3), folder });
  assert.deepEqual(JSON.parse(three.stdout), { files: [1, 2, 3].map((at) => ({ path: `o-${at}.png`, bytes: 7 })), model: "google/g", cost: 0.04 });
  assert.equal(three.stderr, "");
  const piped = await call(cli, "image", ["x", "-o", "-", "-q"], { client, folder });
  assert.equal(piped.stdout, "image 1");
  assert.deepEqual(namesIn(folder), ["image-1.png", "image-2.png", "o-1.png", "o-2.png", "o-3.png", "otter.png"]);
});

test("a file that is there is refused before anything is asked, and overwritten by --force whole", async (context) => {
  const folder = standIn(context);
  writeFileSync("a.png", "mine");
  writeFileSync("b-2.png", "mine");
  mkdirSync("folder");
  symlinkSync("nowhere", "dangling.png");
  for (const words of [["-o", "a.png"], ["-o", "b.png", "-n", "2"], ["-o", "folder"], ["-o", "folder", "--force"], ["-o", "dangling.png"]]) {
    const client = painter(2);
    const { code, stderr } = await call(cli, "image", ["x", ...words], { client, folder });
    assert.deepEqual([code, client.asked.length], [2, 0], words.join(" "));
    assert.match(stderr, /exists already; --force overwrites it|is a folder/);
  }
  assert.equal(readFileSync("a.png", "utf8"), "mine");
  symlinkSync("a.png", "link.png");
  assert.equal((await call(cli, "image", ["x", "-o", "link.png", "--force"], { client: painter(), folder })).code, 0);
  assert.equal(readFileSync("a.png", "utf8"), "image 1", "a link stays a link");
  assert.equal((await call(cli, "image", ["x", "-o", "-"], { client: painter(), folder, isTerminal: true })).code, 2, "no bytes to a terminal");
});

test("a file that appears while the model works is not overwritten, and the image not lost", async (context) => {
  const folder = standIn(context);
  const client = { images: { generate: async () => (writeFileSync("a.png", "mine"), { images: [image(1)], model: "m", warnings: [] }) } };
  const { code, stdout } = await call(cli, "image", ["x", "-o", "a.png"], { client, folder });
  assert.deepEqual([code, stdout], [0, "a-2.png\n"]);
  assert.deepEqual([readFileSync("a.png", "utf8"), readFileSync("a-2.png", "utf8")], ["mine", "image 1"]);
});

test("images go along as bytes of their kind, and their absence as an error", async (context) => {
  const folder = standIn(context);
  writeFileSync("in.dat", Buffer.from("\x89PNG\r\n\x1a\nrest", "latin1"));
  const client = painter();
  await call(cli, "image", ["x", "--input", "in.dat", "-i", "https://e.example/p.png"], { client, folder });
  const [file, url] = client.asked[0].inputs;
  assert.deepEqual([file.mediaType, file.fileName, file.data.length], ["image/png", "in.dat", 12]);
  assert.deepEqual(url, { url: "https://e.example/p.png" });
  const none = { images: { generate: async () => ({ images: [], text: "I cannot.", model: "m", warnings: [] }) } };
  const { code, stderr } = await call(cli, "image", ["x"], { client: none, folder });
  assert.deepEqual([code, stderr], [1, "m gave no image, but said: I cannot.\n"]);
});

/** @param {(controller: ReadableStreamDefaultController) => void | Promise<void>} start */
const speaker = (start) => ({ speech: { create: async () => ({ stream: new ReadableStream({ start }), mediaType: "audio/mpeg", name: "speech.mp3", generationId: "gen-1" }) } });

test("speech is written whole or not at all", async (context) => {
  const folder = standIn(context);
  const good = speaker((controller) => (controller.enqueue(bytes("one ")), controller.enqueue(bytes("two")), controller.close()));
  assert.equal((await call(cli, "speak", ["hello", "-o", "a.mp3"], { client: good, folder })).code, 0);
  assert.equal(readFileSync("a.mp3", "utf8"), "one two");
  const torn = speaker(async (controller) => {
    controller.enqueue(bytes("one "));
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.error(new Error("the connection broke"));
  });
  for (const words of [["-o", "b.mp3"], ["-o", "a.mp3", "--force"], []]) {
    const { code, stderr } = await call(cli, "speak", ["hello", ...words], { client: torn, folder });
    assert.deepEqual([code, stderr], [1, "the connection broke\n"]);
  }
  assert.deepEqual(namesIn(folder), ["a.mp3"], "no part of a file, and no temporary one");
  assert.equal(readFileSync("a.mp3", "utf8"), "one two");
});

test("transcripts go to stdout", async (context) => {
  const folder = standIn(context);
  writeFileSync("talk.mp3", "ID3 talk");
  /** @type {any[]} */
  const asked = [];
  const result = { text: "Good morning.", language: "en", usage: { seconds: 2, cost: 0.0001, raw: {} }, raw: {} };
  const client = { transcriptions: { create: async (/** @type {any} */ request) => (asked.push(request), result) } };
  const { stdout, stderr } = await call(cli, "transcribe", ["talk.mp3", "--language", "en"], { client, folder });
  assert.deepEqual([stdout, stderr], ["Good morning.\n", "2 s · $0.0001\n"]);
  assert.deepEqual([asked[0].mediaType, asked[0].fileName, asked[0].language], ["audio/mpeg", "talk.mp3", "en"]);
  assert.deepEqual(JSON.parse((await call(cli, "transcribe", ["talk.mp3", "--json"], { client, folder })).stdout), result);
});

test("music takes lyrics from a file", async (context) => {
  const folder = standIn(context);
  writeFileSync("song.txt", "la la");
  /** @type {any[]} */
  const asked = [];
  const client = { music: { generate: async (/** @type {any} */ request) => (asked.push(request), { data: bytes("RIFF"), mediaType: "audio/wav", name: "track-1.wav", transcript: "la la", usage: { cost: 0.1, raw: {} } }) } };
  const { code, stdout } = await call(cli, "music", ["a", "shanty", "--lyrics", "song.txt", "--format", "wav", "--duration", "30", "--instrumental"], { client, folder });
  assert.deepEqual([code, stdout], [0, "track-1.wav\n"]);
  const { signal: _, onProgress: __, ...request } = asked[0];
  assert.deepEqual(request, { prompt: "a shanty", lyrics: "la la", format: "wav", durationSeconds: 30, instrumental: true });
});

test("models list has a time limit", async (context) => {
  const client = { models: { list: (/** @type {any} */ { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))) } };
  // An `AbortSignal.timeout` alone keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  try {
    assert.equal((await call(cli, "models list", ["--timeout", "30"], { client, folder: freshFolder(context) })).code, 5);
  } finally {
    clearInterval(alive);
  }
});

/** A terminal on which somebody types. @param {string} keys */
function typing(keys) {
  const stdin = new EventEmitter();
  const modes = /** @type {boolean[]} */ ([]);
  return Object.assign(stdin, {
    isTTY: true, modes, fd: -1, setEncoding() {}, pause() {},
    setRawMode: (/** @type {boolean} */ raw) => void modes.push(raw),
    resume: () => void setImmediate(() => stdin.emit("data", keys)),
  });
}

test("a key that is typed is not shown; what was mistyped can be taken back", async (context) => {
  const folder = freshFolder(context);
  const stdin = typing("\x1b[200~sk-or-v1-typed-in-by-handX\x1b[201~\x7f\r");
  const { code, stdout, stderr } = await call(cli, "onboard", ["--no-check"], { folder, stdin, isTerminal: true, env: { NO_COLOR: "1" } });
  assert.equal(code, 0, stderr);
  assert.ok(!(stdout + stderr).includes("typed-in"));
  assert.equal(readJson(join(folder, "user/auth.json")).profiles["openrouter:default"].key, "sk-or-v1-typed-in-by-hand");
  assert.deepEqual(stdin.modes, [true, false], "the terminal is as it was");
  const interrupted = typing("sk-or\x03");
  assert.equal((await call(cli, "onboard", ["--no-check"], { folder, stdin: interrupted, isTerminal: true })).code, 130);
  assert.deepEqual(interrupted.modes, [true, false]);
});

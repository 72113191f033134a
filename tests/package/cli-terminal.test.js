// A terminal obeys what it is shown, and so does the terminal that a log is read on: nothing that a model, a provider, a server, a file or an
// argument says may reach one as it is. A file gets an answer to its last character.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";
import { freshFolder, installed, KEY } from "./cli-tools.js";

const { app, server, simulator } = await installed();
const { COMMANDS, main } = await import(join(app.package, "bin/cli/main.js"));
const { Output } = await import(join(app.package, "bin/cli/output.js"));

/** OSC (title, clipboard, link), CSI, BEL, BS, CR, DEL, C1 (CSI, OSC, DCS), separators, turns of direction, around words that are to be seen. */
const EVIL = "be\x1b]0;title\x07\x1b]52;c;AAAA\x1b\\gin\x1b[2J\x1b[35m\b\b\b\r\x00\x7f\u009b35m\u009d0;x\u009c\u0090q\u0085\x1bc\u2028\u2029\u202a\u202e\u2066\u2069end";
/** As the name of a file. */
const NAME = EVIL.replace("\0", "");
const SEEN = /be[^\n]*gin/;
const OBEYED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;
/** The line of a progress, colours, and what the line editor moves the cursor and ends a line with. */
const OUR_OWN = /\r(?=\n)|\r\x1b\[2K|\r(?=[[|/\\-])|\x1b\[(?:[12]|22|3[123]|39)m|\x1b\[(?:\d+G|0?J|[12]K|\d*[ABCD])/g;

/**
 * The command in this process, before terminals or pipes.
 * @param {readonly string[]} words @param {string} folder
 * @param {{ isTerminal?: boolean, env?: Record<string, string>, base?: string, typed?: readonly string[] }} [options]  `typed`: keys, each when a prompt stands there
 */
async function inProcess(words, folder, { isTerminal = true, env = {}, base = server.url, typed } = {}) {
  const written = { stdout: "", stderr: "" };
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined, fd: -1, setRawMode: () => {} });
  const keys = [...(typed ?? [])];
  const stream = (/** @type {"stdout" | "stderr"} */ name) => {
    const to = Object.assign(new PassThrough(), { isTTY: isTerminal, columns: 200 });
    to.setEncoding("utf8").on("data", (text) => {
      written[name] += text;
      if (typed && /> (?:\x1b\[3G)?$/.test(text)) stdin.write(keys.shift() ?? "\x04");
    });
    return to;
  };
  const code = await new Promise((exit) => {
    const system = Object.assign(new EventEmitter(), {
      stdin, stdout: stream("stdout"), stderr: stream("stderr"), exit, platform: process.platform,
      env: { XDG_CONFIG_HOME: join(folder, "xdg"), APPDATA: join(folder, "xdg"), OPENROUTER_API_KEY: KEY, NO_COLOR: "1", ...env },
    });
    void main([...words, "--base-url", base], /** @type {any} */ (system));
  });
  const bare = (/** @type {string} */ text) => text.replace(OUR_OWN, "");
  return { code, stdout: bare(written.stdout), stderr: bare(written.stderr) };
}

/** Where the files are that the tables name. @param {import("node:test").TestContext} context */
function hostileFolder(context) {
  const folder = freshFolder(context);
  writeFileSync(join(folder, "sound.wav"), "RIFF....WAVE");
  writeFileSync(join(folder, NAME), "{}");
  writeFileSync(join(folder, "evil.json"), JSON.stringify({ [EVIL]: EVIL, models: { providers: { [EVIL]: { [EVIL]: EVIL } } }, agents: { defaults: { [EVIL]: 1, model: { primary: `openrouter/${EVIL}` } } } }));
  const own = join(folder, "xdg/openrouter-wasm");
  mkdirSync(join(own, "chats"), { recursive: true });
  const messages = [{ role: EVIL, content: EVIL }, { role: "user", content: EVIL }];
  writeFileSync(join(own, "chats/20261129-221500-0f3a9c.json"), JSON.stringify({ id: "20261129-221500-0f3a9c", title: EVIL, model: "a/b", createdAtMs: 1, updatedAtMs: 1, costUsd: 0, messages }));
  const before = process.cwd();
  process.chdir(folder);
  context.after(() => process.chdir(before));
  return folder;
}

const json = (/** @type {unknown} */ body) => ({ body });
/** What a file gets to its last character. */
const ANSWERS = ["the answer", "a refusal", "a transcript"];
/** @type {[place: string, words: string[], script: () => void, code: number][]} */
const PLACES = [
  ["the answer", ["chat", "--no-stdin", "?"], () => simulator.enqueue({ text: [EVIL] }), 0],
  ["the reasoning", ["chat", "--no-stdin", "--reasoning", "?"], () => simulator.enqueue({ reasoning: [EVIL], text: "x" }), 0],
  ["a refusal", ["chat", "--no-stdin", "?"], () => simulator.enqueue({ refusal: EVIL }), 0],
  ["model and provider", ["chat", "--no-stdin", "?"], () => simulator.enqueue({ text: "x", model: EVIL, provider: EVIL }), 0],
  ["an error", ["chat", "--no-stdin", "?"], () => simulator.enqueue({ status: 400, body: { error: { code: 400, message: EVIL } } }), 1],
  ["an error in a page", ["chat", "--no-stdin", "?"], () => simulator.enqueue({ status: 404, body: EVIL, contentType: "text/plain" }), 1],
  ["an error in the stream", ["chat", "--no-stdin", "?"], () => simulator.enqueue({ text: "x", error: { afterChunks: 1, error: { code: 400, message: EVIL } } }), 1],
  ["a stack", ["chat", "--no-stdin", "--debug", "?"], () => simulator.enqueue({ status: 400, body: { error: { code: 400, message: EVIL } } }), 1],
  ["why it is tried again", ["chat", "--no-stdin", "?"], () => [{ status: 503, body: { error: { code: 503, message: EVIL } } }, { text: "x" }].forEach((script) => simulator.enqueue(script)), 0],
  ["events", ["chat", "--no-stdin", "--json", "?"], () => simulator.enqueue({ text: [EVIL], model: EVIL, provider: EVIL }), 0],
  ["an error as JSON", ["chat", "--no-stdin", "--json", "?"], () => simulator.enqueue({ status: 400, body: { error: { code: 400, message: EVIL } } }), 1],
  ["models", ["models", "list"], () => simulator.onRequest("GET /models", json({ data: [{ id: `a/${EVIL}`, name: EVIL, pricing: { prompt: EVIL, completion: "0" }, architecture: { output_modalities: ["text"], input_modalities: [EVIL] }, context_length: 5 }] })), 0],
  ["models as JSON", ["models", "list", "--json"], () => simulator.onRequest("GET /models", json({ data: [{ id: `a/${EVIL}`, name: EVIL, pricing: { prompt: "0", completion: "0" } }] })), 0],
  ["a scan", ["models", "scan", "--no-probe"], () => simulator.onRequest("GET /models", json({ data: [{ id: `a/${EVIL}:free`, name: EVIL, pricing: { prompt: "0", completion: "0" }, context_length: 5, created: 1_900_000_000, supported_parameters: ["tools"], architecture: { input_modalities: ["text"], output_modalities: ["text"] } }] })), 0],
  ["what a search says", ["search", "otters"], () => simulator.enqueue({ text: EVIL, citations: [`https://a.example/${EVIL}`] }), 0],
  ["a transcript", ["transcribe", "sound.wav"], () => simulator.onRequest("POST /audio/transcriptions", json({ text: EVIL, usage: {} })), 0],
  ["a transcript as JSON", ["transcribe", "--json", "sound.wav"], () => simulator.onRequest("POST /audio/transcriptions", json({ text: EVIL })), 0],
  ["the status of a video", ["video", "--no-wait", "--json", "p"], () => simulator.onRequest("POST /videos", json({ id: "job-1", polling_url: "/api/v1/videos/job-1", status: "pending", generation_id: EVIL })), 0],
  ["why a video failed", ["video", "p"], () => simulator.onRequest("POST /videos", { video: { statuses: ["failed"], error: EVIL } }), 1],
  ["an account", ["usage"], () => simulator.onRequest("GET /key", json({ data: { label: EVIL, usage: 1, limit: 5, limit_remaining: 4, limit_reset: EVIL } })), 0],
  ["an account as JSON", ["usage", "--json"], () => simulator.onRequest("GET /key", json({ data: { label: EVIL, usage: 1, limit: 5, limit_remaining: 4 } })), 0],
  ["the label of a key", ["onboard", "--token", KEY], () => simulator.onRequest("GET /key", json({ data: { label: EVIL, usage: 1, limit: 5, limit_remaining: 4 } })), 0],
  ["an option", ["chat", `--${EVIL}`, "?"], () => {}, 2],
  ["a command", [EVIL], () => {}, 2],
  ["a file's name", ["transcribe", EVIL.replace("\0", "")], () => {}, 2],
  ["a configuration", ["config", "check", NAME], () => {}, 0],
];

for (const isTerminal of [true, false]) {
  for (const [place, words, script, code] of PLACES) {
    test(`${place}, ${isTerminal ? "on a terminal" : "in pipes"}: shown, and not obeyed`, async (context) => {
      const folder = hostileFolder(context);
      script();
      const { code: ended, stdout, stderr } = await inProcess(words, folder, { isTerminal });
      const told = !isTerminal && ANSWERS.includes(place) ? stderr : stdout + stderr;
      assert.ok(!OBEYED.test(told), JSON.stringify(told));
      assert.equal(ended, code, stdout + stderr);
      assert.match(stdout + stderr, SEEN);
      if (!isTerminal && ANSWERS.includes(place)) assert.ok(stdout.includes(EVIL), JSON.stringify(stdout));
    });
  }
}

/** Every command, with as much as it takes to get it to the server, if it asks one. @type {Record<string, string[]>} */
const WORDS = {
  chat: ["--no-stdin", "?"], "chats list": [], "chats show": [], "chats rm": ["20261129-221500-0f3a9c"], "models list": [], "models scan": ["--no-probe"],
  "models show": ["a/b"], "models set": ["a/b"], "models set-image": ["a/b"], onboard: ["--token", KEY], usage: [], search: ["otters"], "config get": [],
  "config set": ["agents.defaults.x", EVIL], "config path": [], "config check": ["evil.json"], image: ["p"], video: ["p"], speak: ["Hi"], transcribe: ["sound.wav"],
  music: ["p"], embed: ["-m", "m/e", "a"], rerank: ["-m", "m/r", "--query", "q", "a"], decide: ["-m", "m/d", "--ask", "q?", "s"], completion: ["bash"],
};

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const MODEL = {
  id: "a/b", name: EVIL, pricing: { prompt: "0", completion: "0" }, context_length: 5, created: 1_900_000_000, supported_parameters: ["tools", EVIL], expiration_date: EVIL,
  architecture: { input_modalities: ["text", EVIL], output_modalities: ["text"] },
};
const usage = { cost: 0.25, prompt_tokens: 1, completion_tokens: 1, seconds: 1 };
/** What every route of the API might say, by the end of its path. @type {[end: RegExp, body: unknown][]} */
const SAID = [
  [/\/endpoints$/, { data: { id: "a/b", endpoints: [{ provider_name: EVIL, tag: EVIL, quantization: EVIL, pricing: { prompt: EVIL, completion: "0" }, context_length: 5 }] } }],
  [/\/models$/, { data: [MODEL, { ...MODEL, id: `a/${EVIL}` }] }],
  [/\/key$/, { data: { label: EVIL, usage: 1, limit: 5, limit_remaining: 4, limit_reset: EVIL, expires_at: EVIL } }],
  [/\/credits$/, { data: { total_credits: 5, total_usage: 1, [EVIL]: EVIL } }],
  [/\/embeddings$/, { data: [{ index: 0, embedding: [0.5] }], model: EVIL, provider: EVIL, usage }],
  [/\/rerank$/, { results: [{ index: 0, relevance_score: 0.5, document: { text: EVIL } }], model: EVIL, provider: EVIL, usage }],
  [/\/(?:decisions|systemone)$/, { answers: { "q?": { type: "noul", noul: 0.5 } }, model: EVIL, provider: EVIL, usage }],
  [/\/images$/, { data: [{ b64_json: PIXEL, revised_prompt: EVIL }], model: EVIL, usage }],
  [/\/videos$/, { id: EVIL, status: EVIL, polling_url: `/api/v1/videos/${encodeURIComponent(EVIL)}`, error: EVIL, model: EVIL, generation_id: EVIL }],
  [/\/videos\//, { id: EVIL, status: "failed", error: { message: EVIL, code: EVIL }, model: EVIL }],
  [/\/transcriptions$/, { text: EVIL, usage }],
  [/./, { id: EVIL, model: EVIL, provider: EVIL, choices: [{ index: 0, finish_reason: EVIL, native_finish_reason: EVIL, message: { role: "assistant", content: EVIL, refusal: EVIL, annotations: [{ type: "url_citation", url_citation: { url: `https://a.example/${EVIL}`, title: EVIL } }] } }], usage }],
];
const failed = (/** @type {number} */ status, /** @type {object} */ more = {}) => ({ status, body: JSON.stringify({ error: { code: status, message: EVIL, metadata: { provider_name: EVIL, raw: EVIL, [EVIL]: EVIL }, ...more } }) });
/** How a whole server speaks. @type {Record<string, (path: string) => { status: number, body: string, type?: string }>} */
const VOICES = {
  "every field": (path) => ({ status: 200, body: JSON.stringify(SAID.find(([end]) => end.test(path))?.[1]) }),
  "errors": () => failed(400),
  "an error of a name": () => failed(404, { type: EVIL, code: EVIL, param: EVIL }),
  "no credits": () => failed(402),
  "an error in a 200": () => ({ ...failed(400), status: 200 }),
  "a page": () => ({ status: 200, body: `<html>${EVIL}`, type: "text/html" }),
  "a list of words": () => ({ status: 200, body: JSON.stringify([EVIL, { [EVIL]: EVIL }]) }),
  "broken JSON": () => ({ status: 200, body: `{"${EVIL}` }),
};
/** @type {(path: string) => { status: number, body: string, type?: string }} */
let voice = VOICES.errors;
const hostile = createServer((request, response) => {
  request.resume().on("end", () => {
    const { status, body, type = "application/json" } = voice(new URL(/** @type {string} */ (request.url), "http://x").pathname);
    response.writeHead(status, { "Content-Type": type, "X-Request-Id": "id\u009b31m\u0085" }).end(body);
  });
});
await new Promise((resolve) => hostile.listen(0, "127.0.0.1", () => resolve(undefined)));
after(() => void hostile.close());
const hostileBase = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (hostile.address()).port}`;

/** What a caller may get wrong, or be given. @type {Record<string, (words: string[]) => string[]>} */
const ARGUMENTS = {
  "as it is": (words) => words,
  "as JSON": (words) => [...words, "--json"],
  "with the stack": (words) => [...words, "--debug"],
  "an argument": (words) => [...words, EVIL, EVIL],
  "an option": (words) => [...words, `--${EVIL}`],
  "an option's value": (words) => [...words, `--json=${EVIL}`],
  "a time": (words) => [...words, "--timeout", EVIL],
  "a configuration": (words) => [...words, "--config", "evil.json"],
  "a configuration's name": (words) => [...words, "--config", `${NAME}x`],
  "a key's file": (words) => [...words, "--api-key-file", `${NAME}x`],
};

test("the table has every command", () => {
  assert.deepEqual(Object.keys(WORDS).sort(), COMMANDS.map((/** @type {{ name: string }} */ { name }) => name).sort());
});

for (const [name, rest] of Object.entries(WORDS)) {
  test(`${name}: nothing that anybody says is obeyed, in any form`, async (context) => {
    const folder = hostileFolder(context);
    /** @type {string[]} */
    const leaks = [];
    const look = async (/** @type {string} */ what, /** @type {string[]} */ words, /** @type {Parameters<typeof inProcess>[2]} */ options) => {
      const { stdout, stderr } = await inProcess(words, folder, { base: hostileBase, ...options });
      // Of an answer in a pipe the tests above speak; JSON is never an answer.
      const isAnswer = options?.isTerminal === false && !words.includes("--json") && ["chat", "transcribe", "chats show", "config get", "config path"].includes(name);
      const told = isAnswer ? stderr : stdout + stderr;
      if (OBEYED.test(told)) leaks.push(`${what}: ${JSON.stringify(told.slice(Math.max(0, told.search(OBEYED) - 80)).slice(0, 200))}`);
    };
    const words = [...name.split(" "), ...rest];
    for (const [kind, answer] of Object.entries(VOICES)) {
      voice = answer;
      for (const isTerminal of [true, false]) {
        for (const more of [[], ["--json"], ["--debug"]]) {
          await look(`${kind}${more.join("")}${isTerminal ? "" : ", in pipes"}`, [...words, ...more, ...(["image", "speak", "music", "video"].includes(name) ? ["--force"] : [])], { isTerminal });
        }
      }
    }
    voice = VOICES.errors;
    for (const [kind, make] of Object.entries(ARGUMENTS)) {
      for (const isTerminal of [true, false]) await look(`${kind}${isTerminal ? "" : ", in pipes"}`, make(words), { isTerminal, env: { OPENROUTER_API_KEY: KEY } });
    }
    await look("a base", [...words, "--base-url", EVIL], {});
    await look("a base of the environment", words, { env: { OPENROUTER_BASE_URL: EVIL } });
    assert.deepEqual(leaks, []);
  });
}

test("a conversation: its answers, its errors, its words and what is pasted into it", async (context) => {
  const folder = hostileFolder(context);
  writeFileSync(join(folder, "xdg/openrouter-wasm/history"), `${EVIL}\nsecond\n`);
  const pasted = EVIL.replace(/[\x00-\x1f]/g, "");
  for (const env of /** @type {Record<string, string>[]} */ ([{}, { NO_COLOR: "", FORCE_COLOR: "1" }])) {
    for (const kind of ["every field", "errors", "an error in a 200"]) {
      voice = VOICES[kind];
      const { stdout, stderr } = await inProcess(["chat", "-m", "a/b"], folder, {
        base: hostileBase, env, typed: [`${pasted}\n`, `# **${pasted}**\n`, "\x1b[A\x1b[A\n", `/model a/${pasted}\n`, `/system ${pasted}\n`, `/attach ${pasted}\n`, `/${pasted}\n`, `/save ${pasted}/x\n`, "/cost\n", "/exit\n"],
      });
      assert.ok(!OBEYED.test(stdout + stderr), `${kind}: ${JSON.stringify(stdout + stderr)}`);
      assert.match(stdout + stderr, SEEN);
    }
  }
});

test("our own colours are the only ones, on a terminal and where they are forced; a file gets an answer as it is", async () => {
  const bold = (/** @type {string} */ text) => `\x1b[1m${text}\x1b[22m`;
  const text = "a\x1b]0;title\x07\x1b[2Jb\u009b31m\r\n", plain = "a]0;title[2Jb31m\n";
  for (const [isTTY, env, words, answer] of /** @type {[boolean, Record<string, string>, string, string][]} */ ([
    [true, {}, bold(plain), plain],
    [true, { NO_COLOR: "1" }, plain, plain],
    [false, {}, plain, text],
    [false, { FORCE_COLOR: "1" }, bold(plain), text],
  ])) {
    const stream = Object.assign(new PassThrough(), { isTTY });
    const output = new Output(stream, env);
    await output.write(output.style.bold(text));
    assert.equal(stream.read().toString(), words);
    await output.data(text);
    assert.equal(stream.read().toString(), answer);
  }
});

test("what a gateway tells its log", async () => {
  const { createGateway } = await app.load("openrouter-wasm/gateway");
  const told = /** @type {string[]} */ ([]);
  const before = console.error;
  console.error = (...words) => void told.push(words.join(" "));
  try {
    const gateway = createGateway({ apiKey: KEY, callers: () => { throw new Error(`${EVIL} ${KEY}`); } });
    await gateway.fetch(new Request("http://gateway.test/v1/usage", { headers: { Authorization: "Bearer x" } }), {}, undefined).catch(() => {});
  } finally {
    console.error = before;
  }
  assert.match(told.join("\n"), SEEN);
  assert.ok(!OBEYED.test(told.join("\n")) && !told.join("\n").includes(KEY), JSON.stringify(told));
});

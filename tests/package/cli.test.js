// The command line, as it is installed: every run is a process, the other end a simulator behind a port.
import assert from "node:assert/strict";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freshFolder, KEY, namesIn, run, start } from "./cli-tools.js";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let server;
/** @type {any} */
let simulator;
/** @type {string} */
let command;
before(async () => {
  app = installPackage();
  command = join(app.folder, "node_modules/.bin/openrouter-wasm");
  const { serve } = await app.load("openrouter-wasm/simulator/serve");
  server = await serve({ delayMs: 0, apiKeys: [KEY] });
  simulator = server.simulator;
});
after(async () => {
  await server?.close();
  app?.remove();
});
beforeEach(() => simulator.reset());

const withKey = { env: { OPENROUTER_API_KEY: KEY } };
/** Goes to the simulator. */
const base = () => ["--base-url", server.url];
const last = () => simulator.requests.at(-1);
const TINY_PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==", "base64");

const COMMANDS = ["chat", "models list", "models scan", "models set", "models set-image", "onboard", "usage", "search", "config check", "image", "video", "speak", "transcribe", "music"];

test("every command has help with its options, examples and the exit codes", async (context) => {
  const folder = freshFolder(context);
  const overview = await run(command, ["--help"], { folder });
  assert.equal(overview.code, 0);
  for (const name of COMMANDS) {
    assert.ok(overview.stdout.includes(`\n  ${name} `), name);
    for (const words of [[...name.split(" "), "--help"], ["help", ...name.split(" ")]]) {
      const { code, stdout, stderr } = await run(command, words, { folder });
      assert.equal(code, 0, words.join(" "));
      assert.equal(stderr, "");
      assert.match(stdout, new RegExp(`^Usage: openrouter-wasm ${name} `));
      for (const part of ["--api-key-file FILE", "--timeout MS", "\nExamples:\n  openrouter-wasm", "Exit codes:", "  130 "]) assert.ok(stdout.includes(part), `${name}: ${part}`);
      assert.ok(!/\x1b/.test(stdout));
    }
  }
  assert.equal((await run(command, ["--version"], { folder })).stdout, `${JSON.parse(readFileSync(join(app.package, "package.json"), "utf8")).version}\n`);
});

/** What is wrong is named, on one line, and nothing is asked of anybody. @type {[words: string[], stderr: string | RegExp][]} */
const WRONG = [
  [["chat", "--modle", "x", "hi"], "unknown option --modle; did you mean --model? (openrouter-wasm chat --help tells all)"],
  [["chat", "-x", "hi"], /^unknown option -x /],
  [["chat", "--api-key", "x", "hi"], /^unknown option --api-key/],
  [["chat", "--model"], "a value is missing after --model (MODEL)"],
  [["chat", "--model", "--json", "hi"], "a value is missing after --model (MODEL)"],
  [["onboard", "--token"], "a value is missing after --token (KEY)"],
  [["chat", "--quiet=yes", "hi"], "--quiet takes no value"],
  [["chat", "--max-tokens", "1.5", "hi"], "--max-tokens must be a positive integer"],
  [["chat", "--temperature", "warm", "hi"], "--temperature must be a number"],
  [["chat", "--temperature", "", "hi"], "--temperature must be a number"],
  [["chat", "--image", "none.png", "hi"], "--image none.png: no such file or folder"],
  [["chat"], /^the prompt is missing/],
  [["chat", "  "], /^the prompt is missing/],
  [["cat"], 'unknown command "cat"; did you mean chat? (openrouter-wasm --help lists them)'],
  [["--json", "chat"], /^unknown option --json: the command comes first/],
  [["models"], /^models needs a second word: models list, models scan, /],
  [["models", "scan", "--min-params", "-1"], "--min-params must be >= 0"],
  [["models", "scan", "--min-params", "x"], "--min-params must be >= 0"],
  [["models", "scan", "--max-age-days", "-0.5"], "--max-age-days must be >= 0"],
  [["models", "scan", "--timeout", "0"], "--timeout must be > 0"],
  [["models", "scan", "--max-candidates", "0"], "--max-candidates must be a positive integer"],
  [["models", "scan", "--concurrency", "2.5"], "--concurrency must be a positive integer"],
  [["models", "scan", "--set-default", "--no-probe"], "--set-default needs probes: leave --no-probe out"],
  [["models", "scan", "extra"], /^unexpected argument "extra"/],
  [["models", "set"], "MODEL is missing"],
  [["models", "set", "openrouter/"], /^"openrouter\/" names no model/],
  [["onboard", "--token-provider", "openai"], "--token-provider must be one of openrouter"],
  [["onboard", "--auth-choice", "magic"], /^--auth-choice must be one of apiKey, /],
  [["onboard", "--sign-in", "--token", "x"], "a sign-in takes no --token"],
  [["onboard"], /^there is no terminal to ask on/],
  [["search"], "the query is missing"],
  [["search", "x", "--freshness", "decade"], "--freshness must be one of day, week, month, year"],
  [["config", "check"], "FILE is missing"],
  [["config", "check", "none.json"], "none.json: no such file or folder"],
  [["image"], "the prompt is missing"],
  [["image", "x", "-o", "no/such/folder/a.png"], "no/such/folder/a.png: there is no folder no/such/folder"],
  [["image", "x", "-o", "-", "-n", "2"], "-o - takes one file: leave -n out"],
  [["speak", "x", "--format", "ogg"], "--format must be one of mp3, pcm"],
  [["transcribe", "none.mp3"], "FILE none.mp3: no such file or folder"],
  [["video", "x", "--seed", "1.5"], "--seed must be an integer"],
  [["video", "--resume", "none.json"], "--resume none.json: no such file or folder"],
  [["video", "--resume", "{}"], "--resume ...: is no ticket of a film"],
  [["chat", "--config", "none.json", "hi"], "none.json: no such file"],
];

for (const [words, expected] of WRONG) {
  test(`wrong usage: ${words.join(" ")}`, async (context) => {
    const { code, stdout, stderr } = await run(command, words, { folder: freshFolder(context), ...withKey });
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /^openrouter-wasm: [^\n]+\n$/);
    const message = stderr.slice("openrouter-wasm: ".length, -1);
    if (typeof expected === "string") assert.equal(message, expected);
    else assert.match(message, expected);
    assert.equal(simulator.requests.length, 0);
  });
}

test("words that only begin a command have help too", async (context) => {
  for (const words of [["help", "models"], ["models", "--help"]]) {
    const { code, stdout } = await run(command, words, { folder: freshFolder(context) });
    assert.equal(code, 0);
    assert.deepEqual([...stdout.matchAll(/^Usage: openrouter-wasm (models \S+)/gm)].map(([, name]) => name), ["models list", "models scan", "models set", "models set-image"]);
  }
});

test("output that cannot be written is a failure", { skip: !existsSync("/dev/full") && "there is no /dev/full here" }, async (context) => {
  const folder = freshFolder(context);
  simulator.on(() => true, { text: "to nowhere" });
  for (const words of [["--version"], ["models", "set", "openai/gpt-5", "--json"], ["chat", ...base(), "-q", "?"], ["chat", ...base(), "--json", "?"]]) {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [command, ...words], { stdio: ["ignore", full, "pipe"], env: { ...process.env, XDG_CONFIG_HOME: folder, OPENROUTER_API_KEY: KEY } });
    closeSync(full);
    let stderr = "";
    child.stderr?.on("data", (text) => (stderr += text));
    const [code] = await once(child, "close");
    assert.deepEqual([code, stderr], [1, "openrouter-wasm: standard output: no space left\n"], words.join(" "));
  }
});

test("without a command the overview goes to stderr, and nothing was done", async (context) => {
  const { code, stdout, stderr } = await run(command, [], { folder: freshFolder(context) });
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^Usage: openrouter-wasm <command>/);
});

test("a chat prints the answer to stdout and what it cost to stderr", async (context) => {
  simulator.enqueue({ text: ["Ot", "ters ", "float."], usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15, cost: 0.00125 }, provider: "Anthropic" });
  const words = ["chat", ...base(), "Facts", "about otters"];
  const { code, stdout, stderr } = await run(command, words, { folder: freshFolder(context), ...withKey });
  assert.deepEqual([code, stdout], [0, "Otters float.\n"]);
  assert.match(stderr, /^12 tokens in, 3 out · \$0\.00125 · [\w./-]+ · Anthropic\n$/);
  assert.deepEqual(last().body.messages, [{ role: "user", content: "Facts about otters" }]);
  assert.equal(last().body.model, "openrouter/auto");
  simulator.enqueue({ text: "Yes.\n" });
  assert.deepEqual(await run(command, [...words, "--quiet"], { folder: freshFolder(context), ...withKey }), { code: 0, signal: null, stdout: "Yes.\n", stderr: "" });
});

test("every option of a chat is in the request", async (context) => {
  const folder = freshFolder(context);
  writeFileSync(join(folder, "dot.png"), TINY_PNG);
  simulator.enqueue({ text: "A dot." });
  const options = ["--model", "anthropic/claude-sonnet-4.5", "--system", "Be brief.", "--thinking", "low", "--max-tokens", "9000", "--temperature", "0.5", "--no-stream"];
  const { code, stdout } = await run(command, ["chat", ...base(), ...options, "--image", "dot.png", "--image", "https://example.com/a.png", "--", "--what?"], { folder, ...withKey });
  assert.deepEqual([code, stdout], [0, "A dot.\n"]);
  const { body } = last();
  assert.equal(body.model, "anthropic/claude-sonnet-4.5");
  assert.equal(body.temperature, 0.5);
  assert.equal(body.max_completion_tokens ?? body.max_tokens, 9000);
  assert.notEqual(body.stream, true);
  assert.equal(body.messages[0].role, "system");
  assert.deepEqual(body.messages[1].content.map((/** @type {any} */ part) => part.text ?? part.image_url.url), [
    "--what?", `data:image/png;base64,${TINY_PNG.toString("base64")}`, "https://example.com/a.png",
  ]);
});

/** @type {[name: string, words: string[], input: string | undefined, prompt: string][]} */
const INPUTS = [
  ["alone is the prompt", [], "From a pipe.\n", "From a pipe."],
  ["follows the prompt after a blank line", ["Summarise:"], "line 1\nline 2\n", "Summarise:\n\nline 1\nline 2"],
  ["that is empty changes nothing", ["Hello"], "", "Hello"],
  ["that is none changes nothing", ["Hello"], undefined, "Hello"],
  ["is left alone when that is asked for", ["Hello", "--no-stdin"], "noise", "Hello"],
];
for (const [name, words, input, prompt] of INPUTS) {
  test(`standard input ${name}`, async (context) => {
    simulator.enqueue({ text: "ok" });
    const { code, stderr } = await run(command, ["chat", ...base(), ...words], { folder: freshFolder(context), ...withKey, ...(input !== undefined && { input }) });
    assert.equal(code, 0, stderr);
    assert.deepEqual(last().body.messages, [{ role: "user", content: prompt }]);
  });
}

test("reasoning is shown when it is asked for, and on stderr", async (context) => {
  const script = { reasoning: "Let me think.", text: "42" };
  simulator.enqueue(script);
  const shown = await run(command, ["chat", ...base(), "--reasoning", "?"], { folder: freshFolder(context), ...withKey });
  assert.equal(shown.stdout, "42\n");
  assert.match(shown.stderr, /^Let me think\.\n\n/);
  simulator.enqueue(script);
  assert.doesNotMatch((await run(command, ["chat", ...base(), "?"], { folder: freshFolder(context), ...withKey })).stderr, /think/);
});

test("--json is an event a line, the last one the end or the error", async (context) => {
  simulator.enqueue({ text: ["a", "b"] });
  const good = await run(command, ["chat", ...base(), "--json", "?"], { folder: freshFolder(context), ...withKey });
  const events = good.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(events.filter(({ type }) => type === "text-delta").map(({ text }) => text).join(""), "ab");
  assert.deepEqual([events.at(-1).type, good.code, good.stderr], ["finish", 0, ""]);
  simulator.enqueue({ text: ["a", "b"], error: { afterChunks: 1 } });
  const bad = await run(command, ["chat", ...base(), "--json", "?"], { folder: freshFolder(context), ...withKey });
  assert.equal(bad.code, 1);
  assert.equal(bad.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).at(-1).type, "error");
  assert.match(bad.stderr, /^openrouter-wasm: [^\n]+\n$/);
});

test("the answer comes as it is written, not at its end", async (context) => {
  simulator.enqueue({ text: ["first ", "second"], chunkDelayMs: 400 });
  const { ended, until } = start(command, ["chat", ...base(), "?"], { folder: freshFolder(context), ...withKey });
  await until("stdout", /first /);
  assert.equal(last().finished, false, "the rest had not been sent when the beginning was printed");
  assert.equal((await ended).stdout, "first second\n");
});

test("Ctrl-C closes the connection, keeps what came, and exits with 130", async (context) => {
  simulator.enqueue({ text: ["kept ", "never"], stallAfterChunks: 1 });
  const { child, ended, until } = start(command, ["chat", ...base(), "?"], { folder: freshFolder(context), ...withKey });
  await until("stdout", /kept /);
  child.kill("SIGINT");
  assert.deepEqual(await ended, { code: 130, signal: null, stdout: "kept \n", stderr: "" });
  for (let tries = 0; !last().aborted && tries < 50; tries++) await wait(20);
  assert.equal(last().aborted, true);
});

test("SIGTERM ends a chat as politely, with 143", async (context) => {
  simulator.enqueue({ text: ["kept ", "never"], stallAfterChunks: 1 });
  const { child, ended, until } = start(command, ["chat", ...base(), "?"], { folder: freshFolder(context), ...withKey });
  await until("stdout", /kept /);
  child.kill("SIGTERM");
  assert.deepEqual(await ended, { code: 143, signal: null, stdout: "kept \n", stderr: "" });
});

test("a reader that leaves (| head) ends it quietly, and the connection with it", async (context) => {
  for (const more of [[], ["--json"]]) {
    simulator.enqueue({ text: Array.from({ length: 400 }, (_, at) => `line ${at}\n`), chunkDelayMs: 5 });
    const { child, ended, until } = start(command, ["chat", ...base(), ...more, "?"], { folder: freshFolder(context), ...withKey });
    await until("stdout", /line 1/);
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [0, ""]);
    for (let tries = 0; !last().aborted && tries < 50; tries++) await wait(20);
    assert.equal(last().aborted, true);
  }
});

/** @type {[name: string, script: object, words: string[], code: number, stderr: RegExp][]} */
const ENDINGS = [
  ["no credits", { status: 402 }, [], 4, /credits/i],
  ["a server that fails", { status: 400, body: { error: { code: 400, message: "no such thing" } } }, [], 1, /no such thing/],
  ["a time limit", { text: ["a", "b"], stallAfterChunks: 1 }, ["--timeout", "400"], 5, /400 ms|timeout|limit/i],
  ["a stream that was cut", { text: ["a", "b"], endAfterChunks: 1 }, [], 1, /ended/],
  ["an answer that was filtered", { text: "a", finishReason: "content_filter" }, [], 1, /content-filter/],
  ["an answer at the output limit", { text: "a", finishReason: "length" }, [], 0, /cut at the output limit/],
];
for (const [name, script, words, expected, pattern] of ENDINGS) {
  test(`${name} is exit code ${expected}, and what came stays`, async (context) => {
    simulator.on(() => true, script);
    const { code, stdout, stderr } = await run(command, ["chat", ...base(), ...words, "?"], { folder: freshFolder(context), ...withKey });
    assert.equal(code, expected, stderr);
    assert.match(stderr, pattern);
    assert.match(stderr, /(^|\n)openrouter-wasm: [^\n]+\n$/);
    if ("text" in script) assert.equal(stdout, "a\n");
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
}

test("--debug prints the stack, without the key", async (context) => {
  simulator.on(() => true, { status: 400, body: { error: { message: `bad key ${KEY}` } } });
  const { code, stdout, stderr } = await run(command, ["chat", ...base(), "--debug", "?"], { folder: freshFolder(context), ...withKey });
  assert.equal(code, 1);
  assert.match(stderr, /\n\s+at /);
  assert.ok(!(stdout + stderr).includes(KEY));
});

test("a key is never printed, whatever the other end makes of it", async (context) => {
  for (const [script, words] of /** @type {[object, string[]][]} */ ([
    [{ status: 400, body: { error: { message: `Bearer ${KEY} is bad` } } }, []],
    [{ status: 502, body: `<html>${KEY}</html>`, contentType: "text/html" }, ["--json"]],
    [{ text: ["a", "b"], error: { afterChunks: 1, error: { code: 500, message: `key=${KEY}` } } }, ["--json"]],
  ])) {
    simulator.on(() => true, script);
    const { code, stdout, stderr } = await run(command, ["chat", ...base(), ...words, "?"], { folder: freshFolder(context), ...withKey });
    assert.equal(code, 1);
    assert.ok(!(stdout + stderr).includes(KEY), stdout + stderr);
    simulator.reset();
  }
});

test("the key is the first of file, auth file, profile, environment and configuration", async (context) => {
  const folder = freshFolder(context);
  const key = (/** @type {string} */ name) => `sk-or-v1-${name.padEnd(32, "0")}`;
  const write = (/** @type {string} */ name, /** @type {string} */ text) => (mkdirSync(join(folder, name, ".."), { recursive: true }), writeFileSync(join(folder, name), text));
  write("key.txt", `${key("file")}\n`);
  write("profiles.json", JSON.stringify({ version: 1, profiles: { "openrouter:default": { type: "api_key", provider: "openrouter", key: key("authfile") } } }));
  write("auth.json", JSON.stringify({ openrouter: { type: "api_key", key: key("short") } }));
  write("open.json5", `{env: {OPENROUTER_API_KEY: "${key("config")}"}}`);
  const used = async (/** @type {string[]} */ words, /** @type {object} */ more = {}) => {
    const { code } = await run(command, ["chat", ...base(), ...words, "?"], { folder, ...more });
    // The simulator knows none of them: that they were rejected is said too.
    assert.equal(code, 3);
    return last().headers.authorization;
  };
  const environment = { env: { OPENROUTER_API_KEY: key("environment") } };
  assert.equal(await used(["--config", "open.json5"]), `Bearer ${key("config")}`);
  assert.equal(await used(["--config", "open.json5"], environment), `Bearer ${key("environment")}`);
  write("xdg/openrouter-wasm/auth.json", JSON.stringify({ profiles: { "openrouter:default": { type: "api_key", key: key("profile") } } }));
  assert.equal(await used([], environment), `Bearer ${key("profile")}`);
  assert.equal(await used(["--auth-file", "profiles.json"], environment), `Bearer ${key("authfile")}`);
  assert.equal(await used(["--auth-file", "auth.json"], environment), `Bearer ${key("short")}`);
  assert.equal(await used(["--auth-file", "profiles.json", "--api-key-file", "key.txt"], environment), `Bearer ${key("file")}`);
  const rejected = await run(command, ["chat", ...base(), "?"], { folder, ...environment });
  assert.equal(rejected.stderr, "openrouter-wasm: the key was rejected: User not found.\n");
  assert.equal(await used(["--api-key-file", "-"], { ...environment, input: `${key("piped")}\n` }), `Bearer ${key("piped")}`);
});

/** @type {[name: string, words: string[], stderr: RegExp][]} */
const NO_KEYS = [
  ["none at all", [], /^openrouter-wasm: no API key: openrouter-wasm onboard stores one, or set OPENROUTER_API_KEY\n$/],
  ["a file that is not there", ["--api-key-file", "none.txt"], /--api-key-file none\.txt: no such file/],
  ["an empty file", ["--api-key-file", "empty.txt"], /--api-key-file empty\.txt: there is no key in it/],
  ["an auth file without the profile", ["--auth-file", "other.json"], /other\.json: has no profile openrouter:default/],
  ["an auth file of another kind", ["--auth-file", "oauth.json"], /oauth\.json: profiles\["openrouter:default"\]\.type: must be "api_key"/],
];
for (const [name, words, pattern] of NO_KEYS) {
  test(`no key is exit code 3: ${name}`, async (context) => {
    const folder = freshFolder(context);
    writeFileSync(join(folder, "empty.txt"), "\n");
    writeFileSync(join(folder, "other.json"), '{"profiles": {"anthropic:default": {"type": "api_key", "key": "x"}}}');
    writeFileSync(join(folder, "oauth.json"), '{"profiles": {"openrouter:default": {"type": "oauth", "access": "x"}}}');
    const { code, stderr } = await run(command, ["chat", ...base(), ...words, "?"], { folder });
    assert.equal(code, 3);
    assert.match(stderr, pattern);
    assert.equal(simulator.requests.length, 0);
  });
}

const profileFile = (/** @type {string} */ folder) => join(folder, "xdg/openrouter-wasm/auth.json");
const mode = (/** @type {string} */ path) => statSync(path).mode & 0o777;

/** @type {[name: string, words: string[], input?: string][]} */
const ONBOARDINGS = [
  ["by OpenClaw's options", ["--auth-choice", "apiKey", "--token-provider", "openrouter", "--token", KEY]],
  ["by the newer name of the choice", ["--auth-choice", "openrouter-api-key", "--token", KEY]],
  ["from standard input", ["--token", "-"], `  ${KEY}\n`],
  ["from a pipe, unasked", [], `${KEY}\r\n`],
];
for (const [name, words, input] of ONBOARDINGS) {
  test(`onboard stores a key for its owner alone: ${name}`, async (context) => {
    const folder = freshFolder(context);
    const { code, stdout, stderr } = await run(command, ["onboard", "--no-check", ...words], { folder, ...(input !== undefined && { input }) });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^stored as openrouter:default in .*auth\.json\n$/);
    assert.ok(!(stdout + stderr).includes(KEY));
    assert.deepEqual(JSON.parse(readFileSync(profileFile(folder), "utf8")), {
      version: 1,
      profiles: { "openrouter:default": { provider: "openrouter", type: "api_key", key: KEY, metadata: {} } },
    });
    if (process.platform !== "win32") assert.deepEqual([mode(profileFile(folder)), mode(join(profileFile(folder), ".."))], [0o600, 0o700]);
    assert.deepEqual(namesIn(join(profileFile(folder), "..")), ["auth.json"]);
    simulator.enqueue({ text: "in" });
    assert.equal((await run(command, ["chat", ...base(), "?"], { folder })).stdout, "in\n");
  });
}

test("onboard keeps the profiles of others, and refuses nothing as a key", async (context) => {
  const folder = freshFolder(context);
  mkdirSync(join(profileFile(folder), ".."), { recursive: true });
  writeFileSync(profileFile(folder), JSON.stringify({ version: 7, profiles: { "x:default": { type: "token" } }, more: true }));
  assert.equal((await run(command, ["onboard", "--no-check", "--token", "-"], { folder, input: KEY })).code, 0);
  const file = JSON.parse(readFileSync(profileFile(folder), "utf8"));
  assert.deepEqual([file.version, file.profiles["x:default"], file.more, file.profiles["openrouter:default"].key], [7, { type: "token" }, true, KEY]);
  const before = readFileSync(profileFile(folder), "utf8");
  const none = await run(command, ["onboard", "--no-check", "--token", "-"], { folder, input: "\n" });
  assert.deepEqual([none.code, none.stderr], [3, "openrouter-wasm: no key was given\n"]);
  assert.equal(readFileSync(profileFile(folder), "utf8"), before);
});

test("signing in goes through a browser and back to this machine", async (context) => {
  const folder = freshFolder(context);
  const { ended, until } = start(command, ["onboard", "--sign-in", "--no-check", "--port", "0", ...base()], { folder });
  const [url] = await until("stderr", /http\S+\/auth\?\S+code_challenge_method=S256(?=\s)/);
  const callback = new URL(new URL(url).searchParams.get("callback_url") ?? "");
  assert.match(callback.href, /^http:\/\/localhost:\d+\/openrouter-oauth\/callback\?state=/);
  const here = `http://127.0.0.1:${callback.port}`;
  assert.equal((await fetch(`${here}/`)).status, 404);
  assert.equal((await fetch(`${here}/favicon.ico`)).status, 204);
  assert.equal((await fetch(`${here}${callback.pathname}`, { method: "POST" })).status, 405);
  assert.equal((await fetch(`${here}${callback.pathname}?state=forged&code=x`)).status, 400);
  const back = (await fetch(url, { redirect: "manual" })).headers.get("location") ?? "";
  const page = await fetch(back.replace("localhost", "127.0.0.1"));
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("cache-control"), "no-store");
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const { code, stderr } = await ended;
  assert.equal(code, 0, stderr);
  const { key, metadata } = JSON.parse(readFileSync(profileFile(folder), "utf8")).profiles["openrouter:default"];
  assert.match(key, /^sk-or-v1-/);
  assert.ok(!stderr.includes(key));
  assert.deepEqual(metadata, { authFlow: "oauth-pkce", userId: "user_simulator" });
  simulator.enqueue({ text: "signed in" });
  assert.equal((await run(command, ["chat", ...base(), "?"], { folder })).stdout, "signed in\n");
});

test("signing in without a browser takes the pasted address; a refusal stores nothing", async (context) => {
  for (const [decision, expected] of /** @type {const} */ ([["allow", 0], ["deny", 3]])) {
    const folder = freshFolder(context);
    const { child, ended, until } = start(command, ["onboard", "--auth-choice", "oauth", "--no-browser", "--no-check", ...base()], { folder, keepsInput: true });
    const [url] = await until("stderr", /http\S+\/auth\?\S+code_challenge_method=S256(?=\s)/);
    const back = (await fetch(`${url}&decision=${decision}`, { redirect: "manual" })).headers.get("location");
    child.stdin?.end(`${back}\n`);
    const { code, stderr } = await ended;
    assert.equal(code, expected, stderr);
    if (decision === "deny") assert.match(stderr, /access_denied/);
    else assert.equal(JSON.parse(readFileSync(profileFile(folder), "utf8")).profiles["openrouter:default"].type, "api_key");
    if (decision === "deny") assert.throws(() => statSync(profileFile(folder)));
  }
});

test("a sign-in has a time limit, and Ctrl-C ends it", async (context) => {
  const words = ["onboard", "--sign-in", "--port", "0", ...base()];
  const { code, stderr } = await run(command, [...words, "--timeout", "200"], { folder: freshFolder(context) });
  assert.equal(code, 5);
  assert.match(stderr, /nobody came back from the browser within 0\.2 s/);
  const { child, ended, until } = start(command, words, { folder: freshFolder(context) });
  await until("stderr", /code_challenge/);
  child.kill("SIGINT");
  assert.equal((await ended).code, 130);
});

test("a redirect's server takes one answer, and says so to a second", async () => {
  const { listenForRedirect } = await import(join(app.package, "bin/cli/loopback.js"));
  const loopback = await listenForRedirect(0);
  const url = `${loopback.callbackUrl.replace("localhost", "127.0.0.1")}?state=s1`;
  assert.equal((await fetch(`${url}&code=early`)).status, 400, "nobody waits yet");
  const answer = loopback.answer("s1");
  assert.equal((await fetch(url)).status, 400, "no code");
  assert.equal((await fetch(`${url}&code=c1`)).status, 200);
  assert.equal((await fetch(`${url}&code=c2`)).status, 409);
  assert.match(await answer, /state=s1&code=c1$/);
  const other = await listenForRedirect(Number(new URL(loopback.callbackUrl).port));
  assert.notEqual(other.callbackUrl, loopback.callbackUrl, "a port that is taken is left alone");
  const refused = other.answer("s2");
  assert.equal((await fetch(`${other.callbackUrl.replace("localhost", "127.0.0.1")}?state=s2&error=access_denied`)).status, 400);
  assert.match(await refused, /error=access_denied$/);
  loopback.close();
  other.close();
});

test("models set writes config.json, keeps what it does not know, and every command reads it", async (context) => {
  const folder = freshFolder(context);
  const file = join(folder, "xdg/openrouter-wasm/config.json");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `{ // mine\n  agents: { defaults: { model: "openai/gpt-5", params: { temperature: 0.25 } }, list: [1] }, theme: "dark" }`);
  assert.equal((await run(command, ["models", "set", "Anthropic/claude-sonnet-4.5"], { folder })).code, 0);
  const printed = await run(command, ["models", "set-image", "openrouter/google/gemini-3-pro", "--json"], { folder });
  assert.deepEqual(JSON.parse(printed.stdout), { imageModel: "openrouter/google/gemini-3-pro", file });
  const config = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(config.theme, "dark");
  assert.deepEqual(config.agents.list, [1]);
  assert.deepEqual(config.agents.defaults.params, { temperature: 0.25 });
  assert.match(config.agents.defaults.model.primary, /^openrouter\/anthropic\/claude-sonnet-4\.5$/i);
  simulator.enqueue({ text: "x" });
  await run(command, ["chat", ...base(), "?"], { folder, ...withKey });
  assert.deepEqual([last().body.model, last().body.temperature], ["anthropic/claude-sonnet-4.5", 0.25]);
  writeFileSync(join(folder, "dot.png"), TINY_PNG);
  simulator.enqueue({ text: "x" });
  await run(command, ["chat", ...base(), "--image", "dot.png", "?"], { folder, ...withKey });
  assert.equal(last().body.model, "google/gemini-3-pro");
  // What cannot be read is not replaced.
  writeFileSync(file, "{ broken");
  const broken = await run(command, ["models", "set", "openai/gpt-5"], { folder });
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /config\.json: config: line 1, column /);
  assert.equal(readFileSync(file, "utf8"), "{ broken");
});

test("a configuration's errors name their path, in config check and elsewhere", async (context) => {
  const folder = freshFolder(context);
  writeFileSync(join(folder, "good.json5"), "{ agents: { defaults: { model: { primary: 'openrouter/openai/gpt-5' } } } } // fine\n");
  writeFileSync(join(folder, "bad.json5"), "{ agents: { defaults: { model: { primary: 7 } } } }");
  writeFileSync(join(folder, "torn.json5"), "{ agents: {\n");
  assert.deepEqual(await run(command, ["config", "check", "good.json5"], { folder }), { code: 0, signal: null, stdout: "good.json5: ok\n", stderr: "" });
  const bad = await run(command, ["config", "check", "bad.json5"], { folder });
  assert.deepEqual([bad.code, bad.stderr], [1, ""]);
  assert.match(bad.stdout, /^bad\.json5: error: agents\.defaults\.model\.primary: [^\n]+\n$/);
  const told = JSON.parse((await run(command, ["config", "check", "bad.json5", "--json"], { folder })).stdout);
  assert.equal(told.ok, false);
  assert.match(told.errors[0], /^agents\.defaults\.model\.primary: /);
  assert.match((await run(command, ["config", "check", "torn.json5"], { folder })).stdout, /^torn\.json5: error: config: line 2, column/);
  const used = await run(command, ["chat", ...base(), "--config", "bad.json5", "?"], { folder, ...withKey });
  assert.equal(used.code, 2);
  assert.match(used.stderr, /^openrouter-wasm: bad\.json5: agents\.defaults\.model\.primary: /);
});

test("colours are for terminals, unless FORCE_COLOR says so; NO_COLOR wins", async (context) => {
  for (const [env, isColoured] of /** @type {[Record<string, string>, boolean][]} */ ([[{}, false], [{ FORCE_COLOR: "1" }, true], [{ FORCE_COLOR: "0" }, false], [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false]])) {
    simulator.enqueue({ text: "plain" });
    const { stdout, stderr } = await run(command, ["chat", ...base(), "?"], { folder: freshFolder(context), env: { OPENROUTER_API_KEY: KEY, ...env } });
    assert.equal(stdout, "plain\n");
    assert.equal(/\x1b\[2m/.test(stderr), isColoured, JSON.stringify(env));
  }
});

test("a second Ctrl-C does not wait for anything", async (context) => {
  const { child, ended, until } = start(command, ["onboard", "--sign-in", "--no-browser", ...base()], { folder: freshFolder(context), keepsInput: true });
  await until("stderr", /code_challenge/);
  child.kill("SIGINT");
  child.kill("SIGINT");
  const [code] = await Promise.race([ended.then((end) => [end.code]), once(child, "exit")]);
  assert.equal(code, 130);
});

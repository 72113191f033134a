// The command line, as it is installed: every run is a process, the other end a simulator behind a port.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freshFolder, installed, KEY, run, start } from "./cli-tools.js";

const { app, base, command, simulator } = await installed();

const withKey = { env: { OPENROUTER_API_KEY: KEY } };
const last = () => simulator.requests.at(-1);
const TINY_PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==", "base64");

const COMMANDS = ["chat", "chats list", "chats show", "chats rm", "config get", "config set", "config path", "completion", "models list", "models scan", "models set", "models set-image", "onboard", "usage", "search", "config check", "image", "video", "speak", "transcribe", "music"];

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

/** The fault is named, on one line, and nothing is asked of anybody. @type {[words: string[], stderr: string | RegExp][]} */
const WRONG = [
  [["chat", "--modle", "x", "hi"], "unknown option --modle; did you mean --model? (openrouter-wasm chat --help tells all)"],
  [["chat", "-x", "hi"], /^unknown option -x /],
  [["chat", "--api-key", "x", "hi"], /^unknown option --api-key/],
  [["chat", "--model"], "a value is missing after --model (MODEL)"],
  [["chat", "--model", "--json", "hi"], "a value is missing after --model (MODEL)"],
  [["onboard", "--token"], "a value is missing after --token (KEY)"],
  [["chat", "--quiet=yes", "hi"], "--quiet takes no value"],
  [["chat", "--max-tokens", "1.5", "hi"], "--max-tokens must be a positive integer"],
  [["chat", "--temperature", "warm", "hi"], "--temperature must be from 0 to 2"],
  [["chat", "--budget", "-1", "hi"], "--budget must be a number from 0 on"],
  [["chat", "--temperature", "", "hi"], "--temperature must be from 0 to 2"],
  [["chat", "--image", "none.png", "hi"], "--image none.png: no such file or folder"],
  [["chat"], /^the prompt is missing/],
  [["chat", "  "], /^the prompt is missing/],
  [["cat"], 'unknown command "cat"; did you mean chat? (openrouter-wasm --help lists them)'],
  [["--json", "chat"], /^unknown option --json: the command comes first/],
  [["models"], /^models needs a second word: models list, models scan, /],
  [["models", "scan", "--min-params", "-1"], "--min-params must be a number from 0 on"],
  [["models", "scan", "--min-params", "x"], "--min-params must be a number from 0 on"],
  [["models", "scan", "--max-age-days", "-0.5"], "--max-age-days must be a number from 0 on"],
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
  [["video", "--resume", "{}"], "--resume ...: is no ticket of a video"],
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
    assert.deepEqual([...stdout.matchAll(/^Usage: openrouter-wasm (models \S+)/gm)].map(([, name]) => name), ["models list", "models scan", "models show", "models set", "models set-image"]);
  }
});

test("output that cannot be written is a failure", { skip: !existsSync("/dev/full") && "there is no /dev/full here" }, async (context) => {
  const folder = freshFolder(context);
  simulator.on(() => true, { text: "to nowhere" });
  for (const words of [["--version"], ["models", "set", "openai/gpt-5", "--force", "--json"], ["chat", ...base(), "-q", "?"], ["chat", ...base(), "--json", "?"]]) {
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

test("a standard input that does not end is waited for, and the wait is told", async (context) => {
  simulator.enqueue({ text: "ok" });
  const { child, ended, until } = start(command, ["chat", ...base(), "Hello"], { folder: freshFolder(context), ...withKey, keepsInput: true });
  await until("stderr", /waiting for standard input to end \(--no-stdin leaves it alone\)/);
  assert.equal(simulator.requests.length, 0);
  child.stdin?.end("there");
  assert.equal((await ended).stdout, "ok\n");
  assert.equal(last().body.messages[0].content, "Hello\n\nthere");
});

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
  simulator.enqueue({ text: ["first ", "second"], chunkDelayMs: 2000 });
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
    simulator.enqueue({ text: Array.from({ length: 400 }, (_, at) => `line ${at}\n`), chunkDelayMs: 25 });
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
  ["a time limit", { text: ["a", "b"], stallAfterChunks: 1 }, ["--timeout", "3000"], 5, /3000 ms|timeout|limit/i],
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

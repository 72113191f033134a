// Keys and configuration on the command line: where they come from, how they get there, and that nobody sees them.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freshFolder, installed, KEY, namesIn, run, start } from "./cli-tools.js";

const { app, base, command, simulator } = await installed();

const withKey = { env: { OPENROUTER_API_KEY: KEY } };
const last = () => simulator.requests.at(-1);
const TINY_PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==", "base64");

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
  ["none at all", ["--base-url", "https://openrouter.ai/api/v1"], /^openrouter-wasm: no API key: openrouter-wasm onboard stores one, or set OPENROUTER_API_KEY\n$/],
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
  assert.equal((await run(command, ["models", "set", "Anthropic/claude-sonnet-4.5", ...base()], { folder })).code, 0);
  const printed = await run(command, ["models", "set-image", "openrouter/google/gemini-3-pro", "--force", "--json"], { folder });
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
  // A file that cannot be read is not replaced.
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

test("a server of this machine is asked without a key; one that wants a key says so", async (context) => {
  const folder = freshFolder(context);
  const refused = await run(command, ["chat", ...base(), "?"], { folder });
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /^openrouter-wasm: no API key: http:\/\/127\.0\.0\.1:\d+ asks for one \(openrouter-wasm onboard stores one, or set OPENROUTER_API_KEY\)\n$/);
  const { serve } = await app.load("openrouter-wasm/simulator/serve");
  const open = await serve({ delayMs: 0 });
  try {
    // As the README has it.
    const answer = await run(command, ["chat", "--base-url", open.url, "Hello"], { folder });
    assert.deepEqual([answer.code, answer.stdout.length > 20], [0, true], answer.stderr);
    assert.equal(open.simulator.requests.at(-1).headers.authorization, "Bearer none");
    const byName = await run(command, ["models", "scan"], { folder, env: { OPENROUTER_BASE_URL: open.url.replace("127.0.0.1", "localhost") } });
    assert.equal(byName.code, 0, byName.stderr);
    // A key that is there goes out.
    writeFileSync(join(folder, "open.json5"), `{ env: { OPENROUTER_API_KEY: "${KEY}" } }`);
    await run(command, ["chat", "--config", "open.json5", "--base-url", open.url, "Hello"], { folder });
    assert.equal(open.simulator.requests.at(-1).headers.authorization, `Bearer ${KEY}`);
  } finally {
    await open.close();
  }
});

// What can be handed to a command: files, parameters, schemas, pipes, times, a base in the environment; and what helps to write it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freshFolder, installed, KEY, namesIn, run } from "./cli-tools.js";

const { app, base, command, server, simulator } = await installed();
const { nearestModel } = await import(join(app.package, "bin/cli/model-suggestion.js"));
const withKey = { env: { OPENROUTER_API_KEY: KEY } };
const last = () => simulator.requests.at(-1);
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==", "base64");
const WAV = Buffer.from("RIFF....WAVEfmt ", "latin1"), PDF = Buffer.from("%PDF-1.7\n");

test("--file takes images, PDF, sound and text, by what is in them", async (context) => {
  const folder = freshFolder(context);
  for (const [name, data] of /** @type {[string, Buffer | string][]} */ ([["a", PNG], ["b.wav", WAV], ["c.pdf", PDF], ["d.md", "```js\nx\n```\n"]])) writeFileSync(join(folder, name), data);
  simulator.enqueue({ text: "seen" });
  const files = ["a", "b.wav", "c.pdf", "d.md", "https://example.com/e.pdf", "https://example.com/f.jpg"].flatMap((name) => ["--file", name]);
  const { code, stderr } = await run(command, ["chat", "-m", "google/gemini-2.5-pro", ...base(), ...files, "what?"], { folder, ...withKey });
  assert.equal(code, 0, stderr);
  const parts = last().body.messages[0].content;
  assert.deepEqual(parts.map((/** @type {any} */ { type }) => type), ["text", "image_url", "input_audio", "file", "text", "file", "image_url"]);
  assert.match(parts[1].image_url.url, /^data:image\/png;base64,/);
  assert.deepEqual(parts[2].input_audio, { data: WAV.toString("base64"), format: "wav" });
  assert.deepEqual(parts[3].file, { filename: "c.pdf", file_data: `data:application/pdf;base64,${PDF.toString("base64")}` });
  assert.equal(parts[4].text, "d.md:\n\n````\n```js\nx\n```\n````");
  assert.equal(parts[5].file.file_data, "https://example.com/e.pdf");
});

test("-o sets any parameter of the API, and tells of those that are none", async (context) => {
  simulator.enqueue({ text: "x" });
  const words = ["-o", "top_p=0.9", "-o", "logit_bias.50=3", "-o", "logit_bias.51=-3", "-o", "stop=END", "-o", "seed=7", "-o", "tempratur=1"];
  const { code, stderr } = await run(command, ["chat", ...words, ...base(), "?"], { folder: freshFolder(context), ...withKey });
  assert.equal(code, 0, stderr);
  const { top_p, logit_bias, stop, seed } = last().body;
  assert.deepEqual([top_p, logit_bias, [stop].flat(), seed], [0.9, { 50: 3, 51: -3 }, ["END"], 7]);
  assert.match(stderr, /-o tempratur: /);
});

for (const [words, pattern] of /** @type {[string[], RegExp][]} */ ([
  [["chat", "-o", "top_p", "?"], /-o top_p: must be key=value/], [["chat", "-o", "=1", "?"], /must be key=value/], [["chat", "-o", "__proto__.x=1", "?"], /must be key=value/],
  [["chat", "-o", "messages=[]", "?"], /-o messages: the prompt, --system and --file/], [["chat", "-o", "a=1", "-o", "a.b=2", "?"], /a has a value already/],
  [["chat", "--file", join(app.package, "chat.wasm"), "?"], /is neither text nor an image, PDF, sound or video/],
  [["chat", "--schema", "none.json", "?"], /--schema none\.json: no such file/], [["chat", "--schema", "{", "?"], /--schema \.\.\.: is no JSON/],
  [["chat", "--continue", "?"], /there is no chat to go on with/], [["chat", "--continue-with", "x", "?"], /there is no chat "x"/],
  [["chat", "--timeout", "soon", "?"], /--timeout must be a time: 1500 \(milliseconds\), 30s, 5m, 1h/], [["chat", "--timeout", "0s", "?"], /--timeout must be > 0/],
  [["models", "lst"], /unknown command "models lst"; did you mean models list\?/], [["config", "chek", "x"], /did you mean config check\?/], [["models", "zzzzzzz"], /there are models list, /],
  [["completion", "tcsh"], /SHELL must be one of bash, zsh, fish/], [["config", "set", "agents.defaults"], /VALUE is missing/], [["config", "set", "agents.defaults.model.primary", ""], /VALUE is empty: --unset removes a value/], [["config", "set", "__proto__.x", "1"], /is no name of a configuration/],
  [["chats", "rm"], /ID is missing/],
  [["chat", "--temperature", "5", "?"], /--temperature must be from 0 to 2/], [["chat", "-o", "temperature=hot", "?"], /-o temperature: must be a number/],
  [["image", "-n", "11", "?"], /--n must be a whole number from 1 to 10/], [["image", "-n", "0", "?"], /--n must be a whole number from 1 to 10/],
  [["chat", "-o", "maxTokens=many", "?"], /-o maxTokens: must be a number/],
])) {
  test(`refused: ${words.join(" ")}`, async (context) => {
    const { code, stderr } = await run(command, words, { folder: freshFolder(context), ...withKey });
    assert.deepEqual([code, simulator.requests.length], [2, 0], stderr);
    assert.match(stderr, pattern);
  });
}

test("each name of several images is looked at before anything is sent", async (context) => {
  const folder = freshFolder(context);
  writeFileSync(join(folder, "x-7.png"), "mine");
  const { code, stderr } = await run(command, ["image", ...base(), "-n", "7", "-o", "x.png", "an otter"], { folder, ...withKey });
  assert.deepEqual([code, simulator.requests.length, readFileSync(join(folder, "x-7.png"), "utf8")], [2, 0, "mine"], stderr);
  assert.match(stderr, /x-7\.png: exists already/);
});

test("--schema asks for an object and checks that one came", async (context) => {
  const folder = freshFolder(context);
  const schema = { title: "A person", type: "object", properties: { born: { type: "number" } } };
  writeFileSync(join(folder, "person.json"), JSON.stringify(schema));
  simulator.enqueue({ text: '{"born":1815}' });
  const good = await run(command, ["chat", "-m", "openai/gpt-4o-mini", "--schema", "person.json", ...base(), "Ada"], { folder, ...withKey });
  assert.deepEqual([good.code, JSON.parse(good.stdout)], [0, { born: 1815 }], good.stderr);
  const { type, json_schema } = last().body.response_format;
  assert.deepEqual([type, json_schema.name, json_schema.schema.properties], ["json_schema", "A_person", schema.properties]);
  // Strict is what every provider takes for it: each object closed, each field required.
  assert.deepEqual([json_schema.strict, "additionalProperties" in json_schema.schema], [false, false]);
  simulator.enqueue({ text: '{"born":"in 1815"}' });
  const required = { ...schema, required: ["born"] };
  const other = await run(command, ["chat", "-m", "openai/gpt-4o-mini", "--schema", JSON.stringify(required), ...base(), "Ada"], { folder, ...withKey });
  assert.equal(other.code, 1);
  assert.match(other.stderr, /the answer does not fit the schema: born: /);
  assert.deepEqual(last().body.response_format.json_schema, { name: "A_person", strict: true, schema: { ...required, additionalProperties: false } });
  for (const [wrong, words] of /** @type {[object, RegExp][]} */ ([[{ born: "number" }, /--schema \.\.\.: born is no keyword/], [{ type: "array", items: {} }, /"type" must be "object"/], [{ type: "object", properties: { a: { $ref: "#/no" } } }, /properties\.a\.\$ref: "#\/no" leads nowhere/],
    [{ type: "object", propertys: {} }, /propertys is no keyword of JSON Schema: did you mean properties\?/], [{ type: "object", required: "born" }, /required: must be a list of names/]])) {
    const refused = await run(command, ["chat", "--schema", JSON.stringify(wrong), ...base(), "Ada"], { folder, ...withKey });
    assert.deepEqual([refused.code, words.test(refused.stderr)], [2, true], refused.stderr);
  }
  simulator.enqueue({ text: "Ada was born in 1815." });
  const bad = await run(command, ["chat", "-m", "openai/gpt-4o-mini", "--schema", JSON.stringify(schema), ...base(), "Ada"], { folder, ...withKey });
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /the answer is no JSON: /);
});

test("a file that is no image is not paid for as one, options of the client are none of a chat, and a track is what its file's name says", async (context) => {
  const folder = freshFolder(context);
  writeFileSync(join(folder, "notes.txt"), "not an image");
  for (const words of [["image", "x", "--input", "notes.txt"], ["music", "x", "--input", "notes.txt"], ["video", "x", "--first-frame", "notes.txt"]]) {
    const { code, stderr } = await run(command, [...words, ...base()], { folder, ...withKey });
    assert.deepEqual([code, stderr], [2, `openrouter-wasm: ${words[2]} notes.txt: is no image that can be read\n`]);
  }
  for (const [option, words] of /** @type {[string, RegExp][]} */ ([["apiKey=sk-or-v1-0123456789abcdef", /-o: a key is no option, since the command lines/], ["telemetry=x", /-o telemetry: is none/], ["baseURL=https://a.example", /use --base-url/]])) {
    const { code, stderr } = await run(command, ["chat", "-o", option, ...base(), "?"], { folder, ...withKey });
    assert.deepEqual([code, words.test(stderr)], [2, true], stderr);
  }
  assert.equal(simulator.requests.length, 0, "nothing was sent");
  await run(command, ["music", "sea", "-o", "sea.mp3", ...base()], { folder, ...withKey });
  assert.equal(last().body.audio.format, "mp3");
});

test("--timeout has units, and a base may come from the environment; an option wins over it", async (context) => {
  const folder = freshFolder(context);
  simulator.on(() => true, { text: ["a", "b"], stallAfterChunks: 1 });
  const env = { OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: server.url };
  const { code, stderr } = await run(command, ["chat", "--timeout", "2s", "?"], { folder, env });
  assert.equal(code, 5, stderr);
  const seen = simulator.requests.length;
  assert.ok(seen > 0);
  await run(command, ["chat", "--base-url", "http://127.0.0.1:9", "--timeout", "0.02m", "?"], { folder, env });
  assert.equal(simulator.requests.length, seen);
});

test("a model that there is not brings the one that may have been meant", async (context) => {
  const bare = await run(command, ["chat", "-m", "gpt-4o-mini", ...base(), "?"], { folder: freshFolder(context), ...withKey });
  assert.equal(bare.code, 1, bare.stdout);
  assert.match(bare.stderr, /did you mean openai\/gpt-4o-mini\?\n$/);
  const slip = await run(command, ["chat", "-m", "anthropic/claude-sonet-4.5", ...base(), "?"], { folder: freshFolder(context), ...withKey });
  assert.equal(slip.code, 1, slip.stdout);
  assert.match(slip.stderr, /; did you mean anthropic\/claude-sonnet-4\.5\?\n$/);
});

const IDS = ["openai/gpt-4o", "openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5", "anthropic/claude-opus-4.1", "google/gemini-2.5-pro", "x-ai/grok-4"];
for (const [name, id] of /** @type {[string, string | undefined][]} */ ([
  ["gpt-4o", "openai/gpt-4o"], ["gpt-4o-min", "openai/gpt-4o-mini"], ["claude-sonnet", "anthropic/claude-sonnet-4.5"], ["openrouter/openai/gpt-4", "openai/gpt-4o"],
  ["Gemini-2.5-Pro", "google/gemini-2.5-pro"], ["openai/claude-sonnet-4.5", "anthropic/claude-sonnet-4.5"], ["grok4", "x-ai/grok-4"], ["openai/gpt4o", "openai/gpt-4o"], ["claude sonnet", "anthropic/claude-sonnet-4.5"], ["quite-another-thing", undefined], ["", undefined],
])) test(`the nearest of ${JSON.stringify(name)}`, () => assert.equal(nearestModel(name, IDS), id));

test("what is odd about a request is told on stderr by every command, in the words of the command line", async (context) => {
  const folder = freshFolder(context);
  writeFileSync(join(folder, "words.txt"), "la la");
  for (const [words, told] of /** @type {[string[], RegExp][]} */ ([
    [["music", "calm", "--instrumental", "--lyrics", "words.txt", "-o", "m.wav"], /^lyrics: says what is sung, and instrumental asks for no voice$/m],
    [["video", "waves", "--duration", "7", "--no-wait", "-o", "w.mp4"], /^--duration: is 7: 8, the nearest that the model offers, is asked for$/m],
    [["chat", "-o", "top_p=7", "-m", "openai/gpt-4o-mini", "?"], /^-o top_p: is 7: OpenRouter takes numbers from 0 to 1$/m],
  ])) {
    const { code, stderr } = await run(command, [...words, ...base()], { folder, ...withKey });
    assert.deepEqual([code, told.test(stderr)], [0, true], stderr);
  }
  const refused = await run(command, ["search", "who", "--count", "99", ...base()], { folder, ...withKey });
  assert.deepEqual([refused.code, /--count must be a whole number from 1 to 10/.test(refused.stderr)], [2, true], refused.stderr);
});

test("speak, image and transcribe read standard input", async (context) => {
  const folder = freshFolder(context);
  const spoken = await run(command, ["speak", "-o", "a.mp3", ...base()], { folder, ...withKey, input: "Good morning.\n" });
  assert.deepEqual([spoken.code, last().body.input], [0, "Good morning."], spoken.stderr);
  const drawn = await run(command, ["image", "-o", "a.png", ...base()], { folder, ...withKey, input: "an otter\n" });
  assert.equal(drawn.code, 0, drawn.stderr);
  simulator.onRequest("POST /audio/transcriptions", { body: { text: "Good morning.", usage: {} } });
  for (const words of [[], ["-"]]) {
    const heard = await run(command, ["transcribe", ...words, ...base()], { folder, ...withKey, input: Buffer.concat([WAV, Buffer.alloc(400)]) });
    assert.deepEqual([heard.code, heard.stdout], [0, "Good morning.\n"], heard.stderr);
  }
  assert.equal((await run(command, ["transcribe", ...base()], { folder, ...withKey, input: "" })).code, 2);
});

test("config get, set and path go by paths, and refuse what would make the file wrong", async (context) => {
  const folder = freshFolder(context);
  const config = (/** @type {string[]} */ ...words) => run(command, ["config", ...words], { folder });
  const path = (await config("path")).stdout.trimEnd();
  assert.equal(path, join(folder, "xdg/openrouter-wasm/config.json"));
  for (const words of [["agents.defaults.model.primary", "openrouter/openai/gpt-4o"], ["agents.defaults.params.temperature", "0.2"], ['agents.defaults.models["openai/gpt-4.1"].alias', "four"]]) {
    const { code, stderr } = await config("set", ...words);
    assert.equal(code, 0, stderr);
  }
  assert.deepEqual(JSON.parse(readFileSync(path, "utf8")).agents.defaults, {
    model: { primary: "openrouter/openai/gpt-4o" }, params: { temperature: 0.2 }, models: { "openai/gpt-4.1": { alias: "four" } },
  });
  assert.equal((await config("get", "agents.defaults.model.primary")).stdout, "openrouter/openai/gpt-4o\n");
  assert.equal((await config("get", 'agents.defaults.models["openai/gpt-4.1"].alias')).stdout, "four\n");
  assert.equal((await config("get", "agents.nothing")).code, 1);
  const before = readFileSync(path, "utf8");
  const wrong = await config("set", "agents.defaults.model.primary", "5");
  assert.equal(wrong.code, 2, wrong.stderr);
  assert.match(wrong.stderr, /nothing was written: .*agents\.defaults\.model/);
  assert.equal(readFileSync(path, "utf8"), before);
  assert.equal((await config("set", "agents.defaults.params", "--unset")).code, 0);
  assert.equal((await config("get", "agents.defaults.params")).code, 1);
});

test("a value that nothing here reads is kept, and that is said; each key of docs/openclaw.md is read", async (context) => {
  const folder = freshFolder(context);
  const set = (/** @type {string[]} */ ...words) => run(command, ["config", "set", ...words], { folder });
  for (const [path, pattern] of /** @type {[string, RegExp][]} */ ([["model", /^model: nothing here reads it; did you mean agents\.defaults\.model\?$/m], ["gateway.port", /^gateway\.port: nothing here reads it \(it stays for OpenClaw\)$/m]])) {
    const { code, stderr } = await set(path, "openai/gpt-4o");
    assert.equal(code, 0, stderr);
    assert.match(stderr, pattern);
  }
  assert.doesNotMatch((await set("agents.defaults.model.primary", "openai/gpt-4o")).stderr, /nothing here reads/);
  const { unreadNote } = await import(join(app.package, "bin/cli/read-keys.js"));
  const page = readFileSync(join(app.package, "docs/openclaw.md"), "utf8");
  const keys = page.split("\n").filter((line) => line.startsWith("| `")).flatMap((line) => [...line.split("|")[1].split(":")[0].matchAll(/`([a-z][\w]*(?:\.\w+)+)/gi)].map(([, key]) => key));
  assert.ok(keys.length > 12, keys.join());
  for (const key of keys) assert.equal(unreadNote(key.split(".")), undefined, key);
});

test("chats are listed, shown and removed, and nobody else may read them", async (context) => {
  const folder = freshFolder(context);
  simulator.on(() => true, { text: "Otters float." });
  for (const prompt of ["one otter", "two otters"]) await run(command, ["chat", ...base(), prompt], { folder, ...withKey });
  const list = JSON.parse((await run(command, ["chats", "list", "--json"], { folder })).stdout);
  assert.deepEqual(list.map((/** @type {any} */ { title, turns }) => [title, turns]), [["two otters", 1], ["one otter", 1]]);
  const shown = await run(command, ["chats", "show", list[1].id], { folder });
  assert.equal(shown.stdout, "# one otter\n\n## user\n\none otter\n\n## assistant\n\nOtters float.\n");
  const place = join(folder, "xdg/openrouter-wasm/chats");
  if (process.platform !== "win32") assert.deepEqual([place, join(place, namesIn(place)[0])].map((path) => statSync(path).mode & 0o777), [0o700, 0o600]);
  await run(command, ["chat", "--continue-with", list[1].id, ...base(), "and then?"], { folder, ...withKey });
  assert.equal(last().body.messages.length, 3);
  assert.equal((await run(command, ["chats", "rm", list[0].id], { folder })).code, 0);
  assert.deepEqual(namesIn(place), [`${list[1].id}.json`]);
  assert.equal((await run(command, ["chats", "rm", "--all"], { folder })).code, 0);
  assert.deepEqual(namesIn(place), []);
});

test("completion scripts are scripts, and complete", async (context) => {
  const folder = freshFolder(context);
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await run(command, ["completion", shell], { folder });
    assert.equal(code, 0);
    for (const part of ["transcribe", "config", "max-tokens", "set-image"]) assert.ok(stdout.includes(part), `${shell}: ${part}`);
    writeFileSync(join(folder, shell), stdout);
    const check = spawnSync(shell, ["-n", join(folder, shell)]);
    if (!check.error) assert.equal(check.status, 0, `${shell}: ${check.stderr}`);
  }
  if (spawnSync("bash", ["--version"]).error) return context.diagnostic("there is no bash here to complete with");
  const complete = (/** @type {string[]} */ ...words) => {
    const script = `source ./bash; COMP_WORDS=(${["openrouter-wasm", ...words].map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; _openrouter_wasm; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" }).stdout.trimEnd().split("\n");
  };
  assert.deepEqual(complete("mod"), ["models"]);
  assert.deepEqual(complete("models", "sc"), ["scan"]);
  assert.deepEqual(complete("chat", "--max"), ["--max-tokens"]);
  assert.deepEqual(complete("search", "--freshness", "w"), ["week"]);
  assert.deepEqual(complete("models", "scan", "--min"), ["--min-params"]);
  assert.deepEqual(complete("completion", "z"), ["zsh"]);
  assert.deepEqual(complete("chat", "--thinking", "m"), ["minimal", "medium", "max"]);
});

test("completions work in the shells themselves", async (context) => {
  const folder = freshFolder(context);
  for (const shell of ["zsh", "fish"]) {
    if (spawnSync(shell, ["--version"]).error) {
      context.diagnostic(`there is no ${shell} here to complete with`);
      continue;
    }
    writeFileSync(join(folder, shell), (await run(command, ["completion", shell], { folder })).stdout);
    // zsh completes at a terminal alone: its own function is asked what it would offer there, of which zsh itself takes what begins like the word.
    const script = (/** @type {string} */ line) => {
      const words = line.split(" ");
      return shell === "fish"
        ? `source ./fish; complete -C ${JSON.stringify(line)}`
        : `autoload -Uz compinit; compinit -u -d ./dump; source ./zsh; emulate -R ksh; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _openrouter_wasm; printf '%s\\n' "\${COMPREPLY[@]}"`;
    };
    for (const [line, ...offered] of [["openrouter-wasm mod", "models"], ["openrouter-wasm models sc", "scan"], ["openrouter-wasm chat --max", "--max-tokens"], ["openrouter-wasm chat --thinking m", "max", "medium", "minimal"], ["openrouter-wasm completion z", "zsh"]]) {
      const { stdout, stderr } = spawnSync(shell, [shell === "zsh" ? "-f" : "--no-config", "-c", script(line)], { cwd: folder, encoding: "utf8", env: { ...process.env, HOME: folder } });
      const begun = line.slice(line.lastIndexOf(" ") + 1);
      const found = stdout.split("\n").map((row) => row.split("\t")[0]).filter((word) => word !== "" && (shell === "fish" || word.startsWith(begun)));
      assert.deepEqual(found.sort(), offered, `${shell}: ${line}: ${stderr}`);
    }
  }
});

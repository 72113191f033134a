// `chat` as a person has it: a real terminal, keys that are typed, the simulator behind a port.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freshFolder, installed, KEY, namesIn, run } from "./cli-tools.js";
import { noTerminal, openTerminal } from "./terminal.js";

const { base, command, simulator } = await installed();
const terminal = { skip: noTerminal };
const last = () => simulator.requests.at(-1);
const withKey = { env: { OPENROUTER_API_KEY: KEY } };
const MODEL = "anthropic/claude-sonnet-4.5";
const chats = (/** @type {string} */ folder) => join(folder, "xdg/openrouter-wasm/chats");

/** @param {string} folder @param {readonly string[]} [words] */
const open = (folder, words = []) => openTerminal(command, ["chat", "-m", MODEL, ...base(), ...words], { folder, ...withKey });

test("a conversation keeps its turns, and is kept", terminal, async (context) => {
  const folder = freshFolder(context);
  simulator.enqueue({ text: "Otters float." });
  simulator.enqueue({ text: "On their backs." });
  const { type, until, ended } = open(folder, ["--system", "Be brief."]);
  await until(/> /);
  type("otters?\r");
  await until(/Otters float\./);
  await until(/tokens? in[^]*> /);
  type("how?\r");
  await until(/On their backs\./);
  await until(/> /);
  type("/cost\r");
  await until(/2 answers: \d+ tokens in, \d+ out/);
  type("\x04");
  assert.equal((await ended).code, 0);
  assert.deepEqual(last().body.messages.map((/** @type {any} */ { role, content }) => [role, content]), [
    ["system", "Be brief."], ["user", "otters?"], ["assistant", "Otters float."], ["user", "how?"],
  ]);
  const [file] = namesIn(chats(folder));
  assert.equal(JSON.parse(readFileSync(join(chats(folder), file), "utf8")).messages.length, 5);
  // And goes on elsewhere, in a pipe.
  simulator.enqueue({ text: "Yes." });
  const more = await run(command, ["chat", "--continue", ...base(), "really?"], { folder, ...withKey });
  assert.deepEqual([more.code, more.stdout], [0, "Yes.\n"], more.stderr);
  assert.deepEqual([last().body.model, last().body.messages.length], [MODEL, 6]);
  assert.equal(namesIn(chats(folder)).length, 1);
});

test("Ctrl-C stops the answer and not the program; twice at the prompt ends it", terminal, async (context) => {
  const folder = freshFolder(context);
  simulator.enqueue({ text: ["kept ", "never"], stallAfterChunks: 1 });
  simulator.enqueue({ text: "second" });
  const { type, until, ended } = open(folder);
  await until(/> /);
  type("one\r");
  await until(/kept /);
  const stopped = last();
  type("\x03");
  await until(/stopped/);
  await until(/> /);
  for (let tries = 0; !stopped.aborted && tries < 100; tries++) await wait(20);
  assert.equal(stopped.aborted, true, "the connection is closed");
  type("two\r");
  await until(/second/);
  assert.deepEqual(last().body.messages.map((/** @type {any} */ { content }) => content), ["one", "kept ", "two"].map((text) => (text === "kept " ? last().body.messages[1].content : text)));
  assert.match(last().body.messages[1].content, /^kept ?$/);
  await until(/> /);
  type("not this\x03");
  type("\x03");
  await until(/Ctrl-C again, Ctrl-D or \/exit ends/);
  type("\x03");
  assert.equal((await ended).code, 0);
  assert.equal(simulator.requests.filter((/** @type {any} */ { path }) => /chat/.test(path)).length, 2, "what was thrown away was not sent");
});

test("an answer stopped before its first word keeps no empty chat; /save takes no file's place", terminal, async (context) => {
  const folder = freshFolder(context);
  simulator.enqueue({ text: "never", stallAfterBytes: 0 });
  writeFileSync(join(folder, "there.md"), "mine");
  const { type, until, ended } = open(folder);
  await until(/> /);
  type("/save\r");
  await until(/there is nothing to save yet/);
  await until(/> /);
  type("one\r");
  while (!last()?.path.includes("chat")) await wait(20);
  type("\x03");
  await until(/stopped/);
  await until(/> /);
  simulator.enqueue({ text: "said" });
  assert.equal((await run(command, ["chats", "list"], { folder })).stdout.includes("one"), false);
  type("two\r");
  await until(/said/);
  await until(/> /);
  type("/save there.md\r");
  await until(/there\.md: exists already; name another file/);
  await until(/> /);
  type("/exit\r");
  assert.equal((await ended).code, 0);
  assert.equal(readFileSync(join(folder, "there.md"), "utf8"), "mine");
  const { stdout } = await run(command, ["chats", "list", "--json"], { folder });
  assert.equal(JSON.parse(stdout).length ?? JSON.parse(stdout).chats.length, 1);
});

test("/model, /system, /attach, /retry and /save do what they say; a failure ends the turn alone", terminal, async (context) => {
  const folder = freshFolder(context);
  writeFileSync(join(folder, "notes.txt"), "Otters hold hands.");
  const { type, until, ended } = open(folder);
  await until(/> /);
  for (const [line, answer] of /** @type {[string, RegExp][]} */ ([
    ["/model openai/gpt-4o-mini", /model: openai\/gpt-4o-mini/], ["/model gpt-4o-mini", /gpt-4o-mini: the catalog has no such model; did you mean openai\/gpt-4o-mini\?/], ["/model", /model: openai\/gpt-4o-mini/],
    ["/model some/body-new", /model: some\/body-new \(the catalog has no such model\)/], ["/model openai/gpt-4o-mini", /model: openai\/gpt-4o-mini/], ["/system Be kind.", /system: Be kind\./], ["/attach notes.txt", /1 file for the next turn/],
    ["/attach none.txt", /\/attach none\.txt: no such file/], ["/retri", /\/retri is no command; did you mean \/retry\?/], ["/help", /\/attach FILE/],
  ])) {
    type(`${line}\r`);
    await until(answer);
    await until(/> /);
  }
  simulator.enqueue({ status: 400, body: { error: { code: 400, message: "no such thing" } } });
  type("what?\r");
  await until(/no such thing/);
  await until(/> /);
  simulator.enqueue({ text: "first" });
  type("/retry\r");
  await until(/first/);
  await until(/> /);
  simulator.enqueue({ text: "again" });
  type("/retry\r");
  await until(/again/);
  await until(/> /);
  const { model, messages } = last().body;
  assert.equal(model, "openai/gpt-4o-mini");
  assert.equal(messages.length, 2, "the answer that was tried again is gone");
  assert.deepEqual([messages[0].content, messages[1].content[0].text], ["Be kind.", "what?"]);
  assert.match(messages[1].content[1].text, /^notes\.txt:\n\n```\nOtters hold hands\.\n```$/);
  type("/save talk.md\r");
  await until(/saved: talk\.md/);
  type("/exit\r");
  assert.equal((await ended).code, 0);
  assert.match(readFileSync(join(folder, "talk.md"), "utf8"), /^## system\n\nBe kind\.\n\n## user\n\nwhat\?[^]*## assistant\n\nagain\n$/);
});

test("lines are edited and remembered; pasted lines are one prompt", terminal, async (context) => {
  const folder = freshFolder(context);
  simulator.on(() => true, { text: "ok" });
  const first = open(folder);
  await first.until(/> /);
  // Key by key: Node takes keys that come at once for a paste, and edits nothing in it.
  for (const keys of ["helo", "\x1b[D", "l", "\r"]) {
    first.type(keys);
    await wait(100);
  }
  await first.until(/ok/);
  await first.until(/> /);
  assert.equal(last().body.messages.at(-1).content, "hello");
  first.type("line 1\rline 2\r");
  await first.until(/ok/);
  await first.until(/> /);
  assert.equal(last().body.messages.at(-1).content, "line 1\nline 2");
  first.type("\x04");
  await first.ended;
  const second = open(folder);
  await second.until(/> /);
  for (const keys of ["\x1b[A", "\x1b[A", "\x1b[A", "\r"]) {
    second.type(keys);
    await wait(100);
  }
  await second.until(/ok/);
  assert.equal(last().body.messages.at(-1).content, "hello");
  second.type("\x04");
  await second.ended;
});

test("Markdown is painted on a terminal, and a model's escapes are not obeyed", terminal, async (context) => {
  const folder = freshFolder(context);
  simulator.enqueue({ text: ["# He", "ading\nA **bo", "ld** word\x1b]0;title\x07 and `code`.\n", "- one\n```js\nx ** y\n``", "`\n2 * 3\n"] });
  const { until, type, ended } = open(folder);
  await until(/> /);
  type("?\r");
  await until(/tokens? in/);
  type("\x04");
  // Two pieces of one paint are one to the eye.
  const screen = (await ended).screen.replaceAll(/\x1b\[22m\x1b\[1m|\x1b\[39m\x1b\[32m/g, "");
  for (const part of ["\x1b[1mHeading\x1b[22m", "A \x1b[1mbold\x1b[22m word]0;title and \x1b[32mcode\x1b[39m.", "• one", "\x1b[32mx ** y\x1b[39m", "2 * 3"]) assert.ok(screen.includes(part), `${JSON.stringify(part)} in ${JSON.stringify(screen)}`);
  assert.ok(!screen.includes("\x1b]0;"));
});

test("a budget is that of the whole conversation; what is over it is told, and the conversation goes on", terminal, async (context) => {
  const folder = freshFolder(context);
  simulator.on(() => true, { text: "x", usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11, cost: 0.02 } });
  const { type, until, ended } = open(folder, ["--budget", "0.03"]);
  await until(/> /);
  for (const expected of [/\$0\.02/, /\$0\.02/, /the budget of this conversation is \$0\.03/]) {
    type("?\r");
    await until(expected);
    await until(/> /);
  }
  type("/cost\r");
  await until(/2 answers: 20 tokens in, 2 out, \$0\.04/);
  type("\x04");
  assert.equal((await ended).code, 0);
  assert.equal(simulator.requests.filter((/** @type {any} */ { path }) => /chat/.test(path)).length, 2);
});

test("a setting that is wrong is told before the first turn", terminal, async (context) => {
  const { ended } = openTerminal(command, ["chat", "-m", "openrouter/", ...base()], { folder: freshFolder(context), ...withKey });
  const { code, screen } = await ended;
  assert.equal(code, 2, screen);
  assert.match(screen, /openrouter-wasm: --?model: must name a model/);
});

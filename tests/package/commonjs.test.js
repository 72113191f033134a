// A new folder is of CommonJS by now (`npm init` writes `"type": "commonjs"`): README.md's snippets run there under the names that it gives them, and
// `require` gives what `import` does.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { installed, KEY } from "./cli-tools.js";
import { snippetsOf, textOf } from "./doc-snippets.js";

const run = promisify(execFile);
const { app, server } = await installed({ apiKeys: undefined });
writeFileSync(join(app.folder, "package.json"), '{"name":"app","version":"1.0.0","type":"commonjs","main":"index.js"}\n');
// The snippets' requests go to the simulator here, at any port.
writeFileSync(join(app.folder, "here.mjs"), `const send = globalThis.fetch;
globalThis.fetch = (input, init) => send(typeof input === "string" ? input.replace(/^https:\\/\\/openrouter\\.ai|^http:\\/\\/127\\.0\\.0\\.1:8123/, ${JSON.stringify(server.url)}) : input, init);\n`);

const node = (/** @type {string} */ file) => run(process.execPath, ["--import", "./here.mjs", file], { cwd: app.folder, env: { ...process.env, OPENROUTER_API_KEY: KEY } });

const readme = textOf("README.md").split("\n");
/** The name that stands before a snippet, behind the last heading or fence. @param {number} line */
const nameBefore = (line) => {
  const before = readme.slice(0, line - 1);
  const from = before.findLastIndex((text, at) => at < line - 2 && /^(#|```)/.test(text));
  return /`([\w-]+\.mjs)`/.exec(before.slice(from + 1).join("\n"))?.[1];
};

const snippets = snippetsOf("README.md").filter(({ kind }) => kind === "node");

test("README.md has snippets for Node", () => assert.ok(snippets.length >= 2));

for (const { line, code } of snippets) {
  test(`README.md:${line} runs under the name that it is given`, async () => {
    const name = nameBefore(line);
    assert.ok(name, "a name that Node takes for a module in any folder");
    writeFileSync(join(app.folder, name), code);
    const { stdout } = await node(name);
    assert.ok(stdout.length > 40, stdout);
  });
}

test("require gives what import does, of each entry that runs in Node", async () => {
  const entries = ["openrouter-wasm", "openrouter-wasm/slim", "openrouter-wasm/simulator", "openrouter-wasm/simulator/serve", "openrouter-wasm/gateway", "openrouter-wasm/standalone"];
  writeFileSync(join(app.folder, "names.js"), `const entries = ${JSON.stringify(entries)};
(async () => { for (const entry of entries) { const [required, imported] = [require(entry), await import(entry)]; console.log(entry, Object.keys(imported).length > 0 && Object.keys(imported).every((name) => required[name] === imported[name])); } })();\n`);
  const { stdout } = await node("names.js");
  assert.deepEqual(stdout.trim().split("\n"), entries.map((entry) => `${entry} true`));
});

test("a chat by require streams to its end", async () => {
  writeFileSync(join(app.folder, "chat.js"), `const { OpenRouter } = require("openrouter-wasm");
const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
(async () => {
  const run = client.chat({ model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "Hello!" }] });
  let text = "";
  for await (const delta of run.textStream) text += delta;
  console.log((await run.result()).verdict, text.length > 20);
})();\n`);
  assert.equal((await node("chat.js")).stdout, "complete true\n");
});

// README.md and docs/: every command line runs as it stands, from the packed tarball, with a folder and a home of its own, against the simulator.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freshFolder, installed, KEY } from "./cli-tools.js";
import { PAGES, textOf } from "./doc-snippets.js";

const { app, command, server } = await installed({ apiKeys: undefined });
const FILES = fileURLToPath(new URL("doc-files", import.meta.url));

/** In fences of the shell a line each, in sentences what stands between backticks with words behind the program's name. */
const commands = PAGES.filter((page) => page !== "docs/api.md").flatMap((page) => {
  const text = textOf(page);
  const fenced = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, code]) => (code ?? "").split("\n"));
  const inline = [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`]*)`/g)].map(([, code]) => (code ?? "").replace(/\s+/g, " "));
  return [...fenced, ...inline].filter((line) => /npx openrouter-wasm \S/.test(line)).map((line) => ({ page, line }));
});

test("there are some, in README and docs", () => {
  assert.ok(commands.some(({ page }) => page === "README.md") && commands.length >= 6, JSON.stringify(commands));
});

for (const { page, line } of commands) {
  test(`${page}: ${line}`, async (context) => {
    const folder = freshFolder(context);
    cpSync(FILES, folder, { recursive: true });
    mkdirSync(join(folder, "bin"));
    symlinkSync(app.folder + "/node_modules", join(folder, "node_modules"));
    // npx finds what is installed; nothing of it goes to a registry here.
    writeFileSync(join(folder, "bin/npx"), `#!/bin/sh\nshift\nexec "${process.execPath}" "${command}" "$@"\n`, { mode: 0o755 });
    const isKeyless = page === "README.md";
    const { OPENROUTER_API_KEY: _, OPENROUTER_BASE_URL: __, XDG_CONFIG_HOME: ___, ...inherited } = process.env;
    const env = { ...inherited, HOME: folder, PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`, OPENROUTER_BASE_URL: server.url, ...(!isKeyless && { OPENROUTER_API_KEY: KEY }) };
    // The simulator of the README has a port of its own here.
    const child = spawn("sh", ["-c", line.replaceAll("http://127.0.0.1:8123", server.url)], { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
    // A key for who asks for one.
    child.stdin.on("error", () => {}).end(/onboard/.test(line) ? `${KEY}\n` : "");
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    const [code] = await new Promise((done) => child.on("close", (...all) => done(all)));
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.ok(stdout + stderr !== "", "it says something");
  });
}

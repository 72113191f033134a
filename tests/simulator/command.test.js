/** `openrouter-simulator` on the command line. */

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "node:test";
import { HELLO } from "./support.js";

const COMMAND = fileURLToPath(new URL("../../pkg-template/bin/simulator.js", import.meta.url));
const run = promisify(execFile);

test("--help says what there is", async () => {
  const { stdout } = await run(process.execPath, [COMMAND, "--help"]);
  for (const option of ["--port", "--api-key", "--delay-ms", "--seed", "--help"]) assert.ok(stdout.includes(option), option);
});

test("serves until it is interrupted, and obeys its options", async () => {
  const child = spawn(process.execPath, [COMMAND, "--port", "0", "--api-key", "sk-1", "--delay-ms", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(child.stdout.setEncoding("utf8"), "data");
    const base = /http:\/\/127\.0\.0\.1:\d+\/api\/v1/.exec(line)[0];
    const ask = (key) =>
      fetch(`${base}/chat/completions`, { method: "POST", headers: { Authorization: `Bearer ${key}` }, body: JSON.stringify({ messages: HELLO, simulator: { text: "hi" } }) });
    assert.equal((await ask("sk-2")).status, 401);
    assert.equal((await (await ask("sk-1")).json()).choices[0].message.content, "hi");
  } finally {
    child.kill("SIGTERM");
  }
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

for (const [name, argument] of [["an unknown option", "--prot"], ["a bad port", "--port=x"], ["a bad delay", "--delay-ms=x"]]) {
  test(`${name} is an error on one line, with exit code 1`, async () => {
    await assert.rejects(run(process.execPath, [COMMAND, argument]), (error) => error.code === 1 && /^openrouter-simulator: [^\n]+\n$/.test(error.stderr));
  });
}

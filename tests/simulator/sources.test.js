/** The sources of the simulator run wherever `fetch` does, and keep their types. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "node:test";
import { build } from "esbuild";
import { BASE } from "./support.js";

const SOURCES = new URL("../../pkg-template/simulator/", import.meta.url);

test("bundle for a browser without help, and the bundle runs", async () => {
  const entry = fileURLToPath(new URL("index.js", SOURCES));
  const { outputFiles, warnings } = await build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", platform: "browser", write: false });
  assert.deepEqual(warnings, []);
  const { createSimulator } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  assert.equal((await createSimulator().fetch(`${BASE}/models`)).status, 200);
});

test("import nothing but each other and Hono, and none is longer than 350 lines", () => {
  for (const name of readdirSync(SOURCES)) {
    const source = readFileSync(new URL(name, SOURCES), "utf8");
    for (const [, from] of source.matchAll(/^import .* from "(.*)";$/gm)) assert.match(from, /^(\.\/[a-z-]+\.js|hono\/tiny)$/, `${name} imports ${from}`);
    assert.doesNotMatch(source, /\bimport\(|\beval\(|new Function|^await /m, name);
    assert.ok(source.split("\n").length <= 350, `${name} is too long`);
  }
});

test("pass the type checker, and agree with the declarations", async () => {
  const compiler = createRequire(import.meta.url).resolve("typescript/package.json").replace("package.json", "bin/tsc");
  const project = fileURLToPath(new URL("tsconfig.json", import.meta.url));
  await promisify(execFile)(process.execPath, [compiler, "-p", project]).catch((error) => assert.fail(error.stdout));
});

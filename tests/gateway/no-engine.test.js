// An engine that cannot start is no 200: not of `response`, not of `toResponse` once that is known, not of a gateway.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { HELLO, MODEL, PKG } from "./support.js";

/** What a bundler or a platform may make of an engine: bytes that are none, a module that is none (as another realm's was to Next), one that may not be compiled. */
const REFUSALS = {
  "bytes that are no module": { tree: "", source: 'export const compile = () => WebAssembly.compile(new Uint8Array([1, 2, 3]));\nexport const compileNow = () => new WebAssembly.Module(new Uint8Array([1, 2, 3]));\n' },
  "a module that is none": { tree: "edge/", source: "export const compile = () => ({});\nexport const compileNow = compile;\n" },
  "a file that is not there": { tree: "", source: 'export const compile = () => import("./not-there.js");\nexport const compileNow = () => { throw new Error("not there"); };\n' },
  "code generation that is refused": { tree: "", source: 'export const compile = async () => { throw new WebAssembly.CompileError("refused by the embedder"); };\nexport const compileNow = () => { throw new WebAssembly.CompileError("refused by the embedder"); };\n' },
};

for (const [name, { tree, source }] of Object.entries(REFUSALS)) describe(name, () => {
  let folder, OpenRouter, createGateway, createSimulator;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "openrouter-wasm-no-engine-"));
    cpSync(PKG, folder, { recursive: true });
    for (const part of new Set(["", tree])) for (const engine of part ? ["chat", "services", "transcript"] : ["chat"]) writeFileSync(join(folder, `${part}engine/wasm/${engine}-module.js`), source);
    const load = (file) => import(pathToFileURL(join(folder, file)).href);
    ({ OpenRouter } = await load(`${tree}index.js`));
    ({ createGateway } = await load("gateway.js"));
    ({ createSimulator } = await load("simulator.js"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const format of ["sse", "json", "events", "ui-message", "text"]) {
    test(`response({format: "${format}"}) is a 500 that says so`, async () => {
      const simulator = createSimulator({ delayMs: 0 });
      const response = await new OpenRouter({ apiKey: "k", fetch: simulator.fetch }).chat({ model: MODEL, messages: HELLO }).response({ format });
      const { error } = await response.json();
      assert.deepEqual([response.status, error.code, error.type, simulator.requests.length], [500, "engine", "server_error", 0]);
      assert.match(error.message, /^WebAssembly could not be started: /);
    });
  }

  test("toResponse() is a 500 from the second on: the first one's status is said before anything is known", async () => {
    const client = new OpenRouter({ apiKey: "k", fetch: createSimulator({ delayMs: 0 }).fetch });
    const first = client.chat({ model: MODEL, messages: HELLO }).toResponse();
    assert.match(await first.text(), /could not be started/);
    for (const format of ["sse", "ui-message", "text", "events"]) {
      const response = client.chat({ model: MODEL, messages: HELLO }).toResponse({ format });
      assert.deepEqual([response.status, (await response.json()).error.code], [500, "engine"]);
    }
  });

  test("a gateway says so with its status, holds no money, and its other paths work", async () => {
    const records = [];
    const gateway = createGateway({ apiKey: "k", callers: () => ({ id: "x" }), budget: { maxUsd: 1 }, fetch: createSimulator({ delayMs: 0 }).fetch, log: (record) => records.push(record) });
    const pending = [];
    const ask = (path, body) => gateway.fetch(new Request(`https://gateway.example${path}`, { ...(body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }) }), undefined, { waitUntil: (promise) => pending.push(promise) });
    for (const more of [{}, { stream: true }, { durable: true }, { stream: false, durable: true }]) {
      const response = await ask("/v1/chat/completions", { model: MODEL, messages: HELLO, ...more });
      assert.deepEqual([response.status, (await response.json()).error.code], [500, "engine"], JSON.stringify(more));
    }
    await Promise.allSettled(pending);
    const { heldUsd, spentUsd } = await (await ask("/v1/usage")).json();
    assert.deepEqual([heldUsd, spentUsd, records.length, records.every(({ status, errorCode }) => status === 500 && errorCode === "engine")], [0, 0, 4, true]);
    assert.deepEqual([(await ask("/health")).status, (await ask("/v1/models")).status], [200, 200]);
  });
});

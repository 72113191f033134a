// Places that lack what browsers have: jest's jsdom above all. Importing the package there, and making a client, asks for nothing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { installPackage } from "./install.js";

/** What jest-environment-jsdom does not hand on, and more. */
const MISSING = [
  "TextEncoder", "TextDecoder", "TextDecoderStream", "TextEncoderStream", "fetch", "Headers", "Request", "Response", "ReadableStream", "WritableStream", "TransformStream", "BroadcastChannel",
  "structuredClone", "crypto", "Blob", "AbortSignal", "AbortController", "WebAssembly", "performance", "queueMicrotask",
];

/** @type {ReturnType<typeof installPackage>} */
let app;
before(() => {
  app = installPackage();
});
after(() => app?.remove());

for (const specifier of ["openrouter-wasm", "openrouter-wasm/ai-sdk", "openrouter-wasm/slim", "openrouter-wasm/standalone", "openrouter-wasm/standalone-chat"]) {
  test(`${specifier} is imported where there is neither TextEncoder nor fetch nor WebAssembly`, () => {
    const script = `
      for (const name of ${JSON.stringify(MISSING)}) delete globalThis[name];
      const api = await import(${JSON.stringify(specifier)});
      if (api.OpenRouter) new api.OpenRouter({ apiKey: "k" });
      console.log(Object.keys(api).length > 0 ? "imported" : "empty");`;
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: app.folder, encoding: "utf8" });
    assert.equal(said.trim(), "imported");
  });
}

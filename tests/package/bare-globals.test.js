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

test("the simulator answers where there are no byte streams, as in WebKit", () => {
  const script = `
    delete globalThis.ReadableByteStreamController;
    const { OpenRouter } = await import("openrouter-wasm");
    const { createSimulator } = await import("openrouter-wasm/simulator");
    const simulator = createSimulator({ delayMs: 0 });
    simulator.enqueue({ text: ["one ", "two"] });
    const { message } = await new OpenRouter({ apiKey: "k", fetch: simulator.fetch }).chat({ messages: [{ role: "user", content: "hi" }] }).result();
    const { body } = await simulator.fetch("https://openrouter.ai/api/v1/chat/completions", { method: "POST", body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "hi" }] }) });
    let isByteStream = true;
    try {
      body.getReader({ mode: "byob" });
    } catch {
      isByteStream = false;
    }
    console.log(message.content, isByteStream);`;
  assert.equal(execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: app.folder, encoding: "utf8" }).trim(), "one two false");
});

// Word by word what Chromium 156, Firefox 153 and WebKitGTK 2.50 say of a page whose policy forbids WebAssembly.
for (const [browser, said] of Object.entries({
  Chromium: "WebAssembly.compile(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
  Firefox: "call to WebAssembly.compile() blocked by CSP",
  WebKit: "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script in the following Content Security Policy directive",
})) {
  test(`a policy that forbids the engine is named by the directive that would allow it (${browser})`, () => {
    const script = `
      // Node's own fetch compiles a small one.
      const { compile } = WebAssembly;
      WebAssembly.compile = async (bytes) => {
        if (bytes.byteLength < 100_000) return compile(bytes);
        throw new WebAssembly.CompileError(${JSON.stringify(said)});
      };
      const { OpenRouter } = await import("openrouter-wasm");
      const { status } = await new OpenRouter({ apiKey: "k" }).chat({ messages: [{ role: "user", content: "hi" }] }).response();
      const error = await new OpenRouter({ apiKey: "k" }).chat({ messages: [{ role: "user", content: "hi" }] }).result().catch((error) => error);
      console.log(JSON.stringify([status, error.code, error.message]));`;
    const [status, code, message] = JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: app.folder, encoding: "utf8" }));
    assert.deepEqual([status, code], [500, "engine"], message);
    assert.match(message, /script-src 'wasm-unsafe-eval'/);
  });
}

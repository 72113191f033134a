// The two files of the package that this page uses, in the one place that knows where they are (video-jobs.js, which is loaded on demand, has a line of its own).
//
// By path, and the single-file build: `openrouter-wasm` itself finds its WebAssembly through an `imports` entry of package.json, which
// bundlers and runtimes read and browsers do not, and an import map would have to be inline, which the page's policy forbids.
// An application that has a bundler says `import { OpenRouter } from "openrouter-wasm"`.
export { auth, createKeyStore, OpenRouter, OpenRouterError, redact, resolveKey } from "/pkg/standalone.js";
export { createSimulator } from "/pkg/simulator.js";

// What this page uses of the package, by its public names: site.js bundles it, as an application's bundler would.
export { auth, createJobStore, createKeyStore, OpenRouter, OpenRouterError, redact, resolveKey, sanitizeTranscript } from "openrouter-wasm";
export { createSimulator } from "openrouter-wasm/simulator";

// What the page's first part uses of the package, by its public names: serve/site.js bundles it, as an application's bundler would. What is
// used on demand is imported where it is used (account.js, doctor-tab.js, video-jobs.js), so that its engine is fetched with it.
export { createKeyStore, OpenRouter, OpenRouterError, redact, resolveKey } from "openrouter-wasm";
export { createSimulator } from "openrouter-wasm/simulator";

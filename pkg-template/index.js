export { OPENCLAW_APP, OpenRouter } from "./client.js";
export { ChatRun } from "./run.js";
export { OpenRouterError } from "./errors.js";
export { parseModelRef, sanitizeTranscript } from "./rules.js";
export { createKeyStore, resolveKey } from "./key-store.js";
export { redact } from "./redact.js";
export { sanitizeEnv } from "./sanitize-env.js";
export { detectKey, SecretKey } from "./secret-key.js";
export * as auth from "./sign-in.js";

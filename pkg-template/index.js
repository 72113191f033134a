export { OPENCLAW_APP, OpenRouter } from "./client.js";
export { ChatRun } from "./run.js";
export { OpenRouterError } from "./errors.js";
export { parseModelRef, sanitizeTranscript } from "./rules.js";

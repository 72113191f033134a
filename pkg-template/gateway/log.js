// What the gateway tells whoever runs it. The words of servers and visitors stand in it, and a log is read on a terminal.
import { OpenRouterError, redact } from "../index.js";
import { withoutControls } from "../terminal-text.js";

/** One error, without keys and without what a terminal would obey. @param {unknown} error */
export function logFault(error) {
  const text = OpenRouterError.isInstance(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error("openrouter-wasm/gateway:", withoutControls(redact(text)));
}

// What an isolate does while it starts, for the first request's sake: only in the edge tree, whose module comes compiled (edge/warm-up.js).

/** @type {(client: typeof import("../index.js").OpenRouter) => void} */
export function warmUp() {}

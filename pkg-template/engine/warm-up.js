// What an isolate does while it starts, for the first request's sake: only in the edge tree, whose module comes compiled (edge/warm-up.js).

/** @type {(OpenRouter: new (options: any) => object) => void} */
export function warmUp() {}

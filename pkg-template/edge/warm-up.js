// What an isolate does while it starts, which is charged to no request: a whole chat, so that the engine runs and V8 has compiled what the
// first request calls, in WebAssembly and in JavaScript. `engine/warm-up.js` of the edge tree.
//
// The global scope of a Worker has no I/O, no timers, no random values and no AbortController: the chat goes without. Promises it has.

/** What it takes of the client. @typedef {new (options: any) => { chat(request: any): AsyncIterable<unknown> & { result(): Promise<unknown> } }} ChatClient */

/** @param {object} delta @param {string | null} reason @param {object} [more] */
const event = (delta, reason, more) =>
  `data: ${JSON.stringify({ id: "gen-1", object: "chat.completion.chunk", created: 1, model: "a/b", provider: "c", choices: [{ index: 0, delta: { role: "assistant", ...delta }, finish_reason: reason, native_finish_reason: reason, logprobs: null }], ...more })}\n\n`;

/** @param {ChatClient} OpenRouter */
export async function warmUp(OpenRouter) {
  try {
    const run = began(OpenRouter);
    for await (const _ of run);
    await run.result();
  } catch {
    // The first call hears of it.
  }
}

/** @param {ChatClient} OpenRouter */
function began(OpenRouter) {
  const one = event({ content: "a" }, null);
  // Without a sentinel: behind that one a timer waits for the end of the body.
  const pieces = [": OPENROUTER PROCESSING\n\n", one, one + one + one, one, event({ content: "" }, "stop", { usage: { prompt_tokens: 1, completion_tokens: 5, total_tokens: 6, cost: 0.0001 } })];
  const encoder = new TextEncoder();
  const read = async () => (pieces.length > 0 ? { done: false, value: encoder.encode(pieces.shift()) } : { done: true });
  // `new Response` is refused, too.
  const answer = { status: 200, headers: new Headers({ "content-type": "text/event-stream" }), body: { getReader: () => ({ read, cancel: async () => {} }) } };
  const client = new OpenRouter({ apiKey: "none", fetch: /** @type {any} */ (async () => answer), timeoutMs: 0, idleTimeoutMs: 0, progressTimeoutMs: 0, firstTokenTimeoutMs: 0 });
  const { AbortController } = globalThis;
  // For this call alone: nobody else's code runs before it is put back.
  globalThis.AbortController = /** @type {any} */ (class { abort() {} });
  try {
    return client.chat({ model: "a/b", messages: [{ role: "user", content: "a" }] });
  } finally {
    globalThis.AbortController = AbortController;
  }
}

// The streams that every contender reads, and the `fetch` that serves them from memory.

/**
 * @typedef {object} Answer
 * @property {Uint8Array[]} chunks  as they come from the network
 * @property {number} pieces  how many deltas have text or arguments: what a cost is divided by
 * @property {string} text  what all deltas together say: the text, or the arguments of the call
 * @property {number} bytes
 */

/** Token counts of the usage chunk; a contender that gets them has read to the end. */
export const USAGE = { prompt: 687, completion: 4187 };

/** About 5 characters a token, as models write: code, lists, quotation marks, dashes, now and then something beyond ASCII. */
export const PROSE =
  "The function reads one chunk at a time and hands out every event that it completes. Here is a short example:\n\n" +
  "```js\nfor await (const event of run) {\n  if (event.type === \"text-delta\") process.stdout.write(event.text);\n}\n```\n\n" +
  "A few things are worth knowing — they come up in nearly every review:\n\n1. **Back pressure.** Nothing is read before the consumer asks; " +
  "a slow page doesn’t fill the memory.\n2. **Errors.** A stream that was cut never looks finished, so \"done\" means done.\n" +
  "3. **Cost.** The price is in the last chunk, in USD; at 1.2 € for a million tokens this answer is nearly free 🙂.\n\nBeyond that, keep it simple. ";

/** Pieces like those of a tokenizer: a word with the space before it, a mark, a line break. */
const TOKENS = PROSE.match(/ ?[\p{L}\p{N}_]{1,9}|\n+| ?[^\p{L}\p{N}\s]|\s/gu) ?? [];

const encoder = new TextEncoder();
const HEAD = { id: "gen-1786718673-7ojiaZNuKHToES4E3h3h", object: "chat.completion.chunk", created: 1786718673, model: "qwen/qwen3-30b-a3b", provider: "DeepInfra" };

/** One event, fields and their order as in recordings of openrouter.ai. @param {object} delta @param {string | null} reason @param {object} [more] */
function event(delta, reason = null, more = {}) {
  const native = reason && { stop: "stop", tool_calls: "completed" }[reason];
  const choice = { index: 0, delta, finish_reason: reason, native_finish_reason: native, logprobs: null };
  return `data: ${JSON.stringify({ ...HEAD, choices: [choice], ...more })}\n\n`;
}

/** How every answer ends: the finish chunk, the same once more with the usage, the sentinel. @param {string} reason */
function ending(reason) {
  const { prompt, completion } = USAGE;
  const usage = {
    prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, cost: 0.00333825, is_byok: false,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    cost_details: { upstream_inference_cost: null, upstream_inference_prompt_cost: 0.00053325, upstream_inference_completions_cost: 0.002805 },
    completion_tokens_details: { reasoning_tokens: 0, image_tokens: 0 },
  };
  const delta = { role: "assistant", content: "" };
  return [event(delta, reason), event(delta, reason, { usage }), "data: [DONE]\n\n"];
}

const COMMENTS = [": OPENROUTER PROCESSING\n\n", ": OPENROUTER PROCESSING\n\n"];

/** @param {string[]} events @param {string[]} pieces @param {number | undefined} chunkBytes  undefined: one event a chunk @returns {Answer} */
function answer(events, pieces, chunkBytes) {
  const all = encoder.encode(events.join(""));
  const chunks = [];
  if (chunkBytes === undefined) chunks.push(...events.map((text) => encoder.encode(text)));
  else for (let at = 0; at < all.length; at += chunkBytes) chunks.push(all.slice(at, at + chunkBytes));
  return { chunks, pieces: pieces.length, text: pieces.join(""), bytes: all.length };
}

/** @param {number} count @param {number} [chunkBytes] */
export function textAnswer(count, chunkBytes) {
  const pieces = Array.from({ length: count }, (_, at) => TOKENS[at % TOKENS.length]);
  const deltas = pieces.map((content) => event({ role: "assistant", content }));
  return answer([...COMMENTS, ...deltas, ...ending("stop")], pieces, chunkBytes);
}

/** What most events of a reasoning model are: the text twice, once as OpenRouter's own field, once as a detail. @param {number} count @param {number} [chunkBytes] */
export function reasoningAnswer(count, chunkBytes) {
  const pieces = Array.from({ length: count }, (_, at) => TOKENS[at % TOKENS.length]);
  const deltas = pieces.map((text) =>
    event({ content: "", role: "assistant", reasoning: text, reasoning_details: [{ type: "reasoning.text", text, format: "unknown", index: 0 }] }),
  );
  return answer([...COMMENTS, ...deltas, ...ending("stop")], pieces, chunkBytes);
}

/** Arguments of a call that writes a file: `{"path": ..., "content": ...}` of exactly `bytes` bytes, all ASCII, so that bytes are characters. */
export function writeFileArguments(/** @type {number} */ bytes) {
  const ascii = PROSE.replace(/[^\x00-\x7f]/g, "-");
  const text = (/** @type {number} */ length) => JSON.stringify({ path: "src/reader/stream.md", content: ascii.repeat(Math.ceil(length / ascii.length)).slice(0, length) });
  // Escapes make it longer than its content: as much as fits, and plain letters for the rest.
  let length = bytes;
  while (text(length).length > bytes) length -= Math.max(1, (text(length).length - bytes) >> 1);
  const whole = text(length);
  return `${whole.slice(0, -2)}${"x".repeat(bytes - whole.length)}"}`;
}

/** One tool call, its arguments in deltas of 20 bytes. @param {number} bytes @param {number} [chunkBytes] */
export function toolAnswer(bytes, chunkBytes) {
  const text = writeFileArguments(bytes);
  const pieces = text.match(/[^]{1,20}/g) ?? [];
  const call = (/** @type {object} */ more) => event({ content: null, role: "assistant", tool_calls: [{ index: 0, ...more }] });
  const start = call({ id: "call_PwnQR6IkH2UiHQ4qel3LGcri", type: "function", function: { name: "write_file", arguments: "" } });
  const deltas = pieces.map((piece) => call({ function: { arguments: piece } }));
  return answer([...COMMENTS, start, ...deltas, ...ending("tool_calls")], pieces, chunkBytes);
}

/** An object in deltas of 20 bytes: records of a few fields, as models are asked for them. @param {number} bytes */
export function objectAnswer(bytes) {
  const words = PROSE.replace(/[^\x00-\x7f]/g, "-");
  /** @type {object[]} */
  const items = [];
  let length = 14;
  for (let number = 0; ; number++) {
    const start = (number * 37) % (words.length - 160);
    const item = { id: number, title: words.slice(start, start + 24), tags: ["alpha", "beta"], done: number % 3 === 0, note: words.slice(start, start + 60 + (number % 100)) };
    length += JSON.stringify(item).length + 1;
    if (length > bytes) break;
    items.push(item);
  }
  const pieces = JSON.stringify({ items }).match(/[^]{1,20}/g) ?? [];
  return answer([...COMMENTS, ...pieces.map((content) => event({ role: "assistant", content })), ...ending("stop")], pieces, undefined);
}

export const OBJECT_SCHEMA = {
  type: "object",
  properties: {
    items: {
      type: "array",
      items: {
        type: "object",
        properties: { id: { type: "integer" }, title: { type: "string" }, tags: { type: "array", items: { type: "string" } }, done: { type: "boolean" }, note: { type: "string" } },
        required: ["id", "title", "tags", "done", "note"],
        additionalProperties: false,
      },
    },
  },
  required: ["items"],
  additionalProperties: false,
};

export const MESSAGES = [{ role: /** @type {const} */ ("user"), content: "How do I read a stream of events?" }];

export const WRITE_FILE = {
  name: "write_file",
  description: "Writes a file",
  parameters: { type: "object", properties: { path: { type: "string" }, content: { type: "string" } }, required: ["path", "content"], additionalProperties: false },
};

/**
 * A `fetch` that answers from memory, the same for all: no socket, no encoding, one chunk a pull.
 * @param {Answer} answer
 * @returns {typeof fetch}
 */
export function fetchOf({ chunks }) {
  return async () => {
    let at = 0;
    const stream = new ReadableStream({
      pull(controller) {
        if (at < chunks.length) controller.enqueue(chunks[at++]);
        else controller.close();
      },
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  };
}

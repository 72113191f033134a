// A long session with an agent, as clients keep it: the transcript that is prepared for the next request.
import { PROSE } from "./answers.js";

/** @typedef {Record<string, any>} Message */

/** What the tools of an agent give back: listings, logs, JSON; quotation marks and line breaks all over. */
const OUTPUT =
  "src/reader/stream.js:41:    if (event.type === \"text-delta\") process.stdout.write(event.text);\nsrc/reader/stream.js:42:\tcontinue;\n" +
  '{"path":"src/reader/stream.js","lines":[{"number":41,"text":"  yield* parse(chunk);\\n"}],"truncated":false}\n' +
  "warning: unused variable `rest`\n  --> src/lib.rs:12:9\n   |\n12 |     let rest = read(&mut buffer)?;\n   |         ^^^^\n\ntest result: ok. 212 passed; 0 failed\n";
const FOREIGN = "Проверь, пожалуйста, почему поток обрывается. 流在结束之前被切断了吗？ Größe, naïve, “so” — 3 € 🙂 ";
const ASCII = PROSE.replace(/[^\x00-\x7f]/g, "-");

/** The same numbers in every run. @param {number} seed */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A session of `count` messages, about a kilobyte each: questions, turns with reasoning, its signatures and tool calls, results.
 * - `clean`: every turn is Gemini's own, and nothing in it has to change for Gemini.
 * - `mixed`: half of the turns are other models', with their ids and signatures; a few results are missing.
 * - `ids`: as `clean`, but every tool id has an underscore, as OpenAI's have; Gemini gets each of them rewritten.
 * @param {number} count
 * @param {"clean" | "mixed" | "ids"} kind
 * @returns {Message[]}
 */
export function transcriptOf(count, kind) {
  const random = randomOf(count);
  const between = (/** @type {number} */ least, /** @type {number} */ most) => least + Math.floor(random() * (most - least));
  // Somewhere out of the text, but no half of a character.
  const cut = (/** @type {string} */ text, /** @type {number} */ length) => {
    const from = between(0, text.length);
    return text.repeat(Math.ceil(length / text.length) + 1).slice(from, from + length).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
  };
  const prose = (/** @type {number} */ least, /** @type {number} */ most) => cut(random() < 0.12 ? FOREIGN : ASCII, between(least, most));
  const base64 = (/** @type {number} */ least, /** @type {number} */ most) => Buffer.from(Array.from({ length: between(least, most) }, () => between(0, 256))).toString("base64");
  const word = (/** @type {number} */ length) => Array.from({ length }, () => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[between(0, 62)]).join("");

  /** @type {Message[]} */
  const messages = [{ role: "system", content: cut(ASCII, 4000) }];
  for (let exchange = 0; messages.length < count - 6; exchange++) {
    const author = kind !== "mixed" ? "google" : ["google", "openai", "google-old", "anthropic"][exchange % 4];
    const idOf = { google: () => (kind === "ids" ? `call_${word(24)}` : `tool${word(20)}`), openai: () => `call_${word(24)}`, "google-old": () => `tool_read_file_${word(16)}`, anthropic: () => `toolu_01${word(22)}` }[author] ?? word;
    const format = { openai: "openai-responses-v1", anthropic: "anthropic-claude-v1" }[author] ?? "google-gemini-v1";
    messages.push({ role: "user", content: prose(80, 500) });
    for (let turn = Math.min(between(2, 6), (count - messages.length - 2) / 3); turn >= 1; turn--) {
      const calls = Array.from({ length: random() < 0.25 ? 2 : 1 }, () => {
        const args = { path: `src/reader/${word(8)}.js`, query: prose(20, 60), ...(random() < 0.3 && { content: cut(ASCII, between(200, 900)) }) };
        const call = { id: idOf(20), type: "function", function: { name: "read_file", arguments: JSON.stringify(args) } };
        return author === "google-old" ? { ...call, thought_signature: `msg_${word(20)}` } : call;
      });
      const reasoning = prose(80, 400);
      const details = [
        { type: "reasoning.text", text: reasoning, ...(author === "anthropic" && { signature: base64(150, 300) }), format, index: 0 },
        { type: "reasoning.encrypted", data: author === "google-old" && random() < 0.5 ? `enc:${base64(120, 400)}` : base64(120, 400), id: calls[0].id, format, index: 1 },
      ];
      messages.push({ role: "assistant", content: random() < 0.4 ? prose(40, 200) : null, reasoning, reasoning_details: details, tool_calls: calls });
      for (const { id } of calls) {
        if (kind === "mixed" && random() < 0.02) continue;
        messages.push({ role: "tool", tool_call_id: id, content: cut(random() < 0.1 ? FOREIGN : OUTPUT, between(100, random() < 0.1 ? 6000 : 1100)) });
      }
    }
    messages.push({ role: "assistant", content: prose(100, 900) });
  }
  messages.length = Math.min(messages.length, count - 1);
  while (messages.length < count) {
    const isAnswered = messages[messages.length - 1].role === "assistant";
    messages.push({ role: isAnswered ? "user" : "assistant", content: prose(80, 500) });
  }
  return messages;
}

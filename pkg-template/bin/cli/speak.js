// `speak`: speech, written while it comes.
import { given as only } from "./command.js";
import { promptOf } from "./piped-prompt.js";
import { plainWords } from "./plain-words.js";
import { checkOutput, OUTPUT_OPTIONS, save } from "./saved-media.js";
import { timed } from "./usual-time.js";

/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const speak = {
  name: "speak",
  summary: "Say a text",
  usage: '[options] ["text..."]',
  details: "Without a text standard input is it.",
  examples: [
    "openrouter-wasm speak -o letter.mp3 < letter.txt",
    'openrouter-wasm speak "The build is green." -o green.mp3', 'openrouter-wasm speak "Hello" --format pcm -o - | aplay -f S16_LE -r 24000'],
  options: {
    ...OUTPUT_OPTIONS,
    model: { short: "m", value: "MODEL", help: "default: the configuration's, else hexgrad/kokoro-82m" },
    voice: { value: "NAME", help: "default: the configuration's, else af_alloy" },
    format: { value: "FORMAT", choices: ["mp3", "pcm"], help: "mp3 (default) or pcm: 16 bit, mono, no header" },
    speed: { value: "N", number: "positive", help: "1 is as it is" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, progress, note, signal } = given;
  const input = await promptOf(given, "the text");
  await checkOutput(given);
  const client = await given.client();
  const { stream, name, mediaType, generationId, warnings = [] } = await timed(given, { kind: "speech", text: "speaking" }, () => client.speech.create({
    input,
    ...only({ model: values.model, voice: values.voice, responseFormat: values.format, speed: values.speed, timeoutMs: values.timeout }),
    signal,
  }));
  await progress.clear();
  for (const warning of warnings) await note(plainWords(warning));
  await save([{ data: pieces(stream), name, mediaType }], given, only({ mediaType, generationId }));
}

/** Not every runtime's stream can be iterated over. @param {ReadableStream<Uint8Array<ArrayBuffer>>} stream */
async function* pieces(stream) {
  const reader = stream.getReader();
  let isRead = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isRead = done;
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stops early lets the connection go.
    if (!isRead) void reader.cancel().catch(() => {});
  }
}

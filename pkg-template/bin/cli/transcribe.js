// `transcribe`: what is said in a recording.
import { basename } from "node:path";
import { atMost, given as only, oneArgument } from "./command.js";
import { usageError } from "./failures.js";
import { inputFile, mediaTypeOf } from "./input-file.js";
import { isPiped, readBytes } from "./input.js";
import { plainWords } from "./plain-words.js";
import { dollars } from "./style.js";
import { timed } from "./usual-time.js";

/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const transcribe = {
  name: "transcribe",
  summary: "Write down what is said in a recording",
  usage: "[options] [FILE]",
  details: "Without FILE, or with -, the recording is read from standard input.",
  examples: ["openrouter-wasm transcribe meeting.mp3 > meeting.txt", "openrouter-wasm transcribe note.m4a --language de --json"],
  options: {
    model: { short: "m", value: "MODEL", help: "default: the configuration's, else openai/whisper-large-v3-turbo" },
    language: { value: "LL", help: "ISO 639-1: de" },
    temperature: { value: "N", number: "zero-to-one", help: "0 to 1" },
  },
  run,
};

/** @param {NodeJS.ReadStream} stdin @param {AbortSignal} signal */
async function pipedFile(stdin, signal) {
  const data = await readBytes(stdin, signal);
  if (data.length === 0) throw usageError("standard input: is empty");
  const mediaType = mediaTypeOf(data, "");
  return { data, ...(mediaType && { mediaType }) };
}

/** @param {Given} given */
async function run(given) {
  const { values, out, progress, note, signal } = given;
  const { stdin } = given;
  const isPipedIn = given.positionals[0] === "-" || (given.positionals.length === 0 && isPiped(stdin));
  atMost(given, 1, "one FILE is taken");
  const path = isPipedIn ? "recording" : oneArgument(given, "FILE");
  const file = isPipedIn ? await pipedFile(stdin, signal) : await inputFile(path, "FILE");
  if (!("data" in file)) throw usageError(`FILE ${path}: must be a file of this machine`);
  // What a WebM or an MP4 holds beside sound is no matter here.
  if (file.mediaType && !/^(audio|video)\//.test(file.mediaType)) throw usageError(`${isPipedIn ? "standard input" : `FILE ${path}`}: is ${file.mediaType}, no recording`);
  const client = await given.client();
  const result = await timed(given, { kind: "transcription", text: "listening" }, () => client.transcriptions.create({
    audio: file.data,
    fileName: basename(path),
    ...only({ mediaType: file.mediaType, model: values.model, language: values.language, temperature: values.temperature, timeoutMs: values.timeout }),
    signal,
  }));
  await progress.clear();
  for (const warning of result.warnings ?? []) await note(plainWords(warning));
  if (values.json) return out.json(result);
  await out.data(`${result.text.trimEnd()}\n`);
  const told = [result.usage?.seconds === undefined ? undefined : `${result.usage.seconds} s`, result.usage?.cost === undefined ? undefined : dollars(result.usage.cost)];
  if (told.some(Boolean)) await note(told.filter(Boolean).join(" · "));
}

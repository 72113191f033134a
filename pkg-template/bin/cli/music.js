// `music`: a track from words.
import { given as only } from "./command.js";
import { imageFile, textFile } from "./input-file.js";
import { promptOf } from "./piped-prompt.js";
import { plainWords } from "./plain-words.js";
import { checkOutput, OUTPUT_OPTIONS, save } from "./saved-media.js";
import { dollars, megabytes } from "./style.js";
import { timed } from "./usual-time.js";

/** @import { InputFile } from "../../index.js" */
/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const music = {
  name: "music",
  summary: "Make music",
  usage: '[options] "prompt..."',
  examples: ['openrouter-wasm music "calm piano for a rainy evening" --instrumental -o rain.wav', 'openrouter-wasm music "a sea shanty" --lyrics shanty.txt --format mp3'],
  options: {
    ...OUTPUT_OPTIONS,
    model: { short: "m", value: "MODEL", help: "default: the configuration's, else google/lyria-3-pro-preview" },
    instrumental: { help: "no voices" },
    lyrics: { value: "FILE", help: "what is sung" },
    format: { value: "FORMAT", help: "wav or mp3 (default: as the file's name says, else wav)" },
    duration: { value: "S", number: "positive", help: "seconds" },
    input: { short: "i", value: "FILE", help: "an image to make it of" },
  },
  run,
};

/** What a file's name says. @param {string | undefined} path */
const formatOf = (path) => (/\.mp3$/i.test(path ?? "") ? "mp3" : undefined);

/** @param {Given} given */
async function run(given) {
  const { values, progress, note, signal } = given;
  const prompt = await promptOf(given, "the prompt");
  await checkOutput(given);
  const lyrics = values.lyrics === undefined ? undefined : await textFile(values.lyrics, "--lyrics");
  const inputs = values.input === undefined ? undefined : [/** @type {InputFile} */ (await imageFile(values.input, "--input"))];
  const client = await given.client();
  const result = await timed(given, { kind: "music", text: "making the music" }, () => client.music.generate({
    prompt,
    ...only({ model: values.model, lyrics, format: values.format ?? formatOf(values.output), durationSeconds: values.duration, inputs, timeoutMs: values.timeout }),
    ...(values.instrumental && { instrumental: true }),
    onProgress: ({ receivedBytes }) => void progress.show(`${megabytes(receivedBytes)} received`),
    signal,
  }));
  await progress.clear();
  for (const warning of result.warnings ?? []) await note(plainWords(warning));
  if (result.transcript) await note(result.transcript);
  await save([result], given, only({ mediaType: result.mediaType, transcript: result.transcript, cost: result.usage?.cost }));
  if (result.usage?.cost !== undefined) await note(dollars(result.usage.cost));
}

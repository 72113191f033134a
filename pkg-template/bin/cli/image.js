// `image`: images from words, and from other images.
import { given as only } from "./command.js";
import { CliError } from "./failures.js";
import { imageFile } from "./input-file.js";
import { promptOf } from "./piped-prompt.js";
import { plainWords } from "./plain-words.js";
import { checkOutput, OUTPUT_OPTIONS, save } from "./saved-media.js";
import { dollars } from "./style.js";
import { timed } from "./usual-time.js";

/** @import { InputFile } from "../../index.js" */
/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const image = {
  name: "image",
  summary: "Make images",
  usage: '[options] ["prompt..."]',
  details: "Without a prompt standard input is it.",
  examples: [
    'openrouter-wasm image "an otter reading a newspaper" -o otter.png',
    'openrouter-wasm image "the same in winter" --input otter.png -o winter.png',
    'openrouter-wasm image "a logo" --n 4 --aspect-ratio 1:1',
  ],
  options: {
    ...OUTPUT_OPTIONS,
    model: { short: "m", value: "MODEL", help: "default: the configuration's, else google/gemini-3.1-flash-image-preview" },
    n: { short: "n", value: "N", number: "one-to-ten", help: "1 to 10" },
    "aspect-ratio": { value: "R", help: "16:9 (Gemini)" },
    resolution: { value: "R", help: "1K, 2K, 4K (Gemini)" },
    input: { short: "i", value: "FILE", multiple: true, help: "an image to edit, at most 16, or what the model takes" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, progress, note, signal } = given;
  const prompt = await promptOf(given, "the prompt");
  const count = values.n ?? 1;
  await checkOutput(given, count);
  const inputs = /** @type {InputFile[]} */ (await Promise.all((values.input ?? []).map((/** @type {string} */ file) => imageFile(file, "--input"))));
  const client = await given.client();
  const { images, usage, text, model, warnings } = await timed(given, { kind: "image", text: "making the image" }, () => client.images.generate({
    prompt,
    ...only({ model: values.model, n: values.n, aspectRatio: values["aspect-ratio"], resolution: values.resolution, timeoutMs: values.timeout }),
    ...(inputs.length > 0 && { inputs }),
    signal,
  }));
  await progress.clear();
  for (const warning of warnings) await note(plainWords(warning));
  if (images.length === 0) throw new CliError(`${model} gave no image${text ? `, but said: ${text}` : ""}`);
  if (text) await note(text);
  await save(images, given, only({ model, cost: usage?.cost, text }), count);
  if (usage?.cost !== undefined) await note(`${model} · ${dollars(usage.cost)}`);
}

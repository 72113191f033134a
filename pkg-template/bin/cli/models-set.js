// `models set` and `models set-image`: the models of config.json.
import { parseModelRef } from "../../index.js";
import { oneArgument } from "./command.js";
import { usageError } from "./failures.js";
import { setModels } from "./user-folder.js";

/** @import { Command, Given } from "./command.js" */

/** @param {"model" | "imageModel"} name @param {string} what @returns {(given: Given) => Promise<void>} */
const setter = (name, what) => async (given) => {
  const text = oneArgument(given, "MODEL");
  const ref = parseModelRef(text)?.ref;
  if (!ref) throw usageError(`${JSON.stringify(text)} names no model: write openrouter/<author>/<model>, or <author>/<model>`);
  const path = await setModels(given.folder, { [name]: { primary: ref } });
  if (given.values.json) return given.out.json({ [name]: ref, file: path });
  await given.note(`${what}: ${ref} (${path})`);
};

/** @type {Command} */
export const modelsSet = {
  name: "models set",
  summary: "Set the default model (agents.defaults.model.primary of config.json)",
  usage: "MODEL",
  examples: ["openrouter-wasm models set anthropic/claude-sonnet-4.5", "openrouter-wasm models set openrouter/auto"],
  options: {},
  run: setter("model", "default model"),
};

/** @type {Command} */
export const modelsSetImage = {
  name: "models set-image",
  summary: "Set the model that looks at pictures (agents.defaults.imageModel.primary)",
  usage: "MODEL",
  examples: ["openrouter-wasm models set-image google/gemini-3-pro"],
  options: {},
  run: setter("imageModel", "image model"),
};

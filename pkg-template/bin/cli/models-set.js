// `models set` and `models set-image`: the models of config.json.
import { parseModelRef } from "../../index.js";
import { oneArgument } from "./command.js";
import { CliError, lineOf, usageError } from "./failures.js";
import { modelHint } from "./model-suggestion.js";
import { setModels } from "./user-folder.js";

/** @import { Command, Given } from "./command.js" */

/** For a question that is only there to catch a slip of the hand. */
const PATIENCE_MS = 5000;
const OPTIONS = { force: { help: "do not ask the catalog whether there is such a model" } };

/** @param {"model" | "imageModel"} name @param {string} what @returns {(given: Given) => Promise<void>} */
const setter = (name, what) => async (given) => {
  const text = oneArgument(given, "MODEL");
  const ref = parseModelRef(text)?.ref;
  if (!ref) throw usageError(`${JSON.stringify(text)} names no model: write openrouter/<author>/<model>, or <author>/<model>`);
  if (!given.values.force) await checkExistence(ref, given);
  const path = await setModels(given.folder, { [name]: { primary: ref } });
  if (given.values.json) return given.out.json({ [name]: ref, file: path });
  await given.note(`${what}: ${ref} (${path})`);
};

/** A catalog that cannot be asked is no reason to refuse. @param {string} ref @param {Given} given */
async function checkExistence(ref, { client, values, signal, note }) {
  const { models } = await client();
  let found;
  try {
    found = await models.get(ref, { timeoutMs: values.timeout ?? PATIENCE_MS, signal });
  } catch (error) {
    signal.throwIfAborted();
    return note(`whether there is such a model was not checked: ${lineOf(error)}`);
  }
  if (found) return;
  const ids = (await models.list({ all: true, signal })).map(({ id }) => id);
  throw new CliError(`${ref}: the catalog has no such model${modelHint(ref, ids)} (--force sets it anyhow)`);
}

/** @type {Command} */
export const modelsSet = {
  name: "models set",
  summary: "Set the default model (agents.defaults.model.primary of config.json)",
  usage: "[options] MODEL",
  examples: ["openrouter-wasm models set anthropic/claude-sonnet-4.5", "openrouter-wasm models set openrouter/auto"],
  options: OPTIONS,
  run: setter("model", "default model"),
};

/** @type {Command} */
export const modelsSetImage = {
  name: "models set-image",
  summary: "Set the model that looks at images (agents.defaults.imageModel.primary)",
  usage: "[options] MODEL",
  examples: ["openrouter-wasm models set-image google/gemini-3-pro"],
  options: OPTIONS,
  run: setter("imageModel", "image model"),
};

// `embed`: texts to vectors.
import { OpenRouterError } from "../../errors.js";
import { given as only } from "./command.js";
import { usageError } from "./failures.js";
import { linesGiven } from "./lines-given.js";
import { counted } from "./plain-words.js";
import { dollars } from "./style.js";

/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const embed = {
  name: "embed",
  summary: "Turn texts into vectors",
  usage: "[options] -m MODEL TEXT...",
  details: "Prints a vector a line, as JSON. Without TEXT the lines of --file or of standard input are the texts.",
  examples: ['openrouter-wasm embed -m openai/text-embedding-3-small "a text" "another"', "openrouter-wasm embed -m openai/text-embedding-3-small --file texts.txt > vectors.jsonl"],
  options: {
    model: { short: "m", value: "MODEL", help: "default: the configuration's" },
    file: { value: "FILE", help: "a text a line" },
    dimensions: { value: "N", number: "positive-integer", help: "of a vector, where the model has a choice" },
    "input-type": { value: "TYPE", help: "search_query, search_document, ..." },
    float: { help: "ask for decimals in place of base64, for servers that know no other" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, out, note, progress, signal } = given;
  const input = await linesGiven(given, "TEXT");
  const client = await given.client();
  await progress.show("embedding");
  const asked = client.embeddings.create({
    input,
    ...only({ model: values.model, dimensions: values.dimensions, inputType: values["input-type"], timeoutMs: values.timeout }),
    ...(values.float && { encodingFormat: "float" }),
    signal,
  });
  const result = await asked.catch((error) => {
    // Whether the configuration has one, the client alone knows.
    const isMissing = values.model === undefined && OpenRouterError.isInstance(error) && error.code === "invalid-request" && error.message.startsWith("model:");
    throw isMissing ? usageError("--model is missing: openrouter-wasm models list --all lists those that embed") : error;
  });
  await progress.clear();
  const embeddings = result.embeddings.map((vector) => [...vector]);
  for (const warning of result.warnings) await note(warning);
  if (values.json) return out.json({ ...result, embeddings });
  for (const vector of embeddings) await out.line(JSON.stringify(vector));
  await note(`${counted(embeddings.length, "vector")} of ${counted(embeddings[0]?.length ?? 0, "dimension")} by ${result.model}${result.cost === undefined ? "" : ` · ${dollars(result.cost)}`}`);
}

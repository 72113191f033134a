// `rerank`: documents in the order in which they fit a query.
import { given as only } from "./command.js";
import { usageError } from "./failures.js";
import { linesGiven } from "./lines-given.js";
import { dollars } from "./style.js";

/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const rerank = {
  name: "rerank",
  summary: "Put documents in the order in which they fit a query",
  usage: "[options] -m MODEL --query TEXT DOCUMENT...",
  details: "Prints score, number and document, best first. Without DOCUMENT the lines of --file or of standard input are the documents.",
  examples: ['openrouter-wasm rerank -m cohere/rerank-v3.5 --query "capital of France" "Paris" "Lima"', 'grep -h TODO *.md | openrouter-wasm rerank -m cohere/rerank-v3.5 --query "tests" --top 5'],
  options: {
    model: { short: "m", value: "MODEL", help: "a model that ranks" },
    query: { value: "TEXT", help: "what they are to fit" },
    file: { value: "FILE", help: "a document a line" },
    top: { value: "N", number: "positive-integer", help: "how many (default: all)" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, out, note, signal } = given;
  if (values.model === undefined) throw usageError("--model is missing: openrouter-wasm models list --all lists those that rank");
  if (values.query === undefined) throw usageError("--query is missing");
  const documents = await linesGiven(given, "DOCUMENT");
  const client = await given.client();
  const result = await client.rerank({ model: values.model, query: values.query, documents, ...only({ topN: values.top, timeoutMs: values.timeout }), signal });
  for (const warning of result.warnings) await note(warning);
  if (values.json) return out.json(result);
  for (const { score, index, document } of result.results) await out.write(`${score.toFixed(4)}  ${String(index + 1).padStart(3)}  ${document.text ?? document.image ?? ""}\n`);
  await note(`${result.results.length} of ${documents.length} by ${result.model}${result.cost === undefined ? "" : ` · ${dollars(result.cost)}`}`);
}

// `models list`: the catalog as a table.
import { atMost } from "./command.js";
import { counted } from "./plain-words.js";
import { inThousands, table } from "./style.js";

/** @import { Model } from "../../index.js" */
/** @import { Command, Given } from "./command.js" */

const COLUMNS = /** @type {const} */ ([["Model", 48], ["Ctx", 8], ["Out", 8], ["Input", 18], ["$/M in", 9], ["$/M out", 9], ["Notes", 0]]);

/** @type {Command} */
export const modelsList = {
  name: "models list",
  summary: "The models of the catalog",
  usage: "[options]",
  examples: [
    "openrouter-wasm models list --free",
    "openrouter-wasm models list --provider anthropic",
    "openrouter-wasm models list --search kimi --json",
  ],
  options: {
    all: { help: "also models that give no text: images, videos, speech, embeddings" },
    provider: { value: "NAME", help: "first part of the id: mistralai" },
    free: { help: "models that cost nothing" },
    search: { value: "TEXT", help: "words that must be in id or name" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  atMost(given, 0, "use --search TEXT");
  const { values, out, note, signal } = given;
  const client = await given.client();
  const limited = values.timeout === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(values.timeout)]);
  const list = await client.models.list({ all: values.all === true, signal: limited });
  for (const { path, reason } of list.warnings) await note(`${path}: ${reason}`);
  const models = list.filter(filterOf(values));
  // Without the rows as they came: everything in them is said by the other fields.
  if (values.json) return out.json(models.map(({ raw: _, ...model }) => model));
  if (models.length > 0) await out.write(table(COLUMNS, models.map(rowOf), out.style, out.isTerminal ? out.columns : undefined));
  await note(`${models.length} of ${counted(list.length, "model")}`);
}

/** @param {Given["values"]} values */
function filterOf(values) {
  const provider = values.provider?.trim().toLowerCase();
  const words = (values.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return (/** @type {Model} */ { id, name, isFree }) => {
    const text = `${id} ${name}`.toLowerCase();
    return (!values.free || isFree) && (!provider || id.toLowerCase().split("/")[0] === provider) && words.every((/** @type {string} */ word) => text.includes(word));
  };
}

/** @param {Model} model */
function rowOf(model) {
  const { id, contextWindow, maxTokens, assumed, input, isFree, supportsTools, reasoning, pricing, expirationDate } = model;
  const limit = (/** @type {"contextWindow" | "maxTokens"} */ name, /** @type {number} */ tokens) => (assumed?.includes(name) ? "-" : inThousands(tokens));
  const notes = [isFree && "free", supportsTools && "tools", reasoning && "reasoning", expirationDate && `until ${expirationDate}`].filter(Boolean).join(", ");
  const price = (/** @type {string | undefined} */ usd) => (pricing.isUnknown || usd === undefined ? "-" : perMillion(usd));
  return [id, limit("contextWindow", contextWindow), limit("maxTokens", maxTokens), input.join("+"), price(pricing.prompt), price(pricing.completion), notes];
}

/** @param {string} usd a token */
function perMillion(usd) {
  const value = Number(usd) * 1e6;
  return Number.isFinite(value) ? String(Number(value.toFixed(4))) : "-";
}

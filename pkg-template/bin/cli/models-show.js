// `models show`: one model, and who serves it at what price.
import { given as only, oneArgument } from "./command.js";
import { CliError, EXIT } from "./failures.js";
import { modelHint } from "./model-suggestion.js";
import { inThousands, table } from "./style.js";

/** @import { Command, Given } from "./command.js" */

const COLUMNS = /** @type {const} */ ([["Provider", 22], ["Tag", 24], ["Quant", 8], ["Ctx", 8], ["Out", 8], ["$/M in", 9], ["$/M out", 9], ["Up 1d", 7]]);

/** @type {Command} */
export const modelsShow = {
  name: "models show",
  summary: "One model: what it takes, who serves it, at what price",
  usage: "[options] MODEL",
  examples: ["openrouter-wasm models show deepseek/deepseek-r1", "openrouter-wasm models show openai/gpt-4o-mini --json"],
  options: {},
  run,
};

/** @param {Given} given */
async function run(given) {
  const id = oneArgument(given, "MODEL");
  const { values, out, note, signal } = given;
  const client = await given.client();
  const options = { ...only({ timeoutMs: values.timeout }), signal };
  const model = await client.models.get(id, options);
  if (!model) throw new CliError(`${id}: the catalog has no such model${modelHint(id, (await client.models.list({ all: true, signal })).map((one) => one.id))}`, EXIT.failed);
  const endpoints = await client.models.endpoints(model.id, options);
  for (const { path, reason } of endpoints.warnings) await note(`${path}: ${reason}`);
  if (values.json) {
    const { raw: _, ...rest } = model;
    return out.json({ ...rest, endpoints: endpoints.map(({ raw: __, ...endpoint }) => endpoint) });
  }
  const { name, contextWindow, maxTokens, input, output, supportedParameters = [] } = model;
  await out.write(`${out.style.bold(model.id)}  ${name}\n`);
  await out.line(`${input.join("+")} -> ${output.join("+")}, context ${inThousands(contextWindow)}, answer ${inThousands(maxTokens)}`);
  if (supportedParameters.length > 0) await out.write(`takes ${supportedParameters.join(", ")}\n`);
  await out.line("");
  await out.write(table(COLUMNS, endpoints.map(rowOf), out.style, out.isTerminal ? out.columns : undefined));
}

/** @param {import("../../index.js").ModelEndpoint} endpoint */
function rowOf({ provider, tag, quantization, contextWindow, maxTokens, pricing, uptime }) {
  const price = (/** @type {string | undefined} */ usd) => (usd === undefined ? "-" : String(Number((Number(usd) * 1e6).toFixed(4))));
  const upDay = uptime.last1d === undefined ? "-" : `${uptime.last1d.toFixed(1)}%`;
  return [provider, tag ?? "-", quantization ?? "-", inThousands(contextWindow), inThousands(maxTokens), price(pricing.prompt), price(pricing.completion), upDay];
}

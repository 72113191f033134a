// `models scan`: which models work, measured; the best become the configuration's if that is wanted.
import { parseModelRef } from "../../index.js";
import { atMost, given as only } from "./command.js";
import { CliError, EXIT, usageError } from "./failures.js";
import { askLine } from "./input.js";
import { counted, plainWords } from "./plain-words.js";
import { keyless } from "./session.js";
import { inThousands, table } from "./style.js";
import { setModels } from "./user-folder.js";

/** @import { ProbeResult, ScanResult, ScanRow } from "../../index.js" */
/** @import { Command, Given } from "./command.js" */

const COLUMNS = /** @type {const} */ ([["Model", 42], ["Tool", 10], ["Image", 10], ["Ctx", 8], ["Params", 8], ["Notes", 0]]);

/** @type {Command} */
export const modelsScan = {
  name: "models scan",
  summary: "Look for models that work: free ones, tried with tools and images",
  usage: "[options]",
  details: `Without a key, or with --no-probe, the catalog alone is looked at. After the probes a terminal is asked whether the chosen models
become the fallbacks in config.json; --yes answers yes, --no-input, --json and a pipe answer no. --set-default and --set-image are never asked.`,
  examples: [
    "openrouter-wasm models scan",
    "openrouter-wasm models scan --provider mistralai --min-params 20 --yes --set-default",
    "openrouter-wasm models scan --no-probe --json",
  ],
  options: {
    provider: { value: "NAME", help: "first part of the id: mistralai" },
    "min-params": { value: "B", number: "at-least-zero", help: "billions of parameters, from the name" },
    "max-age-days": { value: "DAYS", number: "at-least-zero", help: "leave out older models" },
    capability: { value: "NAME", multiple: true, help: "tools, image, reasoning, json or a supported parameter; all of several" },
    concurrency: { value: "N", number: "positive-integer", help: "models tried at a time (default 3)" },
    "max-candidates": { value: "N", number: "positive-integer", help: "how many are chosen (default 6)" },
    "no-probe": { help: "the catalog alone" },
    "include-paid": { help: "list paid models too" },
    "probe-paid": { help: "try them too, which costs money" },
    yes: { short: "y", help: "write the chosen models into config.json without asking" },
    "no-input": { help: "never ask" },
    "set-default": { help: "make the best the default model" },
    "set-image": { help: "make the best that sees images the image model" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  atMost(given, 0, "use --provider NAME");
  const { values, out, progress, note, signal } = given;
  const isSetting = values["set-default"] || values["set-image"];
  if (isSetting && values["no-probe"]) throw usageError(`--${values["set-default"] ? "set-default" : "set-image"} needs probes: leave --no-probe out`);
  const client = await given.client();
  const result = await client.models.scan({
    ...only({
      provider: values.provider, minParams: values["min-params"], maxAgeDays: values["max-age-days"], capabilities: values.capability,
      concurrency: values.concurrency, timeoutMs: values.timeout, maxCandidates: values["max-candidates"],
    }),
    ...((values["no-probe"] || keyless.has(client)) && { probe: false }),
    ...((values["include-paid"] || values["probe-paid"]) && { free: false }),
    ...(values["probe-paid"] && { probePaid: true }),
    onProgress: ({ phase, completed, total, row }) => void progress.show(phase === "catalog" ? "reading the catalog" : `${completed}/${total} ${row?.model ?? ""}`, { completed, total }),
    signal,
  });
  await progress.clear();
  for (const warning of result.warnings) await note(plainWords(warning));
  if (result.probed) return probed(result, given);
  const lacksKey = keyless.has(client) || result.warnings.some((warning) => warning.startsWith("Missing OpenRouter API key"));
  if (isSetting && lacksKey) throw new CliError("nothing could be probed without a key, and --set-default and --set-image need probes", EXIT.key);
  if (isSetting) throw new CliError(whyNothingWasTried(result.rows));
  if (values.json) return out.json(result.rows);
  await print(result.rows, given);
  const why = values["no-probe"] ? "not tried" : lacksKey ? "none of them tried: that needs a key" : undefined;
  await note(why === undefined ? whyNothingWasTried(result.rows) : `${counted(result.rows.length, "model")}, ${why}`);
}

/** @param {readonly ScanRow[]} rows */
const whyNothingWasTried = (rows) => (rows.length === 0 ? "no model fits these filters" : `${counted(rows.length, "model")} that may cost something, not tried: --probe-paid tries them`);

/** @param {ScanResult} result @param {Given} given */
async function probed({ rows, selected, selectedImages, counts, warnings }, given) {
  const { values, out, note } = given;
  if (!values.json) {
    await print(rows, given);
    await note(`tested ${counts.tested}, tool ok ${counts.toolOk}, image ok ${counts.imageOk}, tool+image ok ${counts.toolAndImageOk}, image only ${counts.imageOnly}`);
  }
  if (selected.length === 0) throw new CliError(`No tool-capable OpenRouter ${values["include-paid"] || values["probe-paid"] ? "" : "free "}models found: try other filters, or a longer --timeout`);
  if (values["set-image"] && selectedImages.length === 0) throw new CliError("--set-image: no model was found that sees images");
  const setDefault = values["set-default"] === true, setImage = values["set-image"] === true;
  if (setDefault || setImage || (await isWanted(selected, given))) {
    const [models, images] = [selected, selectedImages].map((ids) => ids.map((id) => parseModelRef(id)?.ref ?? id));
    const path = await setModels(given.folder, {
      model: { fallbacks: models, ...(setDefault && { primary: models[0] }) },
      ...(images.length > 0 && { imageModel: { fallbacks: images, ...(setImage && { primary: images[0] }) } }),
    });
    await note(`${counted(models.length, "fallback")}${setDefault ? `, default ${models[0]}` : ""}${setImage ? `, image model ${images[0]}` : ""} written to ${path}`);
  }
  if (values.json) await out.json({ selected, selectedImages, setDefault, setImage, results: rows, warnings });
}

/** @param {readonly string[]} selected @param {Given} given */
async function isWanted(selected, { values, stdin, err, signal, note }) {
  if (values.yes) return true;
  const isAsked = stdin.isTTY && err.isTerminal && !values["no-input"] && !values.json;
  if (!isAsked) {
    if (!values.json) await note(`chosen: ${selected.join(", ")} (--yes writes them into config.json)`);
    return false;
  }
  const answer = await askLine({ stdin, err, question: `Make these the fallbacks: ${selected.join(", ")}? [y/N] `, signal });
  return /^y(es)?$/i.test(answer.trim());
}

/** @param {readonly ScanRow[]} rows @param {Given} given */
async function print(rows, { out }) {
  if (rows.length > 0) await out.write(table(COLUMNS, rows.map(rowOf), out.style, out.isTerminal ? out.columns : undefined));
}

/** @param {ScanRow} row */
function rowOf({ model, tool, image, contextWindow, paramsB, modality }) {
  return [model, outcome(tool), outcome(image), inThousands(contextWindow), paramsB === null ? "-" : `${paramsB}b`, modality ? `modality:${modality}` : ""];
}

/** @param {ProbeResult} probe */
function outcome({ ok, skipped, latencyMs }) {
  if (skipped) return "skip";
  if (!ok) return "fail";
  if (latencyMs === null) return "ok";
  return latencyMs < 1000 ? `${Math.round(latencyMs)}ms` : `${(latencyMs / 1000).toFixed(1)}s`;
}

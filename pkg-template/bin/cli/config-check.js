// `config check`: what is wrong in a configuration file, and where.
import { readFile } from "node:fs/promises";
import { OpenRouter, OpenRouterError } from "../../index.js";
import { oneArgument } from "./command.js";
import { EXIT, fileFault, lineOf, usageError } from "./failures.js";

/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const configCheck = {
  name: "config check",
  summary: "Check an OpenClaw configuration file (JSON5)",
  usage: "FILE",
  details: "Errors and warnings come with their path in the file, a line each. The exit code is 1 when there is an error.",
  examples: ["openrouter-wasm config check ~/.openclaw/openclaw.json", "openrouter-wasm config check openclaw.json --json"],
  options: {},
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, out } = given;
  const path = oneArgument(given, "FILE");
  const text = await readFile(path, "utf8").catch((error) => {
    throw usageError(`${path}: ${fileFault(error)}`);
  });
  const found = await configCheckText(text);
  if (values.json) await out.json({ ok: found.errors.length === 0, ...found });
  else {
    for (const error of found.errors) await out.write(`${path}: error: ${error}\n`);
    for (const warning of found.warnings) await out.write(`${path}: warning: ${warning}\n`);
    if (found.errors.length === 0 && found.warnings.length === 0) await out.line(`${path}: ok`);
  }
  return found.errors.length > 0 ? EXIT.failed : EXIT.ok;
}

/** @param {string} text @returns {Promise<{ errors: string[], warnings: string[] }>} */
export async function configCheckText(text) {
  try {
    // Who asks is no matter of the file's.
    const client = await OpenRouter.fromConfig(text, { app: null });
    // The file's warnings come with what a request of it would be; and models or params may be wrong in a way that only a request shows.
    const { warnings } = await client.prepare({ messages: [{ role: "user", content: "?" }] });
    return { errors: [], warnings: warnings.map(({ rule, path, reason }) => lineOf(rule === "config" || reason.startsWith(path) ? reason : `${path}: ${reason}`)) };
  } catch (error) {
    if (!OpenRouterError.isInstance(error)) throw error;
    return { errors: [lineOf(error)], warnings: [] };
  }
}

// `config get | set | path`: the user's config.json, read and written by paths.
import { configCheckText } from "./config-check.js";
import { atMost } from "./command.js";
import { CliError, EXIT, usageError } from "./failures.js";
import { redact } from "../../auth/redact.js";
import { printableJson } from "../../terminal-text.js";
import { valueOf } from "./chat-settings.js";
import { unreadNote } from "./read-keys.js";
import { configPathOf, readUserConfig, writeUserConfig } from "./user-folder.js";

/** @import { Command, Given } from "./command.js" */

const PATHS = 'A path is names with dots between them; one that has dots of its own stands in brackets: agents.defaults.models["openai/gpt-4.1"].alias';

/** @param {string} text @returns {string[]} */
export function namesOf(text) {
  const names = [];
  const piece = /\.?(?:([^.[\]"]+)|\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\])/y;
  while (piece.lastIndex < text.length) {
    const found = piece.exec(text);
    if (!found) throw usageError(`${JSON.stringify(text)} is no path. ${PATHS}`);
    const name = found[1] ?? found[3] ?? found[2].replace(/\\(.)/g, "$1");
    if (name === "__proto__" || name === "prototype" || name === "constructor") throw usageError(`${name} is no name of a configuration`);
    names.push(name);
  }
  if (names.length === 0) throw usageError("PATH is missing");
  return names;
}

/** @type {Command} */
export const configPath = {
  name: "config path",
  summary: "Where the configuration is",
  usage: "[options]",
  examples: ["openrouter-wasm config path", '"$EDITOR" "$(openrouter-wasm config path)"'],
  options: {},
  async run(given) {
    atMost(given, 0, "config path takes none");
    const path = configPathOf(given);
    return given.values.json ? given.out.json({ path }) : given.out.data(`${path}\n`);
  },
};

/** @type {Command} */
export const configGet = {
  name: "config get",
  summary: "Print a value of the configuration, or all of it",
  usage: "[options] [PATH]",
  details: `${PATHS}\nKeys are masked. The exit code is 1 when there is no such value.`,
  examples: ["openrouter-wasm config get", "openrouter-wasm config get agents.defaults.model.primary"],
  options: {},
  async run(given) {
    atMost(given, 1, "one PATH is taken");
    const { values, positionals, out } = given;
    let value = await readUserConfig(configPathOf(given));
    for (const name of positionals[0] === undefined ? [] : namesOf(positionals[0])) {
      const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, name);
      if (!isThere) throw new CliError(`${positionals[0]}: is not set`, EXIT.failed);
      value = value[name];
    }
    const shown = typeof value === "string" && !values.json ? value : printableJson(JSON.stringify(value, null, 2));
    await out.data(`${redact(shown)}\n`);
  },
};

/** @type {Command} */
export const configSet = {
  name: "config set",
  summary: "Set a value of the configuration, or remove it",
  usage: "[options] PATH VALUE | PATH --unset",
  details: `VALUE is JSON where it is that, else words. What would make the file wrong is refused. Comments of the file are lost.\n${PATHS}`,
  examples: [
    "openrouter-wasm config set agents.defaults.model.primary openrouter/anthropic/claude-sonnet-4.5",
    "openrouter-wasm config set agents.defaults.params.temperature 0.2",
    "openrouter-wasm config set agents.defaults.imageModel --unset",
  ],
  options: { unset: { help: "remove the value" } },
  run: set,
};

/** @param {Given} given */
async function set(given) {
  const { values, positionals, note, out } = given;
  const [path, text] = positionals;
  if (path === undefined || path.trim() === "") throw usageError("PATH is missing");
  if (!values.unset && text === undefined) throw usageError("VALUE is missing");
  if (!values.unset && text.trim() === "") throw usageError("VALUE is empty: --unset removes a value, '\"\"' sets an empty text");
  atMost(given, values.unset ? 1 : 2, "quote a VALUE that has blanks");
  const file = configPathOf(given);
  const config = await readUserConfig(file);
  const names = namesOf(path);
  const last = names[names.length - 1];
  /** @type {any} */
  let place = config;
  for (const name of names.slice(0, -1)) {
    const inner = Object.hasOwn(place, name) ? place[name] : values.unset ? undefined : (place[name] = {});
    if (inner === undefined) throw new CliError(`${path}: is not set`, EXIT.failed);
    if (typeof inner !== "object" || inner === null) throw usageError(`${path}: ${name} is no object`);
    place = inner;
  }
  if (values.unset) {
    if (!Object.hasOwn(place, last)) throw new CliError(`${path}: is not set`, EXIT.failed);
    if (Array.isArray(place)) place.splice(Number(last), 1);
    else delete place[last];
  } else place[last] = valueOf(text);
  const { errors, warnings } = await configCheckText(JSON.stringify(config));
  if (errors.length > 0) throw usageError(`nothing was written: ${errors[0]}`);
  await writeUserConfig(file, config);
  for (const warning of warnings) if (warning.includes(last)) await note(warning);
  const unread = values.unset ? undefined : unreadNote(names);
  if (unread) await note(unread);
  if (values.json) return out.json({ path: file });
  await note(`written to ${file}`);
}

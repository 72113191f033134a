// The client of a command: which key, which configuration, which base.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createKeyStore, OpenRouter, parseModelRef, resolveKey } from "../../index.js";
import { readConfig } from "../../request/config-file.js";
import { CliError, EXIT, fileFault } from "./failures.js";
import { readAll } from "./input.js";
import { keyInAuthFile, profileStorage, textOf } from "./user-folder.js";

/** @import { ClientOptions, SecretKey } from "../../index.js" */
/** @import { Values } from "./arguments.js" */

/** Whom OpenRouter's statistics name. A configuration file of OpenClaw's names OpenClaw. */
const APP = { title: "openrouter-wasm", categories: ["cli-agent"] };

/**
 * @typedef {object} Surroundings
 * @property {Values} values
 * @property {Record<string, string | undefined>} env
 * @property {string} folder
 * @property {NodeJS.ReadStream} stdin
 * @property {AbortSignal} signal
 */

/** By the values of one command: a key that is piped in can be read once. @type {WeakMap<Values, Promise<SecretKey | undefined>>} */
const keys = new WeakMap();

/**
 * The first of --api-key-file, --auth-file, the stored profile and the environment.
 * @param {Surroundings} given
 * @returns {Promise<SecretKey | undefined>}
 */
export async function keyOf(given) {
  const { values, env, folder } = given;
  const named = await namedKey(given);
  if (named !== undefined) {
    const key = await resolveKey({ apiKey: named });
    if (!key) throw new CliError(`--api-key-file ${values["api-key-file"]}: there is no key in it`, EXIT.key);
    return key;
  }
  return resolveKey({ store: createKeyStore({ storage: profileStorage(folder) }), env });
}

/** @param {Surroundings} given */
async function namedKey({ values, stdin, signal }) {
  const file = values["api-key-file"];
  if (file === "-") return readAll(stdin, signal);
  if (file !== undefined) {
    return readFile(file, "utf8").catch((error) => {
      throw new CliError(`--api-key-file ${file}: ${fileFault(error)}`, EXIT.key, { cause: error });
    });
  }
  return values["auth-file"] === undefined ? undefined : keyInAuthFile(values["auth-file"]);
}

/** The configuration that counts. @param {Pick<Surroundings, "values" | "folder">} given */
export async function configOf({ values, folder }) {
  const path = values.config ?? join(folder, "config.json");
  const text = await textOf(path);
  if (text === undefined && values.config !== undefined) throw new CliError(`${path}: no such file`, EXIT.usage);
  return text === undefined || text.trim() === "" ? undefined : { path, text };
}

/**
 * @param {Surroundings} given
 * @param {ClientOptions} [more]  whose `models` stand beside those of the configuration
 * @returns {Promise<OpenRouter>}
 */
export async function openClient(given, more = {}) {
  const { values } = given;
  let found = keys.get(values);
  if (!found) keys.set(values, (found = keyOf(given)));
  const apiKey = await found;
  const config = await configOf(given);
  const isKeyless = !apiKey && isThisMachine(values["base-url"]) && !(config && (await configuredKey(config)));
  const options = { ...(apiKey && { apiKey }), ...(isKeyless && { apiKey: "none" }), ...(values["base-url"] !== undefined && { baseURL: values["base-url"] }), ...more };
  const client = await made(config, options, more, values);
  if (isKeyless) keyless.add(client);
  return client;
}

/** Clients that ask a server of this machine in nobody's name. @type {WeakSet<OpenRouter>} */
export const keyless = new WeakSet();

/** A simulator, a proxy, a local model: none of them needs a key of OpenRouter's. @param {string | undefined} base */
function isThisMachine(base) {
  return base !== undefined && URL.canParse(base) && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(base).hostname);
}

/** @param {{ text: string }} config */
async function configuredKey({ text }) {
  // What is wrong with the file is told where it is read for good.
  return (await readConfig(text).catch(() => undefined))?.apiKey;
}

/**
 * @param {Awaited<ReturnType<typeof configOf>>} config @param {ClientOptions} options @param {ClientOptions} more @param {Values} values
 * @returns {Promise<OpenRouter>}
 */
async function made(config, options, more, values) {
  if (!config) return new OpenRouter({ app: APP, ...options });
  try {
    const models = more.models && besideSettings(more.models, (await readConfig(config.text)).models ?? {});
    return await OpenRouter.fromConfig(config.text, { ...(values.config === undefined && { app: APP }), ...options, ...(models && { models }) });
  } catch (error) {
    throw new CliError(`${config.path}: ${/** @type {Error} */ (error).message}`, EXIT.usage, { cause: error });
  }
}

/**
 * What is known of models, beside what a file sets for them under whatever name; the file's own word counts.
 * @param {NonNullable<ClientOptions["models"]>} known @param {NonNullable<ClientOptions["models"]>} settings
 */
function besideSettings(known, settings) {
  const all = { ...settings };
  for (const [id, facts] of Object.entries(known)) {
    const name = Object.keys(settings).find((ref) => ref === id || parseModelRef(ref)?.apiId === id) ?? id;
    all[name] = { ...facts, ...settings[name] };
  }
  return all;
}

// The user's own folder: `config.json` in OpenClaw's shape, and `auth.json` with the key.
import { chmod, mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { jsonOf } from "../../request/config-text.js";
import { CliError, EXIT, fileFault } from "./failures.js";
import { writeWhole } from "./whole-file.js";

const NAME = "openrouter-wasm";

/** @param {Record<string, string | undefined>} env @param {string} platform */
export function userFolder(env, platform) {
  // A relative one is to be ignored, says the XDG specification.
  if (env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME)) return join(env.XDG_CONFIG_HOME, NAME);
  if (platform === "win32" && env.APPDATA) return join(env.APPDATA, NAME);
  return join(env.HOME || homedir(), ".config", NAME);
}

/** The text of a file, `undefined` when there is none. @param {string} path */
export async function textOf(path) {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw new CliError(`${path}: ${fileFault(error)}`, EXIT.failed, { cause: error });
  }
}

/** @param {string} path @param {string} text @returns {any} */
export function readJson5(path, text) {
  try {
    return JSON.parse(jsonOf(text));
  } catch (error) {
    throw new CliError(`${path}: ${/** @type {Error} */ (error).message}`, EXIT.usage, { cause: error });
  }
}

/** For the owner alone: a key is in there. @param {string} folder */
async function makeFolder(folder) {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (error) {
    throw new CliError(`${folder}: ${fileFault(error)}`, EXIT.failed, { cause: error });
  }
}

/** @param {string} folder @param {string} name @param {unknown} value */
async function writeJson(folder, name, value) {
  await makeFolder(folder);
  await writeWhole(join(folder, name), `${JSON.stringify(value, null, 2)}\n`, { force: true, mode: 0o600 });
}

/** @typedef {Record<string, any>} JsonObject */

/** A file of ours as an object; what is in it and not ours stays. @param {string} path @returns {Promise<JsonObject>} */
async function objectIn(path) {
  const text = await textOf(path);
  if (text === undefined || text.trim() === "") return {};
  const value = readJson5(path, text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new CliError(`${path}: must be a JSON object`, EXIT.usage);
  return value;
}

/** @param {JsonObject} parent @param {string} name @param {string} path @returns {JsonObject} */
function objectAt(parent, name, path) {
  const value = (parent[name] ??= {});
  if (typeof value !== "object" || Array.isArray(value)) throw new CliError(`${path}: must be an object`, EXIT.usage);
  return value;
}

/**
 * Sets models under `agents.defaults`. Fields that nobody here knows stay as they are.
 * @param {string} folder
 * @param {Partial<Record<"model" | "imageModel", { primary?: string, fallbacks?: readonly string[] }>>} choices
 * @returns {Promise<string>} the file
 */
export async function setModels(folder, choices) {
  const path = join(folder, "config.json");
  const config = await objectIn(path);
  const defaults = objectAt(objectAt(config, "agents", `${path}: agents`), "defaults", `${path}: agents.defaults`);
  for (const [name, choice] of Object.entries(choices)) {
    const before = defaults[name];
    // In its short form a model is its name alone.
    const kept = typeof before === "string" ? { primary: before } : typeof before === "object" && before !== null ? before : {};
    defaults[name] = { ...kept, ...choice };
  }
  await writeJson(folder, "config.json", config);
  return path;
}

/** The file of --config, else the user's own. @param {{ values: import("./arguments.js").Values, folder: string }} given @returns {string} */
export const configPathOf = ({ values, folder }) => values.config ?? join(folder, "config.json");

/** @param {string} path @returns {Promise<any>} */
export const readUserConfig = (path) => objectIn(path);

/** @param {string} path @param {JsonObject} config */
export async function writeUserConfig(path, config) {
  // Another one's folder is not ours to close to others.
  if (basename(dirname(path)) === NAME) return writeJson(dirname(path), basename(path), config);
  await writeWhole(path, `${JSON.stringify(config, null, 2)}\n`, { force: true, mode: 0o600 });
}

/**
 * Keys by profile, as OpenClaw's `auth-profiles.json` has them; storage for `createKeyStore`.
 * @param {string} folder
 */
export function profileStorage(folder) {
  const path = join(folder, "auth.json");
  return {
    path,
    /** @param {string} name */
    get: async (name) => {
      const entry = (await objectIn(path)).profiles?.[name];
      return entry === undefined ? undefined : JSON.stringify(entry);
    },
    /** @param {string} name @param {string} text */
    set: async (name, text) => {
      const file = await objectIn(path);
      file.version ??= 1;
      objectAt(file, "profiles", `${path}: profiles`)[name] = { provider: "openrouter", ...JSON.parse(text) };
      await writeJson(folder, "auth.json", file);
    },
    /** @param {string} name */
    delete: async (name) => {
      const file = await objectIn(path);
      if (file.profiles?.[name] === undefined) return;
      delete file.profiles[name];
      await writeJson(folder, "auth.json", file);
    },
  };
}

const PROFILE = "openrouter:default";

/**
 * The key in a file of OpenClaw's: `auth-profiles.json` (by profile) or `auth.json` (by profile or by provider).
 * @param {string} path
 * @returns {Promise<string>}
 */
export async function keyInAuthFile(path) {
  const text = await textOf(path);
  if (text === undefined) throw new CliError(`${path}: no such file`, EXIT.key);
  const file = readJson5(path, text);
  for (const [place, entry] of [[`profiles["${PROFILE}"]`, file?.profiles?.[PROFILE]], [`["${PROFILE}"]`, file?.[PROFILE]], ["openrouter", file?.openrouter]]) {
    if (entry === undefined) continue;
    if (entry?.type !== "api_key") throw new CliError(`${path}: ${place}.type: must be "api_key"`, EXIT.key);
    if (typeof entry.key !== "string" || entry.key.trim() === "") throw new CliError(`${path}: ${place}.key: must be a key`, EXIT.key);
    return entry.key;
  }
  throw new CliError(`${path}: has no profile ${PROFILE}`, EXIT.key);
}

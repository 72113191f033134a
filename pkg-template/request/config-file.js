// OpenClaw's configuration file, from its text to the options of a client.
import { searchSettings } from "../calls/search.js";
import { jsonOf } from "./config-text.js";
import { invalidRequest, json, OPENCLAW_APP } from "../first-part.js";
import { servicesEngine } from "../services-part.js";

/** @import { Change, ClientOptions } from "../index.js" */

/** @param {string | object} config  JSON5 text, or what it stands for @returns {Promise<ClientOptions & { warnings: Change[] }>} */
export async function readConfig(config) {
  const text = typeof config === "string" ? jsonOf(config) : json("config", config);
  const { warnings, search, ...options } = await servicesEngine.ask((glue) => glue.clientOptions(text));
  return {
    ...options,
    ...(search && { search: searchSettings(search) }),
    warnings: (warnings ?? []).map((/** @type {string} */ reason) => ({ rule: "config", path: reason.split(":")[0], reason })),
  };
}

/**
 * The options of a client that is made from a file.
 * @param {string | object} config @param {ClientOptions} options  win over the file
 * @returns {Promise<ClientOptions & { warnings: Change[] }>}
 */
export async function optionsOfFile(config, options) {
  if (typeof config !== "string" && (typeof config !== "object" || config === null)) throw invalidRequest("config: must be JSON5 text or an object");
  const fromFile = await readConfig(config);
  // What is not given does not win over the file.
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { app: OPENCLAW_APP, ...fromFile, ...given, warnings: fromFile.warnings };
}

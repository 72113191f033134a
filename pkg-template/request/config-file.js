// OpenClaw's configuration file, from its text to the options of a client.
import { searchSettings } from "../calls/search.js";
import { servicesEngine } from "../engine/services.js";
import { jsonOf } from "./config-text.js";
import { json } from "../first-part.js";

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

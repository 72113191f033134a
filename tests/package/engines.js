// The engines of an installed package, as its own code has them.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const ENGINE_NAMES = ["chat", "transcript", "services"];

/** @param {{ package: string }} app @returns {Promise<Record<string, any>>} each engine's life by its name */
export async function enginesOf(app) {
  const entries = ENGINE_NAMES.map(async (name) => {
    const module = await import(pathToFileURL(join(app.package, `engine/${name}.js`)).href);
    return [name, module[`${name}Engine`]];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The memory of all of them, started if need be. @param {Record<string, any>} engines */
export function memoryBytesOf(engines) {
  return Object.values(engines).reduce((sum, engine) => sum + engine.startNow().memory.buffer.byteLength, 0);
}

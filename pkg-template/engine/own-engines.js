// Engines that somebody brings along, in place of the text that the package has of them.
import { invalidRequest, OpenRouterError } from "../errors.js";
import { chatEngine } from "./chat.js";
import { servicesEngine } from "./services.js";
import { transcriptEngine } from "./transcript.js";

/** @import { EngineSource } from "../slim.js" */

const ENGINES = { chat: () => chatEngine, transcript: () => transcriptEngine, services: () => servicesEngine };

/** @param {Partial<Record<keyof typeof ENGINES, EngineSource>>} engines */
export function useEngines(engines) {
  if (typeof engines !== "object" || engines === null) throw invalidRequest("engines: must be an object");
  for (const [name, source] of Object.entries(engines)) {
    if (!Object.hasOwn(ENGINES, name)) throw invalidRequest(`engines.${name}: is no engine; there are ${Object.keys(ENGINES).join(", ")}`);
    if (source === undefined) continue;
    const engine = ENGINES[/** @type {keyof typeof ENGINES} */ (name)]();
    engine.use({
      compile: () => compiled(name, source),
      compileNow: () => {
        if (isModule(source)) return source;
        throw new OpenRouterError({ code: "engine", message: `engines.${name}: a call that answers at once needs a WebAssembly.Module` });
      },
    });
  }
}

/** @param {string} name @param {EngineSource} given @returns {Promise<WebAssembly.Module>} */
async function compiled(name, given) {
  const source = typeof given === "function" ? await given() : await given;
  if (isModule(source)) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(/** @type {BufferSource} */ (source));
  const isUrl = typeof source === "string" || source instanceof URL;
  const response = isUrl ? await fetch(source) : source;
  if (typeof response?.arrayBuffer !== "function") {
    throw invalidRequest(`engines.${name}: must be a WebAssembly.Module, its bytes, a Response or a URL`);
  }
  if (!response.ok) throw new OpenRouterError({ code: "engine", message: `engines.${name}: the server answered with HTTP ${response.status}`, status: response.status, isRetryable: true });
  const type = response.headers.get("content-type") ?? "";
  // A server that does not know the type of the file is no reason to fail.
  if (typeof WebAssembly.compileStreaming === "function" && type.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Also of another realm. @param {unknown} value @returns {value is WebAssembly.Module} */
function isModule(value) {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

/** What an engine says that nobody has brought. @param {string} name @returns {never} */
export function missing(name) {
  throw new OpenRouterError({ code: "engine", message: `openrouter-wasm/slim brings no engines along: hand over useEngines({ ${name}: ... })` });
}

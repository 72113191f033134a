// Vercel's edge runtime spells the import of a compiled module with a query.
import module from "./engine.wasm?module";

/** @returns {WebAssembly.Module} */
export default function engineModule() {
  return module;
}

/** @returns {WebAssembly.Module} */
export function engineModuleNow() {
  return module;
}

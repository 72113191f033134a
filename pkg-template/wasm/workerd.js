// Workers may not compile bytes; their bundler hands the file over as a compiled module.
import module from "./engine.wasm";

/** @returns {WebAssembly.Module} */
export default function engineModule() {
  return module;
}

/** @returns {WebAssembly.Module} */
export function engineModuleNow() {
  return module;
}

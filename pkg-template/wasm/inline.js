// For every runtime that may compile bytes: pages, Node, Deno, Bun. A bundler needs no configuration for it.
import base64 from "./inline-bytes.js";

/** @returns {Promise<WebAssembly.Module>} */
export default function engineModule() {
  return WebAssembly.compile(engineBytes());
}

/** Compiled while everybody waits: a few milliseconds. @returns {WebAssembly.Module} */
export function engineModuleNow() {
  return new WebAssembly.Module(engineBytes());
}

function engineBytes() {
  const text = atob(base64);
  // A loop: `Uint8Array.from(text, ...)` takes 17 times as long.
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

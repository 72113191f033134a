// For every runtime that may compile bytes: pages, Node, Deno, Bun. A bundler needs no configuration for it.
import text from "./services-text.js";
import { bytesOf } from "./text-bytes.js";

export const compile = () => WebAssembly.compile(bytesOf(text));
export const compileNow = () => new WebAssembly.Module(bytesOf(text));

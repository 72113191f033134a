// The minifiers that apps send the package through.
import { transform } from "esbuild";
import { minify as swc } from "@swc/core";
import { minify as terser } from "terser";

/** @type {[string, (source: string) => Promise<string> | string][]} */
export const MINIFIERS = [
  ["as it is", (source) => source],
  ["esbuild", async (source) => (await transform(source, { minify: true, format: "esm", target: "es2022" })).code],
  ["esbuild, utf8", async (source) => (await transform(source, { minify: true, format: "esm", charset: "utf8" })).code],
  ["terser", async (source) => /** @type {string} */ ((await terser(source, { module: true })).code)],
  ["terser, ascii", async (source) => /** @type {string} */ ((await terser(source, { module: true, format: { ascii_only: true } })).code)],
  ["SWC", async (source) => (await swc(source, { module: true, compress: true, mangle: true })).code],
];

// Files as they travel: Brotli or gzip, for a browser that takes one of them, as wherever a page is served for real.
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const brotli = promisify(brotliCompress), deflate = promisify(gzip);

/** Fast ones: a server that starts with each test has no time for the last percent. */
const PACKERS = /** @type {const} */ ([
  ["br", (/** @type {Uint8Array} */ bytes) => brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })],
  ["gzip", (/** @type {Uint8Array} */ bytes) => deflate(bytes)],
]);

/** Packed bytes are kept, as long as somebody has the file. @type {WeakMap<Uint8Array, Map<string, Promise<Uint8Array<ArrayBuffer>>>>} */
const kept = new WeakMap();

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {Request} request
 * @returns {Promise<{ body: Uint8Array<ArrayBuffer>, headers: Record<string, string> }>}
 */
export async function packed(bytes, request) {
  const taken = new Set((request.headers.get("Accept-Encoding") ?? "").split(",").filter((each) => !/;\s*q=0(\.0*)?\s*$/.test(each)).map((each) => each.split(";")[0].trim()));
  const packer = PACKERS.find(([encoding]) => taken.has(encoding));
  if (!packer) return { body: bytes, headers: { Vary: "Accept-Encoding" } };
  const [name, pack] = packer;
  const ways = kept.get(bytes) ?? new Map();
  kept.set(bytes, ways);
  const made = ways.get(name) ?? pack(bytes).then((result) => new Uint8Array(result));
  ways.set(name, made);
  return { body: await made, headers: { Vary: "Accept-Encoding", "Content-Encoding": name } };
}

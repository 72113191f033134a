// Files that are there whole or not at all: written beside their place, then moved into it.
import { randomBytes } from "node:crypto";
import { unlinkSync } from "node:fs";
import { link, lstat, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { CliError, fileFault, usageError } from "./failures.js";

/** What would stay behind if the process ended now. @type {Set<string>} */
const temporaries = new Set();
let isWatching = false;

function forgetTemporaries() {
  for (const path of temporaries) {
    try {
      unlinkSync(path);
    } catch {
      // The process is ending; there is nobody to tell and nothing else to try.
    }
  }
}

/**
 * @param {string} path
 * @param {string | Uint8Array | AsyncIterable<Uint8Array>} data
 * @param {{ force?: boolean, mode?: number }} [options]  without `force` a file that is there stays, and this throws
 * @returns {Promise<number>} bytes
 */
export async function writeWhole(path, data, { force = false, mode = 0o666 } = {}) {
  if (!isWatching) process.once("exit", forgetTemporaries);
  isWatching = true;
  // A link stays a link: what it points to is replaced.
  const target = force ? await realpath(path).catch(() => path) : path;
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  let bytes = 0;
  try {
    const file = await open(temporary, "wx", mode);
    temporaries.add(temporary);
    try {
      for await (const piece of typeof data === "string" || data instanceof Uint8Array ? [data] : data) {
        const chunk = typeof piece === "string" ? Buffer.from(piece) : piece;
        // Not `write`: that may write a part.
        await file.appendFile(chunk);
        bytes += chunk.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await moveInto(temporary, target, force);
    return bytes;
  } catch (error) {
    await unlink(temporary).catch(() => {});
    if (/** @type {NodeJS.ErrnoException} */ (error)?.syscall === undefined) throw error;
    const isThere = /** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST";
    throw new CliError(isThere ? `${path}: exists already; --force overwrites it` : `${path}: ${fileFault(error)}`, isThere ? 2 : 1, { cause: error });
  } finally {
    temporaries.delete(temporary);
  }
}

/** @param {string} temporary @param {string} target @param {boolean} force */
async function moveInto(temporary, target, force) {
  if (force) return rename(temporary, target);
  try {
    // A rename would replace what has come there meanwhile; a link refuses.
    await link(temporary, target);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "EEXIST") throw error;
    // File systems without hard links.
    if (await exists(target)) throw Object.assign(new Error("exists"), { code: "EEXIST", syscall: "link" });
    return rename(temporary, target);
  }
  await unlink(temporary);
}

/** @param {string} path */
export async function exists(path) {
  return lstat(path).then(() => true, (error) => error.code !== "ENOENT" && error.code !== "ENOTDIR");
}

/**
 * Before anything is paid for: whether the file may and can be written.
 * @param {string} path @param {boolean} force
 */
export async function checkTarget(path, force) {
  const folder = dirname(path);
  const at = await stat(folder).catch(() => undefined);
  if (!at?.isDirectory()) throw usageError(`${path}: there is no folder ${folder}`);
  const there = await stat(path).catch(() => undefined);
  if (there && !there.isFile()) throw usageError(`${path}: ${there.isDirectory() ? "is a folder" : "is no ordinary file"}`);
  if (!force && (await exists(path))) throw usageError(`${path}: exists already; --force overwrites it`);
}

/** The path, numbered if it is taken. @param {string} path @param {(path: string) => Promise<boolean>} [isTaken] */
export async function freePath(path, isTaken = exists) {
  if (!(await isTaken(path))) return path;
  const extension = extname(path);
  // `image-1` goes on with `image-2`, `otter` with `otter-2`.
  const [, stem, last] = /** @type {RegExpExecArray} */ (/^(.*?)(?:-(\d{1,6}))?$/s.exec(path.slice(0, path.length - extension.length)));
  for (let number = Number(last ?? 1) + 1; ; number++) {
    const candidate = `${stem}-${number}${extension}`;
    if (!(await isTaken(candidate))) return candidate;
  }
}

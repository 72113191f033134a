// The ticket of a video that was submitted, on disk: paid work outlives this process.
import { readFile, unlink } from "node:fs/promises";
import { CliError, EXIT, fileFault, usageError } from "./failures.js";
import { exists, freePath, writeWhole } from "./whole-file.js";

/** @import { VideoTicket } from "../../index.js" */

export const ENDING = ".ticket.json";

/** A name for a video whose ticket has a place too. */
export const freeVideo = () => freePath("video-1.mp4", async (path) => (await exists(path)) || (await exists(path + ENDING)));

/** @param {string} path */
export async function checkTicketPlace(path) {
  // Never by --force either: what is in there may be a video that was paid for.
  if (await exists(path)) throw usageError(`${path}: is the ticket of an earlier job; go on with it (--resume ${quoted(path)}), remove it, or name another --ticket-file`);
}

/** @param {string} path @param {VideoTicket} ticket @param {boolean} [isNew] */
export async function keepTicket(path, ticket, isNew = false) {
  const text = JSON.stringify(ticket, null, 2);
  try {
    await writeWhole(path, `${text}\n`, { force: !isNew, mode: 0o600 });
  } catch (error) {
    throw new CliError(`${/** @type {Error} */ (error).message}; the video is submitted, keep its ticket: ${JSON.stringify(ticket)}`, EXIT.failed, { cause: error });
  }
}

/** @param {string} path */
export async function dropTicket(path) {
  await unlink(path).catch(() => {});
}

/** A file, or the ticket itself. @param {string} given @returns {Promise<{ ticket: VideoTicket, file?: string }>} */
export async function readTicket(given) {
  const isText = given.trimStart().startsWith("{");
  const text = isText
    ? given
    : await readFile(given, "utf8").catch((error) => {
        throw usageError(`--resume ${given}: ${fileFault(error)}`);
      });
  let ticket;
  try {
    ticket = JSON.parse(text);
  } catch {
    throw usageError(`--resume ${isText ? "..." : given}: is no JSON`);
  }
  if (ticket?.kind !== "openrouter-video") throw usageError(`--resume ${isText ? "..." : given}: is no ticket of a video`);
  return isText ? { ticket } : { ticket, file: given };
}

/** For a shell. @param {string} word */
export const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

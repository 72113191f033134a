// Standard input: what was piped in, a line, or a key that is not shown.
import { fstatSync } from "node:fs";
import { CliError, Interrupted, usageError } from "./failures.js";

/** Of a prompt: no model reads more. */
const MOST_BYTES = 32 << 20;

/** @typedef {NodeJS.ReadStream} Stdin */

/** Something that was put there for us: `< file`, `| pipe`. `/dev/null`, as services have it, is not. @param {Stdin} stdin */
export function isPiped(stdin) {
  if (stdin.isTTY) return false;
  try {
    const stat = fstatSync(/** @type {{ fd?: number }} */ (stdin).fd ?? 0);
    return stat.isFIFO() || stat.isFile() || stat.isSocket();
  } catch {
    return false;
  }
}

/** Text until the end. @param {Stdin} stdin @param {AbortSignal} signal */
export async function readAll(stdin, signal) {
  return textOf(await readBytes(stdin, signal), "standard input");
}

/**
 * Bytes that have to be text: what is not would reach a model as question marks, and nobody would know.
 * @param {Uint8Array} data @param {string} place  for the error
 */
export function textOf(data, place) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    throw usageError(`${place}: is not UTF-8 text (${firstWrong(data)}); iconv turns other encodings into it`);
  }
}

/** @param {Uint8Array} data */
function firstWrong(data) {
  // The longest beginning that is text: a stream's decoder waits for the rest of a character, and refuses what can be none.
  const reads = (/** @type {number} */ end) => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(data.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [good, bad] = [0, data.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (reads(middle)) good = middle;
    else bad = middle;
  }
  return good >= data.length ? "it ends within a character" : `byte ${good + 1}`;
}

/** Everything until the end. @param {Stdin} stdin @param {AbortSignal} signal */
export async function readBytes(stdin, signal) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of until(signal, stdin)) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new CliError(`standard input: more than ${MOST_BYTES >> 20} MiB`);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** @param {AbortSignal} signal @param {Stdin} stdin @returns {AsyncGenerator<any>} */
async function* until(signal, stdin) {
  const stop = () => stdin.destroy(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", stop, { once: true });
  try {
    yield* stdin;
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/**
 * One line, shown or not. A terminal is read key by key: its own echo is what must not be.
 * @param {object} ask
 * @param {Stdin} ask.stdin
 * @param {{ write(text: string): unknown, erase(): unknown }} ask.err
 * @param {string} ask.question
 * @param {AbortSignal} ask.signal
 * @param {boolean} [ask.hidden]
 * @returns {Promise<string>}
 */
export async function askLine({ stdin, err, question, signal, hidden = false }) {
  if (!stdin.isTTY) return (await readAll(stdin, signal)).split(/\r?\n/, 1)[0];
  if (typeof stdin.setRawMode !== "function") throw usageError("this terminal cannot hide what is typed; pipe the key in, or use --token -");
  await err.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  let line = "";
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      stdin.on("end", () => resolve(line));
      stdin.on("data", (/** @type {string} */ keys) => {
        // What a terminal puts around pasted text, and the sequences of arrow keys.
        for (const key of String(keys).replace(/\x1b\[[0-9;]*[~A-Za-z]/g, "")) {
          if (key === "\r" || key === "\n" || key === "\x04") return resolve(line);
          // In this mode Ctrl-C is a character.
          if (key === "\x03") return reject(new Interrupted());
          const isErasing = key === "\x7f" || key === "\b";
          if (isErasing && !hidden && line !== "") void err.erase();
          if (isErasing) line = [...line].slice(0, -1).join("");
          else if (key >= " ") {
            line += key;
            if (!hidden) void err.write(key);
          }
        }
      });
    });
  } finally {
    stdin.removeAllListeners("data");
    stdin.removeAllListeners("end");
    stdin.setRawMode(false);
    stdin.pause();
    await err.write("\n");
  }
}

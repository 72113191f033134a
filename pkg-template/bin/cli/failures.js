// How a command ends: the exit codes, and the one line that says why.
import { describe, OpenRouterError } from "../../errors.js";
import { redact } from "../../auth/redact.js";
import { withoutControls } from "../../terminal-text.js";

export const EXIT = Object.freeze({ ok: 0, failed: 1, usage: 2, key: 3, money: 4, timeout: 5, interrupted: 130 });

export const EXIT_CODES = `Exit codes:
  0    done (an answer cut at the output limit is one: stderr says so)
  1    failed: the API, the network, a file, a model that gave nothing usable
  2    wrong usage: an option, an argument, a configuration file
  3    no key, or one that was rejected
  4    credits or a budget are used up
  5    a time limit passed (a video that was submitted goes on: stderr tells how to fetch it)
  130  interrupted (Ctrl-C); 143 when told to end (SIGTERM)
`;

/** What a command says when it cannot go on. */
export class CliError extends Error {
  /** @param {string} message @param {number} [exitCode] @param {{ cause?: unknown }} [more] */
  constructor(message, exitCode = EXIT.failed, more = {}) {
    super(message, more);
    this.name = "CliError";
    this.exitCode = exitCode;
  }
}

/** @param {string} message */
export const usageError = (message) => new CliError(message, EXIT.usage);

/** The reason of the abort that Ctrl-C (SIGINT) or a polite kill (SIGTERM) is. */
export class Interrupted extends CliError {
  /** @param {string} [signal] */
  constructor(signal = "SIGINT") {
    super("interrupted", signal === "SIGTERM" ? 143 : EXIT.interrupted);
    this.name = "Interrupted";
  }
}

/** Whoever read our output has left (`| head`): no failure, and nobody to tell. */
export class BrokenPipe extends Error {}

/** @type {Record<string, number>} */
const OF_CODE = { auth: EXIT.key, "payment-required": EXIT.money, budget: EXIT.money, timeout: EXIT.timeout };

/** @param {unknown} error @returns {number} */
export function exitCodeOf(error) {
  if (error instanceof BrokenPipe) return EXIT.ok;
  if (error instanceof CliError) return error.exitCode;
  // Of `AbortSignal.timeout`.
  if (error instanceof Error && error.name === "TimeoutError") return EXIT.timeout;
  if (OpenRouterError.isInstance(error)) {
    // What was refused before it was sent is the caller's to write differently; what the API refused is an answer.
    if (error.code === "invalid-request" && error.status === undefined) return EXIT.usage;
    return OF_CODE[error.code] ?? EXIT.failed;
  }
  return EXIT.failed;
}

/** One line without a key in it. @param {unknown} error */
export function lineOf(error) {
  const message = error instanceof Error ? error.message || error.name : describe(error);
  return withoutControls(redact(message)).replace(/\s*\n\s*/g, " ").trim();
}

/** The system's words for a file that could not be read or written. @param {unknown} error */
export function fileFault(error) {
  const { code, message } = /** @type {{ code?: string, message?: string }} */ (error ?? {});
  /** @type {Record<string, string>} */
  const words = {
    ENOENT: "no such file or folder", EACCES: "permission denied", EPERM: "not permitted", EISDIR: "is a folder", ENOTDIR: "part of the path is no folder",
    EEXIST: "exists already", ENOSPC: "no space left", EROFS: "the file system is read-only",
  };
  return words[code ?? ""] ?? message ?? describe(error);
}

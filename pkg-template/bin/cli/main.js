// From the command line to a command, and from how it ended to an exit code.
import { readFile } from "node:fs/promises";
import { OpenRouterError } from "../../errors.js";
import { redact } from "../../auth/redact.js";
import { COMMON_OPTIONS, nearest, readArguments } from "./arguments.js";
import { chat } from "./chat.js";
import { chatsList, chatsRemove, chatsShow } from "./chats.js";
import { completion } from "./completion.js";
import { configCheck } from "./config-check.js";
import { configGet, configPath, configSet } from "./config-values.js";
import { decide } from "./decide.js";
import { embed } from "./embed.js";
import { BrokenPipe, CliError, EXIT, exitCodeOf, Interrupted, lineOf, usageError } from "./failures.js";
import { commandHelp, overview } from "./help.js";
import { image } from "./image.js";
import { modelsList } from "./models-list.js";
import { modelsScan } from "./models-scan.js";
import { modelsSet, modelsSetImage } from "./models-set.js";
import { hintFor } from "./model-suggestion.js";
import { modelsShow } from "./models-show.js";
import { music } from "./music.js";
import { onboard } from "./onboard.js";
import { Output } from "./output.js";
import { plainWords } from "./plain-words.js";
import { Progress } from "./progress.js";
import { rerank } from "./rerank.js";
import { search } from "./search.js";
import { keyless, openClient } from "./session.js";
import { speak } from "./speak.js";
import { transcribe } from "./transcribe.js";
import { usage } from "./usage.js";
import { userFolder } from "./user-folder.js";
import { video } from "./video.js";

/** @import { Command } from "./command.js" */

/** @type {readonly Command[]} */
export const COMMANDS = [
  chat, chatsList, chatsShow, chatsRemove, modelsList, modelsScan, modelsShow, modelsSet, modelsSetImage, onboard, usage, search, configGet, configSet, configPath, configCheck,
  image, video, speak, transcribe, music, embed, rerank, decide, completion,
];

/** What could help with a failure, by the failure. @type {WeakMap<object, string>} */
const hints = new WeakMap();

/**
 * Runs one command and ends the process.
 * @param {readonly string[]} words
 * @param {NodeJS.Process} system
 */
export async function main(words, system) {
  const { env, stdin } = system;
  const controller = new AbortController();
  /** @type {import("./command.js").Interrupts} */
  const interrupts = {};
  const out = new Output(system.stdout, env, (reason) => controller.abort(reason));
  const err = new Output(system.stderr, env);
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    system.on(name, () => {
      if (name === "SIGINT" && interrupts.handler) return interrupts.handler();
      // Who asks twice does not want to wait for what the first time is still tidying up.
      if (controller.signal.aborted) system.exit(EXIT.interrupted);
      controller.abort(new Interrupted(name));
    });
  }
  let code;
  try {
    code = await dispatch(words, { env, stdin, out, err, signal: controller.signal, interrupts, platform: system.platform });
  } catch (thrown) {
    // Whatever an abort made of a command: it ended because of it. What the command itself says of it stays.
    const { aborted, reason } = controller.signal;
    code = await report(aborted && !(thrown instanceof CliError) ? reason : thrown, err, words.includes("--debug"));
  }
  await out.flush();
  // A disk that is full may say so behind the last word.
  if (code === EXIT.ok && out.failure instanceof CliError) code = await report(out.failure, err, words.includes("--debug"));
  await err.flush();
  // Not by itself: a connection or a standard input that is still open would keep the process.
  system.exit(code);
}

/** @param {unknown} error @param {Output} err @param {boolean} isDebugging */
async function report(error, err, isDebugging) {
  const code = exitCodeOf(error);
  if (error instanceof BrokenPipe) return code;
  await err.endLine();
  // Ctrl-C needs no words, unless there is something to tell.
  if (!(error instanceof Interrupted)) {
    // The package's own words are for who writes a program with it.
    const isRejected = OpenRouterError.isInstance(error) && error.code === "auth" && error.status === 401;
    const line = `${isRejected ? "the key was rejected: " : ""}${OpenRouterError.isInstance(error) ? plainWords(lineOf(error)) : lineOf(error)}${hints.get(/** @type {object} */ (error)) ?? ""}`;
    await err.line(`openrouter-wasm: ${line}`);
  }
  if (isDebugging && error instanceof Error) await err.line(redact(error.stack ?? ""));
  return code;
}

/**
 * @param {readonly string[]} words
 * @param {{ env: Record<string, string | undefined>, stdin: NodeJS.ReadStream, out: Output, err: Output, signal: AbortSignal, interrupts: import("./command.js").Interrupts, platform: string }} system
 * @returns {Promise<number>}
 */
async function dispatch(words, { env, stdin, out, err, signal, interrupts, platform }) {
  if (words[0] === "--version" || words[0] === "-V") {
    await out.line(await version());
    return EXIT.ok;
  }
  const asksHelp = words[0] === "help" || words[0] === "--help" || words[0] === "-h";
  const rest = asksHelp ? words.slice(1) : words;
  const command = commandOf(rest);
  if (!command && asksHelp && rest.length === 0) {
    await out.write(overview(COMMANDS));
    return EXIT.ok;
  }
  if (!command && rest.length === 0) {
    await err.write(overview(COMMANDS));
    return EXIT.usage;
  }
  if (!command) return await unknownCommand(rest, out, asksHelp);
  if (asksHelp) {
    await out.write(commandHelp(command));
    return EXIT.ok;
  }
  const following = rest.slice(command.name.split(" ").length);
  // Help is given whatever else is written, and wrong.
  const beforeEnd = following.includes("--") ? following.slice(0, following.indexOf("--")) : following;
  if (beforeEnd.includes("--help") || beforeEnd.includes("-h")) {
    await out.write(commandHelp(command));
    return EXIT.ok;
  }
  let read;
  try {
    read = readArguments(following, { ...command.options, ...COMMON_OPTIONS });
  } catch (error) {
    const message = /** @type {Error} */ (error).message;
    throw message.startsWith("unknown option") ? usageError(`${message} (openrouter-wasm ${command.name} --help tells all)`) : error;
  }
  const { values, positionals } = read;
  if (values["base-url"] === undefined && env.OPENROUTER_BASE_URL?.trim()) values["base-url"] = env.OPENROUTER_BASE_URL.trim();
  const folder = userFolder(env, platform);
  const progress = new Progress(err, values.quiet === true);
  const note = async (/** @type {string} */ text) => {
    if (values.quiet) return;
    await progress.clear();
    await err.endLine();
    await err.line(err.style.dim(redact(text)));
  };
  /** @type {import("../../index.js").OpenRouter | undefined} */
  let last;
  try {
    const client = async (/** @type {import("../../index.js").ClientOptions} */ more = {}) => (last = await openClient({ values, env, folder, stdin, signal }, more));
    return (await command.run({ values, positionals, client, out, err, stdin, progress, note, signal, interrupts, env, platform, folder })) ?? EXIT.ok;
  } catch (error) {
    if (last && keyless.has(last) && OpenRouterError.isInstance(error) && error.status === 401) {
      throw new CliError(`no API key: ${values["base-url"]} asks for one (openrouter-wasm onboard stores one, or set OPENROUTER_API_KEY)`, EXIT.key, { cause: error });
    }
    if (last && typeof values.model === "string" && OpenRouterError.isInstance(error)) hints.set(error, await hintFor(error, values.model, last, signal));
    throw error;
  } finally {
    await progress.clear();
  }
}

/** @param {readonly string[]} words */
function commandOf(words) {
  return COMMANDS.find(({ name }) => name.split(" ").every((word, at) => words[at] === word));
}

/** @param {readonly string[]} words @param {Output} out @param {boolean} asksHelp @returns {Promise<number>} */
async function unknownCommand([first, second], out, asksHelp) {
  if (first.startsWith("-")) throw usageError(`unknown option ${first}: the command comes first (openrouter-wasm --help lists them)`);
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0 && (second === "--help" || second === "-h" || (asksHelp && second === undefined))) {
    for (const command of group) await out.write(`${commandHelp(command)}\n`);
    return EXIT.ok;
  }
  const wanted = `${first} ${second ?? ""}`.trim();
  if (group.length > 0 && second !== undefined && !second.startsWith("-")) {
    const names = group.map(({ name }) => name);
    const hint = nearest(wanted, names, "") || `: there are ${names.join(", ")}`;
    throw usageError(`unknown command ${JSON.stringify(wanted)}${hint} (openrouter-wasm --help lists them)`);
  }
  if (group.length > 0) throw usageError(`${first} needs a second word: ${group.map(({ name }) => name).join(", ")} (openrouter-wasm --help lists them)`);
  const suggestion = nearest(first, COMMANDS.map(({ name }) => name), "");
  throw usageError(`unknown command ${JSON.stringify(first)}${suggestion} (openrouter-wasm --help lists them)`);
}

async function version() {
  return JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")).version;
}

// The demo. `cargo xtask demo` builds the package and runs this file; with the package built, `node www/serve.js` does too.
//
// 1. One port of this machine gets the page (`/`), the package (`/pkg/`) and the simulator (`/api/v1`).
// 2. One chat is streamed to the terminal, through the built package, as any Node program would do it.
// 3. The page stays up until Ctrl-C.
import { parseArgs } from "node:util";

const USAGE = `usage: node www/serve.js [--port N] [--once]

  --port N   the port of the page and the simulator, on 127.0.0.1 (default 8787; 0 takes a free one)
  --once     end after the chat in the terminal, with exit code 1 if it failed

With OPENROUTER_API_KEY set the chat in the terminal is with OpenRouter itself (OPENROUTER_BASE_URL and
OPENROUTER_MODEL are obeyed); the page never sees that key. NO_COLOR turns off the colours.`;

const QUESTION = "What happens between a request and the last token of its answer?";

/** What the simulator answers. A real model says it in words of its own. */
const SIMULATED_ANSWER = {
  reasoning: "They ask how an answer arrives. Bytes first, then events, then how it ended: three steps, and the last one matters most.",
  text:
    "The answer comes in pieces that keep to no border, so the engine collects bytes until they make a line, lines until they make an event, " +
    "and events until they make words, thoughts and tool calls. You get each of them the moment it is whole.\n\n" +
    "At the end there is one verdict. An answer that was cut is never taken for a finished one.",
};

process.exitCode = await main(process.argv.slice(2), process.env);

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the exit code
 */
async function main(args, env) {
  const options = readOptions(args);
  if (typeof options === "number") return options;

  const built = await loadPackage();
  if (!built) {
    console.error("The package is not built yet: run `cargo xtask build` first, or `cargo xtask demo`, which does both.");
    return 1;
  }

  const interrupted = interruption();
  let demo;
  try {
    demo = await built.startDemo({ port: options.port });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EADDRINUSE") throw error;
    console.error(`Port ${options.port} is taken. Choose another one with --port, for example --port ${options.port + 1}; --port 0 takes a free one.`);
    return 1;
  }

  try {
    const complete = await chatOnce(built, demo, env, interrupted);
    if (options.once) return complete || interrupted.aborted ? 0 : 1;
    if (interrupted.aborted) return 0;

    console.log(`\n  The page        ${demo.url}/`);
    console.log(`  The simulator   ${demo.url}/api/v1   (any key will do)`);
    console.log("  Ctrl-C stops both.\n");
    await new Promise((resolve) => interrupted.addEventListener("abort", resolve));
    return 0;
  } finally {
    await demo.close();
  }
}

/**
 * One chat through the package: with the simulator behind our own port, so that it travels over a real connection, or with OpenRouter.
 * @param {{ OpenRouter: typeof import("openrouter-wasm").OpenRouter, chatInTerminal: typeof import("./serve/terminal-chat.js").chatInTerminal }} built
 * @param {Awaited<ReturnType<typeof import("./serve/demo-server.js").startDemo>>} demo
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether the answer is complete
 */
async function chatOnce({ OpenRouter, chatInTerminal }, demo, env, signal) {
  const key = env.OPENROUTER_API_KEY;
  if (!key) demo.simulator.enqueue(SIMULATED_ANSWER);
  const client = key
    ? new OpenRouter({ apiKey: key, baseURL: env.OPENROUTER_BASE_URL || undefined, model: env.OPENROUTER_MODEL || undefined })
    : new OpenRouter({ apiKey: "any-key-will-do", baseURL: `${demo.url}/api/v1`, model: "anthropic/claude-sonnet-4.5" });
  const request = { messages: [{ role: /** @type {const} */ ("user"), content: QUESTION }], reasoning: { effort: /** @type {const} */ ("low") }, signal };
  const colours = process.stdout.isTTY === true && !env.NO_COLOR;
  return chatInTerminal({ client, request, out: process.stdout, colours, partner: key ? "OpenRouter" : "the simulator" });
}

/**
 * @param {string[]} args
 * @returns {{ port: number, once: boolean } | number} or the exit code: there is nothing left to do
 */
function readOptions(args) {
  try {
    const { values } = parseArgs({ args, options: { port: { type: "string", default: "8787" }, once: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } } });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : NaN;
    if (!(port <= 65535)) throw new Error(`--port takes a number from 0 to 65535, not "${values.port}"`);
    return { port, once: values.once };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
}

/** What stands on the built package; undefined if there is none. */
async function loadPackage() {
  try {
    // A clone has no node_modules/openrouter-wasm: an application would say `from "openrouter-wasm"`.
    const { OpenRouter } = /** @type {typeof import("openrouter-wasm")} */ (await import(new URL("../pkg/index.js", import.meta.url).href));
    const { startDemo } = await import("./serve/demo-server.js");
    const { chatInTerminal } = await import("./serve/terminal-chat.js");
    return { OpenRouter, startDemo, chatInTerminal };
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Aborts at the first Ctrl-C; the second one ends the process as if we were not here. */
function interruption() {
  const controller = new AbortController();
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(name, () => controller.abort());
  return controller.signal;
}

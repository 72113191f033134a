// Signing in from a terminal: through a browser here, or with the address pasted from a browser elsewhere.
import { spawn } from "node:child_process";
import { auth } from "../../index.js";
import { CliError, EXIT, usageError } from "./failures.js";
import { askLine } from "./input.js";
import { listenForRedirect } from "./loopback.js";

/** @import { SignedIn } from "../../index.js" */
/** @import { Given } from "./command.js" */

const DEFAULT_PORT = 3000;
const WAIT_MS = 300_000;

/** @param {Given} given @returns {Promise<SignedIn>} */
export async function signIn(given) {
  const { values, err, env, platform, stdin, signal } = given;
  // In the memory of this process: the verifier is of no use to anybody after it.
  const storage = new Map();
  const baseURL = values["base-url"];
  const exchange = { storage, signal, ...(baseURL !== undefined && { baseURL }) };
  const begin = (/** @type {string} */ callbackUrl) => auth.beginSignIn({ callbackUrl, storage, ...(baseURL !== undefined && { authorizeUrl: authorizeUrl(baseURL) }) });
  if (values["no-browser"]) {
    // Nobody listens there, so that no port is free or taken; 0 is none.
    const { url } = await begin(`http://localhost:${values.port || DEFAULT_PORT}/openrouter-oauth/callback`);
    await err.write(`Open this address in a browser:\n\n  ${url}\n\nAfterwards the browser shows a page that cannot be reached. Its address is what is needed here.\n`);
    const pasted = await askLine({ stdin, err, question: "Address: ", signal });
    return auth.completeSignIn(pasted, exchange);
  }
  const loopback = await listenForRedirect(values.port ?? DEFAULT_PORT);
  try {
    const { url } = await begin(loopback.callbackUrl);
    const callback = new URL(url).searchParams.get("callback_url") ?? "";
    const answer = loopback.answer(new URL(callback).searchParams.get("state") ?? "");
    await err.write(`Open this address in a browser:\n\n  ${url}\n\n`);
    if (err.isTerminal) openBrowser(url, platform, env);
    return await auth.completeSignIn(await withLimit(answer, Math.min(values.timeout ?? WAIT_MS, WAIT_MS), signal), exchange);
  } finally {
    loopback.close();
  }
}

/** @param {string} baseURL */
function authorizeUrl(baseURL) {
  try {
    return new URL("/auth", baseURL);
  } catch {
    throw usageError("--base-url must be an absolute URL");
  }
}

/** @template T @param {Promise<T>} promise @param {number} ms @param {AbortSignal} signal @returns {Promise<T>} */
function withLimit(promise, ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CliError(`nobody came back from the browser within ${ms / 1000} s`, EXIT.timeout)), ms);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** As well as it goes: the address stands in the terminal. @param {string} url @param {string} platform @param {Record<string, string | undefined>} env */
function openBrowser(url, platform, env) {
  /** @type {Record<string, [string, ...string[]]>} */
  const openers = { darwin: ["open", url], win32: ["rundll32", "url.dll,FileProtocolHandler", url] };
  const [command, ...words] = env.BROWSER ? [env.BROWSER, url] : (openers[platform] ?? ["xdg-open", url]);
  const child = spawn(command, words, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

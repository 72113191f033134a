// `onboard`: a key, checked and stored.
import { createKeyStore, detectKey, OpenRouter, SecretKey } from "../../index.js";
import { atMost, given as only } from "./command.js";
import { CliError, EXIT, usageError } from "./failures.js";
import { askLine, isPiped } from "./input.js";
import { signIn } from "./sign-in-command.js";
import { profileStorage } from "./user-folder.js";

/** @import { Command, Given } from "./command.js" */

/** OpenClaw's words: of a pasted key, and of a sign-in. */
const PASTED = ["apiKey", "openrouter-api-key"], SIGN_IN = ["oauth", "openrouter-oauth"];

/** @type {Command} */
export const onboard = {
  name: "onboard",
  summary: "Store a key: pasted, or by signing in with OpenRouter",
  usage: "[options]",
  details: `The key is asked for without being shown, or read from standard input. It is checked with OpenRouter and stored as the profile
openrouter:default in auth.json of the user's folder, which nobody else may read.`,
  examples: [
    "openrouter-wasm onboard",
    "openrouter-wasm onboard --sign-in",
    "openrouter-wasm onboard --sign-in --no-browser        (on a machine without one)",
    'openrouter-wasm onboard --auth-choice apiKey --token-provider openrouter --token "$OPENROUTER_API_KEY"',
    "openrouter-wasm onboard --token - < key.txt",
  ],
  options: {
    "auth-choice": { value: "CHOICE", choices: [...PASTED, ...SIGN_IN], help: [...PASTED, ...SIGN_IN].join(", ") },
    "token-provider": { value: "NAME", choices: ["openrouter"], help: "openrouter" },
    token: { value: "KEY", help: "the key; - reads it from standard input, which no process list shows" },
    "sign-in": { help: "sign in with OpenRouter in a browser (OAuth with PKCE)" },
    "no-browser": { help: "paste the address that the browser ended up at" },
    port: { value: "N", number: "at-least-zero", help: "of the redirect to this machine (default 3000, or a free one)" },
    force: { short: "f", help: "replace a key that is stored already" },
    "no-check": { help: "store the key without asking OpenRouter about it" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  atMost(given, 0, "the key goes to --token - or is asked for");
  const { values, out, note, signal, folder } = given;
  const isSigningIn = values["sign-in"] || SIGN_IN.includes(values["auth-choice"]);
  if (isSigningIn && values.token !== undefined) throw usageError("a sign-in takes no --token");
  if (isSigningIn && PASTED.includes(values["auth-choice"])) throw usageError(`--sign-in and --auth-choice ${values["auth-choice"]} exclude each other`);
  if (values.port !== undefined && !(Number.isInteger(values.port) && values.port < 65_536)) throw usageError("--port must be an integer from 0 to 65535");
  if (values["no-browser"] && !isSigningIn) throw usageError("--no-browser is for --sign-in");
  await checkPlace(given);
  const found = isSigningIn ? await signIn(given) : await pastedKey(given);
  const key = typeof found === "string" ? secretOf(found) : secretOf(found.key);
  if (detectKey(key) !== "openrouter") await note("this does not look like a key of OpenRouter's (sk-or-...)");
  const label = values["no-check"] ? undefined : await checked(key, given, signal);
  const storage = profileStorage(folder);
  const { profile } = createKeyStore({ storage });
  const before = await storedKey(folder);
  const isReplacing = before !== undefined && before !== key.reveal();
  await confirmReplacing(isReplacing ? before : undefined, given);
  await createKeyStore({ storage }).save(typeof found === "string" ? key : { ...found, key: key.reveal() });
  if (values.json) return out.json({ profile, file: storage.path, ...only({ label }) });
  if (isReplacing) await note(`the key ${tailOf(before)} was replaced`);
  await note(`stored as ${profile} in ${storage.path}${label ? ` (${label})` : ""}`);
}

/** The key of the profile, if there is one. @param {string} folder */
async function storedKey(folder) {
  const text = await profileStorage(folder).get("openrouter:default");
  const key = text === undefined ? undefined : JSON.parse(text).key;
  return typeof key === "string" && key.trim() !== "" ? key : undefined;
}

/** As much of a key as OpenRouter's own list of keys shows. @param {string} key */
const tailOf = (key) => (key.length > 16 ? `...${key.slice(-4)}` : "that is stored");

/** @param {Given} given */
const asks = ({ stdin, err, values }) => stdin.isTTY && err.isTerminal && !values.json;

/** Before a sign-in makes a key that would then be thrown away. @param {Given} given */
async function checkPlace(given) {
  const { values, folder } = given;
  const isSigningIn = values["sign-in"] || SIGN_IN.includes(values["auth-choice"]);
  if (!isSigningIn || values.force) return;
  const before = await storedKey(folder);
  if (before !== undefined && !asks(given)) throw refusal(before, folder);
  if (before !== undefined) await given.note(`the key ${tailOf(before)} is stored already; it is asked about before it is replaced`);
}

/** OpenRouter shows a key once: one that is overwritten may be lost. @param {string | undefined} before @param {Given} given */
async function confirmReplacing(before, given) {
  if (before === undefined || given.values.force) return;
  if (!asks(given)) throw refusal(before, given.folder);
  const answer = await askLine({ stdin: given.stdin, err: given.err, question: `Replace the key ${tailOf(before)} that is stored? [y/N] `, signal: given.signal });
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError("nothing was changed");
}

/** @param {string} before @param {string} folder */
const refusal = (before, folder) => usageError(`a key (${tailOf(before)}) is stored already in ${profileStorage(folder).path}: --force replaces it`);

/** @param {string} text */
function secretOf(text) {
  try {
    return new SecretKey(text);
  } catch {
    throw new CliError("no key was given", EXIT.key);
  }
}

/** @param {Given} given @returns {Promise<string>} */
async function pastedKey({ values, stdin, err, signal }) {
  const { token } = values;
  if (token !== undefined && token !== "-") return token;
  if (token !== "-" && !stdin.isTTY && !isPiped(stdin)) throw usageError("there is no terminal to ask on: pass --token -, or --sign-in");
  return askLine({ stdin, err, question: "OpenRouter key (https://openrouter.ai/keys; not shown): ", signal, hidden: true });
}

/** What OpenRouter says of the key, before it is stored. @param {SecretKey} key @param {Given} given @param {AbortSignal} signal */
async function checked(key, { values }, signal) {
  const client = new OpenRouter({ apiKey: key, ...(values["base-url"] !== undefined && { baseURL: values["base-url"] }) });
  const { plan } = await client.usage({ ...only({ timeoutMs: values.timeout }), signal });
  return plan;
}

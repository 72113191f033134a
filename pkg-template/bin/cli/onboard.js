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
  const found = isSigningIn ? await signIn(given) : await pastedKey(given);
  const key = typeof found === "string" ? secretOf(found) : secretOf(found.key);
  if (detectKey(key) !== "openrouter") await note("this does not look like a key of OpenRouter's (sk-or-...)");
  const label = values["no-check"] ? undefined : await checked(key, given, signal);
  const storage = profileStorage(folder);
  const { profile } = createKeyStore({ storage });
  await createKeyStore({ storage }).save(typeof found === "string" ? key : { ...found, key: key.reveal() });
  if (values.json) return out.json({ profile, file: storage.path, ...only({ label }) });
  await note(`stored as ${profile} in ${storage.path}${label ? ` (${label})` : ""}`);
}

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

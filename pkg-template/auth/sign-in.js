// Signing in with OpenRouter: the visitor allows it there, and a key of theirs comes back (PKCE, provider-rules 2.3).
import { reading } from "../caller-objects.js";
import { checkNames } from "../calls/call-options.js";
import { servicesEngine } from "../engine/services.js";
import { invalidRequest, OpenRouterError } from "../errors.js";
import { exchangeCode } from "./sign-in-exchange.js";
import { handOver, openWindow, redirectOf } from "./sign-in-popup.js";
import { readRedirect, withoutAnswer } from "./sign-in-redirect.js";
import { textsIn } from "./text-storage.js";

/** @import { CompleteSignInOptions, SignedIn, SignInOptions } from "../index.js" */
/** @import { Texts } from "./text-storage.js" */

const AUTHORIZE_URL = "https://openrouter.ai/auth";
/** Of both halves of a sign-in, which may be given the same. */
const OPTIONS = ["callbackUrl", "authorizeUrl", "popup", "storage", "fetch", "baseURL", "signal"];
const PREFIX = "openrouter-wasm.sign-in.";
/** A code lives ten minutes; before that the visitor may have to make an account. */
const LIFE_SECONDS = 3600;

/** Where there is no session storage: one process. */
const memory = new Map();
/** States that this page has used: two calls at once may both find the verifier. @type {Set<string>} */
const used = new Set();
const MOST_USED = 256;

/**
 * @param {SignInOptions} options
 * @returns {Promise<any>}
 */
export async function beginSignIn(options) {
  const { callbackUrl, authorizeUrl = AUTHORIZE_URL, popup, storage, signal } = reading("options", () => {
    checkNames({ ...options }, OPTIONS);
    return { ...options };
  });
  const callback = absolute("callbackUrl", callbackUrl);
  const authorize = absolute("authorizeUrl", authorizeUrl);
  // Before anything is awaited: later it would not be the click's doing any more, and blocked.
  const opened = popup ? openWindow(popup) : undefined;
  try {
    const { verifier, challenge, state } = await secrets();
    const url = authorizeAddress(authorize, callback, challenge, state);
    if (!opened) {
      await keep(textsOf(storage), state, verifier);
      return { url };
    }
    // The verifier of a window stays in this page's memory.
    reading("popup", () => void (opened.location.href = url));
    const redirect = readRedirect(await redirectOf(opened, state, signal ?? undefined));
    // Before its page asks for a sign-in that is none of its own.
    opened.close();
    const { code } = granted(redirect);
    return { url, ...(await exchangeCode(code, verifier, options)) };
  } finally {
    reading("popup", () => opened?.close());
  }
}

/**
 * @param {string | URL | Location} url
 * @param {CompleteSignInOptions} [options]
 * @returns {Promise<SignedIn>}
 */
export async function completeSignIn(url, options = {}) {
  reading("options", () => checkNames({ ...options }, OPTIONS));
  const redirect = reading("url", () => readRedirect(url));
  const { state } = redirect;
  const isHere = typeof document !== "undefined" && typeof location !== "undefined" && String(url) === location.href;
  // At once, and whatever comes of it: a code in the address bar is copied, bookmarked and sent as a referrer.
  if (isHere && typeof history !== "undefined") history.replaceState(history.state, "", withoutAnswer(location.href));
  if (state === undefined) throw invalidRequest("url: has no state; the whole address is needed that OpenRouter redirected to");
  const texts = textsOf(options.storage);
  const verifier = used.has(state) ? undefined : await kept(texts, state);
  if (used.has(state)) throw failed("this answer was used already; begin a new one");
  if (verifier === undefined) {
    if (isHere && (await handOver(state, String(url)))) throw failed("the page that opened this window completes the sign-in");
    throw failed("the state matches no sign-in that was begun here; begin a new one");
  }
  // A pasted address that was cut may be pasted again.
  if (redirect.error !== undefined || redirect.code !== undefined) {
    use(state);
    await texts.remove(PREFIX + state);
  }
  const { code } = granted(redirect);
  return exchangeCode(code, verifier, options);
}

/** @param {import("./sign-in-redirect.js").Redirect} redirect @returns {{ code: string }} */
function granted({ code, error, description }) {
  if (error !== undefined) throw failed(`OpenRouter says ${error}${description ? `: ${description}` : ""}`);
  if (code === undefined) throw invalidRequest("url: has no code; the whole address is needed that OpenRouter redirected to");
  return { code };
}

/** @param {string} why */
function failed(why) {
  return new OpenRouterError({ code: "auth", message: `sign-in failed: ${why}` });
}

function secrets() {
  return servicesEngine.ask((glue) => glue.signInSecrets());
}

/** @param {string} place @param {unknown} text */
function absolute(place, text) {
  let url;
  try {
    url = new URL(/** @type {any} */ (text));
  } catch (cause) {
    throw invalidRequest(`${place}: must be an absolute URL`, cause);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw invalidRequest(`${place}: must begin with https: or http:`);
  return url;
}

/**
 * OpenRouter hands no state back of itself: it travels in the callback's own query.
 * @param {URL} authorize @param {URL} callback @param {string} challenge @param {string} state
 */
function authorizeAddress(authorize, callback, challenge, state) {
  const back = new URL(withoutAnswer(callback.href));
  back.searchParams.append("state", state);
  const query = `callback_url=${encodeURIComponent(back.href)}&code_challenge=${challenge}&code_challenge_method=S256`;
  const url = new URL(authorize);
  url.search = url.search ? `${url.search}&${query}` : query;
  return url.href;
}

/** @param {SignInOptions["storage"]} storage */
function textsOf(storage) {
  if (storage) return textsIn(storage);
  let session;
  try {
    session = globalThis.sessionStorage;
  } catch (cause) {
    throw invalidRequest("storage: this page may not use its session storage; pass another one", cause);
  }
  return textsIn(session ?? memory);
}

/** One entry a sign-in, so that two tabs do not disturb each other. @param {Texts} texts @param {string} state @param {string} verifier */
async function keep(texts, state, verifier) {
  for (const name of texts.names()) {
    if (name.startsWith(PREFIX) && entryOf(await texts.read(name)) === undefined) await texts.remove(name);
  }
  await texts.write(PREFIX + state, JSON.stringify({ verifier, begunAtMs: Date.now() }), LIFE_SECONDS);
}

/** @param {Texts} texts @param {string} state @returns {Promise<string | undefined>} the verifier */
async function kept(texts, state) {
  // Nothing else was ever drawn, and nothing else is to be a name in somebody's storage.
  return /^[0-9a-f]{64}$/.test(state) ? entryOf(await texts.read(PREFIX + state)) : undefined;
}

/** The verifier, unless the entry is broken or too old. @param {string | undefined} text @returns {string | undefined} */
function entryOf(text) {
  try {
    const { verifier, begunAtMs } = JSON.parse(text ?? "null");
    return typeof verifier === "string" && Date.now() - begunAtMs < LIFE_SECONDS * 1000 ? verifier : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} state */
function use(state) {
  used.add(state);
  if (used.size > MOST_USED) used.delete(/** @type {string} */ (used.values().next().value));
}

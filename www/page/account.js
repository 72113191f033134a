// Signing in with OpenRouter, for one connection: the visitor allows it there, and the key that comes back is kept for this tab.
import { createKeyStore, OpenRouterError } from "./engine.js";
import { tabStorage } from "./tab-storage.js";

/** @import { SignedIn, StoredKey } from "openrouter-wasm" */

/** @type {typeof import("openrouter-wasm/sign-in") | undefined} */
let ready;
const loadAuth = async () => (ready ??= await import("openrouter-wasm/sign-in"));

/** Where a visitor who was sent away had been. */
const RETURN = "openrouter-demo.return";

/**
 * @typedef {object} AccountSetup
 * @property {string} connection whose it is
 * @property {string} profile the name of its key in the tab's storage
 * @property {string} [authorizeUrl] left out: OpenRouter's
 * @property {string} [baseURL] left out: OpenRouter's
 */

export class Account {
  /** @type {StoredKey | undefined} */
  stored;
  /** Why the last sign-in came to nothing. @type {OpenRouterError | undefined} */
  error;
  /** A sign-in that goes on in a window of its own. @type {AbortController | undefined} */
  waiting;
  /** @type {Set<() => void>} */
  #subscribers = new Set();
  /** @type {Set<() => void>} */
  #greeters = new Set();
  #where;

  /** @param {AccountSetup} setup */
  constructor({ connection, profile, authorizeUrl, baseURL }) {
    this.connection = connection;
    // sessionStorage and not localStorage: it ends with the tab.
    this.store = createKeyStore({ storage: tabStorage(), profile });
    this.#where = { authorizeUrl, baseURL, storage: tabStorage() };
  }

  /** @param {() => void} onChange called now and after every change */
  subscribe(onChange) {
    this.#subscribers.add(onChange);
    onChange();
    return () => this.#subscribers.delete(onChange);
  }

  /** @param {() => void} greet called when a sign-in has succeeded */
  onSignedIn(greet) {
    this.#greeters.add(greet);
  }

  async load() {
    // There when somebody presses the button: a window is opened in the same turn, or the browser takes it for an advertisement.
    (globalThis.requestIdleCallback ?? setTimeout)(() => void loadAuth());
    this.stored = await this.store.load();
    this.#changed();
  }

  /**
   * In this window: the page is left and comes back with the answer in its address.
   * @param {string} tab to come back to
   */
  leave(tab) {
    return this.#attempt(async () => {
      const { url } = await (await loadAuth()).beginSignIn({ ...this.#where, callbackUrl: callback() });
      tabStorage()?.setItem(RETURN, JSON.stringify({ connection: this.connection, tab }));
      location.assign(url);
    });
  }

  /** In a window of its own: the page stays, and the conversation with it. */
  inWindow() {
    this.waiting?.abort();
    const controller = new AbortController();
    // Nothing is awaited before `beginSignIn`, or the browser would not take the window for the click's doing.
    const begin = (/** @type {NonNullable<typeof ready>} */ auth) => auth.beginSignIn({ ...this.#where, callbackUrl: callback(), popup: true, signal: controller.signal });
    const signedIn = ready ? begin(ready) : loadAuth().then(begin);
    this.waiting = controller;
    return this.#attempt(async () => {
      try {
        await this.#keep(await signedIn);
      } catch (error) {
        if (!controller.signal.aborted) throw error;
      } finally {
        if (this.waiting === controller) this.waiting = undefined;
      }
    });
  }

  /** With the address that the visitor came back with. */
  complete() {
    return this.#attempt(async () => this.#keep(await (await loadAuth()).completeSignIn(location.href, this.#where)));
  }

  async signOut() {
    await this.store.remove();
    this.error = undefined;
    await this.load();
  }

  /** @param {SignedIn} signedIn */
  async #keep({ key, userId }) {
    this.stored = await this.store.save({ key, userId });
    for (const greet of this.#greeters) greet();
  }

  /** @param {() => Promise<void>} work */
  async #attempt(work) {
    this.error = undefined;
    this.#changed();
    try {
      await work();
    } catch (error) {
      if (!OpenRouterError.isInstance(error)) throw error;
      this.error = error;
    }
    this.#changed();
  }

  #changed() {
    for (const onChange of this.#subscribers) onChange();
  }
}

/** This page, without the tab: a fragment would stay behind at OpenRouter's. */
function callback() {
  const url = new URL(location.href);
  url.hash = "";
  return url;
}

/**
 * Whether the page's address is the answer to a sign-in, and where the visitor had been.
 * @returns {{ connection?: string, tab?: string } | undefined}
 */
export function signInAnswer() {
  const query = new URLSearchParams(location.search);
  if (!query.has("code") && !(query.has("error") && query.has("state"))) return undefined;
  const stored = tabStorage()?.getItem(RETURN);
  tabStorage()?.removeItem(RETURN);
  try {
    return JSON.parse(stored ?? "{}");
  } catch {
    return {};
  }
}

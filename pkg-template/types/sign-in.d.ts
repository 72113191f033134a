// Signing in with OpenRouter.
import type { TextStorage } from "./keys.js";
import type { AbortSignal, Fetch, PopupWindow, URL } from "./platform.js";

/** Result of a sign-in. */
export interface SignedIn {
  /** The visitor's own key. */
  key: string;
  /** Whose key it is, by OpenRouter's id. */
  userId?: string;
}

/** How `completeSignIn` exchanges the code. */
export interface CompleteSignInOptions {
  /** As in `beginSignIn`. */
  storage?: TextStorage | undefined;
  /** Used in place of the global `fetch`. */
  fetch?: Fetch | undefined;
  /** Base of the API that exchanges the code. Default `https://openrouter.ai/api/v1`. Plain http is refused except to this machine. */
  baseURL?: string | undefined;
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
}

/** How `beginSignIn` sends the visitor to OpenRouter. */
export interface SignInOptions extends CompleteSignInOptions {
  /** Address that OpenRouter sends the visitor back to: https, or this machine. A `code`, `state`, `error` in its query goes. */
  callbackUrl: string | URL;
  /**
   * Storage of the verifier until the redirect, one entry a sign-in. Default: `sessionStorage`; without one the memory of the process. Take
   * `localStorage` when the visitor may come back in another tab, on a server something of the visitor's own session: a storage that all visitors
   * share lets one complete what another began.
   */
  storage?: TextStorage | undefined;
  /** Default `https://openrouter.ai/auth`. */
  authorizeUrl?: string | URL | undefined;
  /** Signs in in a window: true opens one (call it in a click's handler), or one that is open. It is closed at the end. */
  popup?: boolean | PopupWindow | undefined;
}

/** Signing in with OpenRouter (OAuth with PKCE, S256): no pasted key. */
export declare namespace auth {
  /**
   * Draws verifier and state, and gives the address to send the visitor to: `location.assign(url)`. With `popup` the window goes there, and the
   * promise waits for its return, at most 300 s; closing the window is not noticed (OpenRouter may cut it off, which looks the same), `signal` is.
   * Throws `invalid-request` (addresses, a blocked window), `timeout`, the signal's reason, and with `popup` what `completeSignIn` throws.
   */
  function beginSignIn(options: SignInOptions & { popup: true | PopupWindow }): Promise<SignedIn & { url: string }>;
  /** As above. */
  function beginSignIn(options: SignInOptions & { popup?: false }): Promise<{ url: string }>;
  /** As above. */
  function beginSignIn(options: SignInOptions): Promise<{ url: string } & Partial<SignedIn>>;
  /**
   * Completes it with the address that the visitor came back with (or its query). In the page of that address `code` and `state` leave the address
   * bar at once, whatever comes of it. In a window of `popup` the address is handed to the page that opened it and the window closes.
   *
   * Throws `invalid-request` for an address without state, without code, or that is none; `auth` for a state that was not begun here or was used
   * before, for what OpenRouter refuses (`access_denied`) and for a code or verifier that it does not take; `timeout` after 30 s, `network`,
   * `rate-limit`, `server`; `bad-response` for an answer without a key; `limit` beyond 16 MiB. A sign-in that failed is begun anew.
   */
  function completeSignIn(url: string | { readonly href: string }, options?: CompleteSignInOptions): Promise<SignedIn>;
}

// A sign-in in a window of its own, for pages that must not be left.
import { invalidRequest, OpenRouterError } from "../errors.js";
import { offAbort, onAbort as whenAborted, stopIfAborted } from "../media/abort-listeners.js";

/** The visitor may have to make an account first. */
const WAIT_MS = 300_000;
const LOOK_EVERY_MS = 200;
/** How long the window waits for the page that opened it to say that it is there. */
const ANSWER_MS = 500;
const FEATURES = "popup,width=520,height=720";

/** @param {boolean | import("../types/platform.js").PopupWindow} popup @returns {Window} */
export function openWindow(popup) {
  if (typeof popup === "object") return /** @type {Window} */ (popup);
  if (typeof globalThis.open !== "function") throw invalidRequest("popup: there are no windows here");
  const opened = globalThis.open("about:blank", "_blank", FEATURES);
  if (!opened) throw invalidRequest("popup: the browser has blocked the window; begin the sign-in in a click's handler, or without a window");
  return opened;
}

/** One channel a sign-in: nobody else on this origin gets to hear of the code. @param {string} state */
function channelOf(state) {
  return typeof BroadcastChannel === "function" ? new BroadcastChannel(`openrouter-wasm.sign-in.${state}`) : undefined;
}

/**
 * The address that the window comes back to. Two ways lead there: its address can be read once it is on this origin again, and the page that
 * it shows tells it (`handOver`), which is the only way when OpenRouter's pages cut the tie between the windows
 * (`Cross-Origin-Opener-Policy`). A window that was cut off looks closed; so a window that is closed ends nothing, `signal` and time do.
 * @param {Window} opened @param {string} state @param {AbortSignal | undefined} signal
 * @returns {Promise<string>}
 */
export async function redirectOf(opened, state, signal) {
  stopIfAborted(signal);
  const channel = channelOf(state);
  /** @type {(() => void)[]} */
  const endings = [() => channel?.close()];
  try {
    return await new Promise((resolve, reject) => {
      const looking = setInterval(() => {
        const href = addressOf(opened);
        if (href?.includes(`state=${state}`)) resolve(href);
      }, LOOK_EVERY_MS);
      const waiting = setTimeout(() => reject(new OpenRouterError({ code: "timeout", message: `sign-in failed: nothing came back within ${WAIT_MS / 1000} s` })), WAIT_MS);
      const onAbort = () => reject(signal?.reason);
      whenAborted(signal, onAbort);
      if (channel) {
        channel.onmessage = ({ data }) => {
          if (typeof data?.url !== "string") return;
          channel.postMessage({ isTaken: true });
          resolve(data.url);
        };
      }
      endings.push(() => clearInterval(looking), () => clearTimeout(waiting), () => offAbort(signal, onAbort));
    });
  } finally {
    for (const end of endings) end();
  }
}

/** Nothing while it shows a page of another origin. @param {Window} opened */
function addressOf(opened) {
  try {
    return opened.location.href;
  } catch {
    return undefined;
  }
}

/**
 * Gives the address to the page that opened this window, and closes the window.
 * @param {string} state @param {string} url
 * @returns {Promise<boolean>} whether somebody waited for it
 */
export async function handOver(state, url) {
  const channel = channelOf(state);
  if (!channel) return false;
  const isTaken = await new Promise((resolve) => {
    channel.onmessage = ({ data }) => data?.isTaken && resolve(true);
    setTimeout(() => resolve(false), ANSWER_MS);
    channel.postMessage({ url });
  });
  channel.close();
  if (isTaken) globalThis.close?.();
  return isTaken;
}

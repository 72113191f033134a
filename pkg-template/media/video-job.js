// Waiting for a film: the core says what is next (src/video_job.rs), this does it.
import { servicesEngine } from "../engine/services.js";
import { invalidRequest, offAbort, onAbort, OpenRouterError } from "../first-part.js";
import { LookLimit } from "./look-limit.js";
import { failureOf, withTicket } from "./video-ticket.js";

/** @import { VideoState, VideoTicket, VideoWaitOptions } from "../types/media.js" */

const INTERVAL_MS = 5000;
const TIMEOUT_MS = 600_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Of `videoNext` in src/web/video.rs. */
const WOKEN = 0, ACTIVE = 1, COMPLETED = 2, FAILED = 3, BROKEN = 4;
const POLL = 0, WAIT = 1, DONE = 2, ENDED = 3, GIVE_UP = 4;

/**
 * @param {(ticket: VideoTicket, watch: LookLimit) => Promise<VideoState>} look
 * @param {VideoTicket} ticket  checked
 * @param {VideoWaitOptions} options
 * @param {string} label
 * @returns {Promise<VideoTicket>}
 */
export async function waitForVideo(look, ticket, { signal, onProgress, intervalMs = INTERVAL_MS, timeoutMs = TIMEOUT_MS }, label) {
  if (!(typeof intervalMs === "number" && intervalMs > 0 && intervalMs <= LONGEST_TIMER_MS)) throw invalidRequest("intervalMs: must be a number of milliseconds above 0");
  if (onProgress !== undefined && typeof onProgress !== "function") throw invalidRequest("onProgress: must be a function");
  signal?.throwIfAborted();
  if (ticket.status === "completed") return ticket;
  const failure = failureOf(ticket, (await servicesEngine.start()).glue);
  if (failure !== undefined) throw new OpenRouterError({ code: "server", message: failure }, { ticket });
  const startMs = performance.now();
  /** The job's state, kept here and not in the engine: one that is replaced takes no job with it. @type {Float64Array} */
  let job = Float64Array.of(timeoutMs > 0 ? startMs + timeoutMs : Infinity, intervalMs, 0, 0, POLL, 0);
  /** @type {VideoState} */
  let state = { ticket, status: ticket.status, isDone: false };
  /** @type {unknown} */
  let pollError;
  let polls = 0;
  let ms = 0;
  /** What is next; `ms` is how long that takes. @param {number} event @param {unknown} [error] */
  const next = (event, error) => {
    const { status = 0, retryAfterMs } = OpenRouterError.isInstance(error) ? error : {};
    // What the engine reads of the job are its first four numbers; behind them it says what is next.
    job = servicesEngine.startNow().glue.videoNext(job, event, status, retryAfterMs, performance.now(), Math.random());
    ms = job[5];
    return job[4];
  };
  let action = next(WOKEN);
  for (;;) {
    if (action === POLL) {
      const watch = new LookLimit({ timeoutMs: ms, label }, signal);
      try {
        state = await look(state.ticket, watch);
        pollError = undefined;
      } catch (error) {
        signal?.throwIfAborted();
        if (isOwnFault(error)) throw withTicket(error, state.ticket);
        pollError = error;
      } finally {
        watch.end();
      }
      polls += 1;
      action = next(pollError !== undefined ? BROKEN : !state.isDone ? ACTIVE : state.error === undefined ? COMPLETED : FAILED, pollError);
      const elapsedMs = performance.now() - startMs;
      onProgress?.({ ...state, polls, elapsedMs, nextPollMs: action === WAIT ? ms : 0, ...(pollError !== undefined && { pollError }) });
      signal?.throwIfAborted();
    } else if (action === WAIT) {
      await pause(ms, signal);
      action = next(WOKEN);
    } else if (action === DONE) {
      return state.ticket;
    } else if (action === ENDED) {
      throw new OpenRouterError({ code: "server", message: state.error ?? "" }, { ticket: state.ticket });
    } else if (action === GIVE_UP) {
      const message = "OpenRouter video generation did not finish in time";
      throw new OpenRouterError({ code: "timeout", message, isRetryable: true }, { ticket: state.ticket, ...(pollError !== undefined && { cause: pollError }) });
    } else {
      // The poll's own words: asking again gives the same.
      throw OpenRouterError.isInstance(pollError) ? withTicket(pollError, state.ticket) : pollError;
    }
  }
}

/** What no later poll makes better: there is no key, or the ticket cannot be asked about. @param {unknown} error */
function isOwnFault(error) {
  return OpenRouterError.isInstance(error) && error.status === undefined && (error.code === "auth" || error.code === "invalid-request");
}

/** @param {number} ms @param {AbortSignal | null | undefined} signal @returns {Promise<void>} */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      offAbort(signal, stop);
      resolve();
    }, ms);
    onAbort(signal, stop);
  });
}

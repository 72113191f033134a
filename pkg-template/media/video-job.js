// Waiting for a video: the core says what is next (src/media/video_job.rs), this does it.
import {
  VIDEO_ACTION_DONE, VIDEO_ACTION_FAILED, VIDEO_ACTION_GIVE_UP, VIDEO_ACTION_POLL, VIDEO_ACTION_WAIT,
  VIDEO_EVENT_ACTIVE, VIDEO_EVENT_BROKEN, VIDEO_EVENT_COMPLETED, VIDEO_EVENT_FAILED, VIDEO_EVENT_WOKEN,
} from "../engine/services-contract.js";
import { invalidRequest, offAbort, onAbort, OpenRouterError, stopIfAborted } from "../first-part.js";
import { servicesEngine } from "../services-part.js";
import { PollDeadline } from "./poll-deadline.js";
import { failureOf, withTicket } from "./video-ticket.js";

/** @import { Json, VideoEvent, VideoStep, VideoWait } from "../engine/contract.js" */
/** @import { VideoState, VideoTicket, VideoWaitOptions } from "../types/media.js" */

const INTERVAL_MS = 5000;
const TIMEOUT_MS = 600_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * @param {(ticket: VideoTicket, deadline: PollDeadline) => Promise<VideoState>} poll
 * @param {VideoTicket} ticket  checked
 * @param {VideoWaitOptions} options
 * @param {string} label
 * @returns {Promise<VideoTicket>}
 */
export async function waitForVideo(poll, ticket, { signal, onProgress, intervalMs = INTERVAL_MS, timeoutMs = TIMEOUT_MS }, label) {
  if (!(typeof intervalMs === "number" && intervalMs > 0 && intervalMs <= LONGEST_TIMER_MS)) throw invalidRequest("intervalMs: must be a number of milliseconds above 0");
  if (onProgress !== undefined && typeof onProgress !== "function") throw invalidRequest("onProgress: must be a function");
  stopIfAborted(signal);
  if (ticket.status === "completed") return ticket;
  const failure = await failureOf(ticket);
  if (failure !== undefined) throw new OpenRouterError({ code: "server", message: failure }, { ticket });
  const startMs = performance.now();
  const deadlineMs = timeoutMs > 0 ? startMs + timeoutMs : undefined;
  /** The job's state, kept here and not in the engine: one that is replaced takes no job with it. @type {Pick<VideoStep, "failures" | "denials">} */
  let counts = { failures: 0, denials: 0 };
  /** @type {VideoState} */
  let state = { ticket, status: ticket.status, isDone: false };
  /** @type {unknown} */
  let pollError;
  let polls = 0;
  /** @param {VideoEvent} event @param {unknown} [error] */
  const next = (event, error) => {
    const { status, retryAfterMs } = OpenRouterError.isInstance(error) ? error : {};
    /** @type {VideoWait} */
    const wait = { deadlineMs, intervalMs, ...counts, event, status, retryAfterMs, nowMs: performance.now(), jitter: Math.random() };
    // On the spot: it has started, and a thousand jobs wait for nothing here.
    const { action, ms, ...rest } = servicesEngine.askNow((glue) => glue.videoNext(/** @type {Json<VideoWait>} */ (JSON.stringify(wait))));
    counts = rest;
    return { action, ms };
  };
  let { action, ms } = next(VIDEO_EVENT_WOKEN);
  for (;;) {
    if (action === VIDEO_ACTION_POLL) {
      const deadline = new PollDeadline({ timeoutMs: ms, label }, signal);
      try {
        state = await poll(state.ticket, deadline);
        pollError = undefined;
      } catch (error) {
        stopIfAborted(signal);
        if (isOwnFault(error)) throw withTicket(error, state.ticket);
        pollError = error;
      } finally {
        deadline.end();
      }
      polls += 1;
      ({ action, ms } = next(pollError !== undefined ? VIDEO_EVENT_BROKEN : !state.isDone ? VIDEO_EVENT_ACTIVE : state.error === undefined ? VIDEO_EVENT_COMPLETED : VIDEO_EVENT_FAILED, pollError));
      const elapsedMs = performance.now() - startMs;
      onProgress?.({ ...state, polls, elapsedMs, nextPollMs: action === VIDEO_ACTION_WAIT ? ms : 0, ...(pollError !== undefined && { pollError }) });
      stopIfAborted(signal);
    } else if (action === VIDEO_ACTION_WAIT) {
      await pause(ms, signal);
      ({ action, ms } = next(VIDEO_EVENT_WOKEN));
    } else if (action === VIDEO_ACTION_DONE) {
      return state.ticket;
    } else if (action === VIDEO_ACTION_FAILED) {
      throw new OpenRouterError({ code: "server", message: state.error ?? "" }, { ticket: state.ticket });
    } else if (action === VIDEO_ACTION_GIVE_UP) {
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

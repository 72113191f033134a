// One video job until its file lies in our own store: polled again and again, by whoever keeps the time.

/**
 * @typedef {object} VideoJob
 * @property {string} id  the gateway's
 * @property {string} callerId
 * @property {string} reservation
 * @property {any} ticket
 * @property {"queued" | "in_progress" | "completed" | "failed"} status
 * @property {number} createdAtMs
 * @property {number} [completedAtMs]
 * @property {number} polls
 * @property {number} failedPolls  in a row
 * @property {string} [error]
 * @property {{ key: string, size: number, mediaType: string }} [file]
 * @property {any} asked  what the caller asked for: prompt, model, seconds, size
 * @property {boolean} [isSettled]
 * @property {boolean} [isLost]  given up: what became of it is not known
 */

/**
 * @typedef {object} VideoWork
 * @property {(job: VideoJob) => Promise<VideoJob>} step  polls once; keeps the file, and settles, when it is done
 */

const FIRST_WAIT_MS = 5000, LONGEST_WAIT_MS = 30_000, AFTER_FAILURE_MS = 60_000;
/** A video is given up after so long: OpenRouter keeps none for ever. */
const LONGEST_JOB_MS = 6 * 3_600_000;

/** When it is to be polled next; nothing: never again. @param {VideoJob} job @param {number} nowMs */
export function nextPollMs(job, nowMs) {
  if (job.status === "failed" || (job.status === "completed" && job.isSettled)) return undefined;
  if (job.failedPolls > 0) return Math.min(AFTER_FAILURE_MS, 1000 * 2 ** Math.min(job.failedPolls, 6));
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS + Math.floor((nowMs - job.createdAtMs) / 10));
}

/** @param {VideoJob} job @param {number} nowMs */
export function isTooOld(job, nowMs) {
  return nowMs - job.createdAtMs > LONGEST_JOB_MS;
}

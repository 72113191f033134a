// `/videos`: submitted once, polled until the file lies in our own store, served from there.
import { OpenRouterError } from "../index.js";
import { picoOfUsd, usdOf } from "../money/amounts.js";
import { claimOf } from "./claims.js";
import { wordsOf } from "./faults.js";
import { takesModel } from "./options.js";
import { Refusal } from "./refusal.js";
import { readForm } from "./request-body.js";
import { isTooOld } from "./video-work.js";

/** @import { Exchange, Services } from "./services.js" */
/** @import { VideoJob } from "./video-work.js" */

/** Of a second where no price is known; dear ones. */
const SECOND_USD = 0.75;
const USUAL_SECONDS = 8, MOST_SECONDS = 3600;
const MOST_FILE_BYTES = 100 << 20;
/** Of the money that is held for a video. */
const HOLD_TTL_MS = 8 * 3_600_000;
const JOB_ID = /^video_[\w-]{8,64}$/;
const QUEUED = /** @type {const} */ ("queued"), IN_PROGRESS = /** @type {const} */ ("in_progress");
/** Failed polls in a row. */
const MOST_FAILURES = 12;

/** @param {Exchange} exchange @returns {Promise<Response>} */
export async function submitVideo(exchange) {
  const { request, rights, services, caller } = exchange;
  if (!services.settings.media("videos")) throw new Refusal(404, "not_offered", "This gateway does not offer this");
  const body = await readForm(request, rights.form);
  const { prompt, size, aspect_ratio: aspectRatio, resolution, generate_audio: generateAudio } = body;
  if (typeof prompt !== "string" || prompt.trim() === "") throw new Refusal(400, "invalid_prompt", "prompt: must be a text");
  const seconds = body.seconds ?? body.duration;
  const durationSeconds = seconds === undefined ? undefined : Number(seconds);
  if (durationSeconds !== undefined && !(durationSeconds > 0 && durationSeconds <= MOST_SECONDS)) throw new Refusal(400, "invalid_seconds", `seconds: must be a number above 0 and at most ${MOST_SECONDS}`);
  const model = services.modelOf(body.model, caller, "google/veo-3.1-fast");
  // By its price there is enough or it is refused: an order cannot be made shorter. Without one nobody knows what is enough.
  const pricedPico = rights.isBudgeted ? await services.videoPico(model, { duration: durationSeconds, resolution }) : undefined;
  const wantedPico = pricedPico ?? (rights.isBudgeted ? picoOfUsd(SECOND_USD * (durationSeconds ?? USUAL_SECONDS)) : 0n);
  const { heldPico } = await services.reserve(exchange, { id: exchange.requestId, wantedPico, leastPico: pricedPico ?? 0n, tokens: 0, ttlMs: HOLD_TTL_MS });
  const inputs = body.input_reference === undefined ? undefined : [typeof body.input_reference === "string" ? { url: body.input_reference } : { data: body.input_reference, mediaType: body.input_reference.type }];
  let ticket;
  try {
    ticket = await services.client.videos.submit({ model, prompt, durationSeconds, size, aspectRatio, resolution, generateAudio: typeof generateAudio === "string" ? generateAudio === "true" : generateAudio, ...(inputs && { inputs }), signal: request.signal });
  } catch (error) {
    // A request that may have been taken all the same comes with its ticket.
    if (!OpenRouterError.isInstance(error) || !error.ticket) {
      await services.release(caller.id, exchange.requestId);
      throw error;
    }
    ticket = error.ticket;
  }
  /** @type {VideoJob} */
  const job = {
    id: `video_${crypto.randomUUID().replaceAll("-", "")}`, callerId: caller.id, reservation: exchange.requestId, ticket, status: "queued", createdAtMs: Date.now(), polls: 0, failedPolls: 0,
    asked: { prompt, model, seconds: seconds === undefined ? undefined : String(seconds), size, heldPico: String(heldPico) },
  };
  await services.storage.jobs.put(job, videoWork(services));
  return Response.json(viewOf(job));
}

/** Of the list of video models what this caller may ask, as OpenRouter gives it. @param {Exchange} exchange */
export async function videoModels({ services, caller }) {
  if (!services.settings.media("videos")) throw new Refusal(404, "not_offered", "This gateway does not offer this");
  const rows = await services.client.videos.models();
  return Response.json({ data: rows.filter(({ id }) => takesModel(services.settings.modelIds, id) && takesModel(caller.models, id)).map(({ raw }) => raw) });
}

/** @param {Exchange} exchange @param {string} id */
export async function videoStatus(exchange, id) {
  return Response.json(viewOf(await jobOf(exchange, id)));
}

/** @param {Exchange} exchange @param {string} id */
export async function videoContent(exchange, id) {
  const { services, request } = exchange;
  const job = await jobOf(exchange, id);
  if (job.status !== "completed" || !job.file) throw new Refusal(409, "video_not_ready", `The video is ${job.status}${job.error ? `: ${job.error}` : ""}`);
  const { key, size, mediaType } = job.file;
  const range = rangeOf(request.headers.get("range"), size);
  const held = await services.storage.media.get(key, range && { offset: range.offset, length: range.length });
  if (!held) throw new Refusal(410, "video_gone", "The file of this video is kept no more");
  const headers = { "Content-Type": mediaType, "Accept-Ranges": "bytes", "Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff" };
  if (!range) return new Response(held.body, { headers: { ...headers, "Content-Length": String(size) } });
  return new Response(held.body, { status: 206, headers: { ...headers, "Content-Length": String(range.length), "Content-Range": `bytes ${range.offset}-${range.offset + range.length - 1}/${size}` } });
}

/** @param {string | null} header @param {number} size */
function rangeOf(header, size) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? "");
  if (!match) return undefined;
  const offset = Number(match[1]), end = match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (offset > end) throw new Refusal(416, "range_not_satisfiable", "Range: is not within the file", { "Content-Range": `bytes */${size}` });
  return { offset, length: end - offset + 1 };
}

/** @param {Exchange} exchange @param {string} id @returns {Promise<VideoJob>} */
async function jobOf({ services, caller }, id) {
  const job = JOB_ID.test(id) ? await services.storage.jobs.get(caller.id, id) : undefined;
  if (!job) throw new Refusal(404, "video_not_found", "There is no such video");
  return job;
}

/** As OpenAI's API shows it, with what this package's client reads. @param {VideoJob} job */
function viewOf({ id, status, createdAtMs, completedAtMs, error, asked, ticket, isSettled }) {
  const seconds = (/** @type {number | undefined} */ ms) => (ms === undefined ? null : Math.floor(ms / 1000));
  const progress = status === "completed" ? 100 : status === "in_progress" ? 50 : 0;
  return {
    id, object: "video", model: asked.model, status, progress, created_at: seconds(createdAtMs), completed_at: seconds(completedAtMs), expires_at: null, prompt: asked.prompt, seconds: asked.seconds ?? null,
    size: asked.size ?? null, remixed_from_video_id: null, error: error === undefined ? null : { code: "video_generation_failed", message: error },
    // Beside the base URL, whatever the caller calls it.
    polling_url: `videos/${id}`, ...(isSettled && ticket.usage && { usage: ticket.usage }),
  };
}

/** How a job is polled. It never throws: a poll that failed is a state like any other. @param {Services} services */
export function videoWork(services) {
  return {
    /** @param {VideoJob} job @returns {Promise<VideoJob>} */
    async step(job) {
      try {
        const next = await pollOnce(services, job);
        if (!isOver(next) || next.isSettled) return next;
        await settle(services, next);
        return { ...next, isSettled: true };
      } catch (error) {
        const failedPolls = job.failedPolls + 1;
        const message = wordsOf(error);
        if (failedPolls < MOST_FAILURES && !isTooOld(job, Date.now())) return { ...job, failedPolls };
        // Nobody knows what became of it. Its ticket is kept; what it was billed is asked for, or else what was held counts.
        const given = /** @type {VideoJob} */ ({ ...job, failedPolls, status: "failed", isLost: true, error: `given up after ${job.polls} polls: ${message}`, completedAtMs: Date.now() });
        return { ...given, isSettled: await settle(services, given).then(() => true, () => false) };
      }
    },
  };
}

/** @param {VideoJob} job */
function isOver({ status }) {
  return status === "completed" || status === "failed";
}

/** @param {Services} services @param {VideoJob} job @returns {Promise<VideoJob>} */
async function pollOnce(services, job) {
  if (isOver(job)) return job;
  const state = await services.client.videos.poll(job.ticket);
  const polled = { ...job, ticket: state.ticket, polls: job.polls + 1, failedPolls: 0, status: state.status === "pending" ? QUEUED : IN_PROGRESS };
  if (!state.isDone) {
    if (!isTooOld(job, Date.now())) return polled;
    return { ...polled, status: "failed", isLost: true, completedAtMs: Date.now(), error: "the video did not become ready in time" };
  }
  if (state.error !== undefined) return { ...polled, status: "failed", error: state.error, completedAtMs: Date.now() };
  const file = await services.client.videos.download(state.ticket, { maxBytes: MOST_FILE_BYTES });
  if (!file.data) return { ...polled, status: "failed", error: `the video is larger than ${MOST_FILE_BYTES} bytes`, completedAtMs: Date.now() };
  const key = `videos/${encodeURIComponent(job.callerId)}/${job.id}`;
  const size = await services.storage.media.put(key, file.data, file.mediaType, file.data.length);
  return { ...polled, status: "completed", completedAtMs: Date.now(), file: { key, size, mediaType: file.mediaType } };
}

/** @param {Services} services @param {VideoJob} job */
async function settle(services, job) {
  const { usd, implausible } = claimOf(job.ticket.usage);
  const bill = usd === undefined ? await services.bill(job.ticket.generationId) : undefined;
  const cost = usd ?? bill?.cost;
  // Of a video that failed nothing is billed unless it says so; of one that is lost nobody says anything.
  const pico = cost === undefined ? (job.status === "failed" && !job.isLost ? undefined : BigInt(job.asked.heldPico)) : picoOfUsd(cost);
  if (pico === undefined) await services.release(job.callerId, job.reservation);
  else await services.settle(job.callerId, job.reservation, pico, 0);
  const exchange = /** @type {any} */ ({ requestId: job.reservation, startedAtMs: job.createdAtMs, caller: { id: job.callerId }, url: { pathname: "/v1/videos" } });
  services.report(exchange, { operation: "video", status: 200, requestedModel: job.asked.model, model: job.ticket.model, generationId: job.ticket.generationId, verdict: job.status === "completed" ? "complete" : "error", attempts: 1, costUsd: usdOf(pico ?? 0n), costSource: usd !== undefined ? "reported" : cost !== undefined ? "recovered" : pico === undefined ? "none" : "held", implausible, errorCode: job.status === "failed" ? "video" : undefined });
}

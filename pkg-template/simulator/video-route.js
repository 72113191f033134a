/** `/videos`: a video is submitted, polled and fetched. Jobs advance with each poll, so that no test waits for a clock. */

import { FOREIGN_PATH, foreignBase, splitUrl } from "./api-base.js";
import { ApiError, SimulatedNetworkError } from "./errors.js";
import { VIDEO_TYPE, sampleVideo } from "./video-sample.js";
import { readVideoRequest, videoCost } from "./video-request.js";
import { wireFields } from "./reply.js";
import { rawPart } from "./wire-plan.js";

/** @import { RequestScript, VideoScript } from "../simulator.d.ts" */
/** @import { Exchange } from "./reply.js" */
/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

const STATUSES = ["pending", "in_progress", "completed"];
const FAILURES = ["failed", "cancelled", "expired"];
const SIGNED_SECONDS = 3600;
const NO_JOB = "Video job not found";

/**
 * @typedef {object} VideoJob
 * @property {string} id
 * @property {string} key that submitted it
 * @property {string} model
 * @property {number} cost
 * @property {string} submitUrl
 * @property {VideoScript} script
 * @property {number} polls
 * @property {string | null} status as of the last poll
 * @property {boolean} isSettled paid, or failed
 * @property {Record<string, string>} requestHeaders
 */

/**
 * @param {App} app
 * @param {State} state
 */
export function videoRoutes(app, state) {
  app.get("/videos/models", (context) => context.env.exchange.json(200, { data: state.videoRows }));

  app.post("/videos", (context) => {
    const { exchange } = context.env;
    const key = state.requireKey(context.req.raw.headers);
    const { request, row } = readVideoRequest(exchange.entry.body, state.videoRows);
    state.requireBudget(key);
    const script = exchange.script.video ?? {};
    const id = script.id ?? `gen-vid-${Math.floor(Date.now() / 1000)}-${state.ids.alphanumeric(20)}`;
    /** @type {VideoJob} */
    const job = {
      id, key, model: row.id, cost: videoCost(request, row), submitUrl: context.req.url, script, polls: 0, status: "pending", isSettled: false,
      requestHeaders: exchange.entry.headers,
    };
    state.videoJobs.set(id, job);
    return exchange.json(202, { id, polling_url: pollingUrl(job), status: "pending" }, { "X-Generation-Id": id });
  });

  app.get("/videos/:id", (context) => {
    const job = ownJob(context.req.raw.headers, context.req.param("id"), state);
    return poll(job, context.env.exchange, state);
  });

  // There is no calling off: reports have this 404, and not the 405 of a method that is not taken.
  app.delete("/videos/:id", () => {
    throw new ApiError(404);
  });

  app.get("/videos/:id/content", (context) => {
    const job = ownJob(context.req.raw.headers, context.req.param("id"), state);
    const index = context.req.query("index") ?? "0";
    if (!/^\d+$/.test(index)) throw new ApiError(400, "Invalid request: index: expected an integer of at least 0");
    if (FAILURES.includes(job.status ?? "")) throw new ApiError(410, `The video generation has ended without a video: ${job.status}`);
    if (job.status !== "completed") throw new ApiError(409, "The video is not ready yet");
    return video(job, Number(index), context.env.exchange);
  });

  // Storage of somebody else: it asks for no key, and whether one came is in the log.
  app.get(`${FOREIGN_PATH}/jobs/:id`, (context) => poll(jobOf(context.req.param("id"), state), context.env.exchange, state));
  app.get(`${FOREIGN_PATH}/videos/:id/:index`, (context) => {
    const expires = context.req.query("expires");
    if (expires !== undefined && Number(expires) * 1000 <= Date.now()) {
      return context.env.exchange.whole({ status: 403, contentType: "application/xml", body: "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>" });
    }
    return video(jobOf(context.req.param("id"), state), Number(context.req.param("index")), context.env.exchange);
  });
}

/**
 * @param {string} id
 * @param {State} state
 * @returns {VideoJob}
 */
function jobOf(id, state) {
  const job = state.videoJobs.get(id);
  if (!job) throw new ApiError(404, NO_JOB);
  return job;
}

/**
 * @param {Headers} headers
 * @param {string} id
 * @param {State} state
 */
function ownJob(headers, id, state) {
  const key = state.requireKey(headers);
  const job = jobOf(id, state);
  if (job.key !== key) throw new ApiError(404, NO_JOB);
  return job;
}

/** @param {VideoJob} job */
function pollingUrl({ id, script, submitUrl }) {
  const { origin, prefix } = splitUrl(submitUrl);
  /** @type {Record<string, string>} */
  const ways = {
    absolute: `${origin}${prefix}/videos/${id}`,
    "root-relative": `${prefix}/videos/${id}`,
    relative: `videos/${id}`,
    foreign: `${foreignBase(submitUrl)}/jobs/${id}`,
  };
  const wanted = script.pollingUrl ?? "absolute";
  return ways[wanted] ?? wanted;
}

/**
 * @param {VideoJob} job
 * @param {Exchange} exchange
 * @param {State} state
 */
async function poll(job, exchange, state) {
  const statuses = job.script.statuses ?? STATUSES;
  const step = statuses[Math.min(job.polls, statuses.length - 1)] ?? null;
  job.polls += 1;
  if (typeof step === "object" && step !== null) return fault(step, exchange);
  job.status = step;
  if (!job.isSettled && step === "completed") settle(job, state);
  const { error, generationId, usage } = job.script;
  const generation = generationId === undefined ? job.id : generationId;
  const hasEnded = step === "completed" || FAILURES.includes(step ?? "");
  return exchange.json(200, {
    id: job.id,
    polling_url: pollingUrl(job),
    ...(step !== null && { status: step }),
    ...(hasEnded && generation !== null && { generation_id: generation }),
    ...(step === "completed" && videoUrls(job)),
    ...(hasEnded && usage !== null && { usage: usage ?? { cost: step === "completed" ? job.cost : 0, is_byok: false } }),
    ...(FAILURES.includes(step ?? "") && { error: error ?? `The provider reported: video generation ${step}` }),
  });
}

/**
 * @param {RequestScript} script
 * @param {Exchange} exchange
 */
async function fault(script, exchange) {
  await exchange.wait(script.delayMs ?? 0);
  if (script.networkError) throw new SimulatedNetworkError();
  return exchange.whole(script, wireFields(script));
}

/** @param {VideoJob} job */
function videoUrls({ id, script, submitUrl }) {
  const { origin, prefix } = splitUrl(submitUrl);
  const foreign = foreignBase(submitUrl);
  const videos = Array.from({ length: script.videos ?? 1 }, (_, index) => index);
  const unsigned = script.unsignedUrls ?? (script.unsignedUrls === null ? null : "own");
  const expiresAt = script.expiresAt ?? Math.floor(Date.now() / 1000) + SIGNED_SECONDS;
  const signed = script.signedUrls === true ? videos.map((index) => `${foreign}/videos/${id}/${index}?expires=${expiresAt}&signature=simulated`) : script.signedUrls;
  return {
    ...(unsigned === "own" && { unsigned_urls: videos.map((index) => `${origin}${prefix}/videos/${id}/content?index=${index}`) }),
    ...(unsigned === "foreign" && { unsigned_urls: videos.map((index) => `${foreign}/videos/${id}/${index}`) }),
    ...(Array.isArray(unsigned) && { unsigned_urls: unsigned }),
    ...(signed && { urls: signed, expires_at: expiresAt }),
  };
}

/**
 * @param {VideoJob} job
 * @param {State} state
 */
function settle(job, state) {
  job.isSettled = true;
  state.rememberMedia({ id: job.id, model: job.model, cost: job.cost, apiType: "video", requestHeaders: job.requestHeaders }, job.key);
}

/**
 * @param {VideoJob} job
 * @param {number} index
 * @param {Exchange} exchange
 */
async function video(job, index, exchange) {
  const { content } = job.script;
  if (index >= (job.script.videos ?? 1)) throw new ApiError(404, `There is no video ${index} in this job`);
  if (content) {
    exchange.travel = { ...content, ...exchange.travel };
    await exchange.wait(content.delayMs ?? 0);
    if (content.networkError) throw new SimulatedNetworkError();
    if (content.body !== undefined || (content.status ?? 200) >= 300) return exchange.whole(content);
  }
  const bytes = sampleVideo();
  const length = Math.max(exchange.travel.padToBytes ?? 0, bytes.length);
  return exchange.send({ status: 200, contentType: VIDEO_TYPE, headers: { "Content-Length": String(length) }, parts: [rawPart(bytes)] });
}

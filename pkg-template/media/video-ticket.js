// Tickets: what is known of a video that was submitted, as plain JSON, and what is checked of one that comes back.
import { servicesEngine } from "../engine/services.js";
import { invalidRequest, OpenRouterError, reading } from "../first-part.js";

/** @import { ServicesGlue } from "../engine/services.js" */
/** @import { VideoTicket } from "../types/media.js" */
/** @import { VideoOrigin } from "./video-origin.js" */

/** @typedef {import("../engine/contract.js").VideoAnswer} Answer */

const TEXTS = /** @type {const} */ (["id", "pollingUrl", "baseURL", "model", "status"]);
const LISTS = /** @type {const} */ (["urls", "signedUrls"]);
const NEWS = /** @type {const} */ (["generationId", "urls", "signedUrls", "usage", "error"]);

/**
 * A ticket of today. The answer's polling URL may be missing or not to be asked: the job has an address of its own all the same.
 * @param {Pick<VideoTicket, "baseURL" | "model" | "request">} order @param {string} id @param {string} pollingUrl @param {string} status
 * @returns {VideoTicket}
 */
export function newTicket({ baseURL, model, request }, id, pollingUrl, status) {
  return { kind: "openrouter-video", version: 1, id, pollingUrl, baseURL, model, submittedAtMs: Date.now(), request, status };
}

/** The ticket with what an answer adds. Fields that an answer leaves out stay known. @param {VideoTicket} ticket @param {Pick<Answer, "status" | (typeof NEWS)[number]>} answer @returns {VideoTicket} */
export function updatedTicket(ticket, answer) {
  /** @type {any} */
  const updated = { ...ticket, status: answer.status };
  delete updated.error;
  for (const name of NEWS) if (answer[name] !== undefined) updated[name] = answer[name];
  return updated;
}

/** @param {VideoTicket} ticket @param {string[]} lines @returns {VideoTicket} */
export function withWarnings(ticket, lines) {
  return lines.length === 0 ? ticket : { ...ticket, warnings: [...(ticket.warnings ?? []), ...lines] };
}

/** The ticket of what `poll` gives, or a ticket as it is. @param {any} given */
export function ticketIn(given) {
  return reading("ticket", () => given?.kind === undefined && typeof given?.ticket === "object" && given.ticket !== null ? given.ticket : given);
}

/** States of which the engine has said that they are no failure: a thousand tickets of one state are one question. @type {Set<string>} */
const goingOn = new Set();
/** A ticket's state may be any text. */
const MOST_STATES = 16;

/** What became of a job that has ended without a video, in the provider's words. @param {VideoTicket} ticket @returns {Promise<string | undefined>} */
export async function failureOf({ id, status, error }) {
  if (error === undefined && goingOn.has(status)) return undefined;
  const answer = await servicesEngine.ask((glue) => glue.videoAnswer(false, JSON.stringify({ id, status, error }), ""));
  if ("error" in answer) return answer.error;
  if (error === undefined && goingOn.size < MOST_STATES) goingOn.add(status);
  return undefined;
}

/**
 * Its kinds alone: enough to keep it, and to know it again.
 * @param {any} ticket @returns {asserts ticket is VideoTicket}
 */
export function checkTicketShape(ticket) {
  reading("ticket", () => checkFields(ticket));
}

/** @param {any} ticket */
function checkFields(ticket) {
  if (typeof ticket !== "object" || ticket === null) throw invalidRequest("ticket: must be a ticket of videos.submit()");
  if (ticket.kind !== "openrouter-video") throw invalidRequest('ticket.kind: must be "openrouter-video"');
  if (ticket.version !== 1) throw invalidRequest("ticket.version: must be 1; another version of this package made it");
  for (const name of TEXTS) {
    if (typeof ticket[name] !== "string" || ticket[name].trim() === "") throw invalidRequest(`ticket.${name}: must be a string that is not empty`);
  }
  if (ticket.error !== undefined && typeof ticket.error !== "string") throw invalidRequest("ticket.error: must be a string");
  const { warnings } = ticket;
  if (warnings !== undefined && !(Array.isArray(warnings) && warnings.every((line) => typeof line === "string"))) throw invalidRequest("ticket.warnings: must be an array of strings");
  for (const name of LISTS) {
    const list = ticket[name];
    if (list !== undefined && !(Array.isArray(list) && list.every((url) => typeof url === "string"))) throw invalidRequest(`ticket.${name}: must be an array of URLs`);
  }
}

/**
 * A ticket that came back, from wherever it was: gives the URL to ask. It must be of this client's own API, which is the one that the key is for.
 * @param {any} ticket @param {VideoOrigin} origin @param {ServicesGlue} glue
 */
export function checkTicket(ticket, origin, glue) {
  checkTicketShape(ticket);
  if (ticket.baseURL !== origin.reads.baseURL && originOf(ticket.baseURL) !== origin.origin) {
    throw invalidRequest(`ticket.baseURL: the job is one of ${ticket.baseURL}, and this client's base is ${origin.reads.baseURL}`);
  }
  // Absolute: whoever keeps it may not keep the base.
  if (!/^https?:\/\//i.test(ticket.pollingUrl)) throw invalidRequest("ticket.pollingUrl: must be an absolute http or https URL");
  return origin.target(ticket.pollingUrl, "ticket.pollingUrl", glue);
}

/** @param {string} url */
function originOf(url) {
  try {
    return new URL(url).origin;
  } catch (cause) {
    throw invalidRequest("ticket.baseURL: must be a URL", cause);
  }
}

/** An error with the way on. Any other error is the caller's own and stays as it is. @param {unknown} error @param {VideoTicket} ticket */
export function withTicket(error, ticket) {
  if (OpenRouterError.isInstance(error) && error.ticket === undefined) /** @type {any} */ (error).ticket = ticket;
  return error;
}

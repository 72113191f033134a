// One video: how far it is, then the video itself.
import { button, element } from "./dom.js";
import { errorCard, headline } from "./error-card.js";
import { byteCount, dollars } from "./format.js";
import { objectUrl, reveal, saveLink } from "./task.js";

/** @import { VideoJob, VideoJobs } from "./video-jobs.js" */

/** @type {Record<VideoJob["phase"], string>} */
const TONES = { waiting: "calm", loading: "calm", there: "good", stopped: "warn", locked: "warn", failed: "bad" };

/**
 * @param {VideoJob} job
 * @param {VideoJobs} videos
 * @param {AbortSignal} ends
 */
export function videoCard(job, videos, ends) {
  const badge = element("span", { class: "badge", role: "status" });
  const bar = element("progress", { max: 1, "aria-label": "Progress of the video" });
  const clock = element("span", { "aria-hidden": "true" });
  const going = element("div", { class: "going" }, bar, element("p", {}, clock));
  const screen = element("div", { class: "screen" });
  const facts = element("p", { class: "aside" });
  const stop = button("Stop waiting", "plain", () => videos.stop(job));
  const again = button("Poll again", "plain", () => videos.follow(job));
  const remove = button("Take off the list", "plain", () => videos.remove(job));
  const actions = element("footer", { class: "row" }, facts, stop, again, remove);
  const { prompt = "A video" } = job.ticket.request;
  const node = element("article", { class: "card made video", "aria-label": prompt }, element("header", {}, element("strong", {}, prompt), badge), going, screen, actions);
  /** @type {unknown} */
  let shown;

  const tick = () => {
    const { received } = job;
    clock.textContent = job.phase === "loading" && received ? `${byteCount(received.receivedBytes)}${received.totalBytes ? ` of ${byteCount(received.totalBytes)}` : ""}` : `Submitted ${elapsed(Date.now() - job.ticket.submittedAtMs)} ago`;
  };
  const ticking = setInterval(tick, 1000);
  ends.addEventListener("abort", () => clearInterval(ticking), { once: true });

  const show = () => {
    const { phase, ticket, received, file, error } = job;
    node.dataset.phase = phase;
    badge.dataset.tone = TONES[phase];
    const words = phase === "there" ? "ready" : phase === "loading" ? "loading" : phase === "stopped" ? "not waited for" : phase === "locked" ? "sign in to go on" : phase === "failed" ? "failed" : ticket.status.replaceAll("_", " ");
    if (badge.textContent !== words) badge.textContent = words;
    going.hidden = !job.controller;
    if (phase === "loading" && received?.totalBytes) bar.value = received.receivedBytes / received.totalBytes;
    else bar.removeAttribute("value");
    tick();
    stop.hidden = !job.controller;
    again.hidden = Boolean(job.controller) || phase === "there" || !(error === undefined || error.isRetryable || error.code === "auth");
    facts.textContent = factsOf(job);
    if (shown === (file ?? error)) return;
    shown = file ?? error;
    screen.replaceChildren();
    actions.querySelector("a")?.remove();
    if (file?.data) {
      const blob = new Blob([file.data], { type: file.mediaType });
      const video = element("video", { controls: true, playsinline: true, preload: "metadata", src: objectUrl(blob, ends), "aria-label": prompt });
      // Of this visit, and still looked at: the card has grown below the edge of a small screen. One of before does not move the page.
      if ("new" in node.dataset && isHeadInView(node)) video.addEventListener("loadedmetadata", () => reveal(node), { once: true });
      screen.append(video);
      remove.before(saveLink("Download", blob, file.name, ends));
    } else if (file?.url && /^https?:/.test(file.url)) {
      screen.append(element("p", { class: "notice" }, "The video is too large to be kept here."));
      remove.before(element("a", { class: "primary", href: file.url, target: "_blank", rel: "noopener noreferrer" }, "Open it"));
    } else if (error) screen.append(errorCard(error, error.code === "not-found" ? "Nobody knows this video any more" : error.code === "timeout" ? "It takes longer than we wait" : headline(error)));
  };
  return { node, show };
}

/** @param {HTMLElement} node */
function isHeadInView(node) {
  const sheet = node.closest(".sheet")?.getBoundingClientRect();
  const { top } = node.getBoundingClientRect();
  return sheet !== undefined && top >= sheet.top && top < sheet.bottom;
}

/** @param {VideoJob} job */
function factsOf({ ticket, file }) {
  const { model, request, usage } = ticket;
  return [model, request.durationSeconds && `${request.durationSeconds} s`, request.aspectRatio, request.resolution, file?.data && byteCount(file.data.length), usage?.cost === undefined ? undefined : dollars(usage.cost)].filter(Boolean).join(" · ");
}

/** @param {number} ms */
function elapsed(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// Videos that were submitted: their tickets are kept in the browser, so that a reload or a closed tab loses none of them.
import { createJobStore } from "openrouter-wasm/job-store";
import { OpenRouterError } from "./engine.js";
import { markVideos } from "./video-marker.js";
import { plural } from "./format.js";

/** @import { JobStore, VideoFile, VideoRequest, VideoTicket } from "openrouter-wasm" */
/** @import { Connection } from "./connections.js" */
/** @import { SessionCosts } from "./session-costs.js" */

/**
 * @typedef {object} VideoJob
 * @property {VideoTicket} ticket
 * @property {"waiting" | "loading" | "there" | "stopped" | "locked" | "failed"} phase `locked`: whoever submitted it has to sign in
 * @property {{ receivedBytes: number, totalBytes?: number }} [received]
 * @property {VideoFile} [file]
 * @property {OpenRouterError} [error]
 * @property {AbortController} [controller] of what goes on
 * @property {boolean} [isLeaving]  it is being taken off the list
 */

export class VideoJobs {
  /** Newest first. @type {VideoJob[]} */
  jobs = [];
  /** @type {Set<() => void>} */
  #subscribers = new Set();
  #connection;
  #store;
  #around;

  /**
   * @param {Connection} connection
   * @param {JobStore} store
   * @param {{ costs: SessionCosts, say: (text: string) => void, count: HTMLElement }} around
   */
  constructor(connection, store, around) {
    this.#connection = connection;
    this.#store = store;
    this.#around = around;
  }

  /**
   * With the jobs of earlier visits; those that go on are waited for again.
   * @param {Connection} connection
   * @param {{ costs: SessionCosts, say: (text: string) => void, count: HTMLElement }} around
   */
  static async open(connection, around) {
    const videos = new VideoJobs(connection, createJobStore({ storage: indexedDB, name: `openrouter-demo-videos-${connection.id}` }), around);
    const tickets = await videos.#store.list();
    videos.jobs = tickets.toSorted((a, b) => b.submittedAtMs - a.submittedAtMs).map((ticket) => ({ ticket, phase: "waiting" }));
    for (const job of videos.jobs) void videos.follow(job);
    connection.account?.subscribe(() => videos.jobs.filter(({ phase }) => phase === "locked").forEach((job) => void videos.follow(job)));
    return videos;
  }

  get #client() {
    return /** @type {import("openrouter-wasm").OpenRouter} */ (this.#connection.api);
  }

  /** @param {VideoRequest} request */
  async submit(request) {
    const ticket = await this.#client.videos.submit(request);
    /** @type {VideoJob} */
    const job = { ticket, phase: "waiting" };
    this.jobs.unshift(job);
    void this.follow(job);
    // Before anything else can go wrong: it is paid for.
    await this.#keep(job, ticket);
    return job;
  }

  /** Waits for the video and loads it. @param {VideoJob} job */
  async follow(job) {
    if (job.controller) return;
    const controller = new AbortController();
    const { signal } = controller;
    const wasDone = job.ticket.status === "completed";
    job.controller = controller;
    job.error = undefined;
    job.phase = "waiting";
    this.#changed();
    try {
      // A ticket outlives the tab, the key does not.
      if (!(await this.#connection.hasKey())) {
        job.phase = "locked";
        return;
      }
      // Of one that failed the reason is asked for again: a ticket does not hold it.
      if (!wasDone || !job.ticket.urls) {
        const ticket = await this.#client.videos.wait(job.ticket, { signal, intervalMs: this.#connection.pollMs, onProgress: (state) => this.#progress(job, state.ticket) });
        await this.#keep(job, ticket);
      }
      if (!wasDone && job.ticket.status === "completed") this.#around.costs.add("Videos", job.ticket.usage?.cost);
      job.phase = "loading";
      this.#changed();
      job.file = await this.#client.videos.download(job.ticket, {
        signal,
        onProgress: (received) => {
          job.received = received;
          this.#changed();
        },
      });
      job.phase = "there";
      this.#around.say("A video is there.");
    } catch (error) {
      await this.#failed(job, error, signal);
    } finally {
      job.controller = undefined;
      this.#changed();
    }
  }

  /** The job itself goes on: nobody can call it off. @param {VideoJob} job */
  stop(job) {
    job.controller?.abort();
  }

  /** @param {VideoJob} job */
  async remove(job) {
    this.stop(job);
    job.isLeaving = true;
    // The list shows what is so: a reload at once would bring back what is not yet gone.
    await this.#store.remove(job.ticket.id);
    this.jobs = this.jobs.filter((other) => other !== job);
    this.#changed();
  }

  /** @param {() => void} onChange called now and after every change */
  subscribe(onChange) {
    this.#subscribers.add(onChange);
    onChange();
    return () => this.#subscribers.delete(onChange);
  }

  /** @param {VideoJob} job @param {VideoTicket} ticket */
  #progress(job, ticket) {
    const isNews = ticket.status !== job.ticket.status;
    job.ticket = ticket;
    this.#changed();
    if (isNews) void this.#keep(job, ticket);
  }

  /** @param {VideoJob} job @param {VideoTicket} ticket */
  async #keep(job, ticket) {
    job.ticket = ticket;
    this.#changed();
    // A visitor who took it off the list meanwhile does not want it back.
    if (this.jobs.includes(job) && !job.isLeaving) await this.#store.save(ticket);
  }

  /** @param {VideoJob} job @param {unknown} error @param {AbortSignal} signal */
  async #failed(job, error, signal) {
    if (signal.aborted) {
      job.phase = "stopped";
      return;
    }
    job.phase = "failed";
    if (!OpenRouterError.isInstance(error)) throw error;
    job.error = error;
    this.#around.say(`Error: ${error.message}`);
    if (error.ticket) await this.#keep(job, error.ticket);
  }

  #changed() {
    markVideos(this.#connection.id, this.jobs.length > 0);
    const going = this.jobs.filter(({ controller }) => controller).length;
    const { count } = this.#around;
    count.hidden = going === 0;
    count.replaceChildren(String(going));
    count.title = `${plural(going, "video")} in the making`;
    for (const onChange of this.#subscribers) onChange();
  }
}

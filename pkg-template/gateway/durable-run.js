// A run that goes on when its reader leaves: driven here, read by whoever asks, and ended for whoever comes too late to see it live.
import { EventLog, eventSplitter } from "./event-log.js";
import { wordsOf } from "./faults.js";
import { logFault } from "./log.js";

/** @import { Rows } from "./event-log.js" */
/** @import { Table } from "./books.js" */

/**
 * How a run is done: by the gateway, wherever the run lives.
 * @typedef {object} RunWork
 * @property {(work: any) => Promise<{ response: Response, generationId: () => string | undefined, stop: (reason: unknown) => void, settled: Promise<void> }>} start
 * @property {(work: any, generationId: string | undefined) => Promise<void>} settleLost  of a run that nobody drives any more
 */

/** @typedef {"running" | "done" | "failed"} RunState */
/** @typedef {{ state: RunState, work: any, generationId?: string, status?: number, failure?: string, isFinal?: boolean, startedAtMs: number, endedAtMs?: number, contentType?: string }} RunMeta */

const META = "run";
export const DEFAULT_RUN_LIMIT_MS = 10 * 60_000;

export class DurableRun {
  #table;
  #work;
  #log;
  /** @type {RunMeta | undefined} */
  #meta;
  /** @type {((reason: unknown) => void) | undefined} */
  #stop;
  /** @type {Promise<void> | undefined} */
  #starting;
  /** @type {Promise<void>} */
  finished = Promise.resolve();
  #isDriven = false;

  /** @param {Table} table @param {Rows} rows @param {RunWork} work */
  constructor(table, rows, work) {
    this.#table = table;
    this.#work = work;
    this.#log = new EventLog(rows);
    this.#meta = table.get(META);
    // Events of an earlier life are all there will be.
    if (this.#meta) this.#log.isOver = true;
  }

  get meta() {
    return this.#meta;
  }

  /** Nobody drives it any more: what ran it is gone. */
  get isOrphan() {
    return this.#meta?.state === "running" && !this.#isDriven;
  }

  /**
   * Starts it, once: whoever asks again reads what there is.
   * @param {any} work @param {number} after
   * @returns {Promise<Response>}
   */
  async start(work, after) {
    if (this.isOrphan) await this.heal();
    // What failed before its first output may be asked for again under its name.
    if (!this.#meta || this.#meta.status !== undefined) {
      this.#log.isOver = false;
      this.#save({ state: "running", work, startedAtMs: Date.now() });
      this.#isDriven = true;
      this.#starting = this.#drive(work);
    }
    return this.read(after);
  }

  /** @param {number} after @returns {Promise<Response>} */
  async read(after) {
    if (this.isOrphan) await this.heal();
    await this.#starting;
    const meta = this.#meta;
    if (!meta) return Response.json({ error: { message: "There is no such run", type: "not_found_error", code: "run_not_found" } }, { status: 404 });
    // It failed before its first output: so it is told, however often.
    if (meta.status !== undefined) return new Response(meta.failure, { status: meta.status, headers: { "Content-Type": "application/json", "X-Run-State": meta.state, ...(meta.isFinal && { "X-Should-Retry": "false" }) } });
    const last = this.#log.last;
    if (after > last) return Response.json({ error: { message: `after: the run has ${last} events so far`, type: "invalid_request_error", code: "bad_position" } }, { status: 400 });
    return new Response(this.#log.read(after), { headers: { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache", "X-Run-State": meta.state, ...(meta.work.messageId && { "X-Message-Id": meta.work.messageId }) } });
  }

  /** @param {string} reason */
  stop(reason) {
    this.#stop?.(new DOMException(reason, "AbortError"));
  }

  /** The end of a run that was cut off from whoever drove it: readers hear of it, and the bill is asked for. */
  async heal() {
    const meta = /** @type {RunMeta} */ (this.#meta);
    this.#log.isOver = false;
    this.#fail("the gateway was restarted in the middle of this answer", meta);
    await this.#work.settleLost(meta.work, meta.generationId);
  }

  /** @param {any} work */
  async #drive(work) {
    let begun;
    try {
      begun = await this.#work.start(work);
    } catch (error) {
      this.#save({ .../** @type {RunMeta} */ (this.#meta), state: "failed", endedAtMs: Date.now(), status: 500, failure: JSON.stringify({ error: { message: "The run could not be started", type: "server_error", code: "server" } }) });
      this.#isDriven = false;
      this.#log.end();
      logFault(error);
      return;
    }
    const { response, generationId, stop, settled } = begun;
    const meta = /** @type {RunMeta} */ (this.#meta);
    if (response.status >= 400 || !response.body) {
      const failure = await response.text();
      await settled;
      this.#isDriven = false;
      this.#save({ ...meta, state: "failed", endedAtMs: Date.now(), status: response.status, failure, isFinal: response.headers.get("x-should-retry") === "false" });
      this.#log.end();
      return;
    }
    this.#stop = stop;
    this.#save({ ...meta, generationId: generationId() });
    this.finished = this.#record(response.body, { settled, stop, limitMs: work.limitMs ?? DEFAULT_RUN_LIMIT_MS });
    this.finished.catch(() => {});
  }

  /** @param {ReadableStream<Uint8Array>} body @param {{ settled: Promise<void>, stop: (reason: unknown) => void, limitMs: number }} run */
  async #record(body, { settled, stop, limitMs }) {
    const timer = setTimeout(() => stop(new DOMException(`the run took longer than ${limitMs} ms`, "TimeoutError")), limitMs);
    /** @type {any} */ (timer).unref?.();
    const splitter = eventSplitter();
    let isDone = false;
    try {
      const reader = body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const events = splitter.push(value);
        isDone ||= events.includes("[DONE]");
        this.#log.append(events);
      }
      if (!isDone) this.#fail("the answer was cut off", /** @type {RunMeta} */ (this.#meta));
    } catch (error) {
      stop(error);
      this.#fail(wordsOf(error), /** @type {RunMeta} */ (this.#meta));
    } finally {
      clearTimeout(timer);
      this.#stop = undefined;
    }
    try {
      await settled;
    } finally {
      if (this.#meta?.state === "running") this.#save({ ...this.#meta, state: "done", endedAtMs: Date.now() });
      this.#isDriven = false;
      this.#log.end();
    }
  }

  /** An error that may be read again is an event like any other. @param {string} message @param {RunMeta} meta */
  #fail(message, meta) {
    const chunk = { id: meta.generationId ?? "", object: "chat.completion.chunk", created: Math.floor(Date.now() / 1000), model: "", error: { code: 502, message }, choices: [{ index: 0, delta: {}, finish_reason: "error" }] };
    this.#log.append([JSON.stringify(chunk)]);
    this.#save({ ...meta, state: "failed", endedAtMs: Date.now() });
    this.#log.end();
  }

  /** @param {RunMeta} meta */
  #save(meta) {
    this.#meta = meta;
    this.#table.put(META, meta);
  }
}

// Durable runs of a gateway, from the page's end: read by event number, so that a connection that breaks, or a page that is reloaded, goes on
// where it was.
import { bytesOf, letGo } from "../first-part.js";
import { newRunId } from "./durable-ref.js";
import { joined } from "./relay.js";

/** Times that a connection is made anew without anything having come over the last one. */
const MOST_RECONNECTS = 5;
/** Times that the first connection to a run is tried again. */
const MOST_MISSES = 2;
const FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 8000;
const LF = 10, CR = 13;
const encoder = new TextEncoder();
/** Says nothing: the rest of an answer may be its end alone, which by itself is no answer. */
const NOTHING = 'data: {"choices":[{"index":0,"delta":{}}]}\n\n';
/** The end of a run that was over when it was asked for, where nothing stands behind the reader's place. @type {Record<string, string>} */
const OVER = { done: "data: [DONE]\n\n", failed: 'data: {"error":{"code":502,"message":"the run has failed, and its error was read before"}}\n\n' };

/** One durable run as its reader knows it; each further answer of the same run (behind tools, or in place of one that failed) is one of its own at the gateway. */
export class Durable {
  id;
  /** The number of the last event that was handed on. */
  position;
  #runsUrl;
  #isResumed;
  #isBegun;
  /** Whether its last event has come. */
  #isDone = false;
  /** @type {{ send: typeof fetch, headers: Headers } | undefined} */
  #sent;

  /**
   * @param {string} id @param {{ baseURL: string, after?: number, isResumed?: boolean }} options  `isResumed`: it was begun elsewhere, or before
   */
  constructor(id, { baseURL, after = 0, isResumed = false }) {
    this.id = id;
    this.position = after;
    this.#runsUrl = `${baseURL.replace(/\/+$/, "")}/runs/`;
    this.#isResumed = isResumed;
    this.#isBegun = isResumed;
  }

  /** @param {typeof fetch} send @returns {typeof fetch} */
  around(send) {
    return async (input, init) => {
      const signal = init?.signal ?? undefined;
      const headers = new Headers(init?.headers);
      this.#sent = { send, headers };
      if (this.#isDone && !this.#isResumed) this.#renew();
      if (!this.#isBegun) headers.set("X-Run-Id", this.id);
      const response = this.#isBegun ? await this.#getFirst(send, headers, signal) : await send(input, { ...init, headers });
      if (response.status !== 200 || !/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "") || typeof response.body?.getReader !== "function") return response;
      // A gateway that does not know the word answers as ever, without numbers.
      if (!response.headers.has("x-run-id") && !this.#isBegun) return response;
      this.#isBegun = true;
      const reader = this.#reader(response, () => this.#get(send, headers, signal), signal);
      const { status, headers: told } = response;
      return /** @type {any} */ ({ status, headers: told, body: { getReader: () => reader, cancel: reader.cancel } });
    };
  }

  /** What is asked next is another answer. */
  #renew() {
    this.id = newRunId();
    this.position = 0;
    this.#isBegun = false;
    this.#isDone = false;
  }

  get #runUrl() {
    return this.#runsUrl + encodeURIComponent(this.id);
  }

  /** Ends it for everybody, as a reader who only leaves does not. */
  stop() {
    if (!this.#isBegun || !this.#sent) return;
    const { send, headers } = this.#sent;
    // Also from a page that is about to go. If it does not arrive, the run's own limit ends it.
    new Promise((resolve) => resolve(send(this.#runUrl, { method: "DELETE", headers: onlyKey(headers), keepalive: true }))).then(letGo, () => {});
  }

  /** @param {typeof fetch} send @param {Headers} headers @param {AbortSignal | undefined} signal */
  #get(send, headers, signal) {
    const own = onlyKey(headers);
    own.set("Accept", "text/event-stream");
    return send(`${this.#runUrl}?after=${this.position}`, { headers: own, redirect: "manual", ...(signal && { signal }) });
  }

  /** Of a run that was begun elsewhere. A failure of the run itself is no failure of the connection. @param {typeof fetch} send @param {Headers} headers @param {AbortSignal | undefined} signal */
  async #getFirst(send, headers, signal) {
    for (let misses = 0; ; misses += 1) {
      const isLast = misses === MOST_MISSES;
      try {
        const response = await this.#get(send, headers, signal);
        if (isLast || response.status < 500 || response.headers.has("x-run-state")) return response;
        letGo(response);
      } catch (cause) {
        if (isLast || signal?.aborted) throw cause;
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** misses));
    }
  }

  /** Whole events alone: what broke in the middle of one comes again. @param {Response} first @param {() => Promise<Response>} again @param {AbortSignal | undefined} signal */
  #reader(first, again, signal) {
    let body = /** @type {ReadableStreamDefaultReader<Uint8Array>} */ (first.body?.getReader());
    let rest = new Uint8Array(), misses = 0, before = this.#isResumed && this.position > 0 ? NOTHING : "", over = OVER[first.headers.get("x-run-state") ?? ""];
    const read = async () => {
      for (;;) {
        let piece;
        try {
          piece = await body.read();
        } catch (cause) {
          if (signal?.aborted) throw cause;
          piece = { done: true, value: undefined, cause };
        }
        if (!piece.done) {
          const bytes = rest.length === 0 ? bytesOf(piece.value) : joined([rest, bytesOf(piece.value)]);
          const end = lastEventEnd(bytes);
          rest = bytes.slice(end);
          if (end === 0) {
            // One that gives nothing again and again at once would let no timer fire.
            if (bytes.length === 0) await new Promise((resolve) => setTimeout(resolve));
            continue;
          }
          misses = 0;
          const whole = bytes.subarray(0, end);
          this.#isDone ||= this.#note(whole);
          const value = before === "" ? whole : joined([encoder.encode(before), whole]);
          before = "";
          return { done: false, value };
        }
        if (!this.#isDone && over && rest.length === 0 && !("cause" in piece)) {
          this.#isDone = true;
          return { done: false, value: encoder.encode(before + over) };
        }
        if (this.#isDone || misses === MOST_RECONNECTS) {
          if (!this.#isDone && "cause" in piece) throw piece.cause;
          return { done: true };
        }
        rest = new Uint8Array();
        await new Promise((resolve) => setTimeout(resolve, misses === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (misses - 1))));
        misses += 1;
        const next = await Promise.resolve(again()).catch(() => undefined);
        if (signal?.aborted) throw signal.reason;
        if (next?.status === 200 && next.body) {
          body = next.body.getReader();
          over = OVER[next.headers.get("x-run-state") ?? ""];
        } else letGo(next);
      }
    };
    return { read, cancel: (/** @type {unknown} */ reason) => body.cancel(reason) };
  }

  /** @param {Uint8Array} events @returns {boolean}  whether the last one is among them */
  #note(events) {
    const text = new TextDecoder().decode(events);
    const last = text.lastIndexOf("\nid: ") + 1 || (text.startsWith("id: ") ? 0 : -1);
    if (last >= 0) this.position = Number.parseInt(text.slice(last + 4), 10);
    return /^data: (?:\[DONE\]$|\{.*"error":\{)/m.test(text);
  }
}

/** @param {Headers} headers */
function onlyKey(headers) {
  const key = headers.get("authorization");
  return new Headers(key === null ? {} : { Authorization: key });
}

/** Behind the last empty line. @param {Uint8Array} bytes */
function lastEventEnd(bytes) {
  for (let at = bytes.lastIndexOf(LF); at > 0; at = bytes.lastIndexOf(LF, at - 1)) {
    if (bytes[at - 1] === LF || (bytes[at - 1] === CR && bytes[at - 2] === LF)) return at + 1;
  }
  return 0;
}

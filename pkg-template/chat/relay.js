// An answer that goes on as it came: one branch of the body is handed to the reader untouched, the other one is read for verdict, usage and cost.
// Once the beginning is judged, the engine gets no more of it than what decides how the answer ended. In workerd every chunk that JavaScript sees costs
// 75 microseconds: `live-body.js` shows it few. Not by `readAtLeast`: there both branches wait for as much as one asks for.

import { ChatRun } from "../first-part.js";
import { isFetched, isPaced, liveBody } from "./native-body.js";
import { SharedBody } from "./shared-body.js";

/** @import { AnswerReader } from "../calls/body.js" */
/** @import { LiveBody } from "./live-body.js" */
/** @import { ChatResult } from "../index.js" */
/** @import { RunPlan } from "./run.js" */

/** From here on pauses: whoever asks for a shorter silence to be noticed gets every chunk looked at. */
const SHORTEST_IDLE_MS = 10_000;
/** The end of an answer that is read: its last chunk may repeat images and hold metadata. */
const TAIL_BYTES = 65_536, SHORT_TAIL_BYTES = 8_192;
/** The engine hears that more has come as often as that: what it measures a silence by. */
const TOLD_MS = 1000;

const encoder = new TextEncoder();
const PROGRESS = encoder.encode('data: {"choices":[]}\n\n'), DONE = "[DONE]";

/**
 * The branch that is handed on, and what its answer said of itself.
 * @typedef {object} Copy
 * @property {ReadableStream<Uint8Array<ArrayBuffer>>} body  none where it is piped alone
 * @property {(writable: WritableStream<Uint8Array>, options?: StreamPipeOptions) => Promise<void>} pipeTo
 * @property {(hear: (reason: unknown) => void) => void} onLeave  of the reader, where it is not piped
 * @property {Headers} headers
 * @property {boolean} isStream  server-sent events; else one JSON body
 * @property {boolean} isFetched  from the network, not made by a `fetch` of the caller's
 */

export class Relay {
  /** Of the attempt that is under way. @type {Copy | undefined} */
  copy;
  /** @type {LiveBody | undefined} */
  #live;
  /** @type {SharedBody | undefined} */
  #shared;
  /** Whether somebody reads it. */
  isHandedOver = false;
  /** Whether its reader is waited for: that is nobody's silence. */
  isHeldUp = false;
  /** @type {MeterReader | undefined} */
  #reader;
  #isKept;
  #idleMs;
  #onWait;
  #isGuarded;

  /** @param {{ isKept: boolean, idleMs: number, onWait?: (isWaiting: boolean) => void, isGuarded?: () => boolean }} options  `isKept`: somebody may ask for the whole message afterwards; `onWait`: hears when its reader is waited for; `isGuarded`: whether a budget has its word with every piece */
  constructor({ isKept, idleMs, onWait, isGuarded = () => false }) {
    this.#isGuarded = isGuarded;
    this.#isKept = isKept;
    this.#idleMs = idleMs;
    this.#onWait = (/** @type {boolean} */ isWaiting) => {
      this.isHeldUp = isWaiting;
      onWait?.(isWaiting);
    };
  }

  /** Whether a budget may stop it in its middle. */
  get isGuarded() {
    return this.#isGuarded();
  }

  /** @param {typeof fetch} send @returns {typeof fetch} */
  around(send) {
    return async (input, init) => {
      this.#drop();
      const response = await send(input, init);
      const { status, headers, body } = response ?? {};
      const type = status >= 200 && status < 300 && typeof body?.tee === "function" ? (headers.get("content-type") ?? "") : "";
      const isStream = /^text\/event-stream\b/i.test(type);
      if (!isStream && !/^application\/json\b/i.test(type)) return response;
      const live = (this.#live = isStream ? liveBody(response, this.#onWait, this.#isGuarded) : undefined);
      const shared = (this.#shared = live || isPaced ? undefined : new SharedBody(/** @type {any} */ (body), this.#onWait));
      const [theirs, ours] = live ? [undefined, live] : shared ? [shared.stream, shared] : /** @type {any} */ (body).tee();
      this.copy = { body: theirs, headers, isStream, isFetched: isFetched(response), pipeTo: (writable, options) => (live ?? theirs).pipeTo(writable, options), onLeave: (hear) => void (shared && (shared.onLeave = hear)) };
      const reader = (this.#reader = new MeterReader(ours, { isKept: this.#isKept, isStream, idleMs: this.#idleMs }));
      return /** @type {any} */ ({ status, headers, body: { getReader: () => reader, cancel: (/** @type {unknown} */ reason) => reader.cancel(reason) } });
    };
  }

  /** The beginning is judged: the reader gets its branch, and the engine no more than it needs. */
  handOver() {
    this.isHandedOver = true;
    if (this.#shared) this.#shared.isHandedOver = true;
    if (!this.#isGuarded()) this.#reader?.hurry();
    return /** @type {Copy} */ (this.copy);
  }

  /** The reader has all of it: what is left to be looked at is looked at without a pause. */
  wake() {
    this.#live?.wake();
  }

  /** What the engine was spared, for what is to be told of an answer that is given up. @param {(piece: Uint8Array) => void} push */
  catchUp(push) {
    for (const piece of this.#reader?.takeUnread() ?? []) push(piece);
  }

  /** The result of an answer that was kept, read once more: this time all of it. @param {RunPlan} plan @param {ChatResult} result @returns {Promise<ChatResult>} */
  async wholeResult(plan, result) {
    const bytes = this.#reader?.kept;
    if (!bytes || bytes.length === 0) return result;
    const headers = { "content-type": "text/event-stream" };
    const money = { ...plan.money, ledger: undefined };
    const again = new ChatRun({ ...plan, signal: undefined, log: undefined, waits: undefined, money, isUnguarded: true, fetch: () => async () => new Response(new Blob(/** @type {any} */ (bytes)), { headers }) });
    const { message, messages, steps } = await again.result();
    return Object.defineProperties(result, Object.getOwnPropertyDescriptors({ message, messages, steps }));
  }

  /** Whether the engine was spared the middle. */
  get isAbridged() {
    return this.#reader?.isAbridged ?? false;
  }

  /** An attempt that came to nothing is not read by anybody. */
  #drop() {
    this.copy?.body?.cancel().catch(() => {});
    this.copy = undefined;
    this.#reader = undefined;
  }
}

/** The branch that is metered, as the run reads it. @implements {AnswerReader} */
class MeterReader {
  #stream;
  #options;
  /** @type {AnswerReader | undefined} */
  #reader;
  #isHurried = false;
  /** What the engine was spared, whole or its end alone. @type {Uint8Array[]} */
  #skipped = [];
  #tailBytes = 0;
  isAbridged = false;
  /** @type {Uint8Array[]} */
  kept = [];
  #isOver = false;
  /** Whether nothing of what the engine was spared is gone. */
  #isWhole = true;
  #toldAt = performance.now();

  /** @param {(ReadableStream<Uint8Array> & { isReused?: boolean }) | LiveBody | (SharedBody & { isReused?: boolean })} stream @param {{ isKept: boolean, isStream: boolean, idleMs: number }} options */
  constructor(stream, options) {
    this.#stream = stream;
    this.#options = options;
  }

  hurry() {
    const { isStream, idleMs } = this.#options;
    this.#isHurried = isStream && (idleMs === 0 || idleMs >= SHORTEST_IDLE_MS);
  }

  /** @returns {Promise<{ done: boolean, value?: Uint8Array }>} */
  async read() {
    if (this.#isOver) return { done: true };
    // Only between two events, so that what is left out is whole events.
    if (!this.#isHurried || !this.#endsAtEvent) return this.#readSmall();
    for (;;) {
      const { done, value } = await this.#open().read();
      if (value?.length) this.#skip(value);
      if (done) break;
      const now = performance.now();
      if (value?.length && now - this.#toldAt < TOLD_MS) continue;
      this.#toldAt = now;
      return { done: false, value: PROGRESS };
    }
    this.#isOver = true;
    const rest = this.#ending();
    return rest.length > 0 ? { done: false, value: rest } : { done: true };
  }

  /** @param {unknown} [reason] @returns {Promise<unknown>} */
  cancel(reason) {
    this.#isOver = true;
    return (this.#reader ?? this.#stream).cancel(reason);
  }

  #open() {
    return (this.#reader ??= this.#stream.getReader());
  }

  /** @param {Uint8Array} piece */
  #owned(piece) {
    return this.#stream.isReused ? piece.slice() : piece;
  }

  takeUnread() {
    const unread = this.#skipped;
    // Of a tail alone nothing can be made.
    if (unread.length === 0 || !this.#isWhole) return [];
    this.#skipped = [];
    this.#tailBytes = 0;
    return unread;
  }

  #endsAtEvent = true;

  async #readSmall() {
    const piece = await this.#open().read();
    if (piece.done) this.#isOver = true;
    if (!piece.value) return piece;
    // A piece may be most of the answer: no more of it than the event that has begun.
    const end = this.#isHurried ? afterFirstEvent(piece.value) : piece.value.length;
    const value = piece.value.subarray(0, end);
    if (this.#options.isKept) this.kept.push(this.#owned(value));
    this.#endsAtEvent = endsEvent(value);
    if (end < piece.value.length) this.#skip(piece.value.subarray(end));
    return { done: piece.done, value };
  }

  /** @param {Uint8Array} piece */
  #skip(piece) {
    this.isAbridged = true;
    const { isKept } = this.#options;
    const tail = piece.subarray(-TAIL_BYTES);
    if (!isKept && tail.length < piece.length && afterFirstEvent(tail) < tail.length) {
      this.#skipped = [];
      this.#tailBytes = 0;
      this.#isWhole = false;
      piece = tail;
    }
    piece = this.#owned(piece);
    this.#skipped.push(piece);
    if (isKept) {
      this.kept.push(piece);
      return;
    }
    this.#tailBytes += piece.length;
    // What is left begins with a whole event somewhere in its first piece.
    while (this.#tailBytes - this.#skipped[0].length >= TAIL_BYTES && afterFirstEvent(this.#skipped[1]) < this.#skipped[1].length) {
      this.#tailBytes -= /** @type {Uint8Array} */ (this.#skipped.shift()).length;
      this.#isWhole = false;
    }
  }

  /** What the engine needs of what it was spared: how the answer ended. Where that is not plain, all that there is. */
  #ending() {
    const skipped = this.#skipped;
    this.#skipped = [];
    const length = skipped.reduce((sum, piece) => sum + piece.length, 0);
    const decoder = new TextDecoder();
    // Mostly the last few events say it: all of it is put together for those that do not.
    for (const most of [Math.min(SHORT_TAIL_BYTES, length), length]) {
      const end = endOfPieces(skipped, most);
      const isAll = most === length && this.#isWhole;
      const ending = endOf(decoder.decode(isAll ? end : end.subarray(afterFirstEvent(end))));
      if (ending === undefined) continue;
      this.#isWhole = false;
      return encoder.encode(ending);
    }
    const bytes = joined(skipped);
    if (!this.#isWhole) return bytes.subarray(afterFirstEvent(bytes));
    this.isAbridged = false;
    return bytes;
  }
}

/**
 * The chunks that say how an answer ended, without what they say; nothing when it has not ended well.
 * @param {string} text  whole events
 */
function endOf(text) {
  let ending = "", isDone = false, hasUsage = false, hasError = false;
  for (const event of text.split(/\r?\n\r?\n/)) {
    const data = event.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice(5).trimStart()] : [])).join("\n").trim();
    if (data === "") continue;
    if (data === DONE) {
      isDone = true;
      ending += "data: [DONE]\n\n";
      continue;
    }
    // Most chunks are text and nothing else; to parse them all would cost what the relay spares.
    if (!/"(?:usage|error)"\s*:\s*\{|"finish_reason"\s*:\s*"|"openrouter_metadata"/.test(data)) continue;
    /** @type {any} */
    let chunk;
    try {
      chunk = JSON.parse(data);
    } catch {
      return undefined;
    }
    hasUsage ||= Boolean(chunk.usage);
    hasError ||= Boolean(chunk.error);
    const choices = (Array.isArray(chunk.choices) ? chunk.choices : []).map((/** @type {any} */ { delta: _, message: __, logprobs: ___, ...choice }) => ({ ...choice, delta: {} }));
    ending += `data: ${JSON.stringify({ ...chunk, choices })}\n\n`;
  }
  return isDone && hasUsage && !hasError ? ending : undefined;
}

/** @param {Uint8Array[]} pieces */
export function joined(pieces) {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The last bytes of all pieces. @param {Uint8Array[]} pieces @param {number} most */
function endOfPieces(pieces, most) {
  let at = pieces.length, length = 0;
  while (length < most) length += pieces[(at -= 1)].length;
  const end = joined(pieces.slice(at));
  return end.subarray(end.length - most);
}

const LF = 10, CR = 13;

/** Whether an empty line is the last thing in it. @param {Uint8Array} bytes */
function endsEvent(bytes) {
  let at = bytes.length - 1;
  if (bytes[at] !== LF) return false;
  at -= 1;
  if (bytes[at] === CR) at -= 1;
  return bytes[at] === LF;
}

/** The place behind the first empty line. @param {Uint8Array} bytes */
function afterFirstEvent(bytes) {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return bytes.length;
}

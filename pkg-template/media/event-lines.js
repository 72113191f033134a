// A stream of events whose data are files in base64, each up to many megabytes in one line. Not the engine's reader: a line would have to
// lie in its memory as a whole, which never shrinks. Every line is bounded here, and is given up as soon as it was read.
import { OpenRouterError } from "../first-part.js";
import { lenientJson } from "../services-part.js";

const LF = 10, CR = 13;

/** Bytes to the data of events; `maxLineBytes` bounds the data of one event. */
export class EventLines {
  #decoder = new TextDecoder();
  #maxLineBytes;
  #label;
  /** The line so far. */
  #line = "";
  #lineBytes = 0;
  /** Data lines of the event so far. @type {string[]} */
  #data = [];
  #dataBytes = 0;
  #isAfterCr = false;

  /** @param {number} maxLineBytes @param {string} label */
  constructor(maxLineBytes, label) {
    this.#maxLineBytes = maxLineBytes;
    this.#label = label;
  }

  /** @param {Uint8Array} chunk @returns {string[]} the data of every event that ended */
  push(chunk) {
    /** @type {string[]} */
    const events = [];
    let from = 0;
    if (this.#isAfterCr && chunk.length > 0) {
      this.#isAfterCr = false;
      if (chunk[0] === LF) from = 1;
    }
    let nextLf = chunk.indexOf(LF, from), nextCr = chunk.indexOf(CR, from);
    for (;;) {
      if (nextLf >= 0 && nextLf < from) nextLf = chunk.indexOf(LF, from);
      if (nextCr >= 0 && nextCr < from) nextCr = chunk.indexOf(CR, from);
      const end = nextLf < 0 ? nextCr : nextCr < 0 ? nextLf : Math.min(nextLf, nextCr);
      if (end < 0) break;
      this.#add(chunk.subarray(from, end), false);
      this.#endLine(events);
      from = end + 1;
      if (chunk[end] !== CR) continue;
      if (from === chunk.length) this.#isAfterCr = true;
      else if (chunk[from] === LF) from += 1;
    }
    this.#add(chunk.subarray(from), true);
    return events;
  }

  /** What the end of the stream ends. @returns {string[]} */
  finish() {
    /** @type {string[]} */
    const events = [];
    this.#line += this.#decoder.decode();
    this.#endLine(events);
    this.#endEvent(events);
    return events;
  }

  /** @param {Uint8Array} bytes @param {boolean} isOpen  the line goes on */
  #add(bytes, isOpen) {
    this.#lineBytes += bytes.length;
    if (this.#lineBytes + this.#dataBytes > this.#maxLineBytes) {
      throw new OpenRouterError({ code: "limit", message: `${this.#label}: a line of the stream is longer than ${this.#maxLineBytes} bytes` });
    }
    this.#line += this.#decoder.decode(bytes, { stream: isOpen });
  }

  /** @param {string[]} events */
  #endLine(events) {
    const line = this.#line;
    if (line === "") this.#endEvent(events);
    else if (line.startsWith("data:")) {
      // Several lines are one event, but a server that leaves out the blank lines between events has one in each.
      if (this.#data.length === 1 && isWhole(this.#data[0])) this.#endEvent(events);
      this.#data.push(line.slice(line[5] === " " ? 6 : 5));
      this.#dataBytes += this.#lineBytes;
    }
    this.#line = "";
    this.#lineBytes = 0;
  }

  /** @param {string[]} events */
  #endEvent(events) {
    const lines = this.#data;
    if (lines.length === 0) return;
    this.#data = [];
    this.#dataBytes = 0;
    events.push(lines.length === 1 ? lines[0].trim() : lines.join("\n").trim());
  }
}

/** @param {string} line */
function isWhole(line) {
  const text = line.trimEnd();
  if (!text.endsWith("}")) return text === "[DONE]";
  try {
    lenientJson(text);
    return true;
  } catch {
    return false;
  }
}

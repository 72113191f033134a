// Bytes into the engine, and its batches out. The layout is that of src/wire/event.rs.
import { ACTION_KEEP, ACTION_READ, KIND_TEXT } from "./contract.js";

/** @import { BatchReader } from "./batch-reader.js" */
/** @import { EventQueue } from "./event-queue.js" */

/** Texts of at most this many ASCII characters are faster by a loop than by TextDecoder, whose call alone costs as much. */
const LOOP_MAX = 24;

/** Made when it is needed: jest's jsdom has none, and must be able to import this. @type {TextDecoder | undefined} */
let decoder;

/** The windows onto one instance's memory; made anew when it grows. */
export class Exchange {
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);
  #clock = new Float64Array(0);
  /** @type {WebAssembly.Memory} */
  #memory;
  #input;
  #header;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {{ inputPointer(): number, inputCapacity(): number, headerPointer(): number }} glue
   */
  constructor(memory, glue) {
    this.#memory = memory;
    this.#input = glue.inputPointer();
    this.capacity = glue.inputCapacity();
    this.#header = glue.headerPointer();
    this.#look();
  }

  #look() {
    const { buffer } = this.#memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#clock = new Float64Array(buffer);
  }

  /** When the session that was called last wants its next tick; infinite when never. */
  get deadline() {
    if (this.#clock.length === 0) this.#look();
    return this.#clock[this.#header >>> 3];
  }

  /** The texts of the last batch, a record each. @returns {string[]} */
  get texts() {
    if (this.#words.length === 0) this.#look();
    const words = this.#words, header = (this.#header >>> 2) + 2;
    const text = this.#text(words[header + 2], words[header + 3]);
    const texts = [];
    let at = 0;
    for (let record = words[header] >>> 2, end = record + words[header + 1]; record < end; record += 2) {
      texts.push(text.substring(at, (at += words[record + 1])));
    }
    return texts;
  }

  /** Writes the next input of the engine. @param {Uint8Array} chunk */
  write(chunk) {
    // Growing detaches the old buffer. Asking the memory for its buffer costs more than the copy.
    if (this.#bytes.length === 0) this.#look();
    this.#bytes.set(chunk, this.#input);
  }

  /**
   * Bytes of an answer, in as many pieces as fit into the engine's buffer; of one that is read once it is whole they are kept here, where memory is given back.
   * @param {{ push(length: number, now: number, kept: number): import("./contract.js").Action }} session @param {Uint8Array} bytes @param {number} now @param {BatchReader} reader @param {EventQueue} out
   * @returns {import("./contract.js").Action} the engine's action
   */
  push(session, bytes, now, reader, out) {
    if (reader.kept) return this.#keep(session, bytes, now, reader, out);
    const { capacity } = this;
    /** @type {import("./contract.js").Action} */
    let action = ACTION_READ;
    for (let start = 0; start < bytes.length; start += capacity) {
      const part = bytes.length <= capacity ? bytes : bytes.subarray(start, start + capacity);
      this.write(part);
      action = session.push(part.length, now, 0);
      this.read(reader, out);
      if (action === ACTION_KEEP) {
        reader.kept = [];
        const rest = bytes.subarray(start + capacity);
        return rest.length > 0 ? this.#keep(session, rest, now, reader, out) : ACTION_READ;
      }
      if (action !== ACTION_READ) break;
    }
    return action;
  }

  /** @type {Exchange["push"]} */
  #keep(session, bytes, now, reader, out) {
    /** @type {Uint8Array[]} */ (reader.kept).push(bytes);
    reader.keptBytes += bytes.length;
    reader.keptAt = now;
    const action = session.push(0, now, reader.keptBytes);
    this.read(reader, out);
    return action;
  }

  /**
   * Pushes the kept pieces of an answer, before anything else is told of it.
   * @param {Parameters<Exchange["push"]>[0]} session @param {BatchReader} reader @param {EventQueue} out
   */
  settle(session, reader, out) {
    const { kept = [], keptAt } = reader;
    reader.kept = undefined;
    reader.keptBytes = 0;
    for (const piece of kept) this.push(session, piece, keptAt, reader, out);
  }

  /**
   * Hands every event of the last batch to `reader`.
   * @param {BatchReader} reader
   * @param {EventQueue} out
   */
  read(reader, out) {
    if (this.#words.length === 0) this.#look();
    const words = this.#words, header = (this.#header >>> 2) + 2;
    const records = words[header] >>> 2, end = records + words[header + 1];
    if (end === records) return;
    const text = this.#text(words[header + 2], words[header + 3]);
    const { step, said } = reader;
    let at = 0;
    for (let record = records; record < end; record += 2) {
      const kind = words[record], length = words[record + 1];
      const piece = length === text.length ? text : text.substring(at, at + length);
      at += length;
      if (kind === KIND_TEXT && length !== said.length && reader.held === "") {
        said.add(piece);
        out.push({ type: "text-delta", step, text: piece });
      } else reader.take(kind & 0xff, kind >>> 8, piece, out);
    }
  }

  /** @param {number} start @param {number} length */
  #text(start, length) {
    const bytes = this.#bytes;
    if (length <= LOOP_MAX) {
      const end = start + length;
      let text = "";
      let at = start;
      // Four at once: every `+=` is a string of its own.
      for (; at + 4 <= end; at += 4) {
        const a = bytes[at], b = bytes[at + 1], c = bytes[at + 2], d = bytes[at + 3];
        if ((a | b | c | d) > 127) break;
        text += String.fromCharCode(a, b, c, d);
      }
      for (; at < end; at++) {
        const byte = bytes[at];
        if (byte > 127) break;
        text += String.fromCharCode(byte);
      }
      if (at === end) return text;
    }
    // A BOM is text like any other here.
    decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
    return decoder.decode(bytes.subarray(start, start + length));
  }
}

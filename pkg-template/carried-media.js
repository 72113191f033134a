// Inline pictures, sounds and files of a request travel around the engine, not through it: its memory grows by what passes and never
// shrinks. The engine is told what they are, judges them, and writes marks in their place.
import { base64Of } from "./base64.js";

/** @import { Engine } from "./engine.js" */
/** @import { ResizeImage } from "./index.js" */

/** Strings from this length on, in places where media stand, are carried. */
const MIN_LENGTH = 16_384;
/** The limits of src/transcript/images.rs: beyond them a picture is made smaller, where somebody can. */
const MAX_SIDE_PX = 1200, MAX_BYTES = 5 << 20, MAX_PIXELS = 25_000_000, MAX_INPUT_BYTES = 10 << 20;

const encoder = new TextEncoder();

/**
 * What the engine is told of one carried string.
 * @typedef {{ isBase64: boolean, isBlank: boolean, hasWhiteSpace: boolean, bytes: number, mediaType?: string, width: number, height: number }} ImageFacts
 */

/** The media of one run. */
export class Carrier {
  // Not to be guessed, so that no text of anybody's can be taken for a mark.
  #prefix = `media-${crypto.getRandomValues(new Uint32Array(4)).join("-")}-`;
  /** @type {string[]} */
  #strings = [];
  /** @type {(ImageFacts | {})[]} */
  #facts = [];
  /** Pictures to be made smaller: their number among the strings. @type {Map<number, ImageFacts>} */
  #large = new Map();
  #engine;

  /** @param {Engine} engine */
  constructor(engine) {
    this.#engine = engine;
  }

  /**
   * The messages with a short mark in place of every long string that is media. The caller's objects are not touched; what holds no
   * media is the same object as before.
   * @param {any} messages
   * @returns {any}
   */
  carry(messages) {
    return Array.isArray(messages) ? mapped(messages, (message) => this.#withMarks(message)) : messages;
  }

  /** Makes pictures smaller that are larger than models take. @param {ResizeImage | undefined} resizeImage */
  async shrink(resizeImage) {
    if (!resizeImage) return;
    for (const [number, { width, height, bytes, mediaType }] of this.#large) {
      this.#large.delete(number);
      const data = bytesOfBase64(this.#strings[number]);
      const limits = { maxSidePx: MAX_SIDE_PX, maxBytes: MAX_BYTES };
      const smaller = await resizeImage({ data, mediaType: mediaType ?? "", width, height, bytes, ...limits });
      if (!smaller) continue;
      const text = base64Of(smaller.data instanceof Blob ? new Uint8Array(await smaller.data.arrayBuffer()) : smaller.data);
      this.#strings[number] = text;
      this.#facts[number] = this.#scan(text);
    }
  }

  /** What the engine is told, as JSON. @param {object} [more] */
  describe(more) {
    return this.#strings.length === 0 && !more ? "" : JSON.stringify({ prefix: this.#prefix, facts: this.#facts, ...more });
  }

  /** JSON text with the media in it again. @param {string} text */
  putBack(text) {
    if (this.#strings.length === 0) return text;
    const pattern = new RegExp(`${this.#prefix}(\\d+)\\.`, "g");
    return text.replace(pattern, (_, number) => JSON.stringify(this.#strings[Number(number)]).slice(1, -1));
  }

  /** @param {any} message */
  #withMarks(message) {
    let changed = message;
    for (const field of ["content", "images", "audio"]) {
      const value = message?.[field];
      if (typeof value !== "object" || value === null) continue;
      const marked = Array.isArray(value) ? mapped(value, (part) => (part?.type === "text" ? part : this.#marksIn(part))) : this.#marksIn(value);
      if (marked !== value) changed = { ...changed, [field]: marked };
    }
    return changed;
  }

  /**
   * A part with its long strings marked, one level down too: `image_url.url`, `input_audio.data`, `file.file_data`.
   * @param {any} part
   * @returns {any}
   */
  #marksIn(part, depth = 0) {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    let changed = part;
    for (const [key, value] of Object.entries(part)) {
      const marked = typeof value === "string" && value.length >= MIN_LENGTH ? this.#mark(value) : depth === 0 ? this.#marksIn(value, 1) : value;
      if (marked !== value) changed = { ...changed, [key]: marked };
    }
    return changed;
  }

  /** A data URL keeps its head: the engine reads the media type there. @param {string} text */
  #mark(text) {
    const comma = text.startsWith("data:") ? text.indexOf(",") + 1 : 0;
    const isBase64 = comma === 0 || text.slice(0, comma).endsWith(";base64,");
    if (!isBase64 || comma > 256) return this.#keep(text, {});
    let base64 = text.slice(comma);
    const facts = this.#factsOf(base64);
    if (facts.hasWhiteSpace) base64 = base64.replace(/\s+/g, "");
    const number = this.#strings.length;
    const { width, height, bytes } = facts;
    const isLarge = width > MAX_SIDE_PX || height > MAX_SIDE_PX || width * height > MAX_PIXELS || bytes > MAX_BYTES;
    if (facts.isBase64 && isLarge && bytes <= MAX_INPUT_BYTES) this.#large.set(number, facts);
    return text.slice(0, comma) + this.#keep(base64, facts);
  }

  /** @param {string} text @param {ImageFacts | {}} facts */
  #keep(text, facts) {
    this.#facts.push(facts);
    return `${this.#prefix}${this.#strings.push(text) - 1}.`;
  }

  /** @param {string} base64 @returns {ImageFacts} */
  #factsOf(base64) {
    const bytes = Math.floor((base64.length * 3) / 4);
    // Too large whatever it is: not worth a look.
    if (bytes > MAX_INPUT_BYTES) return { isBase64: true, isBlank: false, hasWhiteSpace: false, bytes, width: 0, height: 0 };
    return this.#scan(base64);
  }

  /** @param {string} base64 @returns {ImageFacts} */
  #scan(base64) {
    const { glue, exchange } = this.#engine;
    const scan = new glue.ImageScan();
    try {
      // A character has at most three bytes.
      const step = Math.floor(exchange.capacity / 3);
      for (let at = 0; at < base64.length; at += step) {
        const piece = encoder.encode(base64.slice(at, at + step));
        exchange.write(piece);
        scan.push(piece.length);
      }
      return JSON.parse(scan.finish());
    } finally {
      scan.free();
    }
  }
}

/** @param {string} base64 */
function bytesOfBase64(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** `map` that returns the same array when nothing changes. @param {any[]} items @param {(item: any) => any} change */
function mapped(items, change) {
  const all = items.map(change);
  return all.every((item, at) => item === items[at]) ? items : all;
}

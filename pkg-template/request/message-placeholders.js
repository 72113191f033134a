// Inline images, sounds and files of a request travel around the engine, not through it: its memory grows by what passes and never
// shrinks. The engine is told what they are, judges them, and writes placeholders in their place. Long texts go the same way: no rule looks into
// them, and taking them there and back is most of what a long transcript would cost.
import { describe, invalidRequest } from "../errors.js";

/** @import { ImageFacts } from "./placeholder-images.js" */
/** @import { Json, Outside, OutsideMedia } from "../engine/contract.js" */

/** Strings from this length on, in places where media stand, get a placeholder. */
const MIN_LENGTH = 16_384;
/** Texts from this length on get a placeholder: below it a placeholder costs more than it saves. */
const MIN_TEXT_LENGTH = 96;
/** What a JSON string spells out; halves of characters too, of which there are none behind a placeholder but a hostile image. */
const MUST_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The media of one run. */
export class MessagePlaceholders {
  #drawn = "";
  /** @type {string[]} */
  #texts = [];
  /** How much longer the texts are than their placeholders: the engine counts what a context holds. */
  #textChars = 0;
  /** @type {string[]} */
  strings = [];
  /** @type {(ImageFacts | {})[]} */
  facts = [];
  /** Base64 that nobody has looked at: its numbers among the strings (see `placeholder-images.js`). @type {number[]} */
  unjudged = [];

  /**
   * The messages with a short placeholder in place of every long string that is media. The caller's objects are not touched; what holds no
   * media is the same object as before.
   * @param {any} messages
   * @returns {any}
   */
  replace(messages) {
    if (!Array.isArray(messages)) return messages;
    try {
      return mapped(messages, (message) => this.#withPlaceholders(message));
    } catch (cause) {
      throw invalidRequest(`messages: cannot be read: ${describe(cause)}`, cause);
    }
  }

  /** Not to be guessed, so that no text of anybody's can be taken for a placeholder. Drawn when it is needed: most requests have none. */
  get #prefix() {
    return (this.#drawn ||= `c${Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join("")}-`);
  }

  /** How many images and sounds there are, and how long they are as they are sent. */
  get media() {
    return { count: this.strings.length, chars: this.strings.reduce((sum, { length }) => sum + length, 0) };
  }

  /** What the engines are told, as JSON. @param {object} [more] @returns {Json<Outside & OutsideMedia> | ""} */
  describe(more) {
    if (this.strings.length === 0 && this.#textChars === 0 && !more) return "";
    return /** @type {Json<any>} */ (JSON.stringify({ prefix: this.#prefix, facts: this.facts, textChars: this.#textChars, ...more }));
  }

  /**
   * JSON text with everything in it again. Put together by `+`, which copies nothing: whoever sends the text reads it once from its pieces.
   * @param {string} text
   */
  putBack(text) {
    if (this.strings.length === 0 && this.#texts.length === 0) return text;
    const prefix = this.#prefix, { length } = prefix;
    let whole = "", from = 0;
    for (let at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, from)) {
      const end = text.indexOf(".", at + length), name = text.slice(at + length, end);
      whole += text.slice(from, at) + escaped(name[0] === "t" ? this.#texts[Number(name.slice(1))] : this.strings[Number(name)]);
      from = end + 1;
    }
    return whole + text.slice(from);
  }

  /** A value of the engine's with everything in it again; changes the value. @param {any} value @returns {any} */
  restore(value) {
    if (typeof value === "string") return value.includes(this.#prefix) ? this.#restoreText(value) : value;
    if (typeof value !== "object" || value === null) return value;
    for (const key in value) {
      const inner = value[key];
      if (typeof inner === "object" || (typeof inner === "string" && inner.includes(this.#prefix))) value[key] = this.restore(inner);
    }
    return value;
  }

  /** @param {string} text */
  #restoreText(text) {
    const pieces = text.split(this.#prefix);
    for (let at = 1; at < pieces.length; at++) {
      const piece = pieces[at], end = piece.indexOf(".");
      const original = piece.startsWith("t") ? this.#texts[Number(piece.slice(1, end))] : this.strings[Number(piece.slice(0, end))];
      // Most placeholders are all there is: the caller's own string then.
      pieces[at] = end + 1 === piece.length ? original : original + piece.slice(end + 1);
    }
    return pieces.length === 2 && pieces[0] === "" ? pieces[1] : pieces.join("");
  }

  /** @param {any} message */
  #withPlaceholders(message) {
    // An object that says for itself how it is written is left to that.
    if (typeof message !== "object" || message === null || typeof message.toJSON === "function") return message;
    const { role } = message;
    // The rules look for a line in instructions, and compare turns of the block form with each other.
    const maySkipText = (role === "user" || role === "tool" || role === "toolResult" || role === "assistant") && message.stopReason === undefined;
    let changed = message;
    /** @param {string} field @param {unknown} replaced */
    const set = (field, replaced) => {
      if (changed === message) changed = { ...message };
      changed[field] = replaced;
    };
    const { content } = message;
    if (typeof content === "string") {
      if (maySkipText && isLongText(content)) set("content", this.#placeholderOf(content));
    } else if (typeof content === "object" && content !== null) {
      const replaced = Array.isArray(content) ? mapped(content, (part) => this.#withPlaceholdersInPart(part, maySkipText)) : this.#placeholdersIn(content);
      if (replaced !== content) set("content", replaced);
    }
    if (role !== "assistant") return changed;
    for (const field of ["images", "audio"]) {
      const value = message[field];
      if (typeof value !== "object" || value === null) continue;
      const replaced = Array.isArray(value) ? mapped(value, (part) => this.#placeholdersIn(part)) : this.#placeholdersIn(value);
      if (replaced !== value) set(field, replaced);
    }
    if (!maySkipText) return changed;
    for (const field of ["reasoning", "reasoning_content"]) {
      if (isLongText(message[field])) set(field, this.#placeholderOf(message[field]));
    }
    const { reasoning_details: details } = message;
    if (Array.isArray(details)) {
      const replaced = mapped(details, (detail) => (isLongText(detail?.text) ? { ...detail, text: this.#placeholderOf(detail.text) } : detail));
      if (replaced !== details) set("reasoning_details", replaced);
    }
    return changed;
  }

  /** @param {any} part @param {boolean} maySkipText */
  #withPlaceholdersInPart(part, maySkipText) {
    if (part?.type !== "text") return this.#placeholdersIn(part);
    return maySkipText && isLongText(part.text) ? { ...part, text: this.#placeholderOf(part.text) } : part;
  }

  /** @param {string} text */
  #placeholderOf(text) {
    const placeholder = `${this.#prefix}t${this.#texts.push(text) - 1}.`;
    this.#textChars += text.length - placeholder.length;
    return placeholder;
  }

  /**
   * A part with its long strings replaced, one level down too: `image_url.url`, `input_audio.data`, `file.file_data`.
   * @param {any} part
   * @returns {any}
   */
  #placeholdersIn(part, depth = 0) {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    let changed = part;
    for (const [key, value] of Object.entries(part)) {
      const replaced = typeof value === "string" && value.length >= MIN_LENGTH ? this.#placeholder(value) : depth === 0 ? this.#placeholdersIn(value, 1) : value;
      if (replaced !== value) changed = { ...changed, [key]: replaced };
    }
    return changed;
  }

  /** A data URL keeps its head: the engine reads the media type there. @param {string} text */
  #placeholder(text) {
    const comma = text.startsWith("data:") ? text.indexOf(",") + 1 : 0;
    const isBase64 = comma === 0 || text.slice(0, comma).endsWith(";base64,");
    if (!isBase64 || comma > 256) return this.#keep(text, {});
    this.unjudged.push(this.strings.length);
    return text.slice(0, comma) + this.#keep(text.slice(comma), {});
  }

  /** @param {string} text @param {ImageFacts | {}} facts */
  #keep(text, facts) {
    this.facts.push(facts);
    return `${this.#prefix}${this.strings.push(text) - 1}.`;
  }
}

/** Whether there are halves of characters in it, which the engine removes and reports. @type {(text: string) => boolean} */
const isWellFormed = "isWellFormed" in String.prototype ? (text) => /** @type {any} */ (text).isWellFormed() : (text) => !/\p{Cs}/u.test(text);

/**
 * A text that no rule would look into: long, with something to read in it, whole, and none of the notes that repairs leave behind and know
 * again, which all begin with a bracket.
 * @param {unknown} text @returns {text is string}
 */
function isLongText(text) {
  return typeof text === "string" && text.length >= MIN_TEXT_LENGTH && text.charCodeAt(0) !== 0x5b && (isGraphic(text.charCodeAt(0)) || /\S/.test(text)) && isWellFormed(text);
}

/** Whether it is ASCII that can be seen: the first character of most texts, and an expression costs as much as all the rest. @param {number} code */
const isGraphic = (code) => code > 0x20 && code < 0x7f;

/** As it stands between the quotes of a JSON string. @param {string} text */
function escaped(text) {
  // Of media nearly nothing has to be escaped, and a copy of ten megabytes is worth the look; of a text it costs more to ask than to write it.
  if (text.length >= MIN_LENGTH && !MUST_ESCAPE.test(text)) return text;
  const quoted = JSON.stringify(text);
  return quoted.length === text.length + 2 ? text : quoted.slice(1, -1);
}

/** `map` that returns the same array when nothing changes. @param {any[]} items @param {(item: any) => any} change */
function mapped(items, change) {
  let all = items;
  for (let at = 0; at < items.length; at++) {
    const changed = change(items[at]);
    if (changed === items[at]) continue;
    if (all === items) all = items.slice();
    all[at] = changed;
  }
  return all;
}

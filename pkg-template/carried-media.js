// Inline pictures, sounds and files of a request travel around the engine, not through it: its memory grows by what passes and never
// shrinks.

/** Strings from this length on, in places where media stand, are carried. */
const MIN_LENGTH = 16_384;

/**
 * The messages with a short mark in place of every long string that is media, and the way to put them back.
 * The caller's objects are not touched; what holds no media is the same object as before.
 * @param {any} messages
 * @returns {{ messages: any, putBack: (body: string) => string }}
 */
export function carryMedia(messages) {
  /** @type {string[]} */
  const carried = [];
  // Not to be guessed, so that no text of anybody's can be taken for a mark.
  const name = `media-${crypto.getRandomValues(new Uint32Array(4)).join("-")}-`;
  const mark = (/** @type {string} */ text) => `${name}${carried.push(text) - 1}.`;
  const without = Array.isArray(messages) ? messages.map((message) => withMarks(message, mark)) : messages;
  if (carried.length === 0) return { messages, putBack: (body) => body };
  const pattern = new RegExp(`"${name}(\\d+)\\."`, "g");
  return { messages: without, putBack: (body) => body.replace(pattern, (_, number) => JSON.stringify(carried[Number(number)])) };
}

/** @param {any} message @param {(text: string) => string} mark */
function withMarks(message, mark) {
  let changed = message;
  for (const field of ["content", "images", "audio"]) {
    const value = message?.[field];
    if (typeof value !== "object" || value === null) continue;
    const marked = Array.isArray(value) ? mapped(value, (part) => (part?.type === "text" ? part : marksIn(part, mark))) : marksIn(value, mark);
    if (marked !== value) changed = { ...changed, [field]: marked };
  }
  return changed;
}

/** A part with its long strings marked, one level down too: `image_url.url`, `input_audio.data`, `file.file_data`. @param {any} part @param {(text: string) => string} mark @returns {any} */
function marksIn(part, mark, depth = 0) {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
  let changed = part;
  for (const [key, value] of Object.entries(part)) {
    const marked = typeof value === "string" && value.length >= MIN_LENGTH ? mark(value) : depth === 0 ? marksIn(value, mark, 1) : value;
    if (marked !== value) changed = { ...changed, [key]: marked };
  }
  return changed;
}

/** `map` that returns the same array when nothing changes. @param {any[]} items @param {(item: any) => any} change */
function mapped(items, change) {
  const all = items.map(change);
  return all.every((item, at) => item === items[at]) ? items : all;
}

/** A body before it is sent: its bytes, where it may be cut, where it stops, and how long it waits. */

/** @import { Script } from "../simulator.d.ts" */

const DEFAULT_COMMENT = "OPENROUTER PROCESSING";
const encoder = new TextEncoder();

/**
 * @typedef {object} WirePlan
 * @property {Uint8Array} bytes the whole body, comments that are sent while waiting excluded
 * @property {Set<number>} eventStarts offsets in `bytes`; its length is one of them
 * @property {number[] | null} writeSizes sizes of the network writes, taken in turn; null: one write an event
 * @property {number} stopAt offset
 * @property {"close" | "break" | "stall"} stopBy
 * @property {number} eventPauseMs before each write that begins an event
 * @property {number} writePauseMs before each write
 * @property {number | null} commentEveryMs while waiting between events
 * @property {number | null} stallCommentEveryMs
 * @property {Uint8Array} comment
 * @property {number} padBytes that follow the body, made while they are sent: a hundred megabytes need no memory
 * @property {number} padWith the byte they consist of
 */

/**
 * @typedef {object} Part
 * @property {Uint8Array} bytes
 * @property {boolean} isChunk counts for the `…AfterChunks` fields
 */

/**
 * @param {Part[]} parts
 * @param {Script} script
 * @param {number} eventPauseMs the simulator's own pace, for scripts that set none
 * @returns {WirePlan}
 */
export function planOf(parts, script, eventPauseMs) {
  const eventStarts = new Set([0]);
  const chunkEnds = [0];
  let length = 0;
  for (const part of parts) {
    length += part.bytes.length;
    eventStarts.add(length);
    if (part.isChunk) chunkEnds.push(length);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part.bytes, offset);
    offset += part.bytes.length;
  }
  const sizes = script.chunkBytes ?? "event";
  const comments = typeof script.comments === "object" ? script.comments : {};
  return {
    bytes,
    eventStarts,
    writeSizes: sizes === "event" ? null : typeof sizes === "number" ? [sizes] : sizes,
    ...stopOf(script, eventStarts, chunkEnds, length),
    eventPauseMs: script.chunkDelayMs === undefined ? eventPauseMs : 0,
    writePauseMs: script.chunkDelayMs ?? 0,
    commentEveryMs: comments.everyMs ?? null,
    stallCommentEveryMs: script.stallWithComments ?? null,
    comment: commentPart(script).bytes,
    padBytes: 0,
    padWith: 0,
  };
}

/**
 * @param {Script} script
 * @param {Set<number>} eventStarts
 * @param {number[]} chunkEnds offset after the n-th chunk
 * @param {number} length
 * @returns {Pick<WirePlan, "stopAt" | "stopBy">}
 */
function stopOf(script, eventStarts, chunkEnds, length) {
  const ways = /** @type {const} */ ([
    ["stall", script.stallAfterBytes, script.stallAfterChunks],
    ["break", script.cutAfterBytes, script.cutAfterChunks],
    ["close", script.endAfterBytes, script.endAfterChunks],
  ]);
  for (const [stopBy, afterBytes, afterChunks] of ways) {
    if (afterChunks !== undefined) return { stopBy, stopAt: chunkEnds[afterChunks] ?? length };
    if (afterBytes === undefined) continue;
    let stopAt = Math.min(afterBytes, length);
    // A comment in mid-line would be part of that line: with comments, the stall moves back to the last event's end.
    if (stopBy === "stall" && script.stallWithComments !== undefined) while (!eventStarts.has(stopAt)) stopAt--;
    return { stopBy, stopAt };
  }
  return { stopBy: "close", stopAt: length };
}

/**
 * @param {string | Uint8Array} body
 * @returns {Part}
 */
export function rawPart(body, isChunk = false) {
  return { bytes: typeof body === "string" ? encoder.encode(body) : body, isChunk };
}

/** @param {Script} script */
function commentPart(script) {
  const end = script.lineEnding ?? "\n";
  const text = (typeof script.comments === "object" ? script.comments.text : undefined) ?? DEFAULT_COMMENT;
  return rawPart(`: ${text}${end}${end}`);
}

/**
 * An event stream: comments first, then the chunks, then the end token.
 * @param {(object | string)[]} chunks objects become `data:` lines, strings are written as they are
 * @param {Script} script
 * @param {{ comments: number, doneToken: string | null }} defaults
 * @returns {Part[]}
 */
export function eventStream(chunks, script, defaults) {
  const end = script.lineEnding ?? "\n";
  const asked = typeof script.comments === "number" ? script.comments : script.comments && (script.comments.count ?? 1);
  const doneToken = script.doneToken === undefined ? defaults.doneToken : script.doneToken;
  const parts = Array.from({ length: asked ?? defaults.comments }, () => commentPart(script));
  for (const chunk of chunks) parts.push(rawPart(typeof chunk === "string" ? chunk : `data: ${JSON.stringify(chunk)}${end}${end}`, true));
  if (doneToken !== null) parts.push(rawPart(`data: ${doneToken}${end}${end}`));
  if (script.bom) parts.unshift(rawPart("\uFEFF"));
  return parts;
}

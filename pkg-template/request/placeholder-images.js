// What goes around the engine behind a placeholder, judged by the engine that repairs transcripts: what it is, and whether it has to be made smaller.
import { describe, invalidRequest } from "../first-part.js";
import { transcriptEngine } from "../engine/transcript.js";
import { base64Of, bytesOfBase64 } from "../files-part.js";
import { platformResizer } from "./resize-image.js";

/** @import { ResizeImage } from "../index.js" */
/** @import { TranscriptGlue } from "../engine/transcript.js" */
/** @import { MessagePlaceholders } from "./message-placeholders.js" */

/** The limits of src/transcript/images.rs: beyond them an image is made smaller, where somebody can. */
const MAX_SIDE_PX = 1200, MAX_BYTES = 5 << 20, MAX_INPUT_BYTES = 10 << 20;
/** What the engine is handed at a time: it copies each piece. */
const PIECE_CHARS = 64 << 10;

/** What the engine is told of one string behind a placeholder. @typedef {import("../engine/contract.js").CrossedImageFacts} ImageFacts */

/**
 * Judges what the placeholders has taken up, and makes smaller what is larger than models take.
 * @param {MessagePlaceholders} placeholders @param {ResizeImage | false | undefined} resizeImage  false: nothing is made smaller; undefined: by the platform, where it can
 */
export async function judgeImages(placeholders, resizeImage) {
  const { glue } = await transcriptEngine.start();
  const large = judge(placeholders, glue);
  const resize = resizeImage === false ? undefined : (resizeImage ?? platformResizer());
  if (resize) for (const number of large) await shrink(placeholders, number, resize, glue);
}

/** Judges on the spot; nothing is made smaller. @param {MessagePlaceholders} placeholders */
export function judgeImagesNow(placeholders) {
  if (placeholders.unjudged.length > 0) judge(placeholders, transcriptEngine.startNow().glue);
}

/** @param {MessagePlaceholders} placeholders @param {TranscriptGlue} glue @returns {number[]} the numbers of those that are too large */
function judge(placeholders, glue) {
  const large = [];
  for (const number of placeholders.unjudged.splice(0)) {
    const facts = factsOf(placeholders.strings[number], glue);
    if (facts.hasWhiteSpace) placeholders.strings[number] = placeholders.strings[number].replace(/\s+/g, "");
    placeholders.facts[number] = facts;
    if (facts.isBase64 && facts.isLarge && facts.bytes <= MAX_INPUT_BYTES) large.push(number);
  }
  return large;
}

/** @param {MessagePlaceholders} placeholders @param {number} number @param {ResizeImage} resize @param {TranscriptGlue} glue */
async function shrink(placeholders, number, resize, glue) {
  const { width, height, bytes, mediaType } = /** @type {ImageFacts} */ (placeholders.facts[number]);
  const data = bytesOfBase64(placeholders.strings[number]);
  // The engine has found its size in it; were it no base64 all the same, the rule for broken images is next.
  if (!data) return;
  const limits = { maxSidePx: MAX_SIDE_PX, maxBytes: MAX_BYTES };
  let text;
  try {
    const smaller = await resize({ data, mediaType: mediaType ?? "", width, height, bytes, ...limits });
    if (!smaller) return;
    const { data: smallerData } = smaller;
    if (!(smallerData instanceof Blob || smallerData instanceof Uint8Array)) throw new TypeError("data must be a Uint8Array or a Blob");
    text = base64Of(smallerData instanceof Blob ? new Uint8Array(await smallerData.arrayBuffer()) : smallerData);
  } catch (cause) {
    throw invalidRequest(`resizeImage() failed: ${describe(cause)}`, cause);
  }
  placeholders.strings[number] = text;
  placeholders.facts[number] = factsOf(text, glue);
}

/** @param {string} base64 @param {TranscriptGlue} glue @returns {ImageFacts} */
function factsOf(base64, glue) {
  const bytes = Math.floor((base64.length * 3) / 4);
  // Too large whatever it is: not worth a look.
  if (bytes > MAX_INPUT_BYTES) return { isBase64: true, isBlank: false, hasWhiteSpace: false, bytes, width: 0, height: 0, isLarge: false };
  const scan = new glue.ImageScan(), encoder = new TextEncoder();
  try {
    for (let at = 0; at < base64.length; at += PIECE_CHARS) scan.push(encoder.encode(base64.slice(at, at + PIECE_CHARS)));
    return JSON.parse(scan.finish());
  } finally {
    scan.free();
  }
}

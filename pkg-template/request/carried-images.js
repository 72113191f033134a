// What is carried around the engine, judged by the engine that repairs transcripts: what it is, and whether it has to be made smaller.
import { describe, invalidRequest } from "../first-part.js";
import { transcriptEngine } from "../engine/transcript.js";
import { base64Of, bytesOfBase64 } from "./base64.js";
import { platformResizer } from "./resize-image.js";

/** @import { ResizeImage } from "../index.js" */
/** @import { TranscriptGlue } from "../engine/transcript.js" */
/** @import { Carrier } from "./carried-media.js" */

/** The limits of src/transcript/images.rs: beyond them an image is made smaller, where somebody can. */
const MAX_SIDE_PX = 1200, MAX_BYTES = 5 << 20, MAX_INPUT_BYTES = 10 << 20;
/** What the engine is handed at a time: it copies each piece. */
const PIECE_CHARS = 64 << 10;

/**
 * What the engine is told of one carried string.
 * @typedef {{ isBase64: boolean, isBlank: boolean, hasWhiteSpace: boolean, bytes: number, mediaType?: string, width: number, height: number, isLarge?: boolean }} ImageFacts
 */

/**
 * Judges what the carrier has taken up, and makes smaller what is larger than models take.
 * @param {Carrier} carrier @param {ResizeImage | false | undefined} resizeImage  false: nothing is made smaller; undefined: by the platform, where it can
 */
export async function judgeImages(carrier, resizeImage) {
  const { glue } = await transcriptEngine.start();
  const large = judge(carrier, glue);
  const resize = resizeImage === false ? undefined : (resizeImage ?? platformResizer());
  if (resize) for (const number of large) await shrink(carrier, number, resize, glue);
}

/** Judges on the spot; nothing is made smaller. @param {Carrier} carrier */
export function judgeImagesNow(carrier) {
  if (carrier.unjudged.length > 0) judge(carrier, transcriptEngine.startNow().glue);
}

/** @param {Carrier} carrier @param {TranscriptGlue} glue @returns {number[]} the numbers of those that are too large */
function judge(carrier, glue) {
  const large = [];
  for (const number of carrier.unjudged.splice(0)) {
    const facts = factsOf(carrier.strings[number], glue);
    if (facts.hasWhiteSpace) carrier.strings[number] = carrier.strings[number].replace(/\s+/g, "");
    carrier.facts[number] = facts;
    if (facts.isBase64 && facts.isLarge && facts.bytes <= MAX_INPUT_BYTES) large.push(number);
  }
  return large;
}

/** @param {Carrier} carrier @param {number} number @param {ResizeImage} resize @param {TranscriptGlue} glue */
async function shrink(carrier, number, resize, glue) {
  const { width, height, bytes, mediaType } = /** @type {ImageFacts} */ (carrier.facts[number]);
  const data = bytesOfBase64(carrier.strings[number]);
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
  carrier.strings[number] = text;
  carrier.facts[number] = factsOf(text, glue);
}

/** @param {string} base64 @param {TranscriptGlue} glue @returns {ImageFacts} */
function factsOf(base64, glue) {
  const bytes = Math.floor((base64.length * 3) / 4);
  // Too large whatever it is: not worth a look.
  if (bytes > MAX_INPUT_BYTES) return { isBase64: true, isBlank: false, hasWhiteSpace: false, bytes, width: 0, height: 0 };
  const scan = new glue.ImageScan(), encoder = new TextEncoder();
  try {
    for (let at = 0; at < base64.length; at += PIECE_CHARS) scan.push(encoder.encode(base64.slice(at, at + PIECE_CHARS)));
    return JSON.parse(scan.finish());
  } finally {
    scan.free();
  }
}

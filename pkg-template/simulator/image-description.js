/** Looking at an image: what can be said of it truly, its size, the name of its main colour, and a number if it shows one. */

import { lastUserText, messagesOf } from "./conversation.js";
import { bytesOfBase64 } from "./media-samples.js";
import { digitsIn } from "./image-digits.js";
import { pngPixels } from "./png-pixels.js";

/** @import { ChatRequest } from "../simulator.d.ts" */

const QUESTION = /\bcolou?rs?\b|\b(size|dimensions|pixels|wide|width|height)\b/i;
const NUMBER = /\b(number|digits?)\b/i;
const MOST_LOOKS = 20_000;

/** Where hues end, in degrees. @type {[number, string][]} */
const HUES = [[15, "red"], [40, "orange"], [68, "yellow"], [165, "green"], [200, "cyan"], [255, "blue"], [290, "purple"], [320, "magenta"], [345, "pink"], [360, "red"]];

/** @typedef {{ colour: string, width: number, height: number, digits?: string }} Sight */

/**
 * @param {ChatRequest} body
 * @returns {Promise<Sight | undefined>} undefined: no image in the last user message, none that can be read, or nobody asks
 */
export async function seenImage(body) {
  const question = lastUserText(body);
  if (!QUESTION.test(question) && !NUMBER.test(question)) return undefined;
  const content = messagesOf(body).findLast((message) => message.role === "user")?.content;
  const parts = Array.isArray(content) ? content : [];
  const url = parts.find((part) => part?.type === "image_url")?.image_url?.url;
  const data = /^data:image\/png;base64,(.+)$/is.exec(typeof url === "string" ? url : "")?.[1];
  if (data === undefined) return undefined;
  let bytes;
  try {
    bytes = bytesOfBase64(data);
  } catch {
    return undefined;
  }
  const pixels = await pngPixels(bytes);
  if (!pixels) return undefined;
  const digits = NUMBER.test(question) ? digitsIn(pixels) : undefined;
  if (digits === undefined && !QUESTION.test(question)) return undefined;
  return { colour: mainColour(pixels.rgb), width: pixels.width, height: pixels.height, ...(digits !== undefined && { digits }) };
}

/**
 * @param {string} question
 * @param {Sight} sight
 */
export function describeSight(question, { colour, width, height, digits }) {
  const isShort = /\b(one|single|1) word\b|\bonly\b|\bjust\b|\balone\b/i.test(question);
  if (digits !== undefined) return isShort ? digits : `The image shows the number ${digits}.`;
  if (!/colou?r/i.test(question)) return isShort ? `${width}x${height}` : `The image is ${width} pixels wide and ${height} pixels high.`;
  return isShort ? colour.charAt(0).toUpperCase() + colour.slice(1) : `The image is mostly ${colour}.`;
}

/** @param {Uint8Array} rgb */
function mainColour(rgb) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const pixels = rgb.length / 3;
  const step = Math.max(1, Math.ceil(pixels / MOST_LOOKS));
  for (let at = 0; at < pixels; at += step) {
    const name = colourName(rgb[at * 3] ?? 0, rgb[at * 3 + 1] ?? 0, rgb[at * 3 + 2] ?? 0);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

/**
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
function colourName(red, green, blue) {
  const highest = Math.max(red, green, blue);
  const spread = highest - Math.min(red, green, blue);
  const light = (highest - spread / 2) / 255;
  if (light > 0.94) return "white";
  if (light < 0.1) return "black";
  if (spread / 255 < 0.12) return "gray";
  const turn = highest === red ? (green - blue) / spread : highest === green ? (blue - red) / spread + 2 : (red - green) / spread + 4;
  const hue = (turn * 60 + 360) % 360;
  const name = HUES.find(([end]) => hue < end)?.[1] ?? "red";
  if (name === "orange" && light < 0.4) return "brown";
  return name === "magenta" && light < 0.4 ? "purple" : name;
}

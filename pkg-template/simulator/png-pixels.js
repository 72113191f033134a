/** Reading a PNG: 1 to 8 bits a channel, not interlaced, which is what programs write. Everything else is not looked at. */

const SIGNATURE = 0x89504e47;
const MOST_PIXELS = 4_000_000;
/** By colour type. @type {Record<number, number>} */
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * @typedef {object} Pixels
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} rgb three bytes a pixel, on white where it is transparent
 */

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Pixels | undefined>} undefined: no PNG, or none of this kind
 */
export async function pngPixels(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 45 || view.getUint32(0) !== SIGNATURE || typeof DecompressionStream === "undefined") return undefined;
  const [width, height, depth, type, interlaced] = [view.getUint32(16), view.getUint32(20), view.getUint8(24), view.getUint8(25), view.getUint8(28)];
  const channels = CHANNELS[type];
  if (!channels || depth > 8 || interlaced || width * height === 0 || width * height > MOST_PIXELS) return undefined;
  /** @type {Record<string, Uint8Array<ArrayBuffer>>} */
  const single = {};
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const packed = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (name === "IDAT") packed.push(data);
    else single[name] = data;
    at += length + 12;
  }
  const lineBytes = Math.ceil((width * channels * depth) / 8);
  try {
    const raw = new Uint8Array(await new Response(new Blob(packed).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
    if (raw.length < height * (lineBytes + 1)) return undefined;
    const lines = unfiltered(raw, height, lineBytes, Math.max(1, (channels * depth) >> 3));
    return { width, height, rgb: toRgb(lines, { width, height, depth, type, channels, lineBytes }, single.PLTE, single.tRNS) };
  } catch {
    return undefined;
  }
}

/**
 * @param {Uint8Array} raw a filter's number before each line
 * @param {number} height
 * @param {number} lineBytes
 * @param {number} step from a byte to the one that stands for the same channel in the pixel before
 */
function unfiltered(raw, height, lineBytes, step) {
  const lines = new Uint8Array(height * lineBytes);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (lineBytes + 1)];
    for (let at = 0; at < lineBytes; at++) {
      const here = row * lineBytes + at;
      const left = at >= step ? (lines[here - step] ?? 0) : 0;
      const up = row > 0 ? (lines[here - lineBytes] ?? 0) : 0;
      const corner = at >= step && row > 0 ? (lines[here - lineBytes - step] ?? 0) : 0;
      const guess = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : filter === 4 ? paeth(left, up, corner) : 0;
      lines[here] = (raw[row * (lineBytes + 1) + 1 + at] ?? 0) + guess;
    }
  }
  return lines;
}

/**
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

/**
 * @param {Uint8Array} lines
 * @param {{ width: number, height: number, depth: number, type: number, channels: number, lineBytes: number }} shape
 * @param {Uint8Array | undefined} palette
 * @param {Uint8Array | undefined} paletteAlpha
 */
function toRgb(lines, { width, height, depth, type, channels, lineBytes }, palette, paletteAlpha) {
  const rgb = new Uint8Array(width * height * 3);
  const highest = 2 ** depth - 1;
  const sample = (/** @type {number} */ row, /** @type {number} */ index) => {
    const bit = index * depth;
    return ((lines[row * lineBytes + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & highest;
  };
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const values = Array.from({ length: channels }, (_, channel) => sample(row, column * channels + channel));
      const [first = 0, second = 0, third = 0, fourth = 0] = values;
      const gray = (first * 255) / highest;
      const colour = type === 3 ? [palette?.[first * 3] ?? 0, palette?.[first * 3 + 1] ?? 0, palette?.[first * 3 + 2] ?? 0]
        : type === 2 || type === 6 ? [first, second, third] : [gray, gray, gray];
      const alpha = (type === 3 ? (paletteAlpha?.[first] ?? 255) : type === 4 ? second : type === 6 ? fourth : 255) / 255;
      colour.forEach((value, at) => (rgb[(row * width + column) * 3 + at] = Math.round(value * alpha + 255 * (1 - alpha))));
    }
  }
  return rgb;
}

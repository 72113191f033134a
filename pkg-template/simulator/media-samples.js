/** A small image and a short tone, made from nothing: what the image and audio models answer with. */

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const SIZE = 64;
const RATE = 24000;
const WAV_HEADER_BYTES = 44;

/**
 * @param {number} hue 0-359, so that different prompts give different images
 * @param {string} [aspectRatio] `16:9`; anything else is square
 * @returns {Uint8Array<ArrayBuffer>} a PNG with a vertical gradient whose longer side has 64 pixels
 */
export function samplePng(hue, aspectRatio) {
  const { width, height } = sidesOf(aspectRatio);
  const palette = Array.from({ length: height }, (_, row) => hueToRgb(hue + row * 2)).flat();
  const scanlines = new Uint8Array(height * (width + 1));
  for (let row = 0; row < height; row++) scanlines.fill(row, row * (width + 1) + 1, (row + 1) * (width + 1));
  const header = [...bigEndian(width), ...bigEndian(height), 8, 3, 0, 0, 0];
  const png = [PNG_SIGNATURE, pngChunk("IHDR", header), pngChunk("PLTE", palette), pngChunk("IDAT", storedZlib(scanlines)), pngChunk("IEND", [])];
  return Uint8Array.from(png.flat());
}

/**
 * @param {number} hue
 * @param {string} [aspectRatio]
 * @returns {string} the same as a data URL
 */
export function sampleImage(hue, aspectRatio) {
  return `data:image/png;base64,${base64(samplePng(hue, aspectRatio))}`;
}

/** @param {string | undefined} aspectRatio */
function sidesOf(aspectRatio) {
  const [across, down] = (/^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(aspectRatio ?? "") ?? ["", "1", "1"]).slice(1).map(Number);
  const longer = Math.max(across ?? 1, down ?? 1) || 1;
  const side = (/** @type {number | undefined} */ share) => Math.max(1, Math.round((SIZE * (share ?? 1)) / longer));
  return { width: side(across), height: side(down) };
}

/**
 * @param {number} hertz
 * @param {string} format `wav` gets a header; everything else is bare 16-bit PCM at 24 kHz
 * @param {number} seconds
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function sampleTone(hertz, format, seconds) {
  const header = format === "wav" ? WAV_HEADER_BYTES : 0;
  const samples = Math.round(RATE * seconds);
  const view = new DataView(new ArrayBuffer(header + samples * 2));
  for (let at = 0; at < samples; at++) view.setInt16(header + at * 2, Math.round(8000 * Math.sin((2 * Math.PI * hertz * at) / RATE)), true);
  if (header > 0) writeWavHeader(view, samples * 2);
  return new Uint8Array(view.buffer);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function base64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * @param {string} text base64, with line breaks or without
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws when it is none
 */
export function bytesOfBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/**
 * @param {string} type
 * @param {ArrayLike<number>} data
 * @returns {number[]}
 */
function pngChunk(type, data) {
  const body = [...type].map((letter) => letter.charCodeAt(0)).concat(Array.from(data));
  return [...bigEndian(data.length), ...body, ...bigEndian(crc32(body))];
}

/**
 * One stored deflate block: no compressor needed, and 4 KB is small enough.
 * @param {Uint8Array} data
 */
function storedZlib(data) {
  const length = [data.length & 0xff, data.length >> 8];
  return [0x78, 0x01, 0x01, ...length, ...length.map((byte) => byte ^ 0xff), ...data, ...bigEndian(adler32(data))];
}

/** @param {ArrayLike<number>} bytes */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    crc ^= bytes[at] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** @param {Uint8Array} bytes */
function adler32(bytes) {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return ((high << 16) | low) >>> 0;
}

/** @param {number} value */
function bigEndian(value) {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** @param {number} hue */
function hueToRgb(hue) {
  return [0, 240, 120].map((shift) => Math.round(127.5 + 127.5 * Math.cos(((hue + shift) * Math.PI) / 180)));
}

/**
 * @param {DataView} view
 * @param {number} dataLength
 */
function writeWavHeader(view, dataLength) {
  const words = /** @type {const} */ ([[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]]);
  for (const [offset, word] of words) [...word].forEach((letter, at) => view.setUint8(offset + at, letter.charCodeAt(0)));
  const numbers = /** @type {const} */ ([[4, dataLength + 36], [16, 16], [24, RATE], [28, RATE * 2], [40, dataLength]]);
  for (const [offset, number] of numbers) view.setUint32(offset, number, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
}

/** A small picture and a short tone, made from nothing: what the image and audio models answer with. */

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const SIZE = 64;

/**
 * @param {number} hue 0-359, so that different prompts give different pictures
 * @returns {string} a data URL of a 64x64 PNG with a vertical gradient
 */
export function samplePicture(hue) {
  const palette = Array.from({ length: SIZE }, (_, row) => hueToRgb(hue + row * 2)).flat();
  const scanlines = new Uint8Array(SIZE * (SIZE + 1));
  for (let row = 0; row < SIZE; row++) scanlines.fill(row, row * (SIZE + 1) + 1, (row + 1) * (SIZE + 1));
  const header = [...bigEndian(SIZE), ...bigEndian(SIZE), 8, 3, 0, 0, 0];
  const png = [PNG_SIGNATURE, pngChunk("IHDR", header), pngChunk("PLTE", palette), pngChunk("IDAT", storedZlib(scanlines)), pngChunk("IEND", [])];
  return `data:image/png;base64,${base64(Uint8Array.from(png.flat()))}`;
}

/**
 * @param {number} hertz
 * @param {string} format `wav` gets a header; everything else is answered as bare 16-bit PCM at 24 kHz
 * @returns {string} base64 of a fifth of a second
 */
export function sampleTone(hertz, format) {
  const rate = 24000;
  const samples = rate / 5;
  const pcm = new DataView(new ArrayBuffer(samples * 2));
  for (let at = 0; at < samples; at++) pcm.setInt16(at * 2, Math.round(8000 * Math.sin((2 * Math.PI * hertz * at) / rate)), true);
  const bytes = new Uint8Array(pcm.buffer);
  return base64(format === "wav" ? Uint8Array.from([...wavHeader(bytes.length, rate), ...bytes]) : bytes);
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
 * @param {number} dataLength
 * @param {number} rate
 */
function wavHeader(dataLength, rate) {
  const view = new DataView(new ArrayBuffer(44));
  const words = /** @type {const} */ ([[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]]);
  for (const [offset, word] of words) [...word].forEach((letter, at) => view.setUint8(offset + at, letter.charCodeAt(0)));
  const numbers = /** @type {const} */ ([[4, dataLength + 36], [16, 16], [24, rate], [28, rate * 2], [40, dataLength]]);
  for (const [offset, number] of numbers) view.setUint32(offset, number, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  return new Uint8Array(view.buffer);
}

// An image whose content nobody can guess: a number of two digits, drawn as a PNG.
import { base64Of } from "../files-part.js";

/** Digits in a raster of 5 by 7, a row in five bits. */
const DIGITS = [
  [14, 17, 19, 21, 25, 17, 14], [4, 12, 4, 4, 4, 4, 14], [14, 17, 1, 2, 4, 8, 31], [31, 2, 4, 2, 1, 17, 14], [2, 6, 10, 18, 31, 2, 2],
  [31, 16, 30, 1, 1, 17, 14], [6, 8, 16, 30, 17, 17, 14], [31, 1, 2, 4, 8, 8, 8], [14, 17, 17, 14, 17, 17, 14], [14, 17, 17, 15, 1, 2, 12],
];
/** Pixels: a dot of the raster, the border. 128 by 96 in all: large enough to be read, small enough to be sent to hundreds of models. */
const DOT = 8, BORDER = 20;
const WIDTH = 11 * DOT + 2 * BORDER, HEIGHT = 7 * DOT + 2 * BORDER;

/** Black on white, 8 bits of grey. @param {number} number  two digits @returns {string} a data URI */
export function imageOf(number) {
  const glyphs = [DIGITS[Math.floor(number / 10)], DIGITS[number % 10]];
  // A byte before each row says that it is not filtered.
  const pixels = new Uint8Array(HEIGHT * (WIDTH + 1)).fill(255);
  const line = WIDTH + 1;
  for (let y = 0; y < HEIGHT; y += 1) pixels[y * line] = 0;
  glyphs.forEach((rows, place) => {
    for (let dot = 0; dot < 35; dot += 1) {
      const row = Math.floor(dot / 5), column = dot % 5;
      if (((rows[row] >> (4 - column)) & 1) === 0) continue;
      const left = 1 + BORDER + (place * 6 + column) * DOT;
      for (let y = BORDER + row * DOT; y < BORDER + (row + 1) * DOT; y += 1) pixels.fill(0, y * line + left, y * line + left + DOT);
    }
  });
  const head = new Uint8Array([...bigEndian(WIDTH), ...bigEndian(HEIGHT), 8, 0, 0, 0, 0]);
  const png = [new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]), ...chunk("IHDR", head), ...chunk("IDAT", stored(pixels)), ...chunk("IEND", new Uint8Array())];
  return `data:image/png;base64,${base64Of(joined(png))}`;
}

/** zlib without compression: 12 KB in all, and no platform that cannot make it. @param {Uint8Array<ArrayBuffer>} bytes */
function stored(bytes) {
  const blocks = [new Uint8Array([0x78, 1])];
  let a = 1, b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  for (let at = 0; at < bytes.length; at += 65535) {
    const block = bytes.subarray(at, at + 65535), { length } = block;
    blocks.push(new Uint8Array([at + length === bytes.length ? 1 : 0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255]), block);
  }
  return joined([...blocks, bigEndian(((b << 16) | a) >>> 0)]);
}

/** @param {string} type @param {Uint8Array<ArrayBuffer>} data @returns {Uint8Array<ArrayBuffer>[]} */
function chunk(type, data) {
  const body = joined([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), data]);
  return [bigEndian(data.length), body, bigEndian(crc32(body))];
}

/** @type {Int32Array | undefined} */
let crcs;

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  crcs ??= Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    return crc;
  });
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcs[(crc ^ byte) & 255];
  return ~crc >>> 0;
}

/** @param {number} number @returns {Uint8Array<ArrayBuffer>} */
const bigEndian = (number) => new Uint8Array([number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]);

/** @param {Uint8Array<ArrayBuffer>[]} parts @returns {Uint8Array<ArrayBuffer>} */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

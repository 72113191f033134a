/** Reading a number that is drawn dark on light in dots of 5 by 7, at any size and place: what a model's eyes are tried with. */

/** @import { Pixels } from "./png-pixels.js" */

/** Rows of five bits. */
const RASTER = [
  [14, 17, 19, 21, 25, 17, 14], [4, 12, 4, 4, 4, 4, 14], [14, 17, 1, 2, 4, 8, 31], [31, 2, 4, 2, 1, 17, 14], [2, 6, 10, 18, 31, 2, 2],
  [31, 16, 30, 1, 1, 17, 14], [6, 8, 16, 30, 17, 17, 14], [31, 1, 2, 4, 8, 8, 8], [14, 17, 17, 14, 17, 17, 14], [14, 17, 17, 15, 1, 2, 12],
];
const ROWS = 7;

/** Each as its columns, without the empty ones beside it: nobody sees where those begin. */
const SHAPES = RASTER.map((rows) =>
  [4, 3, 2, 1, 0].map((bit) => rows.map((row) => (row >> bit) & 1).join("")).filter((column) => column.includes("1")).join(" "),
);

/**
 * @param {Pixels} pixels
 * @returns {string | undefined} undefined: anything in it is no digit
 */
export function digitsIn({ width, height, rgb }) {
  const isDark = (/** @type {number} */ x, /** @type {number} */ y) => (rgb[(y * width + x) * 3 + 1] ?? 255) < 128;
  const darkColumns = Array.from({ length: width }, (_, x) => Array.from({ length: height }, (_, y) => y).some((y) => isDark(x, y)));
  const darkRows = Array.from({ length: height }, (_, y) => darkColumns.some((dark, x) => dark && isDark(x, y)));
  const [top, bottom] = [darkRows.indexOf(true), darkRows.lastIndexOf(true)];
  const dot = (bottom - top + 1) / ROWS;
  if (top < 0 || dot < 1) return undefined;
  let digits = "";
  for (let x = 0; x < width; x++) {
    if (!darkColumns[x]) continue;
    const left = x;
    while (darkColumns[x]) x++;
    const columns = Array.from({ length: Math.round((x - left) / dot) }, (_, column) =>
      Array.from({ length: ROWS }, (_, row) => Number(isDark(Math.floor(left + (column + 0.5) * dot), Math.floor(top + (row + 0.5) * dot)))).join(""),
    );
    const digit = SHAPES.indexOf(columns.join(" "));
    if (digit < 0) return undefined;
    digits += digit;
  }
  return digits;
}

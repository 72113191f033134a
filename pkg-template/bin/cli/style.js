// What a terminal shows.
import { withoutControls } from "../../terminal-text.js";

/**
 * @typedef {object} Terminal  a stream that may be one
 * @property {boolean} [isTTY]
 * @property {number} [columns]
 */

/**
 * Whether a stream gets colours: `NO_COLOR` and `FORCE_COLOR` as everybody reads them, else whether it is a terminal.
 * @param {Terminal} stream @param {Record<string, string | undefined>} env
 */
export function hasColours(stream, env) {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** @typedef {(text: string) => string} Paint */
/** @typedef {{ dim: Paint, bold: Paint, red: Paint, green: Paint, yellow: Paint }} Style */

/**
 * In place of an escape sequence of our own, until the door (`Output`) writes it. No text from elsewhere can hold one: it is another in every
 * process.
 */
const MARK = `\u001b{${crypto.randomUUID()}:`;
const CODES = /** @type {const} */ ({ dim: [2, 22], bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] });
const MARKS = new RegExp(`${MARK.replace("{", "\\{")}(\\d+)\\}`);

/** @param {boolean} colours @returns {Style} */
export function styleOf(colours) {
  const paint = (/** @type {keyof typeof CODES} */ name) => {
    const [on, off] = CODES[name];
    return (/** @type {string} */ text) => (colours ? `${MARK}${on}}${text}${MARK}${off}}` : text);
  };
  return { dim: paint("dim"), bold: paint("bold"), red: paint("red"), green: paint("green"), yellow: paint("yellow") };
}

/** A text as a stream gets it: our own colours, and nothing else that a terminal would obey. @param {string} text */
export function printable(text) {
  return text.split(MARKS).map((piece, at) => (at % 2 === 1 ? `\u001b[${piece}m` : withoutControls(piece))).join("");
}

/** As wide as a cell, cut with an ellipsis. @param {string} text @param {number} width */
export function cell(text, width) {
  const characters = [...withoutControls(text).replace(/[\n\t]/g, " ")];
  const cut = characters.length > width ? [...characters.slice(0, width - 1), "…"] : characters;
  return cut.join("") + " ".repeat(width - cut.length);
}

/** Of a last column that is cut, and not left out. */
const NARROWEST = 5;

/**
 * Rows under their headings. In a pipe the columns are as wide as they say and the last as wide as it needs; on a terminal no line is wider
 * than it, so that none is wrapped.
 * @param {readonly (readonly [heading: string, width: number])[]} columns
 * @param {readonly (readonly string[])[]} rows
 * @param {Style} style
 * @param {number} [most]  the terminal's width
 */
export function table(columns, rows, style, most) {
  const widths = most === undefined ? columns.map(([, width]) => width) : fitted(columns, rows, most);
  const last = columns.length - 1;
  const line = (/** @type {readonly string[]} */ texts) =>
    texts.flatMap((text, at) => (at === last && most === undefined ? [withoutControls(text)] : (widths[at] ?? 0) > 0 ? [cell(text, widths[at] ?? 0)] : [])).join(" ").trimEnd();
  return [style.bold(line(columns.map(([heading]) => heading))), ...rows.map(line)].join("\n") + "\n";
}

/**
 * As wide as what is in them. What is too much is cut from the last column, then columns are left out from the right; the first, which names
 * the row, is cut at the very end.
 * @param {readonly (readonly [heading: string, width: number])[]} columns @param {readonly (readonly string[])[]} rows @param {number} most
 */
function fitted(columns, rows, most) {
  const widths = columns.map(([heading, width], at) => {
    const widest = rows.reduce((longest, row) => Math.max(longest, [...(row[at] ?? "")].length), heading.length);
    return width > 0 ? Math.min(width, widest) : widest;
  });
  const surplus = () => widths.reduce((sum, width) => sum + (width > 0 ? width + 1 : 0), -1) - most;
  const shrink = (/** @type {number} */ at, /** @type {number} */ least) => (widths[at] = (widths[at] ?? 0) - Math.max(0, Math.min(surplus(), (widths[at] ?? 0) - least)));
  shrink(widths.length - 1, NARROWEST);
  for (let at = widths.length - 1; at > 0 && surplus() > 0; at--) widths[at] = 0;
  shrink(0, 1);
  return widths;
}

/** `128k`, `1.05M`: as OpenRouter's own pages write a context. @param {number | null | undefined} count */
export function inThousands(count) {
  if (count === null || count === undefined) return "-";
  const thousands = Math.round(count / 1000);
  return thousands < 1000 ? `${thousands}k` : `${Number((count / 1e6).toFixed(2))}M`;
}

/** @param {number} usd */
export function dollars(usd) {
  const size = Math.abs(usd);
  return `${usd < 0 ? "-" : ""}$${size > 0 && size < 0.01 ? Number(size.toPrecision(3)).toFixed(10).replace(/0+$/, "") : size.toFixed(2)}`;
}

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

// The vectors of an answer. They stay out of the engine: its memory grows by what passes and never shrinks.
import { bytesOfBase64 } from "../files-part.js";
import { OpenRouterError } from "../first-part.js";

/**
 * One vector an input, in the order of the inputs; anything else is a malformed answer (additions 1).
 * @param {any} data @param {number} count @param {string} label
 * @returns {Float32Array[]}
 */
export function vectorsOf(data, count, label) {
  const malformed = (/** @type {string} */ problem) => new OpenRouterError({ code: "bad-response", message: `${label}: malformed answer: ${problem}` });
  if (!Array.isArray(data)) throw malformed("it has no list of data");
  if (data.length !== count) throw malformed(`data has ${data.length} rows for ${count} inputs`);
  const hasIndexes = data[0]?.index !== undefined && data[0]?.index !== null;
  /** @type {Float32Array[]} */
  const vectors = new Array(count);
  data.forEach((row, number) => {
    if (typeof row !== "object" || row === null) throw malformed(`data[${number}] is no object`);
    const { index, embedding } = row;
    if ((index !== undefined && index !== null) !== hasIndexes) throw malformed("some rows of data have an index and others none");
    const at = hasIndexes ? index : number;
    if (!Number.isInteger(at) || at < 0 || at >= count) throw malformed(`data[${number}].index is ${JSON.stringify(at)}`);
    if (vectors[at] !== undefined) throw malformed(`data[${number}].index is ${at}, as another's`);
    const vector = typeof embedding === "string" ? ofBase64(embedding) : Array.isArray(embedding) ? ofNumbers(embedding) : undefined;
    if (vector === undefined || vector.length === 0 || !isFinite(vector)) throw malformed(`data[${number}].embedding is no vector of finite numbers`);
    vectors[at] = vector;
  });
  return vectors;
}

/** Float32, little endian: as every platform that runs this has it. @param {string} text */
function ofBase64(text) {
  const bytes = bytesOfBase64(text);
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined;
  return bytes.byteOffset % 4 === 0 ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) : new Float32Array(bytes.slice().buffer);
}

/** @param {unknown[]} numbers */
function ofNumbers(numbers) {
  return numbers.every((number) => typeof number === "number") ? Float32Array.from(/** @type {number[]} */ (numbers)) : undefined;
}

/** @param {Float32Array} vector */
function isFinite(vector) {
  // A sum is finite unless one of them is not: a vector of float32 cannot come to more than a double holds.
  let sum = 0;
  for (let at = 0; at < vector.length; at++) sum += vector[at];
  return Number.isFinite(sum);
}

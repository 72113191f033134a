// Which tool a natural question calls for, for the simulator: a real model sees that for itself.
import { zoneIn } from "./clock.js";

/** @import { Script } from "openrouter-wasm/simulator" */

const ADDRESS = /https?:\/\/[^\s<>"')]+[^\s<>"').,;:!?]/;
const ARITHMETIC = /(?:\d|\bsqrt|\bpi\b|\()[\d\s.,+\-*/%^()×÷!]*(?:\b(?:of|sqrt|pi|times|plus|minus|divided by|to the power of)\b[\d\s.,+\-*/%^()×÷!]*)*/gi;
/** @type {[RegExp, string][]} */
const WORDS = [[/\btimes\b/gi, "*"], [/\bplus\b/gi, "+"], [/\bminus\b/gi, "-"], [/\bdivided by\b/gi, "/"], [/\bto the power of\b/gi, "^"], [/(\d),(?=\d{3}\b)/g, "$1"]];

/**
 * @param {string} text of the visitor
 * @param {readonly string[]} offered names of tools
 * @returns {Script | undefined} undefined: no tool is wanted
 */
export function simulatedCall(text, offered) {
  const call = [codeIn(text), addressIn(text), timeIn(text), arithmeticIn(text)].find((each) => each && offered.includes(each.name));
  return call && { reasoning: `I should not guess here: there is a tool for it, ${call.name}.`, toolCalls: [{ ...call, deltaBytes: 4 }] };
}

/** @param {string} text */
function addressIn(text) {
  const url = ADDRESS.exec(text)?.[0];
  return url ? { name: "read_page", arguments: { url } } : undefined;
}

/** Code between backticks that is to be run, or what is best counted. @param {string} text */
function codeIn(text) {
  const [, fenced, inline] = /```(?:\w*\n)?([^]+?)```|`([^`]+)`/.exec(text) ?? [];
  const code = fenced ?? inline;
  if (code && /\b(run|execute|evaluate|result|returns?|output|prints?)\b/i.test(text)) return { name: "run_javascript", arguments: { code: code.trim() } };
  const below = /\bprimes?\b.*?\b(?:below|under|less than|up to)\s+([\d,]+)/i.exec(text)?.[1];
  return below ? { name: "run_javascript", arguments: { code: primes(Number(below.replaceAll(",", ""))) } } : undefined;
}

/** @param {number} limit */
function primes(limit) {
  return `const limit = ${limit};\nconst sieve = new Uint8Array(limit).fill(1, 2);\nfor (let i = 2; i * i < limit; i++) {\n  if (sieve[i]) for (let j = i * i; j < limit; j += i) sieve[j] = 0;\n}\nreturn sieve.reduce((count, isPrime) => count + isPrime, 0);`;
}

/** @param {string} text */
function timeIn(text) {
  if (!/\b(what|which|tell|current|now|today)\b.*\b(time|date|day|clock|weekday)\b|\bwhat(?:'s| is) today\b/i.test(text)) return undefined;
  const zone = zoneIn(text);
  return { name: "clock", arguments: zone ? { time_zone: zone } : {} };
}

/** @param {string} text */
function arithmeticIn(text) {
  const found = [...text.matchAll(ARITHMETIC)].map(([piece]) => WORDS.reduce((so, [word, mark]) => so.replace(word, mark), piece).replace(/[\s,.!]+$/, "").trim());
  // A year or a count alone is no question for a calculator.
  const expression = found.filter((piece) => /\d/.test(piece) && /[+\-*/^×÷]|%|\bof\b|sqrt/.test(piece.slice(1)) && /[\d)%!]$|pi$/.test(piece)).sort((a, b) => b.length - a.length)[0];
  return expression ? { name: "calculator", arguments: { expression } } : undefined;
}

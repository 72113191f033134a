// Streams as no server should send them: recorded ones, bent. Everything comes from one number, so that what was found can be had again.

/** A generator of numbers below a bound; good enough, and the same everywhere. @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** @typedef {ReturnType<typeof randomOf>} Random */

/** What parsers trip over. */
const ODDITIES = [
  "\n", "\r", "\r\n", "\n\n", ":", ": comment\n", "data:", "data: ", "data: [DONE]\n\n", "event: error\n", "id: 1\n", "retry: 0\n", "\ufeff", "\0", "\u2028", '"', "\\", '\\"', "\\u0000", "\\ud83d",
  "\\ude00", "\ud83d\ude00", "{", "}", "[", "]", "{}", "[]", "null", "true", "false", "-1", "0", "1e999", "-0", "1e-9", "99999999999999999999", "NaN", ",", "é", "<think>", "</think>", "<html>", "ping",
  '"finish_reason":"stop"', '"finish_reason":"length"', '"finish_reason":"error"', '"finish_reason":null', '"usage":{}', '"usage":null', '"usage":{"cost":-1}', '"error":{"message":"m","code":502}', '"error":null',
  '"choices":[]', '"choices":null', '"choices":[{"index":1,"delta":{"content":"x"}}]', '"delta":null', '"delta":{}', '"tool_calls":[{}]', '"tool_calls":[{"index":7,"id":"","function":{"name":"f","arguments":"{"}}]',
  '"arguments":"{\\"a\\":1}"', '"content":null', '"content":[{"type":"text","text":"x"}]', '"content":5', '"reasoning_details":[{"type":"reasoning.text","text":"t","index":0}]', '"id":""', '"model":5',
  '"thinking_blocks":[{"type":"thinking","thinking":"t","signature":""}]', '"thinking_blocks":[{"type":"redacted_thinking","data":"AA=="}]', '"thinking_blocks":[null]', '"provider_specific_fields":{"thinking_blocks":[]}', '"reasoning_content":"t"', '"native_finish_reason":"SAFETY"',
  '"extra_content":{"google":{"thought_signature":"c2ln"}}', '"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]}]', '"citations":["https://a.example","javascript:alert(1)"]',
  // Lines of no event, and errors in every framing.
  "data\n", "data:\n\n", "event\n", ":\n\n", "foo: bar\n", "DATA: {}\n\n", " data: {}\n\n", "data : {}\n\n", "id:\0\n", "retry: x\n", 'error: {"message":"m","code":429}\n\n', "error: overloaded\n\n", 'event: error\ndata: {"message":"m"}\n\n', "event: error\ndata: broken\n\n", 'event: message\ndata: {"error":"x"}\n\n',
  '{"error":{"message":"m","code":502,"metadata":{"raw":"{\\"error\\":{\\"message\\":\\"deep\\"}}"}}}',
];

const encoder = new TextEncoder();
const at = (/** @type {Random} */ random, /** @type {number} */ length) => (length === 0 ? 0 : random(length));

/** @param {Uint8Array} bytes @param {number} from @param {number} to @param {Uint8Array} put */
function splice(bytes, from, to, put) {
  const out = new Uint8Array(bytes.length - (to - from) + put.length);
  out.set(bytes.subarray(0, from));
  out.set(put, from);
  out.set(bytes.subarray(to), from + put.length);
  return out;
}

/** A range, mostly short. @param {Random} random @param {Uint8Array} bytes @returns {[number, number]} */
function range(random, bytes) {
  const from = at(random, bytes.length + 1);
  return [from, Math.min(bytes.length, from + random(random(4) === 0 ? 400 : 12))];
}

/** Where lines begin. @param {Uint8Array} bytes */
function lines(bytes) {
  const starts = [0];
  for (let index = 0; index < bytes.length; index++) if (bytes[index] === 10) starts.push(index + 1);
  return starts;
}

/** A line, with its end. @param {Random} random @param {Uint8Array} bytes @returns {[number, number]} */
function line(random, bytes) {
  const starts = lines(bytes);
  const number = random(starts.length);
  return [starts[number], starts[number + 1] ?? bytes.length];
}

/** Each bends a stream once. @type {Record<string, (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array>} */
const MUTATIONS = {
  cut: (bytes, random) => bytes.subarray(0, at(random, bytes.length)),
  flip: (bytes, random) => {
    const out = bytes.slice();
    if (out.length > 0) out[at(random, out.length)] ^= 1 << random(8);
    return out;
  },
  remove: (bytes, random) => splice(bytes, ...range(random, bytes), new Uint8Array()),
  repeat: (bytes, random) => {
    const [from, to] = range(random, bytes);
    return splice(bytes, to, to, bytes.slice(from, to));
  },
  insert: (bytes, random) => {
    const place = at(random, bytes.length + 1);
    return splice(bytes, place, place, encoder.encode(ODDITIES[random(ODDITIES.length)]));
  },
  overwrite: (bytes, random) => splice(bytes, ...range(random, bytes), encoder.encode(ODDITIES[random(ODDITIES.length)])),
  "remove a line": (bytes, random) => splice(bytes, ...line(random, bytes), new Uint8Array()),
  "repeat a line": (bytes, random) => {
    const [from, to] = line(random, bytes);
    return splice(bytes, to, to, bytes.slice(from, to));
  },
  "move a line": (bytes, random) => {
    const [from, to] = line(random, bytes);
    const moved = bytes.slice(from, to);
    const rest = splice(bytes, from, to, new Uint8Array());
    const [place] = line(random, rest);
    return splice(rest, place, place, moved);
  },
  "a line of another": (bytes, random, other) => {
    const [place] = line(random, bytes);
    return splice(bytes, place, place, other.slice(...line(random, other)));
  },
  "the end of another": (bytes, random, other) => splice(bytes, at(random, bytes.length + 1), bytes.length, other.slice(at(random, other.length))),
  "a value": (bytes, random) => {
    // What stands behind a colon, up to the next comma or bracket.
    const text = new TextDecoder().decode(bytes);
    const places = [...text.matchAll(/:(?:"(?:[^"\\]|\\.)*"|[^,{}[\]]*)/g)];
    if (places.length === 0) return bytes;
    const found = places[random(places.length)];
    return encoder.encode(`${text.slice(0, found.index)}:${ODDITIES[random(ODDITIES.length)]}${text.slice(found.index + found[0].length)}`);
  },
  // Whole bodies in the framing of others.
  "as one event": (bytes) => encoder.encode(`data: ${new TextDecoder().decode(bytes).replaceAll("\n", " ")}\n\n`),
  "out of its events": (bytes) => encoder.encode(new TextDecoder().decode(bytes).replaceAll(/^data: ?/gm, "")),
  "as an error of SSE": (bytes, random) => {
    const [from] = line(random, bytes);
    return splice(bytes, from, from, encoder.encode(["event: error\n", "error: ", "event:error\ndata: "][random(3)]));
  },
  "the other's body behind it": (bytes, random, other) => splice(bytes, bytes.length, bytes.length, other),
  "line ends": (bytes, random) => encoder.encode(new TextDecoder().decode(bytes).replaceAll("\n", ["\r\n", "\r", "\n\n", "\n "][random(4)])),
};
const NAMES = Object.keys(MUTATIONS);

/**
 * @param {{ name: string, bytes: Uint8Array, isStream: boolean }[]} seeds
 * @param {number} number
 */
export function mutant(seeds, number) {
  const random = randomOf(number);
  const seed = seeds[random(seeds.length)], other = seeds[random(seeds.length)];
  let { bytes } = seed;
  /** @type {string[]} */
  const done = [];
  for (let rounds = random(4); rounds > 0; rounds--) {
    const name = NAMES[random(NAMES.length)];
    done.push(name);
    bytes = MUTATIONS[name](bytes, random, other.bytes);
  }
  const isMislabelled = random(6) === 0;
  const label = seed.isStream !== isMislabelled ? "text/event-stream" : "application/json";
  const contentType = random(10) === 0 ? ["", "text/plain", "text/html; charset=utf-8", "application/octet-stream", "TEXT/Event-Stream;charset=UTF-8", "application/x-ndjson"][random(6)] : label;
  const status = random(16) === 0 ? [400, 401, 402, 403, 404, 408, 413, 429, 500, 502, 503, 529][random(12)] : 200;
  return { bytes, contentType, status, isBroken: random(10) === 0, from: seed.name, done, random };
}

// What `repairToolCalls` forgives: arguments in stray characters, names that are nearly right, calls written as text, escaped arguments of
// x-ai's models. Nothing is made up: what is cut off stays broken.

/** Of the release: so much may stand before and behind the arguments, and longer texts are not looked into. */
const MAX_BEFORE = 96, MAX_BEHIND = 3, MAX_CHARS = 64_000;
const ENTITIES = /** @type {Record<string, string>} */ ({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#39": "'", "#x27": "'", "#34": '"', nbsp: "\u00a0" });

/** The object inside of broken arguments, when there is exactly one whole one within reach. @param {string} text @returns {Record<string, any> | undefined} */
export function unwrapped(text) {
  if (text.length > MAX_CHARS) return undefined;
  const start = text.indexOf("{");
  if (start < 0 || start > MAX_BEFORE) return undefined;
  // A bracket too many is one of the stray characters.
  for (let end = text.lastIndexOf("}"); end > start && text.slice(end + 1).trim().length <= MAX_BEHIND; end = text.lastIndexOf("}", end - 1)) {
    const found = objectOf(text.slice(start, end + 1)) ?? grown(text.slice(start, end + 1));
    if (found) return found;
  }
  return undefined;
}

/** The object at the end of a text that else has beginnings of it alone, or all of it: each piece said everything so far. @param {string} text */
function grown(text) {
  for (let at = text.indexOf("{", 1), tries = 0; at > 0 && tries < MAX_BEFORE; at = text.indexOf("{", at + 1), tries++) {
    const last = text.slice(at), found = objectOf(last);
    if (!found) continue;
    let from = 0;
    while (from < at) {
      let length = 0;
      while (from + length < at && text[from + length] === last[length]) length++;
      if (length === 0) return undefined;
      from += length;
    }
    return found;
  }
  return undefined;
}

/** @param {string} text @returns {Record<string, any> | undefined} */
function objectOf(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The offered tool that is meant, when only one can be: other case, other separators, a prefix such as `functions.`.
 * @param {string} name @param {readonly string[]} offered
 */
export function nearName(name, offered) {
  if (offered.includes(name)) return name;
  const plain = (/** @type {string} */ text) => text.trim().toLowerCase().replace(/[^a-z0-9]/g, "");
  const forms = new Set([plain(name), plain(name.split(/[.:/]/).at(-1) ?? ""), plain(name.replace(/:\d+$/, "")), plain(name.replace(/^functions?[.:]/, "").replace(/:\d+$/, ""))]);
  const near = offered.filter((held) => plain(held) !== "" && forms.has(plain(held)));
  return near.length === 1 ? near[0] : undefined;
}

/** Whether a model writes `&quot;` into its arguments. @param {string | undefined} model */
export function escapes(model) {
  return /(^|\/)(x-ai\/|grok)/i.test(model ?? "");
}

/** A value with the entities of HTML taken back in every string. @param {any} value @returns {any} */
export function unescaped(value) {
  if (typeof value === "string") return value.replace(/&(#\d+|#x[\da-f]+|\w+);/gi, (all, name) => ENTITIES[name.toLowerCase()] ?? codePoint(name) ?? all);
  if (Array.isArray(value)) return value.map(unescaped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unescaped(inner)]));
}

/** @param {string} name */
function codePoint(name) {
  if (!name.startsWith("#")) return undefined;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}

/**
 * The calls that a text consists of and of nothing else, by the forms that models fall back to. A text with anything beside them stays a text.
 * @param {string} text @param {readonly string[]} offered
 * @returns {{ name: string, input: Record<string, any> }[]}
 */
export function callsInText(text, offered) {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > MAX_CHARS) return [];
  for (const read of [tagged, functionTags, bare]) {
    const calls = read(trimmed)?.map(({ name, input }) => ({ name: nearName(name, offered), input }));
    if (calls?.length && calls.every(({ name }) => name !== undefined)) return /** @type {{ name: string, input: Record<string, any> }[]} */ (calls);
  }
  return [];
}

/** @typedef {{ name: string, input: Record<string, any> }[] | undefined} Found */

/** `<tool_call>{"name": ..., "arguments": {...}}</tool_call>`, one or several; `[TOOL_CALLS] [...]`. @param {string} text @returns {Found} */
function tagged(text) {
  const list = /^\[TOOL_CALLS\]\s*(\[[^]*\])$/.exec(text);
  if (list) return fromJson(list[1]);
  const blocks = [...text.matchAll(/\s*<(tool_call|function_call)>([^]*?)<\/\1>\s*/g)];
  if (blocks.length === 0 || blocks.map(([all]) => all).join("") !== text) return undefined;
  const calls = blocks.map(([, , inner]) => fromJson(inner) ?? functionTags(inner.trim()));
  return calls.some((found) => found === undefined) ? undefined : calls.flatMap((found) => found ?? []);
}

/** `<function=name><parameter=key>value</parameter></function>`. @param {string} text @returns {Found} */
function functionTags(text) {
  const blocks = [...text.matchAll(/\s*<function=([^>\s]+)>([^]*?)<\/function>\s*/g)];
  if (blocks.length === 0 || blocks.map(([all]) => all).join("") !== text) return undefined;
  return blocks.map(([, name, inner]) => {
    const whole = objectOf(inner.trim());
    if (whole) return { name, input: whole };
    const input = Object.fromEntries([...inner.matchAll(/<parameter=([^>\s]+)>([^]*?)<\/parameter>/g)].map(([, key, value]) => [key, scalar(value)]));
    return { name, input };
  });
}

/** @param {string} text */
function scalar(text) {
  const trimmed = text.replace(/^\n|\n$/g, "");
  try {
    return JSON.parse(trimmed);
  } catch {
    return trimmed;
  }
}

/** The JSON of a call alone, or in a fence. @param {string} text @returns {Found} */
function bare(text) {
  const fence = /^```\w*\s*\n([^]*?)\n?```$/.exec(text);
  return fromJson(fence ? fence[1] : text);
}

/** @param {string} text @returns {Found} */
function fromJson(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const calls = (Array.isArray(value) ? value : [value]).map((item) => {
    const call = item?.function && typeof item.function === "object" ? item.function : item;
    const { name, arguments: given, parameters, input } = call ?? {};
    const args = given ?? parameters ?? input;
    const read = typeof args === "string" ? objectOf(args) : args;
    return typeof name === "string" && typeof read === "object" && read !== null && !Array.isArray(read) ? { name, input: read } : undefined;
  });
  return calls.length > 0 && calls.every((call) => call !== undefined) ? /** @type {Found} */ (calls) : undefined;
}

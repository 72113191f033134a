// Secrets in a text that is about to be shown or logged. The engine masks its own errors (src/redact.rs); this is for everything else.
//
// Every pattern takes time in proportion to the text, whatever stands in it: a name begins where no name goes on (the look-behind), what may
// repeat without bound is consumed by the match or ends before the next place where a match may begin, white space is counted.

import { checkNames, describe, isMaskable, knownSecrets, knownSecretsVersion, reading } from "../first-part.js";

/** @import { SecretKey } from "../index.js" */

/** Each round may bring together what a next one finds; texts settle in two. */
const MOST_ROUNDS = 8;

/** The pattern of the known secrets alone. @type {{ pattern: RegExp, version: number } | undefined} */
let known;

/**
 * @param {unknown} text
 * @param {{ secrets?: Iterable<string | SecretKey> }} [options]
 * @returns {string}
 */
export function redact(text, options = {}) {
  // A log of what broke must not break by it: a value without a text is told to have none.
  const plain = textOf(text);
  return reading("secrets", () => {
    // A `secret` that nobody reads would be shown.
    checkNames(options, ["secrets"]);
    return redacted(plain, options.secrets);
  });
}

/** @param {unknown} value */
function textOf(value) {
  try {
    return String(value);
  } catch (cause) {
    return describe(cause);
  }
}

/** @param {string} text @param {Iterable<string | SecretKey> | undefined} secrets */
function redacted(text, secrets) {
  const named = secrets ? [...secrets].map((secret) => (typeof secret === "string" ? secret : secret.reveal())) : [];
  const own = named.filter((secret) => !knownSecrets.has(secret));
  const version = knownSecretsVersion();
  if (known?.version !== version) known = { pattern: exactly([...knownSecrets]), version };
  // One pattern and not one after the other: a short secret must not cut a long one in pieces.
  const exact = own.length > 0 ? exactly([...knownSecrets, ...own]) : known.pattern;
  let now = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = now;
    now = maskPatterns(now.replace(exact, (found) => mask(found)));
    if (now === before) break;
  }
  return now;
}

/** One pattern of all values in every spelling, the longest first: of those that begin at one place it takes the first. @param {string[]} values */
function exactly(values) {
  const spellings = new Set(values.filter(isMaskable).flatMap(spellingsOf));
  if (spellings.size === 0) return /(?!)/g;
  const sorted = [...spellings].sort((left, right) => right.length - left.length);
  return new RegExp(sorted.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "g");
}

/** @param {string} value */
function spellingsOf(value) {
  const escaped = JSON.stringify(value).slice(1, -1);
  // Half a character has no percent-encoding.
  const encoded = encodeURIComponent(value.replace(/[\ud800-\udfff]/g, ""));
  const spaced = encoded.replaceAll("%20", "+");
  return [value, escaped, escaped.replaceAll("/", "\\/"), encoded, encoded.replace(/%../g, (hex) => hex.toLowerCase()), spaced];
}

/** @param {string} value */
function mask(value) {
  if (value.length < 18) return isMask(value) ? value : "***";
  // Half a character is no text.
  return /[\ud800-\udfff]/.test(value) ? "***" : `${value.slice(0, 6)}…${value.slice(-4)}`;
}

/** @param {string} value */
const isMask = (value) => /^[^]{6}…[^]{4}$/.test(value) || value === "[redacted]";

/** The ends of names of fields, variables, flags and headers whose values are secret. */
const NAMES = "(?:api|access|secret|private|admin|signing|encryption|master)[-_.]?key|token|secret|passw(?:or)?d|passphrase|credentials?|code[-_.]?verifier";
const NAME = `(?<![\\w.-])(?:[\\w.-]*(?:${NAMES}))`;
const GAP = "[ \\t]{0,8}";
/** A value in quotes goes to its quote or to the end of the line, one in escaped quotes (JSON inside JSON) to the next of either. */
const QUOTED = `(\\\\{1,3}["'])([^"'\\\\\\r\\n]*)|(")([^"\\\\\\r\\n]*(?:\\\\[^\\r\\n][^"\\\\\\r\\n]*)*)|(')([^'\\\\\\r\\n]*(?:\\\\[^\\r\\n][^'\\\\\\r\\n]*)*)`;
const BARE = "[^\\s\"'`&,;<>(){}[\\]\\\\]+";
/** Neither a secret nor worth hiding. */
const LITERAL = /^(?:null|true|false|undefined|is|are|was|must|may|has|counts|cannot|needs|takes)$/i;

/** A token behind a prefix that only its vendor gives; an escape (`\n`, `%3D`) before it is no part of its name. */
const VENDORS = new RegExp(
  `sk-(?:or|ant|proj)-[\\w-]{5,}|(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\\\[bfnrt]))(?:${[
    "sk-[\\w-]{8,}", "pplx-[\\w-]{10,}", "gh[opsur]_\\w{16,}", "github_pat_\\w{16,}", "glpat-[\\w-]{16,}", "gsk_\\w{10,}", "AIza[\\w-]{30,}",
    "ya29\\.[\\w.-]{10,}", "hf_\\w{10,}", "r8_\\w{10,}", "xai-[\\w-]{10,}", "xox[abeprs]-[\\w-]{10,}", "xapp-[\\w-]{10,}", "npm_\\w{10,}",
    "(?:AKIA|ASIA)[0-9A-Z]{16}",
  ].join("|")})`,
  "g",
);

/** @type {[pattern: RegExp, replacement: (...groups: any[]) => string][]} */
const PATTERNS = [
  // Authorization: Bearer x; "authorization":"Basic x"
  [
    new RegExp(`(?<![\\w-])((?:proxy-)?authorization(?:\\\\{0,3}["'])?${GAP}[:=]${GAP}(?:\\\\{0,3}["'])?(?:(?:Bearer|Basic|Bot|Token|ApiKey|Digest)[ \\t]{1,8})?)(${BARE})`, "gi"),
    (_, head, value) => head + (/^(?:Bearer|Basic|Bot|Token|ApiKey|Digest)$/i.test(value) ? value : mask(value)),
  ],
  [new RegExp(`(?<![\\w-])((?:set-)?cookie(?:\\\\{0,3}["'])?${GAP}:${GAP}(?:\\\\{0,3}["'])?)([^\\s"'\\\\][^"'\\\\\\r\\n]*)`, "gi"), (_, head) => `${head}***`],
  // NAME=value of a shell or an .env file: the value may hold what ends others.
  [new RegExp(`(?<![\\w.-])([A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)=)([^\\s"'\`&<>\\\\]+)`, "g"), (whole, head, value) => (LITERAL.test(value) ? whole : head + mask(value))],
  // name: value and name=value, quoted or not: JSON, YAML, headers, forms.
  [
    new RegExp(`(${NAME})((?:\\\\{0,3}["'])?)(${GAP}(?:=>|[:=])${GAP})(?:${QUOTED}|(${BARE}))`, "gi"),
    (whole, name, quote, between, escapedQuote, escaped, double, inDouble, single, inSingle, bare) => {
      const value = escaped ?? inDouble ?? inSingle ?? bare;
      if (value === "" || LITERAL.test(value)) return whole;
      const opening = escapedQuote ?? double ?? single ?? "";
      return name + quote + between + opening + (quote && opening ? "***" : mask(value));
    },
  ],
  // --api-key value
  [
    new RegExp(`(?<![\\w.-])(--[\\w-]*(?:${NAMES})[ \\t]{1,8})(?:(["'])([^"'\\r\\n]+)|(?!-)(${BARE}))`, "gi"),
    (_, head, quote = "", quoted, bare) => head + quote + mask(quoted ?? bare),
  ],
  // https://user:password@host
  [
    /\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/?#@"'<>]+)@/gi,
    (_, scheme, user) => `${scheme}${user.includes(":") ? `${user.slice(0, user.indexOf(":"))}:***` : "***"}@`,
  ],
  [/([?&](?:key|code|auth|pass|pwd|sig|signature)=)([^\s"'`&<>#\\]+)/gi, (_, head, value) => head + mask(value)],
  // A JSON web token.
  [/(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]+)?/g, (found) => mask(found)],
  [/(?<![A-Za-z0-9])(Bearer[ \t]{1,8})([\w.~+/=-]{18,})/gi, (_, head, value) => head + mask(value)],
  [VENDORS, (found) => mask(found)],
];

/** @param {string} text */
function maskPatterns(text) {
  let now = maskPem(text);
  for (const [pattern, replacement] of PATTERNS) now = now.replace(pattern, replacement);
  return now;
}

/** Keys in PEM blocks. One without an end was cut: everything behind its head may be key. @param {string} text */
function maskPem(text) {
  const head = /-----BEGIN ((?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?)-----/g;
  let [out, from] = ["", 0];
  for (let begin; (begin = head.exec(text)); ) {
    const start = head.lastIndex;
    const tail = `-----END ${begin[1]}-----`;
    const end = text.indexOf(tail, start);
    out += `${text.slice(from, start)}***${end < 0 ? "" : tail}`;
    if (end < 0) return out;
    from = head.lastIndex = end + tail.length;
  }
  return out + text.slice(from);
}

// Which environment variables may be handed on to tools.
import { reading } from "../caller-objects.js";
import { checkNames } from "../calls/call-options.js";
import { invalidRequest } from "../errors.js";

/** @import { SanitizeEnvOptions } from "../index.js" */

const BLOCKED = [
  /^(?:ANTHROPIC|OPENAI|GEMINI|OPENROUTER|MINIMAX|ELEVENLABS|SYNTHETIC|AZURE|AZURE_OPENAI|COHERE|AI_GATEWAY)_API_KEY$/i,
  /^(?:TELEGRAM|DISCORD)_BOT_TOKEN$/i,
  /^SLACK_(?:BOT|APP)_TOKEN$/i,
  /^LINE_CHANNEL_(?:SECRET|ACCESS_TOKEN)$/i,
  /^OPENCLAW_GATEWAY_(?:TOKEN|PASSWORD)$/i,
  /^AWS_(?:SECRET_ACCESS_KEY|SECRET_KEY|SESSION_TOKEN)$/i,
  /^(?:GH|GITHUB)_TOKEN$/i,
  /_ADMIN_KEY$/i,
  /(?:API_KEY|TOKEN|PASSWORD|PRIVATE_KEY|SECRET)$/i,
];
/** As upstream has it: of these `LANG` alone minds its case. */
const ALLOWED = [/^LANG$/, /^LC_.*$/i, /^(?:PATH|HOME|USER|SHELL|TERM|TZ|NODE_ENV)$/i];
const LONGEST_BYTES = 32_768;

/**
 * @param {Record<string, unknown>} record
 * @param {SanitizeEnvOptions} [options]
 * @returns {{ allowed: Record<string, string>, blocked: string[], warnings: string[] }}
 */
export function sanitizeEnv(record, options = {}) {
  return reading("record", () => {
    checkNames(options, ["strict", "block", "allow"]);
    return sanitized(record, options);
  });
}

/** @param {Record<string, unknown>} record @param {SanitizeEnvOptions} options @returns {{ allowed: Record<string, string>, blocked: string[], warnings: string[] }} */
function sanitized(record, { strict = false, block = [], allow = [] }) {
  if (typeof record !== "object" || record === null) throw invalidRequest("record: must be an object");
  const blockedBy = matcher("block", BLOCKED, block);
  const allowedBy = matcher("allow", ALLOWED, allow);
  /** @type {Record<string, string>} */
  const allowed = {};
  /** @type {string[]} */
  const blocked = [];
  /** @type {string[]} */
  const warnings = [];
  for (const [untrimmed, value] of Object.entries(record)) {
    const name = untrimmed.trim();
    if (name === "" || value === undefined || value === null) continue;
    // A binding that is no text cannot be looked into.
    if (blockedBy(name) || (strict && !allowedBy(name)) || typeof value !== "string" || value.includes("\0")) {
      blocked.push(name);
      continue;
    }
    const warning = warningOf(value);
    if (warning) warnings.push(`${name}: ${warning}`);
    // Not an assignment: a variable may be called __proto__.
    Object.defineProperty(allowed, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return { allowed, blocked, warnings };
}

/** @param {string} value */
function warningOf(value) {
  // A UTF-16 unit is three bytes at most: most values need not be counted.
  if (value.length * 3 > LONGEST_BYTES && new TextEncoder().encode(value).length > LONGEST_BYTES) return "Value exceeds maximum length";
  if (/^[A-Za-z0-9+/=]{80,}$/.test(value)) return "Value looks like base64-encoded credential data";
  return undefined;
}

/**
 * @param {string} place
 * @param {readonly RegExp[]} own
 * @param {readonly (string | RegExp)[]} more
 * @returns {(name: string) => boolean}
 */
function matcher(place, own, more) {
  if (!Array.isArray(more) || !more.every((pattern) => typeof pattern === "string" || pattern instanceof RegExp)) {
    throw invalidRequest(`${place}: must be an array of names and regular expressions`);
  }
  const patterns = [...own, ...more];
  // `search` and not `test`, which remembers where a global pattern stopped.
  return (name) => patterns.some((pattern) => (typeof pattern === "string" ? name.toUpperCase() === pattern.toUpperCase() : name.search(pattern) >= 0));
}

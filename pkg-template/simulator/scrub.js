/** What must not get into a fixture: keys, cookies, ids of accounts. */

export const REDACTED = "[redacted]";

/** Headers that are worth keeping; of all others nobody knows what they give away. */
const KEPT_HEADERS = /^(accept|content-type|retry-after|x-generation-id|x-ratelimit-[\w-]+|x-openrouter-[\w-]+|location)$/i;
const SECRET_HEADERS = /authorization|api-?key|token|secret|password|cookie|signature|perplexity/i;
/** Keys by their looks, cut ones as OpenRouter labels them among them, JSON Web Tokens, ids of accounts. */
const LOOKS = [
  /\bsk-or-[\w.…-]{3,}/g, /\b(?:sk|pk|rk|pplx|xai|gsk|hf|ghp|AIza)[-_][\w.…-]{8,}/g, /\bAIza[\w-]{20,}/g,
  /\b(?:gh[opsur]_|github_pat_|glpat-|gsk_|hf_|r8_|npm_|xox[abeprs]-|xapp-|ya29\.)[\w.-]{10,}/g, /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*/g, /\bBearer\s+[\w.~+/=-]{6,}/gi,
  // Long, and with a digit: "user_message" is a word.
  /\b(?:user|org|acct|account|workspace|ws|cus|client|sess|session)[_-](?=[A-Za-z]*\d)[A-Za-z0-9]{12,}/g,
];
/** Fields that name somebody, wherever they stand. */
const FIELDS = /("(?:user|user_id|userId|creator_user_id|account_id|accountId|organization_id|organization|org_id|workspace_id|external_user|email|label|hash|api_key|apiKey)"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/** Fields that hold a secret by their names; `token` alone is a word of an answer with logprobs. */
const SECRET_FIELDS = /("[\w.-]*(?:api[-_]?key|private[-_]?key|(?:access|refresh|auth|id|session|bearer)[-_]?token|secret|passw(?:or)?d|passphrase)"\s*:\s*)"((?:[^"\\]|\\.)*)"/gi;
const SECRET_PARAMETERS = /([?&](?:[\w.-]*(?:key|token|secret|passw(?:or)?d|signature)|code|auth|pass|pwd|sig|state)=)([^&#"\s]+)/gi;
/** No word that stands for something else elsewhere, such as "string". */
const LOOKS_DRAWN = /^(?=.*\d)\S{6,}$/;
/** A string that may be a piece of a secret which came in several deltas; no name of a field. */
const PIECES = /"((?=[^"]*\d)[^"\\\s]{6,}|[^"\\\s]{8,})"(?!\s*:)/g;

/** What one recorder has seen of secrets, and takes out of everything. */
export class Scrubber {
  /** @type {Set<string>} */
  #secrets = new Set();

  /** @param {Iterable<string>} [secrets] */
  constructor(secrets = []) {
    for (const secret of secrets) this.#learn(secret);
  }

  /** @param {string} secret */
  #learn(secret) {
    for (const piece of [secret, ...secret.split(/[\s;,=]+/)]) if (piece.length >= 6 && !/^(bearer|basic)$/i.test(piece)) this.#secrets.add(piece);
  }

  /** What a text names as a secret is one wherever else it stands, also where nothing names it. @param {string} text */
  learnFrom(text) {
    for (const pattern of [SECRET_FIELDS, SECRET_PARAMETERS]) {
      for (const [, , value = ""] of text.matchAll(pattern)) if (LOOKS_DRAWN.test(value)) this.#secrets.add(value);
    }
  }

  /** Headers without those that hold something; what they held is a secret from now on. @param {Headers} headers @returns {Record<string, string>} */
  headers(headers) {
    /** @type {Record<string, string>} */
    const kept = {};
    headers.forEach((value, name) => {
      if (SECRET_HEADERS.test(name)) this.#learn(value);
    });
    headers.forEach((value, name) => {
      if (KEPT_HEADERS.test(name)) kept[name] = this.text(value);
    });
    return kept;
  }

  /** @param {string} text */
  text(text) {
    let out = text;
    // The longest first: a piece of one may be another.
    for (const secret of [...this.#secrets].sort((left, right) => right.length - left.length)) {
      for (const spelled of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) out = out.replaceAll(spelled, REDACTED);
    }
    for (const look of LOOKS) out = out.replace(look, REDACTED);
    out = out.replace(PIECES, (whole, piece) => ([...this.#secrets].some((secret) => secret.includes(piece)) ? `"${REDACTED}"` : whole));
    return out.replace(FIELDS, `$1"${REDACTED}"`).replace(SECRET_FIELDS, `$1"${REDACTED}"`).replace(SECRET_PARAMETERS, `$1${REDACTED}`);
  }
}

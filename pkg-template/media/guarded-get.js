// A GET of what an answer named: redirects by hand, each of them judged anew, and the key on the API's own origin alone.
import { answerReader, cleanKey, describe, fromEngine, headOf, letGo, maskedCause, OpenRouterError, withoutKey } from "../first-part.js";
import { readBounded, servicesEngine } from "../services-part.js";

/** @import { Access, Deadline, Head } from "../calls/call.js" */
/** @import { AnswerReader } from "../calls/body.js" */
/** @import { VideoOrigin } from "./video-origin.js" */

const MAX_REDIRECTS = 3;
/** Of an error: its words are in front. */
const MAX_ERROR_BYTES = 16 << 10;

/** What came. @typedef {Head & { url: string, reader: AnswerReader }} Got */
/**
 * @typedef {object} Get
 * @property {Access} access
 * @property {VideoOrigin} origin
 * @property {URL} url  judged already
 * @property {string} label  begins every error
 * @property {Deadline} deadline
 * @property {boolean} [isSigned]  the URL is its own permission: no key even at home
 */

/**
 * The answer, its status in the 200s; anything else is thrown.
 * @param {Get} get
 * @returns {Promise<{ response: Got, key: string }>}
 */
export async function guardedGet({ access, origin, url, label, deadline, isSigned = false }) {
  let isTrusted = !isSigned && origin.isOwn(url);
  let key = "";
  if (isTrusted && origin.reads.key !== "never") {
    key = cleanKey((await deadline.race(access.apiKey())) ?? "");
    if (key === "" && origin.reads.key === "required") throw new OpenRouterError({ code: "auth", message: "OpenRouter API key missing" });
  }
  const fetch = access.fetch();
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(fetch, url, isTrusted ? headersWith(origin, key) : {}, "manual", label, deadline, key);
    const { status } = response;
    if (status >= 200 && status < 300) return { response, key };
    if (status !== 0 && (status < 300 || status >= 400)) throw await errorOf(response, label, deadline, key);
    letGo(response.reader);
    if (status === 0) {
      // A page is not shown where to. It may follow where it takes nothing along, and is told afterwards.
      if (isTrusted) throw redirected(label, "a page cannot follow one with the key", status);
      return { response: await followed(fetch, url, label, deadline, origin), key };
    }
    if (redirects === MAX_REDIRECTS) throw redirected(label, `more than ${MAX_REDIRECTS} are not followed`, status);
    const { glue } = await servicesEngine.start();
    url = nextOf(response, url, label);
    const problem = origin.problemOf(url, glue);
    if (problem !== undefined) throw redirected(label, problem, status);
    // Once away, what was taken along stays away: the way back is somebody else's choice.
    isTrusted &&= origin.isOwn(url);
  }
}

/** @param {VideoOrigin} origin @param {string} key */
function headersWith(origin, key) {
  const { headers } = origin.reads;
  return key === "" ? headers : { ...headers, Authorization: `Bearer ${key}` };
}

/**
 * @param {typeof globalThis.fetch} fetch @param {URL} url @param {Record<string, string>} headers @param {RequestRedirect} redirect
 * @param {string} label @param {Deadline} deadline @param {string} key
 */
async function send(fetch, url, headers, redirect, label, deadline, key) {
  try {
    const response = await deadline.race(Promise.resolve(fetch(url.href, { method: "GET", headers, redirect, signal: deadline.signal })));
    const { url: answered, body } = response;
    // Its body too: what cannot even be asked for is no answer.
    if (typeof (body ?? {}) !== "object") throw new TypeError("the answer has no body to be read");
    return { ...headOf(response), url: typeof answered === "string" ? answered : "", reader: answerReader(response) };
  } catch (cause) {
    // An abort or the time limit is its own reason.
    if (deadline.isOver) throw await deadline.race(Promise.reject(cause)).catch((error) => error);
    throw new OpenRouterError({ code: "network", message: withoutKey(`${label}: no answer from ${url.host}: ${describe(cause)}`, key), isRetryable: true }, { cause: maskedCause(cause, key) });
  }
}

/** @param {typeof globalThis.fetch} fetch @param {URL} url @param {string} label @param {Deadline} deadline @param {VideoOrigin} origin */
async function followed(fetch, url, label, deadline, origin) {
  const response = await send(fetch, url, {}, "follow", label, deadline, "");
  const { glue } = await servicesEngine.start();
  const problem = response.url ? origin.problemOf(new URL(response.url), glue) : undefined;
  if (problem === undefined && response.status >= 200 && response.status < 300) return response;
  if (problem === undefined) throw await errorOf(response, label, deadline, "");
  letGo(response.reader);
  throw redirected(label, problem, response.status);
}

/** @param {Got} response @param {URL} from @param {string} label */
function nextOf(response, from, label) {
  const location = response.headers.get("location");
  try {
    if (location) return new URL(location, from);
  } catch {
    // Said below.
  }
  throw redirected(label, "it does not say where to", response.status);
}

/** @param {string} label @param {string} why @param {number} status */
function redirected(label, why, status) {
  const message = `${label}: the server answered with a redirect that is not followed: ${why}`;
  return new OpenRouterError({ code: "bad-response", message, ...(status > 0 && { status }) });
}

/** @param {Got} response @param {string} label @param {Deadline} deadline @param {string} key */
async function errorOf(response, label, deadline, key) {
  const answer = { reader: response.reader, response, key };
  const beginning = await readBounded(answer, { label, maxBytes: MAX_ERROR_BYTES, isCut: true }, deadline).catch((error) => {
    if (deadline.isOver) throw error;
    // The status says enough.
    return new Uint8Array();
  });
  const { glue } = await servicesEngine.start();
  return fromEngine(glue.callError(label, /** @type {any} */ (response), beginning, key));
}

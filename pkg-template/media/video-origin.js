// Where an answer may send a client of videos, and what goes along: the key to the API's own origin, nothing to any other.
import { invalidRequest } from "../first-part.js";

/** @import { ServicesGlue } from "../engine/services.js" */

/** @typedef {import("../engine/contract.js").VideoReadPlan} Reads */

/** No field: a debugger shows those, and a header of the client's own may be a key. @type {WeakMap<VideoOrigin, Reads>} */
const readsOf = new WeakMap();

/** The base of a client as the platform's URL parser sees it. */
export class VideoOrigin {
  /** @param {Reads} reads */
  constructor(reads) {
    readsOf.set(this, reads);
    const url = new URL(reads.baseURL);
    this.origin = url.origin;
    this.hostname = url.hostname;
    this.directory = `${reads.baseURL}/`;
  }

  get reads() {
    return /** @type {Reads} */ (readsOf.get(this));
  }

  /** What an answer or a ticket names, which may be relative. @param {string} text @param {string} place  begins the error @param {ServicesGlue} glue */
  target(text, place, glue) {
    let url;
    try {
      url = new URL(text, this.directory);
    } catch (cause) {
      throw invalidRequest(`${place}: must be a URL`, cause);
    }
    const problem = this.problemOf(url, glue);
    if (problem !== undefined) throw invalidRequest(`${place}: ${problem}`);
    return url;
  }

  /** @param {URL} url @param {ServicesGlue} glue @returns {string | undefined} */
  problemOf(url, glue) {
    if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
    return this.isOwn(url) ? undefined : glue.targetProblem(url.protocol, url.hostname, this.hostname);
  }

  /** Scheme, host and port: what the key may be sent to. @param {URL} url */
  isOwn(url) {
    return url.origin === this.origin;
  }

  /** Where the job's state is asked for when nobody said. @param {string} id */
  pollingUrl(id) {
    return `${this.directory}videos/${encodeURIComponent(id)}`;
  }

  /** @param {string} id @param {number} index */
  contentUrl(id, index) {
    return `${this.pollingUrl(id)}/content?index=${index}`;
  }
}

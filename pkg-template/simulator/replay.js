/** Recorded exchanges, played again: the same request gets the same answer, cut into pieces as it is wanted. */

import { splitUrl } from "./api-base.js";
import { ApiError } from "./errors.js";
import { bytesOfBase64 } from "./media-samples.js";
import { Scrubber } from "./scrub.js";
import { rawPart } from "./wire-plan.js";

/** @import { Fixture, Replay as ReplayOptions } from "../simulator.d.ts" */
/** @import { Exchange } from "./reply.js" */

const scrubber = new Scrubber();

export class Replay {
  #fixtures;
  #chunkBytes;
  /** How often each was played. @type {number[]} */
  #played = [];

  /** @param {readonly Fixture[] | ReplayOptions} options */
  constructor(options) {
    const { fixtures, chunkBytes } = "fixtures" in options ? options : { fixtures: options, chunkBytes: undefined };
    this.#fixtures = fixtures;
    this.#chunkBytes = chunkBytes;
  }

  reset() {
    this.#played = [];
  }

  /** @param {Exchange} exchange @returns {Response} */
  answer(exchange) {
    const { method, url, bodyText } = exchange.entry;
    const at = this.#find(method, url, bodyText);
    if (at === undefined) throw new ApiError(404, `No recorded exchange fits ${method} ${pathOf(url)}${bodyText ? ` with the body ${bodyText.slice(0, 200)}` : ""}`);
    this.#played[at] = (this.#played[at] ?? 0) + 1;
    const { status, headers, body = "", bodyBase64, isCut } = /** @type {Fixture} */ (this.#fixtures[at]).response;
    const bytes = bodyBase64 === undefined ? new TextEncoder().encode(body) : bytesOfBase64(bodyBase64);
    const script = { ...(this.#chunkBytes !== undefined && { chunkBytes: this.#chunkBytes }), ...(isCut && { cutAfterBytes: bytes.length }) };
    return exchange.send({ status, headers, parts: [rawPart(bytes)], script });
  }

  /** The exchange of this request that was played least; the first of them. @param {string} method @param {string} url @param {string} bodyText */
  #find(method, url, bodyText) {
    const wanted = bodyOf(bodyText);
    const fits = this.#fixtures.flatMap(({ request }, at) => (request.method === method && pathOf(request.url) === pathOf(scrubber.text(url)) && bodyOf(request.body ?? "") === wanted ? [at] : []));
    return fits.sort((left, right) => (this.#played[left] ?? 0) - (this.#played[right] ?? 0) || left - right)[0];
  }
}

/** Behind any base. @param {string} url */
function pathOf(url) {
  return splitUrl(url).path + new URL(url).search;
}

/** What a body says: in any order of fields, and without what a recorder takes out. @param {string} text */
function bodyOf(text) {
  const scrubbed = scrubber.text(text);
  try {
    return JSON.stringify(JSON.parse(scrubbed), (_, value) => (typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))) : value));
  } catch {
    return scrubbed;
  }
}

/** @param {any} value */
export function isReplay(value) {
  const fixtures = Array.isArray(value) ? value : value?.fixtures;
  return Array.isArray(fixtures) && fixtures.every((fixture) => typeof fixture?.request?.method === "string" && typeof fixture.request.url === "string" && Number.isInteger(fixture.response?.status));
}

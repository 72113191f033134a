// An answer of another SDK's request, whose bill counts in the client's budget: handed on as it is, its end looked at on the way.
import { answerReader, bytesOf, headOf } from "../first-part.js";

/** @import { Hold } from "./hold.js" */

/** Behind its start a usage is whole within this: what lies further back was looked at already. */
const WINDOW = 16_384;
const USAGE = /"usage"\s*:\s*\{/g;

/**
 * @param {Response} response @param {Hold} hold
 * @param {(id: string) => Promise<{ cost?: number }>} lookUp  the bill of an answer that did not tell it
 * @returns {Response}
 */
export function meteredResponse(response, hold, lookUp) {
  /** @type {any} */
  let reader;
  try {
    const { status, headers } = headOf(response);
    if (status >= 300) hold.release();
    if (status >= 300 || !response.body) return response;
    reader = answerReader(response);
    return metered(response, reader, new Bill(headers.get("x-generation-id")), hold, lookUp);
  } catch {
    // A value that is no `Response` is its owner's to read: the estimate stands.
    reader?.releaseLock?.();
    return response;
  }
}

/**
 * @param {Response} response @param {import("../calls/body.js").AnswerReader} reader @param {Bill} bill @param {Hold} hold
 * @param {(id: string) => Promise<{ cost?: number }>} lookUp
 */
function metered(response, reader, bill, hold, lookUp) {
  const end = () => {
    const { cost, id } = bill;
    hold.settle(cost);
    // In the background, so that the budget stays true. Where it fails the estimate stands.
    if (cost === undefined && id) lookUp(id).then((found) => hold.settle(found.cost)).catch(() => {});
  };
  const body = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          end();
          return controller.close();
        }
        const bytes = bytesOf(value);
        bill.push(bytes);
        controller.enqueue(bytes);
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  const { status, statusText, headers, url, redirected } = response;
  return Object.defineProperties(new Response(body, { status, statusText, headers }), { url: { value: url }, redirected: { value: redirected } });
}

/** What an answer says of its cost, JSON or a stream of it. */
class Bill {
  id;
  /** @type {number | undefined} */
  cost;
  // Every byte a character: what is looked for is ASCII.
  #decoder = new TextDecoder("latin1");
  #window = "";

  /** @param {string | null} id */
  constructor(id) {
    this.id = id ?? undefined;
  }

  /** @param {Uint8Array} bytes */
  push(bytes) {
    const text = this.#window + this.#decoder.decode(bytes);
    this.id ??= /"id"\s*:\s*"(gen-[\w-]+)"/.exec(text)?.[1];
    // Inside of a text the quotes would be escaped.
    const last = [...text.matchAll(USAGE)].at(-1);
    const cost = last && /"cost"\s*:\s*([\d.eE+-]+)\s*[,}]/.exec(text.slice(last.index, last.index + WINDOW))?.[1];
    if (cost !== undefined && Number.isFinite(Number(cost))) this.cost = Number(cost);
    this.#window = text.slice(-WINDOW);
  }
}

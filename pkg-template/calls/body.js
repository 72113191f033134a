// The body of an answer as something to read from, whatever the `fetch` at hand gives.

/**
 * @typedef {object} AnswerReader
 * @property {() => Promise<{ done: boolean, value?: Uint8Array }>} read
 * @property {(reason?: unknown) => Promise<unknown>} cancel
 */

/**
 * Streams first; async iterables are what older fetch packages have; test doubles have `arrayBuffer` or `text` alone.
 * @param {any} response
 * @returns {AnswerReader}
 */
export function answerReader(response) {
  const { body } = response;
  if (typeof body?.getReader === "function") return body.getReader();
  if (typeof body?.[Symbol.asyncIterator] === "function") return ofIterator(body[Symbol.asyncIterator]());
  return ofIterator(wholeBody(response));
}

/** @param {any} response @returns {AsyncGenerator<Uint8Array | string>} */
async function* wholeBody(response) {
  if (typeof response.arrayBuffer === "function") yield new Uint8Array(await response.arrayBuffer());
  else if (typeof response.text === "function") yield await response.text();
}

/** @param {AsyncIterator<any>} iterator @returns {AnswerReader} */
function ofIterator(iterator) {
  return {
    async read() {
      const { done, value } = await iterator.next();
      if (done) return { done: true };
      return { done: false, value };
    },
    async cancel() {
      await iterator.return?.();
    },
  };
}

/** What a test double may give in place of bytes. @param {unknown} value @returns {Uint8Array} */
export function bytesOf(value) {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError("the body of the answer gave something that is no bytes");
}

/** After the last event the connection gets this long to end by itself, so that it can be used again. */
const GOODBYE_MS = 1000;

/** Reads to the end, which is due, and cancels if it does not come. @param {{ read(): Promise<any>, cancel(): Promise<unknown> } | undefined} body */
export function sayGoodbye(body) {
  if (!body) return;
  const cancel = () => void body.cancel().catch(() => {});
  const timer = setTimeout(cancel, GOODBYE_MS);
  const settled = (/** @type {{ done: boolean } | undefined} */ piece) => {
    clearTimeout(timer);
    if (piece && !piece.done) cancel();
  };
  body.read().then(settled, () => settled(undefined));
}

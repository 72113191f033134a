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
  if (typeof body?.getReader === "function") {
    const reader = body.getReader();
    if (typeof reader?.read === "function") return reader;
    throw new TypeError("the body of the answer gave no reader");
  }
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

/**
 * Status and headers of an answer, read through nothing that throws or gives what is no text. Throws where there are none.
 * @param {any} response  whatever `fetch` gave
 * @returns {{ status: number, headers: { get(name: string): string | null } }}
 */
export function headOf(response) {
  const { status, headers } = response ?? {};
  if (typeof status !== "number" || typeof headers?.get !== "function") throw new TypeError("fetch resolved to something that is no Response");
  // One that throws throws here, and by one that tells nothing nothing is known of the answer.
  headers.get("content-type");
  const get = (/** @type {string} */ name) => {
    try {
      const value = headers.get(name);
      return typeof value === "string" ? value : null;
    } catch {
      return null;
    }
  };
  return { status, headers: { get } };
}

/** Lets a body go, or its reader: nobody waits for it, and it may throw or give no promise. @param {any} holder @param {unknown} [reason] */
export function letGo(holder, reason) {
  try {
    Promise.resolve(holder?.cancel?.(reason)).catch(() => {});
  } catch {
    // It is nobody's any more all the same.
  }
}

/** The same for an answer whose body is not wanted. @param {any} response */
export function dismiss(response) {
  try {
    letGo(response?.body);
  } catch {
    // Not even asked for.
  }
}

/** After the last event the connection gets this long to end by itself, so that it can be used again. */
const GOODBYE_MS = 1000;

/** Reads to the end, which is due, and cancels if it does not come. @param {AnswerReader | undefined} body */
export function sayGoodbye(body) {
  if (!body) return;
  const timer = setTimeout(() => letGo(body), GOODBYE_MS);
  const settled = (/** @type {{ done: boolean } | undefined} */ piece) => {
    clearTimeout(timer);
    if (piece && !piece.done) letGo(body);
  };
  // What its own `read` throws is a body that broke behind the end.
  new Promise((resolve) => resolve(body.read())).then(settled).catch(() => settled(undefined));
}

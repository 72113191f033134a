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
  // One that throws does so here.
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

/**
 * Lets an answer go, its body or its reader: nobody waits for it, and it may throw or give no promise.
 * @param {any} holder @param {unknown} [reason]
 */
export async function letGo(holder, reason) {
  try {
    await (holder.cancel ? holder : holder.body).cancel(reason);
  } catch {
    // There is none, or it was broken already.
  }
}

/** After the last event the connection gets this long to end by itself, so that it can be used again. */
const GOODBYE_MS = 1000;

/** Reads to the end, which is due, and cancels if it does not come. @param {AnswerReader | undefined} body */
export async function sayGoodbye(body) {
  if (!body) return;
  const timer = setTimeout(letGo, GOODBYE_MS, body);
  try {
    if (!(await body.read()).done) letGo(body);
  } catch {
    // It broke behind the end.
  }
  clearTimeout(timer);
}

// The requests as they leave, so that the page can show them: what the engine has made of a call is told by nothing better.

/** @typedef {{ method: string, url: string, headers: Record<string, string>, body: string | undefined }} WireRequest */

/** What nobody may read from a screen. */
const SECRET = /^(authorization|cookie|x-api-key|proxy-authorization)$/i;

export class WireLog {
  /** @type {Set<WireRequest[]>} */
  #listening = new Set();

  /**
   * @param {typeof fetch} send
   * @returns {typeof fetch}
   */
  through(send) {
    return (input, init) => {
      if (this.#listening.size > 0) {
        const request = written(input, init);
        for (const heard of this.#listening) heard.push(request);
      }
      return send(input, init);
    };
  }

  /** Every request from now on, until `stop`. */
  listen() {
    /** @type {WireRequest[]} */
    const heard = [];
    this.#listening.add(heard);
    return { heard, stop: () => void this.#listening.delete(heard) };
  }
}

/** @param {RequestInfo | URL} input @param {RequestInit} [init] @returns {WireRequest} */
function written(input, init = {}) {
  const request = input instanceof Request ? input : undefined;
  const headers = Object.fromEntries([...new Headers(init.headers ?? request?.headers)].filter(([name]) => !SECRET.test(name)));
  const { body } = init;
  const text = typeof body === "string" ? body : body instanceof Uint8Array ? new TextDecoder().decode(body) : body instanceof ArrayBuffer ? new TextDecoder().decode(body) : undefined;
  return { method: (init.method ?? request?.method ?? "GET").toUpperCase(), url: request?.url ?? String(input), headers, body: text };
}

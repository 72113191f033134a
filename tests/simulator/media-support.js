/** Shared by the tests of the simulator's other routes. */

import { BASE } from "./support.js";

export const KEY = { Authorization: "Bearer test-key" };

/** GET, or POST of a JSON body, in process or wherever `fetch` leads. */
export function call(simulator, path, body, init = {}) {
  const url = /^https?:/.test(path) ? path : (init.base ?? BASE) + path;
  return simulator.fetch(url, {
    ...(body !== undefined && { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...init,
    headers: { ...KEY, ...(body !== undefined && { "Content-Type": "application/json" }), ...init.headers },
  });
}

export async function json(response) {
  return JSON.parse(await response.text());
}

export async function bytesOf(response) {
  return new Uint8Array(await response.arrayBuffer());
}

export const startsWith = (bytes, ...numbers) => numbers.every((number, at) => bytes[at] === number);

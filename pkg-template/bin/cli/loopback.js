// The other end of a sign-in's redirect: a server on this machine that waits for one answer.
import { createServer } from "node:http";

const HOST = "127.0.0.1";
const PATH = "/openrouter-oauth/callback";
const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  Connection: "close",
};

/**
 * @param {number} port  a free one if it is taken, or 0
 * @returns {Promise<{ callbackUrl: string, answer: (state: string) => Promise<string>, close: () => void }>}
 */
export async function listenForRedirect(port) {
  /** @type {string | undefined} */
  let expected;
  let isUsed = false;
  /** @type {(url: string) => void} */
  let settle = () => {};
  const arrived = new Promise((/** @type {(url: string) => void} */ resolve) => (settle = resolve));

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", callbackUrl());
    const reply = (/** @type {number} */ status, /** @type {string} */ words, /** @type {Record<string, string>} */ more = {}) =>
      response.writeHead(status, { ...HEADERS, ...more }).end(status === 204 || request.method === "HEAD" ? undefined : page(words));
    if (url.pathname === "/favicon.ico") return reply(204, "");
    if (url.pathname !== PATH) return reply(404, "There is nothing here.");
    if (request.method !== "GET") return reply(405, "Only GET is answered here.", { Allow: "GET" });
    if (isUsed) return reply(409, "This sign-in has had its answer already.");
    // Anybody on this machine can ask; who does not know the state does not end the wait.
    if (expected === undefined || url.searchParams.get("state") !== expected) return reply(400, "This is no answer to the sign-in that waits here.");
    const isRefused = url.searchParams.has("error");
    if (!isRefused && !url.searchParams.get("code")) return reply(400, "There is no code in this answer.");
    isUsed = true;
    if (isRefused) reply(400, "OpenRouter did not sign you in. The terminal tells why.");
    else reply(200, "You can close this window and go back to the terminal.");
    settle(url.href);
  });
  const callbackUrl = () => `http://localhost:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}${PATH}`;

  await listen(server, port).catch((error) => {
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    return listen(server, 0);
  });
  return {
    callbackUrl: callbackUrl(),
    answer: (state) => {
      expected = state;
      return arrived;
    },
    close: () => {
      server.close();
      // What was answered a moment ago is still on its way.
      setTimeout(() => server.closeAllConnections(), 500).unref();
    },
  };
}

/** @param {import("node:http").Server} server @param {number} port @returns {Promise<void>} */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** @param {string} words */
const page = (words) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in with OpenRouter</title><p style="font: 1.1rem system-ui; margin: 3rem">${words}</p></html>\n`;

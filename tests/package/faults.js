// A server on a real socket that writes exactly the bytes it is told to, and counts the requests that have come whole.
import { createServer } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

/** @typedef {import("node:net").Socket} Socket */
/** @typedef {(socket: Socket, number: number, head: string) => void} Fault  `number`: of the request, from 1; `head`: of it */

/** @param {Fault} fault */
export async function faultyServer(fault) {
  /** @type {Set<Socket>} */
  const sockets = new Set();
  const state = { fault, arrived: 0, closed: 0 };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      state.closed += 1;
    });
    let head = Buffer.alloc(0);
    socket.on("data", (piece) => {
      head = Buffer.concat([head, piece]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(head.toString("latin1", 0, end))?.[1] ?? 0);
      if (head.length < end + 4 + length) return;
      const said = head.toString("latin1", 0, end);
      head = head.subarray(end + 4 + length);
      state.arrived += 1;
      state.fault(socket, state.arrived, said);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    state,
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    }),
  };
}

const chunk = (/** @type {object} */ delta, /** @type {object} */ more = {}) => `data: ${JSON.stringify({ id: "gen-1", model: "m/x", choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;
const finish = (/** @type {string} */ reason) => `data: ${JSON.stringify({ id: "gen-1", choices: [{ index: 0, delta: {}, finish_reason: reason }] })}\n\n`;
const usage = `data: ${JSON.stringify({ id: "gen-1", choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cost: 0.01 } })}\n\n`;
export const DONE = "data: [DONE]\n\n";

/** Streams of every kind, small enough to be cut at every byte. `ending`: what says that it has ended. */
export const STREAMS = {
  text: { body: `: OPENROUTER PROCESSING\n\n${chunk({ role: "assistant", content: "Grüße" })}${chunk({ content: " 🙂" })}${finish("stop")}${usage}${DONE}`, ending: '"finish_reason":"stop"', verdict: "complete" },
  reasoning: { body: `${chunk({ reasoning: "Hm." })}${chunk({ content: "So." })}${finish("length")}${usage}${DONE}`, ending: '"finish_reason":"length"', verdict: "length" },
  calls: {
    body: `${chunk({ tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: '{"a"' } }] })}${chunk({ tool_calls: [{ index: 0, function: { arguments: ": 1}" } }] })}${finish("tool_calls")}${usage}${DONE}`,
    ending: '"finish_reason":"tool_calls"', verdict: "complete",
  },
  filtered: { body: `${chunk({ content: "I" })}${finish("content_filter")}${usage}${DONE}`, ending: '"finish_reason":"content_filter"', verdict: "content-filter" },
  whole: {
    body: JSON.stringify({ id: "gen-1", model: "m/x", choices: [{ index: 0, message: { role: "assistant", content: "Grüße 🙂" }, finish_reason: "stop" }], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }),
    ending: undefined, verdict: "complete",
  },
};
const TEXT = STREAMS.text.body;

const head = (/** @type {string} */ status, /** @type {string[]} */ headers = []) => `HTTP/1.1 ${status}\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`;
export const SSE = "Content-Type: text/event-stream";
export const OK = head("200 OK", [SSE, "Connection: close"]);
const CHUNKED = head("200 OK", [SSE, "Transfer-Encoding: chunked", "Connection: close"]);
const framed = (/** @type {string | Buffer} */ body) => Buffer.concat([Buffer.from(`${Buffer.byteLength(body).toString(16)}\r\n`), Buffer.from(body), Buffer.from("\r\n")]);
const half = Buffer.from(TEXT).subarray(0, 200);

/** Writes all of it, and ends politely. @param {...(string | Buffer)} parts @returns {Fault} */
const says = (...parts) => (socket) => void socket.end(Buffer.concat(parts.map((part) => Buffer.from(part))));
/** Writes, and is gone without a word. @param {...(string | Buffer)} parts @returns {Fault} */
const resets = (...parts) => (socket) => void socket.write(Buffer.concat([Buffer.alloc(0), ...parts.map((part) => Buffer.from(part))]), () => setTimeout(() => socket.resetAndDestroy(), 5));
/** Writes, and nothing more. @param {...(string | Buffer)} parts @returns {Fault} */
const stalls = (...parts) => (socket) => void socket.write(Buffer.concat(parts.map((part) => Buffer.from(part))));

/** Writes a byte at a time, and is done in a tenth of a second. @param {...(string | Buffer)} parts @returns {Fault} */
const drips = (...parts) => (socket) => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  let at = 0;
  const timer = setInterval(() => {
    for (let count = 0; count < bytes.length / 80 && at < bytes.length; count++) socket.write(bytes.subarray(at, ++at));
    if (at < bytes.length) return;
    clearInterval(timer);
    socket.end();
  }, 1);
  socket.on("close", () => clearInterval(timer));
};
/** Thinks first, for less than any limit. @param {Fault} fault @returns {Fault} */
const late = (fault) => (socket, number, head) => void setTimeout(() => fault(socket, number, head), 150);

/** As much of a stream. @param {string} text @param {number} events */
const behind = (text, events) => text.split("\n\n").slice(0, events + 1).join("\n\n") + "\n\n";

/**
 * What a server may do, and how a chat that is not tried again ends: the verdict of an answer, or the code of an error.
 * @type {[name: string, fault: Fault, end: string | string[]][]}
 */
export const FAULTS = [
  ["a good answer", says(OK, TEXT), "complete"],
  ["a good answer in chunks", says(CHUNKED, framed(TEXT), "0\r\n\r\n"), "complete"],
  ["a byte at a time", drips(OK, TEXT), "complete"],
  ["a byte at a time, in chunks of one", drips(CHUNKED, ...Array.from(Buffer.from(TEXT), (byte) => framed(Buffer.of(byte))), "0\r\n\r\n"), "complete"],
  ["a byte at a time, compressed", drips(head("200 OK", [SSE, "Content-Encoding: gzip", "Connection: close"]), gzipSync(TEXT)), "complete"],
  ["a whole answer, a byte at a time", drips(OK.replace(SSE, "Content-Type: application/json"), STREAMS.whole.body), "complete"],
  ["an error, a byte at a time", drips(head("400 Bad", ["Content-Type: application/json", "Connection: close"]), '{"error":{"message":"m"}}'), "invalid-request"],
  ["a long silence before the head", late(says(OK, TEXT)), "complete"],
  ["a long silence behind the head", (socket, ...rest) => {
    socket.write(OK);
    late(says(TEXT))(socket, ...rest);
  }, "complete"],
  ["a head in two halves", (socket, ...rest) => {
    socket.write(OK.slice(0, 30));
    late(says(OK.slice(30), TEXT))(socket, ...rest);
  }, "complete"],
  ["a chunk with an extension, and a trailer", says(CHUNKED, `${Buffer.byteLength(TEXT).toString(16)};a="b"\r\n${TEXT}\r\n0\r\nX-Trailer: 1\r\n\r\n`), "complete"],
  ["brotli", says(head("200 OK", [SSE, "Content-Encoding: br", "Connection: close"]), brotliCompressSync(TEXT)), "complete"],
  ["deflate", says(head("200 OK", [SSE, "Content-Encoding: deflate", "Connection: close"]), deflateSync(TEXT)), "complete"],
  ["no encoding, by that name", says(head("200 OK", [SSE, "Content-Encoding: identity", "Connection: close"]), TEXT), "complete"],
  ["compressed twice", says(head("200 OK", [SSE, "Content-Encoding: gzip, gzip", "Connection: close"]), gzipSync(gzipSync(TEXT))), "complete"],
  ["a compression that nobody knows", says(head("200 OK", [SSE, "Content-Encoding: lzw", "Connection: close"]), gzipSync(TEXT)), ["bad-response", "stream-cut", "network", "complete"]],
  ["gzip with something behind it", says(head("200 OK", [SSE, "Content-Encoding: gzip", "Connection: close"]), gzipSync(TEXT), "behind"), ["complete", "network", "stream-cut", "timeout"]],
  ["gzip that changes in the middle", (socket, ...rest) => {
    const bytes = gzipSync(TEXT, { level: 0 });
    bytes[100] ^= 0xff;
    says(head("200 OK", [SSE, "Content-Encoding: gzip", "Connection: close"]), bytes)(socket, ...rest);
  }, ["network", "stream-cut", "bad-response", "timeout"]],
  ["a good answer, compressed", says(head("200 OK", [SSE, "Content-Encoding: gzip", "Connection: close"]), gzipSync(TEXT)), "complete"],
  ["closed at once", (socket) => void socket.end(), "network"],
  ["reset at once", resets(), "network"],
  ["reset within the head", resets("HTTP/1.1 200 OK\r\nContent-"), "network"],
  ["reset behind the head", resets(OK), ["network", "stream-cut"]],
  ["reset within the body", resets(OK, half), ["network", "stream-cut"]],
  ["closed within the body", says(OK, half), "stream-cut"],
  ["closed within a chunk", says(CHUNKED, framed(half), "400\r\ndata: "), ["network", "stream-cut"]],
  ["closed before the last chunk", says(CHUNKED, framed(half)), ["network", "stream-cut"]],
  ["a chunk without a length", says(CHUNKED, "zz\r\ndata: x\r\n"), ["network", "stream-cut"]],
  ["a chunk of more than there is", says(CHUNKED, "ffffffffffffffff\r\ndata: x\r\n"), ["network", "stream-cut"]],
  ["a chunk without its end", says(CHUNKED, framed(half), "5\r\ndata:data:5\r\n"), ["network", "stream-cut"]],
  ["less than the length says", says(head("200 OK", [SSE, "Content-Length: 9999"]), half), ["network", "stream-cut"]],
  ["more than the length says", says(head("200 OK", [SSE, `Content-Length: ${half.length}`, "Connection: close"]), TEXT), ["stream-cut", "network"]],
  ["two lengths", says(head("200 OK", [SSE, "Content-Length: 5", "Content-Length: 6"]), TEXT), "network"],
  ["a length that is none", says(head("200 OK", [SSE, "Content-Length: many"]), TEXT), "network"],
  // Node 20 says nothing of it, and waits.
  ["bytes that are no gzip", says(head("200 OK", [SSE, "Content-Encoding: gzip", "Connection: close"]), TEXT), ["network", "stream-cut", "bad-response", "timeout"]],
  ["half of a gzip", says(head("200 OK", [SSE, "Content-Encoding: gzip", "Connection: close"]), gzipSync(TEXT).subarray(0, 60)), ["network", "stream-cut"]],
  ["nothing behind the head", stalls(OK), "timeout"],
  ["nothing at all", stalls(""), "timeout"],
  ["nothing behind the first event", stalls(OK, TEXT.slice(0, 140)), "timeout"],
  // Behind the third event it has ended by its own word: the bill alone is missing.
  ...[1, 2].map((events) => /** @type {[string, Fault, string]} */ ([`nothing behind event ${events}`, stalls(OK, behind(TEXT, events)), "timeout"])),
  ["comments for ever", (socket) => {
    socket.write(OK);
    const timer = setInterval(() => socket.write(": OPENROUTER PROCESSING\n\n"), 20);
    socket.on("close", () => clearInterval(timer));
  }, "timeout"],
  ["an empty body", says(OK), ["bad-response", "stream-cut"]],
  ...["201 Created", "202 Accepted", "203 Other", "207 Many", "226 Used"].map((status) => /** @type {[string, Fault, string]} */ ([`${status} with all of it`, says(head(status, [SSE, "Connection: close"]), TEXT), "complete"])),
  ["204", says(head("204 No Content", ["Connection: close"])), ["bad-response", "stream-cut"]],
  ["205", says(head("205 Reset Content", ["Content-Length: 0", "Connection: close"])), ["bad-response", "stream-cut"]],
  ["206 with all of it", says(head("206 Partial Content", [SSE, "Connection: close"]), TEXT), "complete"],
  // Undici takes one that it has not asked for for a fault.
  ["100 before it", says(head("100 Continue"), OK, TEXT), ["complete", "network"]],
  ["103 before it", says(head("103 Early Hints", ["Link: </x>"]), OK, TEXT), "complete"],
  ["five hundred 103 before it", says(...Array.from({ length: 500 }, () => head("103 Early Hints", ["Link: </x>"])), OK, TEXT), ["complete", "network"]],
  ["102 and nothing more", stalls(head("102 Processing")), "timeout"],
  ["101 without being asked", says(head("101 Switching Protocols", ["Upgrade: x", "Connection: Upgrade"])), "network"],
  ...[301, 302, 303, 307, 308].map((status) => /** @type {[string, Fault, string]} */ ([`${status} to elsewhere`, says(head(`${status} Moved`, ["Location: /elsewhere", "Content-Length: 0", "Connection: close"])), "bad-response"])),
  ["302 without a place", says(head("302 Found", ["Content-Length: 0", "Connection: close"])), "bad-response"],
  ["300 with a list", says(head("300 Choose", ["Content-Type: application/json", "Connection: close"]), '["/a"]'), "bad-response"],
  ["305", says(head("305 Proxy", ["Location: http://127.0.0.1:1/", "Content-Length: 0", "Connection: close"])), "bad-response"],
  ["307 to itself", says(head("307 Again", ["Location: /chat/completions", "Content-Length: 0", "Connection: close"])), "bad-response"],
  ["308 to another host", says(head("308 There", ["Location: http://localhost:1/x", "Content-Length: 0", "Connection: close"])), "bad-response"],
  ["304", says(head("304 Not Modified", ["Connection: close"])), "bad-response"],
  ["a status that is none", says(head("999 What", [SSE, "Connection: close"]), TEXT), ["server", "bad-response", "network"]],
  ["a status of two digits", says(head("20 OK", [SSE]), TEXT), "network"],
  ["no HTTP", says("hello\r\n\r\n"), "network"],
  ["a TLS alert", says(Buffer.from([21, 3, 3, 0, 2, 2, 40])), "network"],
  ["a header without a name", says(head("200 OK", [": x", SSE]), TEXT), ["network", "complete"]],
  ["a header with a control character", says(head("200 OK", ["X-A: a\x00b", SSE]), TEXT), "network"],
  ["two hundred headers", says(head("200 OK", [SSE, "Connection: close", ...Array.from({ length: 200 }, (_, at) => `X-H${at}: ${at}`)]), TEXT), "complete"],
  ["a flood of headers", says(head("200 OK", [SSE, ...Array.from({ length: 3000 }, (_, at) => `X-H${at}: ${"x".repeat(100)}`)]), TEXT), "network"],
  ["two content types", says(head("200 OK", ["Content-Type: application/json", SSE, "Connection: close"]), TEXT), ["complete", "bad-response"]],
  ["no content type", says(head("200 OK", ["Connection: close"]), TEXT), ["complete", "bad-response"]],
  ["400", says(head("400 Bad", ["Content-Type: application/json", "Connection: close"]), '{"error":{"message":"m"}}'), "invalid-request"],
  ["401", says(head("401 No", ["Connection: close"]), ""), "auth"],
  ["408", says(head("408 Late", ["Connection: close"]), ""), "timeout"],
  ["429 with a body that breaks off", resets(head("429 Slow", ["Content-Type: application/json", "Content-Length: 999"]), '{"error":{"mess'), "rate-limit"],
  ["500 with a page", says(head("500 No", ["Content-Type: text/html", "Connection: close"]), "<html>"), "server"],
  ["502 with nothing", says(head("502 No", ["Content-Length: 0", "Connection: close"])), "server"],
  ["503 that never ends", stalls(head("503 No", ["Content-Type: application/json"]), '{"error":'), ["overloaded", "server", "timeout"]],
];

/** The simulator behind a port of this machine. */

import { createAdaptorServer } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { SimulatedNetworkError } from "../simulator/errors.js";
import { createSimulator } from "../simulator/index.js";

/** @import { Simulator } from "../simulator.d.ts" */
/** @import { ServeOptions, SimulatorServer } from "./serve.d.ts" */
/** @import { Server, ServerResponse } from "node:http" */

const HOST = "127.0.0.1";
/** What this machine calls itself. */
const OWN_NAMES = /^(?:127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost)$/i;

/**
 * @param {ServeOptions} [options]
 * @returns {Promise<SimulatorServer>}
 */
export async function serve({ port = 0, simulator: existing, hosts = [], ...options } = {}) {
  if (!Array.isArray(hosts) || !hosts.every((name) => typeof name === "string")) throw new TypeError("hosts must be an array of host names");
  const names = new Set(hosts.map((name) => name.toLowerCase()));
  const simulator = existing ?? createSimulator({ allowRequestScripts: true, ...options });
  const server = /** @type {Server} */ (
    createAdaptorServer({
      fetch: (request, env) =>
        isOwnName(request, names)
          ? answer(simulator, request, /** @type {{ outgoing: ServerResponse }} */ (env).outgoing)
          : Response.json({ error: { code: 421, message: "The simulator answers under the names of this machine alone" } }, { status: 421 }),
      // A library must not replace the process's own Request and Response.
      overrideGlobalObjects: false,
    })
  );
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => resolve(server.off("error", reject)));
  });
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://${HOST}:${address.port}`,
    port: address.port,
    simulator,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/**
 * A page of a stranger's whose own name points to this machine by now (DNS rebinding) is of the same origin to a browser: it could read what
 * keys and prompts have arrived here. Its requests still carry that name.
 * @param {Request} request @param {Set<string>} names
 */
function isOwnName(request, names) {
  const host = (request.headers.get("host") ?? "").replace(/:\d*$/, "").toLowerCase();
  return OWN_NAMES.test(host) || names.has(host);
}

/**
 * @param {Simulator} simulator
 * @param {Request} request
 * @param {ServerResponse} outgoing
 * @returns {Promise<Response>}
 */
async function answer(simulator, request, outgoing) {
  let response;
  try {
    response = await simulator.handler(request);
  } catch (error) {
    // Either a script asks for it, or the client has gone: in both cases there is nobody to answer.
    if (error instanceof SimulatedNetworkError || request.signal.aborted) {
      outgoing.destroy();
      return RESPONSE_ALREADY_SENT;
    }
    throw error;
  }
  if (!response.body) return response;
  const headers = new Headers(response.headers);
  // Makes the adapter write the headers at once. It would otherwise hold them back to look at the first chunks, and answer 500 if one of them fails.
  headers.set("Transfer-Encoding", "chunked");
  // Never both: a length beside chunks is refused by clients. (Lengths, true or not, are told in process only.)
  headers.delete("Content-Length");
  return new Response(breakingBody(response.body, outgoing), { status: response.status, headers });
}

/**
 * A body that fails breaks the connection, here and not in the adapter, which would log the failure and might write its text to the client.
 * @param {ReadableStream<Uint8Array>} body
 * @param {ServerResponse} outgoing
 */
function breakingBody(body, outgoing) {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          outgoing.destroy();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

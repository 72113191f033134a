/** A simulator behind a port: no page of a stranger's gets at it by a name of its own. */

import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { serve } from "../../pkg-template/bin/serve.js";

/** @param {number} port @param {string} host */
async function status(port, host) {
  const [response] = await once(request({ host: "127.0.0.1", port, path: "/api/v1/models", headers: { host } }).end(), "response");
  response.resume();
  return response.statusCode;
}

test("it answers under the names of this machine, and those that it is given", async () => {
  const server = await serve({ delayMs: 0, hosts: ["Simulator.internal"] });
  try {
    for (const host of ["127.0.0.1", `127.0.0.1:${server.port}`, "localhost", `localhost:${server.port}`, "LOCALHOST:1", "app.localhost:80", "[::1]:80", "simulator.internal", "simulator.internal:8123"]) {
      assert.equal(await status(server.port, host), 200, host);
    }
    for (const host of ["evil.example", `evil.example:${server.port}`, "127.0.0.1.evil.example", "localhost.evil.example", "evil-localhost", "openrouter.ai", "0.0.0.0", "192.168.1.2", "[::2]", "127.0.0.1@evil.example", "internal"]) {
      assert.notEqual(await status(server.port, host), 200, host);
    }
    assert.equal(server.simulator.requests.filter(({ url }) => /evil|openrouter\.ai:|0\.0\.0\.0/.test(url)).length, 0, "the simulator has seen none of them");
    // The name in the request line is no way around.
    const socket = connect(server.port, "127.0.0.1");
    socket.end("GET http://127.0.0.1/api/v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    let answer = "";
    for await (const piece of socket.setEncoding("utf8")) answer += piece;
    assert.match(answer, /^HTTP\/1\.1 421 /);
  } finally {
    await server.close();
  }
  await assert.rejects(serve({ hosts: /** @type {any} */ ("evil.example") }), TypeError);
});

// A simulator behind a port, and a second port that tells what arrived at the first.
import { createServer } from "node:http";

/** @param {{ serve: (options: object) => Promise<any> }} simulator  `openrouter-wasm/simulator/serve` */
export async function startRemote({ serve }) {
  const server = await serve({ delayMs: 0, allowRequestScripts: true });
  const control = createServer((_, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(server.simulator.requests));
  });
  await new Promise((resolve) => control.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (control.address());
  return {
    url: /** @type {string} */ (server.url),
    controlUrl: `http://127.0.0.1:${port}`,
    async close() {
      control.closeAllConnections();
      await new Promise((resolve) => control.close(resolve));
      await server.close();
    },
  };
}

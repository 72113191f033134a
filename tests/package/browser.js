// Headless Chromium, as `cargo xtask test` found it.
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launchChromium() {
  return chromium.launch({ executablePath: process.env.OPENROUTER_WASM_CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });
}

/**
 * Serves a page made of a few files.
 * @param {Record<string, [type: string, body: string | Buffer]>} files
 * @param {Record<string, string>} [headers]
 */
export async function servePage(files, headers = {}) {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    response.writeHead(file ? 200 : 404, { "Content-Type": file?.[0] ?? "text/plain", ...headers });
    response.end(file?.[1] ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, close: () => void (server.closeAllConnections(), server.close()) };
}

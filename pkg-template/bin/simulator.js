#!/usr/bin/env node
/** `openrouter-simulator`: the simulator behind a port, until it is interrupted. */

import { parseArgs } from "node:util";
import { withoutControls } from "../terminal-text.js";
import { serve } from "./serve.js";

const DEFAULT_PORT = "8123";

const HELP = `Usage: openrouter-simulator [options]

Serves a simulated OpenRouter on 127.0.0.1. Point a client's base URL at it; any key will do.

Options:
  --port <number>       port to listen on, 0 for a free one (default ${DEFAULT_PORT})
  --api-key <key>       accept this key only; may be given several times
  --delay-ms <number>   pause before each event of a stream (default 15)
  --seed <text>         chooses the words of the answers (default 1)
  --help                show this text

A request can carry a script: a JSON object in the header x-simulator-script or in the body field "simulator", for example
  {"status": 429}   {"text": "Hi", "chunkBytes": 1}   {"cutAfterChunks": 3}
and of a video
  {"video": {"statuses": ["pending", {"status": 503}, "failed"]}}
`;

/** @returns {Promise<void>} */
async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: DEFAULT_PORT },
      "api-key": { type: "string", multiple: true },
      "delay-ms": { type: "string" },
      seed: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new TypeError(`--port must be a number from 0 to 65535, not ${values.port}`);
  const server = await serve({
    port,
    ...(values["api-key"] && { apiKeys: values["api-key"] }),
    ...(values["delay-ms"] !== undefined && { delayMs: Number(values["delay-ms"]) }),
    ...(values.seed !== undefined && { seed: values.seed }),
  });
  process.stdout.write(`Simulated OpenRouter: ${server.url}/api/v1\n`);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => void server.close());
}

main().catch((error) => {
  process.stderr.write(`openrouter-simulator: ${withoutControls(error.message)}\n`);
  process.exitCode = 1;
});

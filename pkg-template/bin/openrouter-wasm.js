#!/usr/bin/env node
/** `openrouter-wasm`: the package on the command line. */

import { main } from "./cli/main.js";

await main(process.argv.slice(2), process);

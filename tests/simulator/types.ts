/** Compiled, never run: the sources keep the promises of the hand-written declarations, and the declarations read as documented. */
import type { RequestScript, Script, Simulator, SimulatorRequest } from "../../pkg-template/simulator.js";
import type { createSimulator as declared } from "../../pkg-template/simulator.js";
import { serve } from "../../pkg-template/bin/serve.js";
import { createSimulator as written } from "../../pkg-template/simulator/index.js";

const sameSignature: typeof declared = written;
const simulator: Simulator = sameSignature({ apiKeys: ["k"], models: ["a/b", { id: "a/c" }], delayMs: 0, seed: "x" });

const script: Script = { text: ["a"], toolCalls: [{ name: "f", arguments: { a: 1 } }], chunkBytes: [1, 2], comments: { everyMs: 5 }, usage: null };
simulator.enqueue(script);
const remove: () => void = simulator.on((body, request) => body.model === "a/b" && request.path === "/chat/completions", { status: 500 });
remove();
const video: RequestScript = { video: { statuses: ["pending", null, { status: 503 }, "completed"], pollingUrl: "foreign" }, times: 1 };
const gone: () => void = simulator.onRequest("POST /videos", video);
gone();
simulator.onRequest((request) => request.headers.authorization === undefined, { body: new Uint8Array(3), padToBytes: 100 });
const drop: typeof fetch = simulator.fetch;
const request: SimulatorRequest | undefined = simulator.requests[0];
const served: Promise<{ url: string; port: number; simulator: Simulator }> = serve({ port: 0, simulator });
export { drop, request, served };

// @ts-expect-error a typo is an error here too
simulator.enqueue({ chunkByte: 1 });
// @ts-expect-error one of three line endings
simulator.enqueue({ lineEnding: "\t" });
// @ts-expect-error not a kind of image that there is
simulator.onRequest("/images", { images: { format: "bmp" } });

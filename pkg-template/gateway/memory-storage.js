// Everything in the memory of one process: for tests, and for a server that is alone.
import { Books } from "./books.js";
import { DurableRun } from "./durable-run.js";
import { memoryRows } from "./event-log.js";
import { nextPollMs } from "./video-work.js";

/** @import { GatewayStorage } from "../types/gateway.js" */
/** @import { Table } from "./books.js" */
/** @import { VideoJob } from "./video-work.js" */

/** Of a run that has ended. */
const KEPT_RUN_MS = 10 * 60_000;

/** @returns {Table} */
function memoryTable() {
  /** @type {Map<string, string>} */
  const map = new Map();
  return {
    get: (key) => (map.has(key) ? JSON.parse(/** @type {string} */ (map.get(key))) : undefined),
    put: (key, value) => void map.set(key, JSON.stringify(value)),
    delete: (key) => void map.delete(key),
    list: (prefix) => [...map].filter(([key]) => key.startsWith(prefix)).map(([key, text]) => /** @type {[string, any]} */ ([key, JSON.parse(text)])),
  };
}

/** @returns {GatewayStorage} */
export function memoryStorage() {
  /** @type {Map<string, Books>} */
  const books = new Map();
  /** @type {Map<string, DurableRun>} */
  const runs = new Map();
  /** @type {Map<string, VideoJob>} */
  const jobs = new Map();
  /** @type {Map<string, { bytes: Uint8Array<ArrayBuffer>, contentType: string }>} */
  const media = new Map();
  /** @type {Map<string, { text: string, storedAtMs: number }>} */
  const catalog = new Map();

  return {
    account(callerId) {
      if (!books.has(callerId)) books.set(callerId, new Books(memoryTable()));
      const own = /** @type {Books} */ (books.get(callerId));
      return {
        reserve: async (request) => own.reserve(request),
        settle: async (bill) => own.settle(bill),
        release: async (release) => own.release(release),
        extend: async (sign) => own.extend(sign),
        usage: async (nowMs, allowance) => own.usage(nowMs, allowance),
      };
    },
    run(callerId, runId, work) {
      const name = `${callerId}\n${runId}`;
      const sweep = () => {
        const timer = setTimeout(() => runs.delete(name), KEPT_RUN_MS);
        /** @type {any} */ (timer).unref?.();
      };
      return {
        async start(request, after) {
          const held = runs.get(name);
          if (held) return held.start(request, after);
          const run = new DurableRun(memoryTable(), memoryRows(), work);
          runs.set(name, run);
          const response = await run.start(request, after);
          run.finished.then(sweep, sweep);
          return response;
        },
        async read(after) {
          return runs.get(name)?.read(after);
        },
        async stop(reason) {
          const run = runs.get(name);
          run?.stop(reason);
          return run !== undefined;
        },
      };
    },
    jobs: {
      async put(job, work) {
        jobs.set(job.id, job);
        const poll = async () => {
          const held = jobs.get(job.id);
          if (!held) return;
          jobs.set(job.id, await work.step(held));
          arm();
        };
        const arm = () => {
          const waitMs = nextPollMs(/** @type {VideoJob} */ (jobs.get(job.id)), Date.now());
          if (waitMs === undefined) return;
          const timer = setTimeout(poll, waitMs);
          /** @type {any} */ (timer).unref?.();
        };
        arm();
      },
      get: async (callerId, id) => {
        const job = jobs.get(id);
        return job?.callerId === callerId ? job : undefined;
      },
    },
    media: {
      put: async (key, body, contentType) => {
        const bytes = new Uint8Array(await new Response(/** @type {any} */ (body)).arrayBuffer());
        media.set(key, { bytes, contentType });
        return bytes.length;
      },
      get: async (key, range) => {
        const held = media.get(key);
        if (!held) return undefined;
        const { bytes, contentType } = held;
        const part = range ? bytes.subarray(range.offset, range.length === undefined ? undefined : range.offset + range.length) : bytes;
        return { body: /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (new Response(part).body), size: bytes.length, contentType };
      },
    },
    catalog: { read: async (name) => catalog.get(name), write: async (name, entry) => void catalog.set(name, entry) },
  };
}

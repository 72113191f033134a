// The three Durable Objects. Each keeps its rows in SQLite: they survive eviction, restarts and deployments.
import { Books } from "./books.js";
import { DurableRun } from "./durable-run.js";
import { nextPollMs } from "./video-work.js";

/** @import { Table } from "./books.js" */
/** @import { RunWork } from "./durable-run.js" */
/** @import { Rows } from "./event-log.js" */
/** @import { VideoJob, VideoWork } from "./video-work.js" */

/** @typedef {{ storage: any, waitUntil?: (promise: Promise<unknown>) => void, blockConcurrencyWhile?: (work: () => Promise<void>) => void }} ObjectState */

/** A run that is driven says so this often; an alarm that finds none that does heals it. */
const PULSE_MS = 20_000;
/** Of a run that has ended, for those who come late. */
const KEPT_RUN_MS = 10 * 60_000;
const RUN_TTL_MS = 30 * 60_000;

/**
 * @param {(env: any) => { run: RunWork, video: VideoWork, extend: (work: any, ttlMs: number) => Promise<void> }} workOf
 */
export function durableObjects(workOf) {
  /** Budget and rate of one caller. */
  class CallerObject {
    #books;

    /** @param {ObjectState} state */
    constructor(state) {
      this.#books = new Books(sqlTable(state.storage));
    }

    /** @param {Request} request */
    async fetch(request) {
      const body = /** @type {any} */ (await request.json());
      switch (new URL(request.url).pathname) {
        case "/reserve":
          return Response.json(this.#books.reserve(body));
        case "/settle":
          return done(this.#books.settle(body));
        case "/release":
          return done(this.#books.release(body));
        case "/extend":
          return done(this.#books.extend(body));
        case "/usage":
          return Response.json(this.#books.usage(body.nowMs, body.allowance));
        default:
          return new Response("no such call", { status: 404 });
      }
    }
  }

  /** One durable run, and its events. */
  class StreamObject {
    #storage;
    #work;
    #run;

    /** @param {ObjectState} state @param {any} env */
    constructor(state, env) {
      this.#storage = state.storage;
      this.#work = workOf(env);
      this.#run = new DurableRun(sqlTable(state.storage), sqlRows(state.storage), this.#work.run);
    }

    /** @param {Request} request */
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/read") return this.#run.read(Number(searchParams.get("after")));
      const body = /** @type {any} */ (await request.json());
      if (pathname === "/stop") {
        const isThere = this.#run.meta !== undefined;
        this.#run.stop(body.reason);
        return Response.json(isThere);
      }
      // Before anything is sent: whatever ends this instance, the alarm finds the run.
      await this.#storage.setAlarm(Date.now() + PULSE_MS);
      return this.#run.start(body.work, body.after);
    }

    async alarm() {
      const { meta } = this.#run;
      if (!meta) return;
      if (this.#run.isOrphan) await this.#run.heal();
      else if (meta.state === "running") await this.#work.extend(meta.work, RUN_TTL_MS);
      const { state, endedAtMs } = /** @type {import("./durable-run.js").RunMeta} */ (this.#run.meta);
      if (state === "running") return this.#storage.setAlarm(Date.now() + PULSE_MS);
      const sweepAtMs = (endedAtMs ?? Date.now()) + KEPT_RUN_MS;
      if (Date.now() >= sweepAtMs) return this.#storage.deleteAll();
      return this.#storage.setAlarm(sweepAtMs);
    }
  }

  /** One video, polled by alarms until its file lies in R2. */
  class VideoObject {
    #storage;
    #table;
    #work;

    /** @param {ObjectState} state @param {any} env */
    constructor(state, env) {
      this.#storage = state.storage;
      this.#table = sqlTable(state.storage);
      this.#work = workOf(env).video;
    }

    /** @param {Request} request */
    async fetch(request) {
      const body = /** @type {any} */ (await request.json());
      if (new URL(request.url).pathname === "/get") return Response.json(this.#table.get("job") ?? null);
      this.#table.put("job", body);
      await this.#arm(body);
      return new Response(null);
    }

    async alarm() {
      const job = /** @type {VideoJob | undefined} */ (this.#table.get("job"));
      if (!job) return;
      const next = await this.#work.step(job);
      this.#table.put("job", next);
      await this.#arm(next);
    }

    /** @param {VideoJob} job */
    async #arm(job) {
      const waitMs = nextPollMs(job, Date.now());
      if (waitMs !== undefined) await this.#storage.setAlarm(Date.now() + waitMs);
    }
  }

  return { CallerObject, StreamObject, VideoObject };
}

/** @param {void} _ */
function done(_) {
  return new Response(null);
}

/** @param {any} storage @returns {Table} */
function sqlTable({ sql }) {
  sql.exec("CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
  return {
    get(key) {
      const [row] = [...sql.exec("SELECT value FROM entries WHERE key = ?", key)];
      return row && JSON.parse(row.value);
    },
    put: (key, value) => void sql.exec("INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, JSON.stringify(value)),
    delete: (key) => void sql.exec("DELETE FROM entries WHERE key = ?", key),
    list: (prefix) => [...sql.exec("SELECT key, value FROM entries WHERE key >= ? AND key < ?", prefix, `${prefix}\uffff`)].map((row) => [row.key, JSON.parse(row.value)]),
  };
}

/** @param {any} storage @returns {Rows} */
function sqlRows({ sql }) {
  sql.exec("CREATE TABLE IF NOT EXISTS events (row INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, last INTEGER NOT NULL, text TEXT NOT NULL)");
  return {
    append: (first, last, text) => void sql.exec("INSERT INTO events (first, last, text) VALUES (?, ?, ?)", first, last, text),
    next: (after, fromRow) => [...sql.exec("SELECT row, first, last, text FROM events WHERE row > ? AND last > ? ORDER BY row LIMIT 1", fromRow, after)][0],
    last: () => [...sql.exec("SELECT MAX(last) AS last FROM events")][0].last ?? 0,
  };
}

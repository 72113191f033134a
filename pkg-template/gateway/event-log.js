// The events of a durable run: numbered from 1, kept in rows, read from any of them on by any number of readers, each exactly once.

/**
 * Where the rows lie. Synchronous: what is written before somebody is told is what he then reads.
 * @typedef {object} Rows
 * @property {(first: number, last: number, text: string) => void} append
 * @property {(after: number, fromRow: number) => { row: number, first: number, last: number, text: string } | undefined} next  the first row behind `fromRow` that holds an event behind `after`
 * @property {() => number} last  number of the last event
 */

/** Of a row: Cloudflare takes 2 MB, and a character may have three bytes. */
const LONGEST_ROW = 400_000;
/** An answer that is longer is not kept. */
const MOST_CHARS = 64 << 20;

const encoder = new TextEncoder();

export class EventLog {
  #rows;
  #last;
  #chars = 0;
  isOver = false;
  /** @type {Set<() => void>} */
  #waiting = new Set();

  /** @param {Rows} rows */
  constructor(rows) {
    this.#rows = rows;
    this.#last = rows.last();
  }

  get last() {
    return this.#last;
  }

  /** @param {string[]} events  the data of each, whole */
  append(events) {
    if (events.length === 0) return;
    let text = "", first = this.#last + 1;
    for (const data of events) {
      this.#last += 1;
      const event = `id: ${this.#last}\n${data.split("\n").map((line) => `data: ${line}\n`).join("")}\n`;
      this.#chars += event.length;
      if (this.#chars > MOST_CHARS) throw new Error(`the answer is longer than ${MOST_CHARS} characters, which is more than is kept of one`);
      if (text !== "" && text.length + event.length > LONGEST_ROW) {
        this.#rows.append(first, this.#last - 1, text);
        [text, first] = ["", this.#last];
      }
      if (event.length <= LONGEST_ROW) text += event;
      else for (const part of partsOf(event)) this.#rows.append(this.#last, this.#last, part);
      if (event.length > LONGEST_ROW) first = this.#last + 1;
    }
    if (text !== "") this.#rows.append(first, this.#last, text);
    this.#wake();
  }

  end() {
    this.isOver = true;
    this.#wake();
  }

  #wake() {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  /**
   * What is behind an event, and then what comes, to the end. A reader who is slow is waited for by nobody.
   * @param {number} after @param {{ keepAliveMs?: number, onLeave?: () => void }} [options]
   * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
   */
  read(after, { keepAliveMs = 15_000, onLeave } = {}) {
    let seen = after, row = 0;
    let isLeft = false;
    return new ReadableStream(
      {
        pull: async (controller) => {
          for (;;) {
            const next = this.#rows.next(seen, row);
            if (next) {
              row = next.row;
              const text = next.first <= seen ? next.text.slice(Math.max(0, startOf(next.text, seen + 1))) : next.text;
              // Of an event that is longer than a row more comes with the next rows.
              if (next.text.endsWith("\n\n")) seen = next.last;
              controller.enqueue(encoder.encode(text));
              return;
            }
            if (this.isOver) {
              controller.close();
              return;
            }
            if (!(await this.#moved(keepAliveMs)) && !isLeft) {
              controller.enqueue(encoder.encode(": keep-alive\n\n"));
              return;
            }
            if (isLeft) return;
          }
        },
        cancel: () => {
          isLeft = true;
          onLeave?.();
          this.#wake();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Whether something came within the time. @param {number} ms @returns {Promise<boolean>} */
  #moved(ms) {
    return new Promise((resolve) => {
      const moved = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(moved);
        resolve(false);
      }, ms);
      /** @type {any} */ (timer).unref?.();
      this.#waiting.add(moved);
    });
  }
}

/** Where an event begins in a row: no data has a line of its own that looks so. @param {string} text @param {number} number */
function startOf(text, number) {
  const mark = `id: ${number}\n`;
  return text.startsWith(mark) ? 0 : text.indexOf(`\n\n${mark}`) + 2;
}

/** Never between the two halves of a character. @param {string} event */
function* partsOf(event) {
  for (let at = 0; at < event.length; ) {
    let end = Math.min(event.length, at + LONGEST_ROW);
    const unit = event.charCodeAt(end - 1);
    if (end < event.length && unit >= 0xd800 && unit < 0xdc00) end -= 1;
    yield event.slice(at, end);
    at = end;
  }
}

/** Rows of one process. @returns {Rows} */
export function memoryRows() {
  /** @type {{ row: number, first: number, last: number, text: string }[]} */
  const rows = [];
  return {
    append: (first, last, text) => void rows.push({ row: rows.length + 1, first, last, text }),
    next(after, fromRow) {
      let at = fromRow;
      while (at < rows.length && rows[at].last <= after) at += 1;
      return rows[at];
    },
    last: () => rows.at(-1)?.last ?? 0,
  };
}

/**
 * The data of server-sent events, as pieces of bytes bring them; comments and other fields are the connection's.
 * @returns {{ push(bytes: Uint8Array): string[] }}
 */
export function eventSplitter() {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    push(bytes) {
      rest += decoder.decode(bytes, { stream: true });
      /** @type {string[]} */
      const events = [];
      for (;;) {
        const end = /\r?\n\r?\n/.exec(rest);
        if (!end) return events;
        const data = rest.slice(0, end.index).split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice(line[5] === " " ? 6 : 5)] : []));
        rest = rest.slice(end.index + end[0].length);
        if (data.length > 0) events.push(data.join("\n"));
      }
    },
  };
}

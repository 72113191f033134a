// Events as bytes.

/** @import { FormatWriter } from "./formats.js" */

/**
 * What is written: everything that is ready at a time, an empty array at the end.
 * @typedef {{ takeBatch(): Promise<any[]>, cancel(reason: unknown): void }} BatchSource
 */

/** @typedef {{ pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void>, stop(): void }} Writing */

/** @param {BatchSource} source @param {FormatWriter} writer @param {string | undefined} keepAlive @param {number} keepAliveMs @returns {ReadableStream<Uint8Array<ArrayBuffer>>} */
export function writtenStream(source, writer, keepAlive, keepAliveMs) {
  const { pull, stop } = writing(source, writer, keepAlive, keepAliveMs);
  const cancel = (/** @type {unknown} */ reason) => {
    stop();
    source.cancel(reason);
  };
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
}

/**
 * One write for all events that are ready: in workerd every write costs as much as the work on two hundred events.
 * @param {BatchSource} source @param {FormatWriter} writer @param {string | undefined} keepAlive  what may be written while there is nothing to say
 * @param {number} keepAliveMs  0: never
 * @returns {Writing}
 */
export function writing(source, writer, keepAlive, keepAliveMs) {
  const encoder = new TextEncoder();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticking;
  /** Whether nothing has been written since the last tick. */
  let silent = false;
  const stop = () => clearInterval(ticking);
  return {
    stop,
    async pull(controller) {
      if (keepAlive && keepAliveMs > 0) {
        // From the first pull on: a response that nobody reads keeps no process alive.
        ticking ??= setInterval(() => {
          // One at most waits for a reader who rests.
          if (silent && (controller.desiredSize ?? 0) >= 0) controller.enqueue(encoder.encode(keepAlive));
          silent = true;
        }, keepAliveMs);
      }
      try {
        let text = "";
        while (text === "") {
          const events = await source.takeBatch();
          if (events.length === 0) {
            stop();
            const last = writer.end();
            if (last) controller.enqueue(encoder.encode(last));
            controller.close();
            return;
          }
          text = writer.write(events);
        }
        silent = false;
        controller.enqueue(encoder.encode(text));
      } catch (error) {
        stop();
        const last = writer.fail(error);
        if (last === undefined) return controller.error(error);
        controller.enqueue(encoder.encode(last));
        controller.close();
      }
    },
  };
}

// The bytes of a response whose status was said before the run began: the answer as it came where there is one of it, written anew where there are
// several; what fails is told in it.
import { formatStream } from "../first-part.js";
import { WRITERS } from "./formats.js";
import { beginning, drain, relayOf, startingWith } from "./response.js";
import { left } from "./until-left.js";

/** @import { Driver } from "./driver.js" */
/** @import { EventSource } from "./sinks.js" */
/** @import { Writing } from "./written-stream.js" */

/** @typedef {Pick<import("./relay.js").Copy, "body" | "pipeTo" | "isFetched"> & { isAsItCame: boolean }} Begun */

const encoder = new TextEncoder();

/** @param {EventSource} source @param {Driver} driver @returns {Promise<Begun>} */
async function begin(source, driver) {
  const relay = relayOf(driver, true);
  const begun = await beginning(source);
  if (!("error" in begun) && relay.copy?.isStream && driver.relay) {
    return { ...relay.handOver(), isAsItCame: true };
  }
  const takeBatch = "error" in begun ? () => Promise.reject(begun.error) : startingWith(begun.events, source);
  const body = formatStream({ ...source, takeBatch }, "sse");
  return { body, pipeTo: (writable, options) => body.pipeTo(writable, options), isAsItCame: false, isFetched: false };
}

/** @param {EventSource} source @param {Driver} driver @returns {Promise<Writing>} */
export async function relaying(source, driver) {
  const { body, isAsItCame } = await begin(source, driver);
  const reader = body.getReader();
  if (isAsItCame) drain(source);
  return {
    stop: () => void reader.cancel().catch(() => {}),
    async pull(controller) {
      const { value } = await reader.read().catch(() => ({ value: undefined }));
      if (value) return controller.enqueue(value);
      const last = isAsItCame ? await failureOf(driver) : "";
      if (last) controller.enqueue(encoder.encode(last));
      controller.close();
    },
  };
}

/**
 * Two streams of workerd, piped without a step of JavaScript where the answer came from the network: then one that breaks ends there, as a body of `fetch`
 * that is handed on, and nothing can be written behind it.
 * @param {EventSource} source @param {Driver} driver @param {WritableStream<Uint8Array>} writable
 */
export async function relayInto(source, driver, writable) {
  const { pipeTo, isAsItCame, isFetched } = await begin(source, driver);
  if (!isAsItCame) return pipeTo(writable).catch(source.cancel);
  // Of one that a budget stops the reader is told why.
  const isEndedThere = isFetched && !driver.relay?.isGuarded;
  try {
    const piped = pipeTo(writable, { preventClose: true, preventAbort: !isEndedThere });
    drain(source);
    await piped;
  } catch (reason) {
    await left(reason, source, driver.relay);
    if (isEndedThere) return;
  }
  const writer = writable.getWriter();
  try {
    const last = await failureOf(driver);
    if (last) await writer.write(encoder.encode(last));
    await writer.close();
  } catch (reason) {
    writer.abort(reason).catch(() => {});
  }
}

/** What the bytes have not said themselves, as an error of the provider's has. @param {Driver} driver */
async function failureOf(driver) {
  driver.relay?.wake();
  try {
    await driver.delivery.settled();
    return "";
  } catch (error) {
    // Behind whatever it was cut in.
    return driver.record.verdict === "error" && /** @type {any} */ (error).code !== "budget" ? "" : `\n\n${WRITERS.sse().fail(error)}`;
  }
}

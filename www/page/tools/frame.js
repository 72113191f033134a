// A frame that works for a tool, in an origin of its own: it is asked once, answers once, and goes.
import { element } from "../dom.js";

/**
 * @param {string} path of the frame's document
 * @param {Record<string, unknown>} question
 * @param {{ timeoutMs: number, signal?: AbortSignal }} limits
 * @returns {Promise<any>} what it answers; rejects when it takes too long
 */
export function inFrame(path, question, { timeoutMs, signal }) {
  // `sandbox` without `allow-same-origin`: neither our storage, nor our key, nor this document.
  const frame = element("iframe", { sandbox: "allow-scripts", src: path, hidden: true, title: "A tool at work" });
  return new Promise((resolve, reject) => {
    const { port1: ours, port2: theirs } = new MessageChannel();
    const done = (/** @type {() => void} */ settle) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      ours.close();
      frame.remove();
      settle();
    };
    const stop = () => done(() => reject(new Error("stopped")));
    const timer = setTimeout(() => done(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`))), timeoutMs);
    signal?.addEventListener("abort", stop, { once: true });
    ours.addEventListener("message", ({ data }) => done(() => (typeof data?.error === "string" ? reject(new Error(data.error)) : resolve(data))));
    ours.start();
    // The frame's origin is opaque, which has no name to send to; the port is for this document alone.
    frame.addEventListener("load", () => frame.contentWindow?.postMessage(question, "*", [theirs]), { once: true });
    document.body.append(frame);
  });
}

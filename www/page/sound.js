// A sound: its player with what can be done with it, and a tone to try things with.
import { element } from "./dom.js";
import { byteCount } from "./format.js";
import { objectUrl, saveLink } from "./task.js";

/** @typedef {{ data: Uint8Array<ArrayBuffer>, mediaType: string, name: string }} Sound */

/**
 * @param {Sound} sound
 * @param {{ title: string, facts: (string | undefined)[], signal: AbortSignal, text?: string }} about
 */
export function soundCard({ data, mediaType, name }, { title, facts, signal, text }) {
  const blob = new Blob([data], { type: mediaType });
  return element(
    "article",
    { class: "card made sound" },
    element("header", {}, element("strong", {}, title)),
    element("audio", { controls: true, src: objectUrl(blob, signal), "aria-label": title }),
    text ? element("p", { class: "words" }, text) : undefined,
    element("footer", { class: "row" }, element("p", { class: "aside" }, [name, mediaType, byteCount(data.length), ...facts].filter(Boolean).join(" · ")), saveLink("Download", blob, name, signal)),
  );
}

const RATE = 16_000, SECONDS = 1.2, PITCH_HZ = 440;

/** A tone that swells and fades, as a WAV file. @returns {Sound} */
export function tone() {
  const samples = Math.round(RATE * SECONDS);
  const data = new Uint8Array(44 + 2 * samples);
  const view = new DataView(data.buffer);
  const put = (/** @type {number} */ at, /** @type {string} */ text) => data.set(new TextEncoder().encode(text), at);
  put(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples, true);
  put(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  // PCM, one channel, 16 bit.
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  put(36, "data");
  view.setUint32(40, 2 * samples, true);
  for (let at = 0; at < samples; at++) {
    const swell = Math.sin((Math.PI * at) / samples);
    view.setInt16(44 + 2 * at, Math.sin((2 * Math.PI * PITCH_HZ * at) / RATE) * swell * 12_000, true);
  }
  return { data, mediaType: "audio/wav", name: "tone.wav" };
}

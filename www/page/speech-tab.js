// Speech: a text read aloud.
import { element } from "./dom.js";
import { field, modelField, numberOf, textField, textOf } from "./fields.js";
import { byteCount, dollars } from "./format.js";
import { soundCard } from "./sound.js";
import { sheetHead, taskForm, workbench } from "./task.js";

/** @import { TabContext } from "./tab-loader.js" */

const DEFAULT_MODEL = "hexgrad/kokoro-82m", DEFAULT_VOICE = "af_alloy";
const TEXT = "The lamp is lit before the first star. Somebody out there is counting on it.";

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const { client, costs, desk, signal: ends } = context;
  const text = textField("Text", "A sentence or two", TEXT);
  text.control.required = true;
  const model = modelField({ placeholder: DEFAULT_MODEL, load: async () => (await client.models.list({ all: true })).filter(({ output }) => output.includes("speech")) });
  const voice = field("Voice", element("input", { class: "input", placeholder: DEFAULT_VOICE, autocomplete: "off", spellcheck: "false" }));
  const voices = element("datalist", { id: `${voice.control.id}-list` });
  voice.control.setAttribute("list", voices.id);
  voice.node.append(voices);
  voice.control.addEventListener("focus", async () => {
    const known = await client.models.get(textOf(model) ?? DEFAULT_MODEL).catch(() => undefined);
    voices.replaceChildren(...(known?.supportedVoices ?? []).map((name) => element("option", { value: name })));
  });
  const speed = field("Speed", element("input", { class: "input", type: "number", min: 0.25, max: 4, step: 0.05, placeholder: "1" }));
  const output = element("div", { class: "results" });
  const options = () => ({ input: text.control.value, model: textOf(model), voice: textOf(voice), speed: numberOf(speed) });
  const { form } = taskForm({
    context,
    code: () => ({ method: "speech.create", options: options() }),
    label: "Generate",
    doing: "Generating",
    done: "The speech is there.",
    fields: [text.node, model.node, voice.node, speed.node],
    output,
    titles: { "not-found": "There is no such voice or model" },
    async work({ signal, progress }) {
      const result = await client.speech.create({ ...options(), signal });
      const data = await whole(result.stream, (bytes) => progress("Receiving", { detail: byteCount(bytes) }));
      const sound = { data, mediaType: result.mediaType, name: result.name };
      desk.sound = sound;
      costs.add("Speech", undefined);
      const cost = element("span", { class: "aside" }, "cost not reported");
      const card = soundCard(sound, { title: text.control.value.trim(), facts: [], signal: ends });
      card.querySelector("footer")?.insertBefore(cost, card.querySelector("footer a"));
      // Speech answers carry no usage: the bill is asked for, and comes when it comes.
      if (result.generationId) {
        client.generation(result.generationId, { signal: ends }).then(
          (bill) => {
            if (bill.cost === undefined) return;
            costs.correct("Speech", bill.cost);
            cost.textContent = dollars(bill.cost);
          },
          // The card says that it was not reported.
          () => {},
        );
      }
      return card;
    },
  });
  host.append(sheetHead("Speech", "A text in, a voice out. The sound streams; here it is played once it is whole."), workbench(form, output));
}

/**
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} stream
 * @param {(bytes: number) => void} onBytes
 */
async function whole(stream, onBytes) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  let bytes = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(pieces).arrayBuffer());
    pieces.push(value);
    bytes += value.length;
    onBytes(bytes);
  }
}

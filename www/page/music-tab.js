// Music: a track from words.
import { element } from "./dom.js";
import { checkField, choiceField, lineField, modelField, numberOf, textField, textOf } from "./fields.js";
import { byteCount, dollars } from "./format.js";
import { soundCard } from "./sound.js";
import { sheetHead, taskForm, workbench } from "./task.js";

/** @import { TabContext } from "./tab-loader.js" */

const DEFAULT_MODEL = "google/lyria-3-pro-preview";

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const { client, costs, desk, signal: ends } = context;
  const prompt = textField("Prompt", "Slow piano over rain, a little hopeful", "Slow piano over rain, a little hopeful");
  prompt.control.required = true;
  const lyrics = textField("Lyrics", "None: the model writes them, or nobody sings", "", 2);
  const model = modelField({ placeholder: DEFAULT_MODEL, wide: true, load: async () => (await client.models.list({ all: true })).filter(({ output, id }) => output.includes("audio") && /lyria|music|suno/.test(id)) });
  const length = lineField("Seconds", { type: "number", min: 1, max: 600, placeholder: "automatic" });
  const format = choiceField("Format", [["wav", "WAV"], ["mp3", "MP3"]]);
  const instrumental = checkField("Instrumental");
  instrumental.control.addEventListener("change", () => (lyrics.control.disabled = instrumental.control.checked));
  const output = element("div", { class: "results" });
  const options = () => ({
    prompt: prompt.control.value.trim(),
    model: textOf(model),
    format: format.control.value,
    durationSeconds: numberOf(length),
    ...(instrumental.control.checked ? { instrumental: true } : { lyrics: textOf(lyrics) }),
  });
  const { form } = taskForm({
    context,
    code: () => ({ method: "music.generate", options: options() }),
    label: "Generate",
    doing: "Generating",
    done: "The music is there.",
    fields: [prompt.node, lyrics.node, model.node, length.node, format.node, instrumental.node],
    output,
    titles: { "not-found": "There is no such model for music" },
    async work({ signal, progress }) {
      const result = await client.music.generate({
        ...options(),
        onProgress: ({ receivedBytes }) => progress("Receiving", { detail: byteCount(receivedBytes) }),
        signal,
      });
      costs.add("Music", result.usage?.cost);
      desk.sound = result;
      const cost = result.usage?.cost === undefined ? "cost not reported" : dollars(result.usage.cost);
      return soundCard(result, { title: prompt.control.value.trim(), facts: [cost], text: result.transcript, signal: ends });
    },
  });
  host.append(sheetHead("Music", "A track from words. It comes as a stream and is put together here."), workbench(form, output));
}

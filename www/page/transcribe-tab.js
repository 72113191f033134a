// Transcripts: a recording in, its words out.
import { button, copyFrom, element } from "./dom.js";
import { fileField, lineField, modelField, textOf } from "./fields.js";
import { byteCount, dollars } from "./format.js";
import { tone } from "./sound.js";
import { Mistake, saveLink, sheetHead, taskForm, workbench } from "./task.js";

/** @import { TabContext } from "./tab-loader.js" */

const DEFAULT_MODEL = "openai/whisper-large-v3-turbo";

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const { client, costs, desk, signal: ends } = context;
  const file = fileField("Recording", "audio/*,video/mp4,video/webm", { note: "Up to 25 MiB." });
  const source = sourceChoice(desk);
  const shown = () => (file.node.hidden = source.value() !== "file");
  source.node.addEventListener("change", shown);
  shown();
  // The sound may have been made since this tab was last looked at.
  context.onShown(source.update);
  const model = modelField({ placeholder: DEFAULT_MODEL, load: async () => (await client.models.list({ all: true })).filter(({ output }) => output.includes("transcription")) });
  const language = lineField("Language", { placeholder: "found by itself", maxlength: 5 }, "Two letters: en, de, pt.");
  const output = element("div", { class: "results" });
  /** What was transcribed last, for its code. @type {{ name: string, mediaType?: string } | undefined} */
  let last;
  const { form } = taskForm({
    context,
    code: () => ({ method: "transcriptions.create", options: { audio: `(the bytes of ${last?.name ?? "the recording"})`, mediaType: last?.mediaType, fileName: last?.name, model: textOf(model), language: textOf(language) } }),
    label: "Transcribe",
    doing: "Listening",
    done: "The transcript is there.",
    fields: [source.node, file.node, model.node, language.node],
    output,
    titles: { "not-found": "There is no such model for transcripts" },
    async work({ signal }) {
      const recording = await chosen(source.value(), file.control, desk);
      if (!recording) {
        file.control.focus();
        throw new Mistake("Choose a file first.");
      }
      last = recording;
      const result = await client.transcriptions.create({ audio: recording.data, mediaType: recording.mediaType, fileName: recording.name, model: textOf(model), language: textOf(language), signal });
      const { usage } = result;
      costs.add("Transcripts", usage?.cost);
      const seconds = result.durationSeconds ?? usage?.seconds;
      const facts = [recording.name, byteCount(recording.data.byteLength), seconds === undefined ? undefined : `${seconds.toFixed(1)} s`, result.language, usage?.cost === undefined ? "cost not reported" : dollars(usage.cost)];
      const copy = button("Copy", "plain", () => copyFrom(copy, result.text));
      return element(
        "article",
        { class: "card made" },
        element("p", { class: "words transcript" }, result.text || "(No words were heard.)"),
        element("footer", { class: "row" }, element("p", { class: "aside" }, facts.filter(Boolean).join(" · ")), copy, saveLink("Download", new Blob([result.text], { type: "text/plain" }), "transcript.txt", ends)),
      );
    },
  });
  host.append(sheetHead("Transcribe", "A recording in, its words out. The file goes to the API, and to nobody else."), workbench(form, output));
}

/** @param {TabContext["desk"]} desk */
function sourceChoice(desk) {
  const option = (/** @type {string} */ value, /** @type {string} */ text, checked = false) => {
    const control = element("input", { type: "radio", name: "recording", value, checked });
    return { control, node: element("label", { class: "check" }, control, element("span", {}, text)) };
  };
  const file = option("file", "A file", true);
  const made = option("made", "The sound just made");
  const test = option("tone", "A test tone");
  const update = () => {
    made.control.disabled = !desk.sound;
    const text = made.node.querySelector("span");
    if (text) text.textContent = desk.sound ? `The sound just made (${desk.sound.name})` : "The sound just made (none yet)";
  };
  update();
  const node = element("fieldset", { class: "field wide choices" }, element("legend", {}, "What is heard"), file.node, made.node, test.node);
  return { node, update, value: () => (made.control.checked ? "made" : test.control.checked ? "tone" : "file") };
}

/**
 * @param {string} source
 * @param {HTMLInputElement} control
 * @param {TabContext["desk"]} desk
 */
async function chosen(source, control, desk) {
  if (source === "tone") return tone();
  if (source === "made") return desk.sound;
  const file = control.files?.[0];
  if (file && /^(text|image|application)\//.test(file.type)) throw new Mistake(`${file.name} is no recording: choose a sound, or an MP4 or WebM video.`);
  return file && { data: await file.arrayBuffer(), mediaType: file.type || undefined, name: file.name };
}

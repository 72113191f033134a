// Images: made from words, or from words and other images.
import { element } from "./dom.js";
import { checkField, choiceField, fileField, modelField, numberOf, textField, textOf } from "./fields.js";
import { byteCount, dollars, plural } from "./format.js";
import { Mistake, objectUrl, reveal, saveLink, sheetHead, taskForm, workbench } from "./task.js";

/** @import { ImageResult } from "openrouter-wasm" */
/** @import { TabContext } from "./tab-loader.js" */

const DEFAULT_MODEL = "google/gemini-3.1-flash-image-preview";
/** @type {[string, string][]} */
const ASPECTS = [["", "automatic"], ...["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9"].map((ratio) => /** @type {[string, string]} */ ([ratio, ratio]))];

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const { client, costs, signal: ends } = context;
  const prompt = textField("Prompt", "A harbour at dusk, still water, one lantern", "A harbour at dusk, still water, one lantern");
  prompt.control.required = true;
  const model = modelField({ placeholder: DEFAULT_MODEL, wide: true, load: async () => (await client.models.list({ all: true })).filter(({ output }) => output.includes("image")) });
  const count = choiceField("How many", ["1", "2", "3", "4"].map((n) => [n, n]));
  const aspect = choiceField("Aspect ratio", ASPECTS);
  const resolution = choiceField("Resolution", [["", "automatic"], ["1K", "1K"], ["2K", "2K"], ["4K", "4K"]]);
  const inputs = fileField("Input images", "image/*", { multiple: true, note: "At most 16, or what the model takes; none for a new one." });
  const drafts = checkField("Show drafts on the way");
  const output = element("div", { class: "results" });
  const options = () => {
    const files = [...(inputs.control.files ?? [])];
    const other = files.find(({ type }) => !type.startsWith("image/"));
    if (other) throw new Mistake(`${other.name} is no image: choose a PNG, JPEG or WebP file.`);
    return {
      prompt: prompt.control.value.trim(),
      model: textOf(model),
      n: numberOf(count),
      aspectRatio: textOf(aspect),
      resolution: textOf(resolution),
      ...(files.length > 0 && { inputs: files.map((file) => ({ data: file, mediaType: file.type, fileName: file.name })) }),
    };
  };
  const { form } = taskForm({
    context,
    code: () => ({ method: "images.generate", options: options() }),
    label: "Generate",
    doing: "Generating",
    done: "The image is there.",
    fields: [prompt.node, model.node, count.node, aspect.node, resolution.node, element("p", { class: "row" }, drafts.node), inputs.node],
    output,
    titles: { "not-found": "There is no such model for images" },
    async work({ signal }) {
      const text = prompt.control.value.trim();
      const easel = new Easel(output, text);
      const result = await client.images.generate({
        ...options(),
        ...(drafts.control.checked && { stream: true, onPartial: (draft) => easel.show(draft) }),
        signal,
      }).finally(() => easel.clear());
      costs.add("Images", result.usage?.cost);
      return shown(result, text, ends);
    },
  });
  host.append(sheetHead("Images", "One call, whichever model makes them: bytes come back, checked for what they are."), workbench(form, output));
}

/** Drafts of images that are being painted, each in the place of the one before. */
class Easel {
  #gallery = element("div", { class: "gallery drafts", "aria-label": "Drafts" });
  /** @type {Map<number, HTMLImageElement>} */
  #images = new Map();
  #output;
  #prompt;

  /** @param {HTMLElement} output @param {string} prompt */
  constructor(output, prompt) {
    this.#output = output;
    this.#prompt = prompt;
  }

  /** @param {{ index: number, data: Uint8Array<ArrayBuffer>, mediaType: string }} draft */
  show({ index, data, mediaType }) {
    if (this.#images.size === 0) {
      this.#output.prepend(this.#gallery);
      reveal(this.#gallery);
    }
    const image = this.#images.get(index) ?? element("img", { alt: `Draft: ${this.#prompt}` });
    if (!this.#images.has(index)) this.#gallery.append(element("figure", {}, image));
    this.#images.set(index, image);
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(new Blob([data], { type: mediaType }));
  }

  clear() {
    for (const { src } of this.#images.values()) URL.revokeObjectURL(src);
    this.#gallery.remove();
  }
}

/** @param {ImageResult} result @param {string} prompt @param {AbortSignal} ends */
function shown({ images, text, model, usage, warnings }, prompt, ends) {
  return element(
    "article",
    { class: "made" },
    element(
      "div",
      { class: "gallery" },
      ...images.map((image) => {
        const blob = image.blob();
        return element("figure", {}, element("img", { src: objectUrl(blob, ends), alt: prompt }), element("figcaption", { class: "row" }, element("span", { class: "aside" }, `${image.name} · ${byteCount(image.data.length)}`), saveLink("Download", blob, image.name, ends)));
      }),
    ),
    text ? element("p", { class: "words" }, text) : undefined,
    element("p", { class: "aside" }, [plural(images.length, "image"), model, usage?.cost === undefined ? "cost not reported" : dollars(usage.cost)].join(" · ")),
    ...warnings.map((warning) => element("p", { class: "notice" }, warning)),
  );
}

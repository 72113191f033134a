// Videos: submitted here, made elsewhere, fetched when they are done.
import { element } from "./dom.js";
import { checkField, choiceField, fileField, numberOf, setOptions, textField, textOf } from "./fields.js";
import { videoCard } from "./video-card.js";
import { failure, Mistake, reveal, sheetHead, taskForm, workbench } from "./task.js";

/** @import { VideoModel } from "openrouter-wasm" */
/** @import { TabContext } from "./tab-loader.js" */

/** @type {[string, string]} */
const ANY = ["", "automatic"];

/** @param {HTMLElement} host @param {TabContext} context */
export function fill(host, context) {
  const { client, signal: ends } = context;
  const prompt = textField("Prompt", "The camera drifts over a harbour at dusk", "The camera drifts over a harbour at dusk; one lantern swings");
  prompt.control.required = true;
  const model = choiceField("Model", [["", "the usual one"]]);
  const seconds = choiceField("Length", [ANY]);
  const aspect = choiceField("Aspect ratio", [ANY]);
  const resolution = choiceField("Resolution", [ANY]);
  const sound = checkField("With sound");
  const frame = fileField("First frame", "image/*", { note: "An image to begin with; none for words alone." });
  const price = element("p", { class: "aside wide", hidden: true });
  const trouble = element("div", { class: "results" });
  const output = element("div", { class: "results" });
  const list = element("section", { class: "results", "aria-label": "Videos" });

  /** @type {VideoModel[]} */
  let models = [];
  const offer = () => {
    const chosen = models.find(({ id }) => id === model.control.value);
    setOptions(seconds.control, [ANY, ...(chosen?.durations ?? []).map((length) => /** @type {[string, string]} */ ([String(length), `${length} s`]))]);
    setOptions(aspect.control, [ANY, ...same(chosen?.aspectRatios)]);
    setOptions(resolution.control, [ANY, ...same(chosen?.resolutions)]);
    sound.control.disabled = chosen?.supportsAudio === false;
    frame.node.hidden = chosen !== undefined && chosen.maxInputImages === 0;
    price.textContent = chosen ? prices(chosen) : "";
    price.hidden = price.textContent === "";
  };
  model.control.addEventListener("change", offer);
  client.videos.models({ signal: ends }).then(
    (found) => {
      models = found;
      setOptions(model.control, [["", "the usual one"], ...found.map(({ id, name }) => /** @type {[string, string]} */ ([id, name]))]);
      offer();
    },
    (error) => {
      if (!ends.aborted) trouble.append(failure(error, undefined, { network: "The list of models could not be loaded" }));
    },
  );

  const options = () => {
    const image = frame.node.hidden ? undefined : frame.control.files?.[0];
    if (image && !image.type.startsWith("image/")) throw new Mistake(`${image.name} is no image: choose a PNG, JPEG or WebP file.`);
    return {
      prompt: prompt.control.value.trim(),
      model: textOf(model),
      durationSeconds: numberOf(seconds),
      aspectRatio: textOf(aspect),
      resolution: textOf(resolution),
      ...(!sound.control.disabled && { generateAudio: sound.control.checked }),
      ...(image && { inputs: [{ data: image, mediaType: image.type, role: /** @type {const} */ ("first_frame"), fileName: image.name }] }),
    };
  };
  const { form } = taskForm({
    context,
    code: () => ({ method: "videos.submit", options: options() }),
    label: "Submit",
    doing: "Submitting",
    done: "The video is submitted.",
    fields: [prompt.node, model.node, seconds.node, aspect.node, resolution.node, element("p", { class: "row" }, sound.node), price, frame.node],
    output,
    titles: { "not-found": "There is no such model for videos" },
    async work({ signal }) {
      const jobs = await context.videoJobs();
      await jobs.submit({
        ...options(),
        signal,
      });
      const card = list.firstElementChild;
      card?.setAttribute("data-new", "");
      reveal(card, { grows: true });
      return undefined;
    },
  });
  host.append(sheetHead("Videos", "A video takes minutes. The ticket stays in this browser: reload the page, or come back tomorrow, and it goes on."), workbench(form, trouble, output, list));
  void follow(list, context);
}

/**
 * Keeps a card a job, in order; a card that is there stays, so that a video that is being watched plays on.
 * @param {HTMLElement} list
 * @param {TabContext} context
 */
async function follow(list, context) {
  const videos = await context.videoJobs();
  if (context.signal.aborted) return;
  /** @type {Map<string, ReturnType<typeof videoCard>>} */
  const cards = new Map();
  const unsubscribe = videos.subscribe(() => {
    for (const [id, card] of cards) {
      if (videos.jobs.some(({ ticket }) => ticket.id === id)) continue;
      card.node.remove();
      cards.delete(id);
    }
    videos.jobs.forEach((job, at) => {
      const card = cards.get(job.ticket.id) ?? videoCard(job, videos, context.signal);
      cards.set(job.ticket.id, card);
      if (list.children[at] !== card.node) list.insertBefore(card.node, list.children[at] ?? null);
      card.show();
    });
  });
  context.signal.addEventListener("abort", unsubscribe, { once: true });
}

/** @param {readonly string[]} [values] @returns {[string, string][]} */
function same(values = []) {
  return values.map((value) => [value, value]);
}

/** @param {VideoModel} model */
function prices({ pricingSkus }) {
  const said = Object.entries(pricingSkus).slice(0, 3).map(([sku, price]) => `${sku.replaceAll("_", " ")} ${sku.includes("cents_per_") ? `${price} ¢` : `$${price}`}`);
  return said.length === 0 ? "" : `Prices: ${said.join(" · ")}`;
}

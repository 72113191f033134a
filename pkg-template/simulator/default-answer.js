/** What the simulator answers when no script says so: a script of its own, made from the request. Same seed and messages, same words. */

import { attachments, lastUserText, meantTools, messagesOf, reasoningWish, trailingToolResults } from "./conversation.js";
import { hashText } from "./ids.js";
import { base64, sampleImage, sampleTone } from "./media-samples.js";
import { sampleMp3 } from "./encoded-tone.js";
import { describeSight } from "./image-description.js";
import { sampleOf } from "./schema-sample.js";
import { sourcesFor } from "./web-sources.js";

/** @import { ChatRequest, Model, Script } from "../simulator.d.ts" */
/** @import { Sight } from "./image-description.js" */

const QUOTE_LENGTH = 140;
const TONE_SECONDS = 0.2;
const SONG_SECONDS = 2;
const MOST_IMAGES = 10;
const SOURCES = 3;

/** @type {((quote: string) => string)[]} */
const OPENINGS = [
  (quote) => `You wrote “${quote}”, and that deserves an answer.`,
  (quote) => `Happy to help with “${quote}”.`,
  (quote) => `About “${quote}”: here is what I can say.`,
];

const CLOSINGS = [
  "Every word of this came from the simulator, so nothing was sent anywhere and nothing was billed.",
  "I am the simulator that ships with openrouter-wasm: I stream like the real thing, and I cost nothing.",
  "Point the client at openrouter.ai with a key of your own and a real model will answer in my place.",
];

/** Paragraphs for what the last message seems to want; the first that matches is taken. */
const BODIES = [
  {
    when: /\b(code|function|script|program|snippet)\b/i,
    text: "```js\nconst answer = await ask(\"What does a stream look like?\");\nfor await (const piece of answer) console.log(piece);\n```\n\n" +
      "The loop prints each piece as it arrives, and ends when the model does.",
  },
  {
    when: /\b(table|compare|versus|vs)\b/i,
    text: "| | simulated | real |\n|---|---|---|\n| streams | yes | yes |\n| reports usage and cost | yes | yes |\n| knows things | no | mostly |",
  },
  {
    when: /\b(list|steps|ideas|plan|how (do|can|to))\b/i,
    text: "1. **Start small.** One request, one answer, on the screen.\n2. **Watch it stream.** The pieces come a few letters at a time.\n" +
      "3. **Break it on purpose.** Script a stall, a cut or an error, and see that your app says so.",
  },
];

const PLAIN_BODIES = [
  "A real model would now draw on what it knows. I only know how answers *arrive*: in small pieces, with a finish reason, usage and a cost at the end. 🙂",
  "I cannot look anything up, but I can show you the shape of an answer: **bold** where it matters, `code` where it helps, and an end you can rely on.",
  "The honest answer is that I am a rehearsal: the pace, the pieces and the bookkeeping are true to life, the wisdom is left to the real models.",
];

/**
 * @param {ChatRequest} body
 * @param {Model} row the model that answers
 * @param {string | number} seed
 * @param {Sight} [sight] what there is to see, if somebody asks
 * @returns {Script}
 */
export function defaultAnswer(body, row, seed, sight) {
  const chance = hashText(seed + JSON.stringify(messagesOf(body)));
  const { shown } = reasoningWish(body, row.reasoning);
  const reasoning = shown ? { reasoning: thoughts(body) } : {};
  const tools = meantTools(body);
  if (tools.length > 0) {
    const hint = lastUserText(body);
    return { ...reasoning, toolCalls: tools.map((tool) => ({ name: tool.name, arguments: /** @type {any} */ (sampleOf(tool.parameters, hint)) })) };
  }
  const structured = structuredText(body);
  if (row.id.startsWith("perplexity/") && structured === undefined) return searchedAnswer(body);
  const text = structured ?? (sight ? describeSight(lastUserText(body), sight) : spokenText(body, chance));
  return { ...reasoning, ...withinLimit(text, body), ...mediaFor(body, row, chance) };
}

/**
 * An answer with sources, named twice as Perplexity's are at OpenRouter: beside the choices, and as annotations.
 * @param {ChatRequest} body
 * @returns {Script}
 */
function searchedAnswer(body) {
  const said = lastUserText(body);
  const sources = sourcesFor(said, SOURCES);
  const sentences = sources.map(({ title }, at) => `${title} says nothing that the simulator could check [${at + 1}].`);
  return {
    ...withinLimit(`On “${quoteOf(said)}”: ${sentences.join(" ")}`, body),
    citations: sources.map(({ url }) => url),
    annotations: sources.map(({ url, title, snippet }) => ({ type: "url_citation", url_citation: { url, title, content: snippet, start_index: 0, end_index: 0 } })),
  };
}

/** @param {ChatRequest} body */
function thoughts(body) {
  const results = trailingToolResults(body);
  if (results.length > 0) return `The tools have answered. I should report what they said and go no further than that.`;
  const tools = meantTools(body).map((tool) => tool.name);
  const plan = tools.length > 0 ? `That calls for ${tools.join(" and ")}; I need arguments that fit.` : "I should react to it in a few clear sentences.";
  return `The user says “${quoteOf(lastUserText(body))}”. ${plan}`;
}

/**
 * @param {ChatRequest} body
 * @param {number} chance
 */
function spokenText(body, chance) {
  const results = trailingToolResults(body);
  if (results.length > 0) {
    const lines = results.map(({ name, text }) => `- \`${name}\` said: ${quoteOf(text) || "nothing"}`);
    return `Here is what the tools found:\n\n${lines.join("\n")}\n\nThat should settle it.`;
  }
  const said = lastUserText(body);
  const seen = [...attachments(body)].map(([name, count]) => `${count} ${name}${count > 1 ? "s" : ""}`);
  const opening = said.trim() === "" ? "Hello! Ask me anything." : pick(OPENINGS, chance)(quoteOf(said));
  const middle = BODIES.find(({ when }) => when.test(said))?.text ?? pick(PLAIN_BODIES, chance >>> 3);
  return [opening, ...(seen.length > 0 ? [`I also received ${seen.join(" and ")}.`] : []), middle, pick(CLOSINGS, chance >>> 6)].join("\n\n");
}

/**
 * The JSON text that `response_format` asks for, if it does.
 * @param {ChatRequest} body
 */
function structuredText(body) {
  const format = body.response_format;
  if (format?.type === "json_schema") return JSON.stringify(sampleOf(format.json_schema?.schema, lastUserText(body)));
  if (format?.type === "json_object") return JSON.stringify({ answer: quoteOf(lastUserText(body)) });
  return undefined;
}

/**
 * A cap on tokens cuts the text where a model would be cut, and says so in the finish reason.
 * @param {string} text
 * @param {ChatRequest} body
 * @returns {Script}
 */
function withinLimit(text, body) {
  const limit = body.max_completion_tokens ?? body.max_tokens;
  if (typeof limit !== "number" || text.length <= limit * 4) return { text };
  return { text: text.slice(0, limit * 4).replace(/[\uD800-\uDBFF]$/, ""), finishReason: "length" };
}

/**
 * @param {ChatRequest} body
 * @param {Model} row
 * @param {number} chance
 * @returns {Script}
 */
function mediaFor(body, row, chance) {
  const asked = Array.isArray(body.modalities) ? body.modalities : [];
  const able = row.architecture.output_modalities;
  /** @type {Script} */
  const media = {};
  if (asked.includes("image") && able.includes("image")) media.images = imagesFor(body, chance);
  if (asked.includes("audio") && able.includes("audio")) {
    media.audio = soundFor(body, row, chance);
    media.text = "";
  }
  return media;
}

/**
 * @param {ChatRequest} body
 * @param {Model} row
 * @param {number} chance
 */
function soundFor(body, row, chance) {
  const format = body.audio?.format ?? "pcm16";
  const sings = /(^|\/)lyria-/.test(row.id);
  const seconds = sings ? SONG_SECONDS : TONE_SECONDS;
  const bytes = format === "mp3" ? sampleMp3(seconds) : sampleTone(220 + (chance % 440), format, seconds);
  const sung = `[Verse]\nA tone that stands for “${quoteOf(lastUserText(body))}”,\n[Chorus]\nand nobody had to rehearse.`;
  return { data: base64(bytes), transcript: sings ? sung : "A short tone, in place of speech." };
}

/**
 * @param {ChatRequest} body
 * @param {number} chance
 */
function imagesFor(body, chance) {
  const count = Number.isInteger(body.n) ? Math.min(Math.max(body.n, 1), MOST_IMAGES) : 1;
  return Array.from({ length: count }, (_, index) => sampleImage((chance + index * 67) % 360, body.image_config?.aspect_ratio));
}

/**
 * @template T
 * @param {readonly T[]} choices
 * @param {number} chance
 * @returns {T}
 */
function pick(choices, chance) {
  return /** @type {T} */ (choices[chance % choices.length]);
}

/**
 * One line, cut between code points.
 * @param {string} text
 */
function quoteOf(text) {
  const line = [...text.replace(/\s+/g, " ").trim()];
  return line.length > QUOTE_LENGTH ? `${line.slice(0, QUOTE_LENGTH).join("")}…` : line.join("");
}

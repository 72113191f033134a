// The probes of a scan: what is asked, and what counts as an answer. Each asks for something that a model cannot guess.
import { imageOf } from "./probe-image.js";

/** @import { ChatRequest, ChatResult, Probe } from "../index.js" */

/**
 * @typedef {object} Task
 * @property {Partial<ChatRequest> & { messages: any[] }} request
 * @property {number} maxTokens
 * @property {(result: ChatResult) => string | undefined} faultOf  nothing: it is right
 */

/** @typedef {{ number: number, url: string }} Image */

/** Of a model that reasons first: thoughts count as output. */
const THINKING_TOKENS = 1024;
const LETTERS = "bcdfghjklmnpqrstvwxz";

const below = (/** @type {number} */ limit) => Math.floor(Math.random() * limit);
/** No word of any language. */
const word = () => Array.from({ length: 6 }, () => LETTERS[below(LETTERS.length)]).join("");
const user = (/** @type {any} */ content) => [{ role: /** @type {const} */ ("user"), content }];
const cut = (/** @type {string} */ text) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** @type {Record<Probe, (image: Image) => Task>} */
const TASKS = {
  tool() {
    const asked = word();
    const parameters = { type: "object", properties: { word: { type: "string", description: "The word to send." } }, required: ["word"], additionalProperties: false };
    return {
      request: {
        messages: user(`Call the ping tool with the word "${asked}" and nothing else.`),
        tools: [{ type: "function", function: { name: "ping", description: "Sends a word. Returns OK.", parameters } }],
        tool_choice: "required",
      },
      maxTokens: 256,
      faultOf({ message }) {
        const calls = message.tool_calls ?? [];
        if (calls.length === 0) return "No tool call returned";
        const call = calls.find((candidate) => candidate.function.name === "ping");
        if (!call) return `it called ${cut(calls[0].function.name)}, which is no tool of this request`;
        return readJson(call.function.arguments)?.word === asked ? undefined : `the tool was called with other arguments: ${cut(call.function.arguments)}`;
      },
    };
  },

  json() {
    const asked = { word: word(), number: 10 + below(90) };
    const schema = {
      type: "object",
      properties: { word: { type: "string" }, number: { type: "integer" } },
      required: ["word", "number"],
      additionalProperties: false,
    };
    return {
      request: {
        messages: user(`Answer with the word "${asked.word}" and the number ${asked.number}.`),
        response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema } },
      },
      maxTokens: 256,
      faultOf({ message }) {
        const text = textOf(message.content);
        const answer = readJson(text);
        if (answer === undefined) return `the answer is no JSON object: ${cut(text)}`;
        const isRight = answer.word === asked.word && answer.number === asked.number && Object.keys(answer).length === 2;
        return isRight ? undefined : `the answer does not fit the schema and what was asked: ${cut(text)}`;
      },
    };
  },

  image({ number, url }) {
    return {
      request: {
        messages: user([
          { type: "text", text: "Which number does the image show? Reply with its digits alone." },
          { type: "image_url", image_url: { url } },
        ]),
        resizeImage: false,
      },
      maxTokens: 64,
      faultOf({ message }) {
        const text = textOf(message.content);
        return new RegExp(`(^|\\D)${number}(\\D|$)`).test(text) ? undefined : `the image shows ${number}, the answer says: ${cut(text) || "nothing"}`;
      },
    };
  },

  reasoning() {
    return {
      request: { messages: user(`What is ${11 + below(80)} times ${11 + below(80)}? Think step by step, then answer with the number.`), reasoning: { effort: "low" } },
      maxTokens: THINKING_TOKENS,
      faultOf({ message, usage }) {
        const hasText = Boolean(message.reasoning) || (message.reasoning_details?.length ?? 0) > 0;
        return hasText || (usage?.reasoningTokens ?? 0) > 0 ? undefined : "the answer has neither reasoning nor reasoning tokens";
      },
    };
  },
};

/** One for a scan: models do not tell each other. @returns {Image} */
export function drawImage() {
  const number = 10 + below(90);
  return { number, url: imageOf(number) };
}

/**
 * @param {Probe} probe
 * @param {{ image: Image, model: string, reasons: boolean, timeoutMs: number, signal: AbortSignal }} target
 * @returns {{ request: ChatRequest, faultOf: Task["faultOf"] }}
 */
export function probeOf(probe, { image, model, reasons, timeoutMs, signal }) {
  const { request, maxTokens, faultOf } = TASKS[probe](image);
  const limit = reasons ? Math.max(maxTokens, THINKING_TOKENS) : maxTokens;
  return {
    request: { ...request, model, temperature: 0, max_completion_tokens: limit, maxRetries: 0, fallbackModels: [], timeoutMs, signal },
    faultOf,
  };
}

/** @param {string} text @returns {any} an object, else nothing */
function readJson(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {any} content */
function textOf(content) {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map((part) => part?.text ?? "").join("") : "";
}

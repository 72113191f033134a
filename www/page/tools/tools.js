// The tools of this page. None of them runs by itself: the page shows the call, and the visitor allows it or has said that it may.
import { calculate } from "./calculator.js";
import { clock } from "./clock.js";
import { inFrame } from "./frame.js";

/**
 * @typedef {object} PageTool
 * @property {string} name
 * @property {string} title for people
 * @property {string} does for people: what happens when it is allowed
 * @property {string} description for models
 * @property {object} parameters
 * @property {(input: Record<string, unknown>, signal?: AbortSignal) => Promise<Record<string, unknown>>} run rejects with what the model is told
 */

const CODE_TIMEOUT_MS = 8000, PAGE_TIMEOUT_MS = 15_000;

/** @type {PageTool[]} */
export const PAGE_TOOLS = [
  {
    name: "calculator",
    title: "Calculator",
    does: "Computes, in this page.",
    description: "Computes an arithmetic expression exactly as written. Knows + - * / % ^ !, brackets, sqrt, ln, log, sin, cos, min, max, round, pi, e; 12% is per cent and `12% of 80` works.",
    parameters: { type: "object", properties: { expression: { type: "string", description: "For instance (3 + 4) * 12.5" } }, required: ["expression"], additionalProperties: false },
    run: async ({ expression }) => ({ result: calculate(String(expression ?? "")) }),
  },
  {
    name: "clock",
    title: "Clock",
    does: "Tells the model the date and the time.",
    description: "The current date and time, in the user's time zone or another.",
    parameters: { type: "object", properties: { time_zone: { type: "string", description: "An IANA name such as Asia/Tokyo; left out: the user's" } }, additionalProperties: false },
    run: async ({ time_zone: zone }) => clock(typeof zone === "string" ? zone : undefined),
  },
  {
    name: "read_page",
    title: "Read a page",
    does: "Fetches the address and gives its text to the model.",
    description: "Fetches a web page and returns its text. Sites that forbid reading from other sites (CORS) cannot be read.",
    parameters: { type: "object", properties: { url: { type: "string", format: "uri", description: "An http or https address" } }, required: ["url"], additionalProperties: false },
    async run({ url }, signal) {
      const address = URL.canParse(String(url)) ? new URL(String(url)) : undefined;
      if (!address || !/^https?:$/.test(address.protocol)) throw new Error(`url: "${url}" is no http or https address`);
      return inFrame("page-frame.html", { url: address.href }, { timeoutMs: PAGE_TIMEOUT_MS, signal });
    },
  },
  {
    name: "run_javascript",
    title: "Run JavaScript",
    does: "Runs the code in a sandbox that reaches neither the network nor this page.",
    description: "Runs JavaScript in a sandbox without network or DOM and returns the value of the expression (or of `return`) and what console.log printed. At most 3 seconds.",
    parameters: { type: "object", properties: { code: { type: "string", description: "An expression, or statements with return" } }, required: ["code"], additionalProperties: false },
    run: ({ code }, signal) => inFrame("code-frame.html", { code: String(code ?? "") }, { timeoutMs: CODE_TIMEOUT_MS, signal }),
  },
];

/** What the visitor has decided for a tool. @typedef {"off" | "ask" | "run"} ToolMode */

/** @param {Record<string, ToolMode> | undefined} modes @param {string} name @returns {ToolMode} */
export function modeOf(modes, name) {
  return modes?.[name] ?? "ask";
}

/** As a request has them. @param {Record<string, ToolMode> | undefined} modes */
export function offeredTools(modes) {
  return PAGE_TOOLS.filter(({ name }) => modeOf(modes, name) !== "off").map(({ name, description, parameters }) => ({ name, description, parameters }));
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} input
 * @param {AbortSignal} [signal]
 * @returns {Promise<Record<string, unknown>>} what goes back to the model, a failure included
 */
export async function runTool(name, input, signal) {
  const tool = PAGE_TOOLS.find((each) => each.name === name);
  if (!tool) return { error: `this page has no tool ${name}` };
  try {
    return await tool.run(input, signal);
  } catch (error) {
    return { error: /** @type {Error} */ (error).message };
  }
}

// The snippets of README.md and docs/ (the types' examples are in docs/api.md): what they are and where they stand.
//
// A fence says how its snippet runs: ```js in Node, ```js worker as a Worker's module, ```js route as a module that exports
// POST, ```js server as a server on the port PORT, ```js page and ```html in a page, ```jsx in a page by React.
// A snippet that does not import `OpenRouter` has the `client` that its page speaks of. What the simulator is to answer and what a server is asked stands in a comment before
// the fence: <!-- test: {"scripts": [...], "prints": "...", "messages": [...]} -->
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FENCE = /^(?:<!-- test: (.*) -->\n)?```(js|html|jsx)(?: (page|worker|route|server))?\n([\s\S]*?)^```$/gm;

/**
 * @typedef {object} Snippet
 * @property {string} page `docs/chat.md`
 * @property {number} line
 * @property {"node" | "worker" | "route" | "server" | "page" | "html" | "jsx"} kind
 * @property {string} code as it stands
 * @property {string} source with the page's `client`, on the first line
 * @property {{ scripts?: object[], prints?: string, messages?: object[] }} wanted
 */

export const PAGES = ["README.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`)];

/** @param {string} page */
export function textOf(page) {
  return readFileSync(join(root, page), "utf8");
}

/** @param {string} page @returns {Snippet[]} */
export function snippetsOf(page) {
  const text = textOf(page);
  return [...text.matchAll(FENCE)].map(({ index, 1: wanted, 2: language, 3: place, 4: code }) => {
    const kind = /** @type {Snippet["kind"]} */ (language === "js" ? (place ?? "node") : language);
    const line = text.slice(0, index).split("\n").length + (wanted ? 2 : 1);
    return { page, line, kind, code, source: withClient(code, kind), wanted: JSON.parse(wanted ?? "{}") };
  });
}

/** @param {string} code @param {Snippet["kind"]} kind */
function withClient(code, kind) {
  if (kind === "html" || /import \{[^}]*\bOpenRouter\b/.test(code) || !/\bclient\b/.test(code)) return code;
  const key = kind === "page" || kind === "jsx" ? '"sk-or-v1-of-the-visitor"' : "process.env.OPENROUTER_API_KEY";
  return `import { OpenRouter } from "openrouter-wasm"; const client = new OpenRouter({ apiKey: ${key} }); ${code}`;
}

// The Markdown that models write, as nodes: `marked` reads it, and each of its tokens becomes an element here.
//
// Not `marked.parse` and a sanitizer: where no HTML is ever made, none can slip through. HTML in a text stays text, whatever it says.
import { marked } from "marked";
import { button, copyFrom, element } from "./dom.js";

/** @import { MarkedToken, Token, Tokens } from "marked" */

/**
 * A text that grows. All blocks but the last one are final; only the last is read and made anew, once a frame, so that a long answer
 * costs no more a token than a short one.
 */
export class StreamedMarkdown {
  #text = "";
  #frame = 0;
  /** @type {ChildNode[]} */
  #unsettled = [];

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
  }

  /** @param {string} text */
  append(text) {
    // `marked` counts lines without them, and the lengths of its tokens are needed below.
    this.#text += text.replaceAll("\r", "");
    this.#frame ||= requestAnimationFrame(() => this.flush());
  }

  /** @param {{ final?: boolean }} [how] final: no more is coming, what is open stays open */
  flush({ final = false } = {}) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    for (const node of this.#unsettled) node.remove();
    const tokens = lex(this.#text);
    const settled = final ? tokens.length : lastBlock(tokens);
    this.host.append(...blocks(tokens.slice(0, settled), { isWhole: true }));
    this.#text = this.#text.slice(tokens.slice(0, settled).reduce((length, { raw }) => length + raw.length, 0));
    const isFenced = tokens[settled]?.type === "code";
    this.#unsettled = settled < tokens.length ? blocks(lex(isFenced ? this.#text : closeMarks(this.#text)), { isWhole: false }) : [];
    this.host.append(...this.#unsettled);
  }
}

/** @param {string} text @returns {Token[]} */
function lex(text) {
  return marked.lexer(text, { gfm: true });
}

/** Where the last block begins: what follows may still belong to it. @param {Token[]} tokens */
function lastBlock(tokens) {
  return Math.max(0, tokens.findLastIndex(({ type }) => type !== "space"));
}

/**
 * A mark whose other half is still to come looks as it will look then, so that no asterisks flicker by.
 * @param {string} text
 */
function closeMarks(text) {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  let closed = text;
  for (const mark of ["`", "**"]) {
    if (line.split(mark).length % 2 === 1) continue;
    closed = closed.endsWith(mark) ? closed.slice(0, -mark.length) : closed + mark;
  }
  return closed;
}

/**
 * @param {readonly Token[]} tokens
 * @param {{ isWhole?: boolean }} [how] whole: it will not be made anew, so that colours are worth their time
 * @returns {HTMLElement[]}
 */
export function blocks(tokens, { isWhole = true } = {}) {
  return tokens.flatMap((token) => block(/** @type {MarkedToken} */ (token), isWhole) ?? []);
}

/** @param {MarkedToken} token @param {boolean} isWhole @returns {HTMLElement | undefined} */
function block(token, isWhole) {
  switch (token.type) {
    case "space":
    case "def":
      return undefined;
    case "code":
      return codeBlock(token.text, token.lang?.split(/\s/)[0], isWhole);
    case "heading":
      // The page has its own h1; headings of an answer stand below it.
      return element(/** @type {"h3"} */ (`h${Math.min(6, token.depth + 2)}`), {}, ...inline(token.tokens));
    case "hr":
      return element("hr");
    case "blockquote":
      return element("blockquote", {}, ...blocks(token.tokens, { isWhole }));
    case "list":
      return list(token, isWhole);
    case "table":
      return table(token);
    case "paragraph":
      return element("p", {}, ...inline(token.tokens));
    case "text":
      return element("p", {}, ...(token.tokens ? inline(token.tokens) : [token.text]));
    default:
      return element("p", {}, token.raw);
  }
}

/** @param {Tokens.List | Tokens.Generic} token @param {boolean} isWhole */
function list({ ordered, start, items }, isWhole) {
  const node = ordered ? element("ol", { start: Number(start) || 0 }) : element("ul");
  for (const item of items) {
    // Of a tight list the text stands in the item itself.
    const parts = item.tokens.flatMap((/** @type {any} */ inner) => (inner.type === "text" ? (inner.tokens ? inline(inner.tokens) : [inner.text]) : inner.type === "checkbox" ? [] : blocks([inner], { isWhole })));
    node.append(element("li", { class: item.task ? "task-item" : undefined }, ...(item.task ? [item.checked ? "☑ " : "☐ "] : []), ...parts));
  }
  return node;
}

/** @param {Tokens.Table | Tokens.Generic} token */
function table({ header, rows }) {
  const row = (/** @type {Tokens.TableCell[]} */ cells, /** @type {"th" | "td"} */ kind) => element("tr", {}, ...cells.map(({ tokens, align }) => element(kind, { class: align ? `to-${align}` : undefined, scope: kind === "th" ? "col" : undefined }, ...inline(tokens))));
  // A wrapper, since a table cannot scroll by itself.
  return element("div", { class: "table", tabindex: 0, role: "region", "aria-label": "Table" }, element("table", {}, element("thead", {}, row(header, "th")), element("tbody", {}, ...rows.map((/** @type {Tokens.TableCell[]} */ cells) => row(cells, "td")))));
}

/**
 * @param {string} text
 * @param {string} [language]
 * @param {boolean} [isWhole]
 */
export function codeBlock(text, language, isWhole = true) {
  const copy = button("Copy", "quiet small", () => copyFrom(copy, text));
  const code = element("code", {}, text);
  // The highlighter is fetched when there is something for it to do.
  if (isWhole && language) void import("./highlight.js").then(({ highlight }) => highlight(code, text, language));
  return element("figure", { class: "code" }, element("figcaption", {}, language || "text", copy), element("pre", { tabindex: 0 }, code));
}

/**
 * @param {readonly Token[] | undefined} tokens
 * @returns {(Node | string)[]}
 */
export function inline(tokens = []) {
  return tokens.map((token) => span(/** @type {MarkedToken} */ (token)));
}

/** @param {MarkedToken} token @returns {Node | string} */
function span(token) {
  switch (token.type) {
    case "text":
      return token.tokens ? fragment(inline(token.tokens)) : token.text;
    case "escape":
      return token.text;
    case "codespan":
      return element("code", {}, token.text);
    case "strong":
    case "em":
    case "del":
      return element(token.type, {}, ...inline(token.tokens));
    case "br":
      return element("br");
    case "link":
      return link(token);
    // An image behind a link would tell its host who is reading.
    case "image":
      return link({ ...token, tokens: [], text: token.text || token.href });
    default:
      return token.raw;
  }
}

/** @param {{ href: string, text: string, raw: string, tokens?: Token[] }} token */
function link({ href, text, raw, tokens = [] }) {
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return raw;
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...(tokens.length > 0 ? inline(tokens) : [text]));
}

/** @param {(Node | string)[]} nodes */
function fragment(nodes) {
  const made = document.createDocumentFragment();
  made.append(...nodes);
  return made;
}

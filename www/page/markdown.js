// The Markdown that models write, as nodes: paragraphs, headings, lists, tables, quotes, code. Text stays text, whatever it says.
import { button, copyFrom, element } from "./dom.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/;
const HEADING = /^(#{1,6}) +(.*?)(?: +#+)?$/;
const RULE = /^ {0,3}([-*_])( *\1){2,} *$/;
const ITEM = /^( *)(?:[-*+]|(\d{1,9})[.)]) +(.*)$/;
const QUOTE = /^ {0,3}> ?/;
const TABLE_ROW = /^ *\|.*\| *$/;
const TABLE_RULE = /^ *\|( *:?-+:? *\|)+ *$/;

/** Code, then the marks that may hold others, then addresses. */
const INLINE =
  /(?<code>`+)(?<codeText>[^`](?:.*?[^`])?)\k<code>(?!`)|\*\*(?<strong>\S(?:.*?\S)??)\*\*(?!\*)|\*(?<em>[^\s*](?:[^*]*[^\s*])?)\*|(?<![\p{L}\p{N}])_(?<em2>[^\s_](?:[^_]*[^\s_])?)_(?![\p{L}\p{N}])|~~(?<del>[^~]+)~~|\[(?<label>[^\]\n]+)\]\((?<href>https?:\/\/[^\s)]+)\)|(?<url>https?:\/\/[^\s<>()`*]*[^\s<>()`*.,;:!?'"])/su;

/**
 * A text that grows. What stands before the last blank line is final; only the block behind it is made anew, once a frame, so that a
 * long answer costs no more a token than a short one.
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
    this.#text += text;
    this.#frame ||= requestAnimationFrame(() => this.flush());
  }

  /** @param {{ final?: boolean }} [how] final: no more is coming, what is open stays open */
  flush({ final = false } = {}) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { settled, fenced } = settledLength(this.#text);
    for (const node of this.#unsettled) node.remove();
    this.host.append(...blocks(this.#text.slice(0, settled)));
    this.#text = this.#text.slice(settled);
    this.#unsettled = blocks(final || fenced ? this.#text : closeMarks(this.#text));
    this.host.append(...this.#unsettled);
  }
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
 * Up to the last blank line that is not inside a code block.
 * @param {string} text
 * @returns {{ settled: number, fenced: boolean }} fenced: the text ends inside one
 */
function settledLength(text) {
  let settled = 0;
  let at = 0;
  let fence = "";
  for (const line of text.split("\n")) {
    const end = at + line.length + 1;
    const mark = FENCE.exec(line)?.[1];
    if (fence) fence = mark?.startsWith(fence) ? "" : fence;
    else if (mark) fence = mark;
    else if (line.trim() === "" && end <= text.length) settled = end;
    at = end;
  }
  return { settled, fenced: fence !== "" };
}

/**
 * @param {string} text
 * @returns {HTMLElement[]}
 */
export function blocks(text) {
  const lines = text.split("\n");
  /** @type {HTMLElement[]} */
  const nodes = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    const [, fence, language] = FENCE.exec(line) ?? [];
    const heading = HEADING.exec(line);
    const begin = at;
    if (line.trim() === "") at++;
    else if (fence) {
      at = endOf(lines, at + 1, (next) => !next.trim().startsWith(fence));
      nodes.push(codeBlock(lines.slice(begin + 1, at).join("\n"), language));
      at++;
    } else if (heading) {
      // The page has its own h1; headings of an answer stand below it.
      nodes.push(element(/** @type {"h3"} */ (`h${Math.min(6, heading[1].length + 2)}`), {}, ...inline(heading[2])));
      at++;
    } else if (RULE.test(line)) {
      nodes.push(element("hr"));
      at++;
    } else if (QUOTE.test(line)) {
      at = endOf(lines, at, (next) => QUOTE.test(next));
      nodes.push(element("blockquote", {}, ...blocks(lines.slice(begin, at).map((quoted) => quoted.replace(QUOTE, "")).join("\n"))));
    } else if (TABLE_ROW.test(line) && TABLE_RULE.test(lines[at + 1] ?? "")) {
      at = endOf(lines, at, (next) => TABLE_ROW.test(next));
      nodes.push(table(lines.slice(begin, at)));
    } else if (ITEM.test(line)) {
      at = endOf(lines, at, (next) => ITEM.test(next) || /^ +\S/.test(next));
      nodes.push(list(lines.slice(begin, at)));
    } else {
      at = endOf(lines, at + 1, (next) => next.trim() !== "" && ![FENCE, HEADING, RULE, QUOTE, ITEM, TABLE_ROW].some((other) => other.test(next)));
      nodes.push(element("p", {}, ...inline(lines.slice(begin, at).join("\n"))));
    }
  }
  return nodes;
}

/**
 * @param {string[]} lines
 * @param {number} from
 * @param {(line: string) => boolean} belongs
 */
function endOf(lines, from, belongs) {
  let at = from;
  while (at < lines.length && belongs(lines[at])) at++;
  return at;
}

/**
 * @param {string} text
 * @param {string} [language]
 */
function codeBlock(text, language) {
  const copy = button("Copy", "quiet small", () => copyFrom(copy, text));
  return element("figure", { class: "code" }, element("figcaption", {}, language || "text", copy), element("pre", { tabindex: 0 }, element("code", {}, text)));
}

/**
 * Lines that are indented deeper than the first belong to the item before them.
 * @param {string[]} lines
 */
function list(lines) {
  const [, indent, number] = /** @type {RegExpExecArray} */ (ITEM.exec(lines[0]));
  const node = number === undefined ? element("ul") : element("ol", { start: Number(number) });
  for (let at = 0; at < lines.length; ) {
    const [, , , text = lines[at].trim()] = ITEM.exec(lines[at]) ?? [];
    const begin = at + 1;
    at = endOf(lines, begin, (next) => (ITEM.exec(next)?.[1] ?? next.match(/^ */)?.[0] ?? "").length > indent.length);
    const inner = lines.slice(begin, at);
    const margin = Math.min(...inner.map((line) => line.search(/\S/)));
    node.append(element("li", {}, ...inline(text), ...blocks(inner.map((line) => line.slice(margin)).join("\n"))));
  }
  return node;
}

/** @param {string[]} lines */
function table(lines) {
  const cells = (/** @type {string} */ line) => line.trim().slice(1, -1).split("|").map((cell) => cell.trim());
  const row = (/** @type {string} */ line, /** @type {"th" | "td"} */ kind) => element("tr", {}, ...cells(line).map((cell) => element(kind, {}, ...inline(cell))));
  const [head, , ...body] = lines;
  // A wrapper, since a table cannot scroll by itself.
  return element("div", { class: "table", tabindex: 0 }, element("table", {}, element("thead", {}, row(head, "th")), element("tbody", {}, ...body.map((line) => row(line, "td")))));
}

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function inline(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    if (match.index > 0) nodes.push(rest.slice(0, match.index));
    nodes.push(marked(/** @type {Record<string, string | undefined>} */ (match.groups)));
    rest = rest.slice(match.index + match[0].length);
  }
  return rest ? [...nodes, rest] : nodes;
}

/** @param {Record<string, string | undefined>} found */
function marked({ codeText, strong, em, em2, del, label, href, url }) {
  if (codeText !== undefined) return element("code", {}, codeText);
  if (strong !== undefined) return element("strong", {}, ...inline(strong));
  if (em !== undefined || em2 !== undefined) return element("em", {}, ...inline(em ?? em2 ?? ""));
  if (del !== undefined) return element("del", {}, ...inline(del));
  return element("a", { href: href ?? url, target: "_blank", rel: "noopener noreferrer" }, label ?? url ?? "");
}

// A chat as Markdown, for people, and back: comments that no reader shows say where a message begins and who speaks.
import { fromMessages, spokenText, textOf } from "./chat-export.js";
import { pathTo } from "./chat-tree.js";
import { newId as anyId } from "./new-id.js";

/** @import { WholeChat } from "./chat-export.js" */

/** Where a message begins, with what its text does not say; where its text ends. */
const MESSAGE = "<!-- chat-message: ", REST = "<!-- chat-rest -->";
/** Of files without these comments: what the command line saves, what people write. @type {Record<string, string>} */
const SPEAKERS = { you: "user", user: "user", assistant: "assistant", system: "system" };

/** The branch that is shown, as a document. @param {WholeChat} whole */
export function toMarkdown({ chat, entries }) {
  const path = pathTo(new Map(entries.map((entry) => [entry.id, entry])), chat.leafId);
  const parts = [`# ${chat.title}`, `${new Date(chat.createdAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`];
  if (chat.settings.system) parts.push(`${mark({ role: "system" })}\n## System`, guarded(chat.settings.system));
  for (const { message, attachments = [], outcome } of path) {
    const { role, tool_calls: calls = [] } = message;
    if (role === "tool") {
      parts.push(`${mark({ role, id: message.tool_call_id })}\n**Tool result**\n\n${guarded(fenced(textOf(message.content)))}`);
      continue;
    }
    parts.push(`${mark({ role, verdict: outcome?.verdict, calls: calls.length > 0 ? calls : undefined })}\n${role === "user" ? "## You" : `## ${outcome?.model ?? "Assistant"}`}`);
    const text = role === "user" ? spokenText(message.content) : textOf(message.content);
    if (text) parts.push(guarded(text));
    for (const { name, mediaType } of attachments) parts.push(`(Attached: ${name}, ${mediaType})`);
    if (message.images) parts.push("(An image)");
    const rest = calls.map((call) => `**Tool call \`${call.function.name}\`**\n\n${fenced(call.function.arguments, "json")}`);
    if (outcome && outcome.verdict !== "complete") rest.push(`*(${outcome.error ? `${outcome.error.code}: ${outcome.error.message}` : outcome.verdict})*`);
    if (rest.length > 0) parts.push(REST, ...rest.map(guarded));
  }
  return `${parts.join("\n\n")}\n`;
}

/**
 * A chat of its own, as an import of JSON is. Files that went along are told by their names alone.
 * @param {string} text
 * @param {string} connection
 * @param {() => string} [newId]
 * @returns {WholeChat} throws an Error that names what is wrong
 */
export function fromMarkdown(text, connection, newId = anyId) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const isOurs = lines.some((line) => line.startsWith(MESSAGE));
  /** @type {{ about: any, lines: string[] }[]} */
  const sections = [];
  lines.forEach((line, at) => {
    const about = isOurs ? markOf(line, at) : speakerOf(line);
    if (about) sections.push({ about, lines: [] });
    else sections.at(-1)?.lines.push(line);
  });
  if (sections.length === 0) throw new Error("This file holds no chat: no heading says who speaks (## You, ## Assistant).");
  const whole = fromMessages(sections.map(isOurs ? messageOf : ({ about, lines: words }) => ({ ...about, content: words.join("\n").trim() })), connection, newId);
  sections.filter(({ about }) => about.role !== "system").forEach(({ about: { verdict } }, at) => {
    const entry = whole.entries[at];
    if (entry?.outcome && typeof verdict === "string") entry.outcome = { ...entry.outcome, verdict: /** @type {any} */ (verdict) };
  });
  const [, title] = /^# +(.+)/.exec(text.trimStart()) ?? [];
  return title ? { ...whole, chat: { ...whole.chat, title: title.trim(), isNamed: true } } : whole;
}

/** @param {{ about: any, lines: string[] }} section */
function messageOf({ about: { role, id, calls }, lines }) {
  const end = lines.indexOf(REST);
  // Behind the heading.
  const text = lines.slice(1, end < 0 ? undefined : end);
  const content = text.map((line) => line.replace(/^\\(?=\\*<!-- chat-)/, "")).join("\n").trim();
  if (role === "tool") return { role, tool_call_id: String(id ?? ""), content: /^(`{3,})\n([^]*)\n\1$/.exec(content)?.[2] ?? content };
  return { role, content, ...(Array.isArray(calls) && { tool_calls: calls }) };
}

/** @param {string} line @param {number} at @returns {any} */
function markOf(line, at) {
  if (!line.startsWith(MESSAGE)) return undefined;
  try {
    return JSON.parse(line.slice(MESSAGE.length).replace(/ -->\s*$/, ""));
  } catch {
    throw new Error(`Line ${at + 1}: what says who speaks is broken.`);
  }
}

/** @param {string} line */
function speakerOf(line) {
  const [, name] = /^## +(.+?) *$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  // An answer of ours stands under its model.
  const role = SPEAKERS[name.toLowerCase()] ?? (/^~?[\w.-]+\/[\w.:@-]+$/.test(name) ? "assistant" : undefined);
  return role && { role };
}

/** @param {object} about */
function mark(about) {
  return `${MESSAGE}${JSON.stringify(about).replaceAll(">", "\\u003e")} -->`;
}

/** A line of a text that looks like one of these comments is none. @param {string} text */
function guarded(text) {
  return text.replace(/^(?=\\*<!-- chat-)/gm, "\\");
}

/** A fence that no line of the text closes. @param {string} text @param {string} [language] */
export function fenced(text, language = "") {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

// `chat`: an answer to standard output, as it comes; on a terminal and without a prompt, a conversation.
import { checkerOf } from "../../tools/schema.js";
import { printEvents, printText, receipt } from "./answer-printer.js";
import { attachmentOf } from "./attachments.js";
import { withPrices } from "./budget-prices.js";
import { settingsOf } from "./chat-settings.js";
import { wordsOf } from "./command.js";
import { converse } from "./conversation.js";
import { CliError, lineOf, usageError } from "./failures.js";
import { dataUrlOf } from "./input-file.js";
import { isPiped, readAll } from "./input.js";
import { plainWords } from "./plain-words.js";
import { checkSize } from "./prompt-size.js";
import { findChat, newChat, saveChat } from "./stored-chats.js";

/** @import { ChatMessage, ChatRequest, ChatResult } from "../../index.js" */
/** @import { Command, Given } from "./command.js" */
/** @import { StoredChat } from "./stored-chats.js" */

const PATIENCE_MS = 2000;
/** As help names them; the package knows other words for them, too. */
const LEVELS = ["off", "minimal", "low", "medium", "high", "xhigh", "max", "adaptive"];

/** @type {Command} */
export const chat = {
  name: "chat",
  summary: "Ask a model; the answer comes as it is written",
  usage: '[options] ["prompt..."]',
  details: `On a terminal and without a prompt it is a conversation: /help lists its commands, Ctrl-C stops an answer, Ctrl-D ends it.
Elsewhere standard input is the prompt; what is piped in beside a prompt follows it, after a blank line. With --json every event is a line of
JSON; an error is the last one. Markdown is painted on a terminal and left alone in a pipe. Chats are kept: --continue goes on with the last.`,
  examples: [
    "openrouter-wasm chat",
    'openrouter-wasm chat "Three facts about otters, please."',
    'git diff | openrouter-wasm chat --model anthropic/claude-sonnet-4.5 "Write a commit message for this change."',
    'openrouter-wasm chat --file report.pdf --file chart.png "What is this about?"',
    'openrouter-wasm chat --schema person.schema.json "Ada Lovelace, born 1815" | jq .born',
    'openrouter-wasm chat -o top_p=0.9 -o provider.sort=price "A haiku."',
    'openrouter-wasm chat --continue "Shorter."',
  ],
  options: {
    model: { short: "m", value: "MODEL", help: "a reference, a slug or an alias (default: the configuration's, else openrouter/auto)" },
    system: { short: "s", value: "TEXT", help: "the system prompt" },
    file: { value: "FILE", multiple: true, help: "an image, PDF, sound, video or text (or an https URL); may be given several times" },
    image: { value: "FILE", multiple: true, help: "an image to look at (or an https URL), for the configuration's image model" },
    continue: { short: "c", help: "go on with the last chat" },
    "continue-with": { value: "ID", help: "go on with this chat (openrouter-wasm chats list)" },
    "no-save": { help: "do not keep this chat" },
    schema: { value: "SCHEMA", help: "the answer is an object of this JSON schema: a file, or the schema itself" },
    thinking: { value: "LEVEL", suggestions: LEVELS, help: "off, minimal, low, medium, high, xhigh, max or adaptive" },
    reasoning: { help: "show the reasoning, on stderr" },
    "max-tokens": { value: "N", number: "positive-integer", help: "the most tokens of an answer" },
    temperature: { value: "N", number: "zero-to-two", help: "0 to 2" },
    option: { short: "o", value: "KEY=VALUE", multiple: true, help: "any parameter of the API: top_p=0.9, provider.sort=price; JSON or words" },
    budget: { value: "USD", number: "at-least-zero", help: "stop at this much, by the catalog's prices; a router counts as the dearest model (exit code 4)" },
    "allow-unpriced": { help: "with --budget: also models whose price is not known" },
    "allow-large": { help: "send a prompt that is longer than the model's context" },
    raw: { help: "Markdown as it is, on a terminal too" },
    "no-stream": { help: "the answer in one piece" },
    "no-stdin": { help: "never read standard input" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, stdin, out, signal } = given;
  const stored = await chatOf(given);
  const settings = { ...(stored.model !== undefined && { model: stored.model }), ...(await settingsOf(given)) };
  const isTyped = given.positionals.length === 0 && stdin.isTTY && out.isTerminal;
  if (isTyped && !values.json && !values["no-stdin"] && values["api-key-file"] !== "-") return converse(given, stored, settings, await contentParts(given));
  const messages = [...stored.messages, /** @type {ChatMessage} */ ({ role: "user", content: await contentOf(given) })];
  const { client, budget } = values.budget === undefined ? { client: await given.client(), budget: undefined } : await withPrices(given, settings.model);
  await checkSize(messages, settings.model, client, given);
  const answer = client.chat(/** @type {ChatRequest} */ ({ messages, stream: !values["no-stream"], signal, ...settings, ...(budget && { budget }) }));
  try {
    if (values.json) await printEvents(answer, given);
    else await printText(answer, given);
  } finally {
    // Also of what a Ctrl-C cut: it stays, and the shell's prompt begins a line.
    await out.endLine();
  }
  const result = await answer.result();
  for (const { rule, path, reason } of result.warnings) {
    if (rule === "budget") await given.note(`--budget: ${plainWords(reason)}`);
    else if (values.option?.some((/** @type {string} */ pair) => path.startsWith(pair.split(/[.=]/, 1)[0]))) await given.note(`-o ${path}: ${reason}`);
    // Of the configuration's own parameters: what is odd about a model is not told with each answer.
    else if (["names", "params", "values"].includes(rule)) await given.note(`config: ${path}: ${reason}`);
  }
  if (!values.json) await given.note(receipt(result));
  await keep(stored, result, settings.model, given);
  return verdictOf(result, given, settings.response_format?.json_schema?.schema);
}

/** A new chat, or the one to go on with; with the system prompt that counts. @param {Given} given @returns {Promise<StoredChat>} */
async function chatOf({ values, folder }) {
  if (values.continue && values["continue-with"] !== undefined) throw usageError("--continue or --continue-with, not both");
  const isOn = values.continue || values["continue-with"] !== undefined;
  const stored = isOn ? await findChat(folder, values["continue-with"]) : newChat();
  if (values.system !== undefined) stored.messages = [{ role: "system", content: values.system }, ...stored.messages.filter(({ role }) => role !== "system")];
  return stored;
}

/** A chat that cannot be kept was answered all the same. @param {StoredChat} stored @param {ChatResult} result @param {string | undefined} model @param {Given} given */
export async function keep(stored, result, model, { values, folder, note }) {
  stored.messages = result.messages;
  stored.costUsd += result.usage?.cost ?? 0;
  if (model !== undefined) stored.model = model;
  if (values["no-save"]) return;
  try {
    await saveChat(folder, stored);
  } catch (error) {
    await note(`this chat is not kept: ${lineOf(error)} (--no-save does not try)`);
  }
}

/** @param {ChatResult} result @param {Given} given @param {Record<string, any> | undefined} schema */
async function verdictOf({ verdict, reason, message }, { values, err }, schema) {
  if (verdict === "length") {
    if (values.schema) throw new CliError("the object was cut at the output limit (--max-tokens raises it)");
    await err.endLine();
    return err.line("openrouter-wasm: the answer was cut at the output limit");
  }
  if (verdict !== "complete") throw new CliError(`the answer ended with ${verdict}${reason === verdict ? "" : ` (${reason})`}`);
  if (schema) await checkObject(message.content ?? "", schema);
}

/** @param {string} text @param {Record<string, any>} schema */
async function checkObject(text, schema) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(`the answer is no JSON: ${/** @type {Error} */ (error).message}`);
  }
  const checked = await checkerOf({ json: schema })(value);
  if ("unusable" in checked) throw new CliError(`--schema: cannot be used: ${checked.unusable}`);
  if ("issues" in checked) throw new CliError(`the answer does not fit the schema: ${checked.issues.slice(0, 3).map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ")}`);
}

/** What --file and --image name. @param {Given} given */
async function contentParts({ values }) {
  const files = await Promise.all((values.file ?? []).map((/** @type {string} */ file) => attachmentOf(file, "--file")));
  const images = await Promise.all((values.image ?? []).map((/** @type {string} */ file) => dataUrlOf(file, "--image")));
  return [...files, ...images.map((url) => ({ type: "image_url", image_url: { url } }))];
}

/** @param {Given} given */
async function contentOf(given) {
  const { values, stdin } = given;
  const isGiven = given.positionals.length > 0;
  const isAsked = !values["no-stdin"] && values["api-key-file"] !== "-";
  if (isAsked && !isGiven && stdin.isTTY) await given.note("Type the prompt; Ctrl-D ends it.");
  const piped = isAsked && (isPiped(stdin) || (!isGiven && stdin.isTTY)) ? await readPiped(given) : "";
  const prompt = [isGiven ? wordsOf(given, "the prompt") : "", piped].filter((text) => text !== "").join("\n\n");
  const parts = await contentParts(given);
  if (prompt === "" && parts.length === 0) throw usageError('the prompt is missing: openrouter-wasm chat "...", or pipe it in');
  return parts.length === 0 ? prompt : [...(prompt === "" ? [] : [{ type: "text", text: prompt }]), ...parts];
}

/** @param {Given} given */
async function readPiped({ stdin, signal, note }) {
  // A service's pipe may never end, and nobody would know what is waited for.
  const timer = stdin.isTTY ? undefined : setTimeout(() => void note("waiting for standard input to end (--no-stdin leaves it alone)"), PATIENCE_MS);
  try {
    return (await readAll(stdin, signal)).trimEnd();
  } finally {
    clearTimeout(timer);
  }
}

// `chat`: an answer to standard output, as it comes.
import { given as only, wordsOf } from "./command.js";
import { CliError, lineOf, usageError } from "./failures.js";
import { dataUrlOf } from "./input-file.js";
import { isPiped, readAll } from "./input.js";
import { configOf } from "./session.js";
import { dollars, printableJson } from "./style.js";
import { readJson5 } from "./user-folder.js";

/** @import { ChatRequest, ChatResult, ChatRun, OpenRouter } from "../../index.js" */
/** @import { Command, Given } from "./command.js" */

const PATIENCE_MS = 2000;

/** @type {Command} */
export const chat = {
  name: "chat",
  summary: "Ask a model; the answer comes as it is written",
  usage: '[options] ["prompt..."]',
  details: `Without a prompt standard input is it. What is piped in beside a prompt follows it, after a blank line.
With --json every event is a line of JSON; an error is the last one.`,
  examples: [
    'openrouter-wasm chat "Three facts about otters, please."',
    'git diff | openrouter-wasm chat --model anthropic/claude-sonnet-4.5 "Write a commit message for this change."',
    'openrouter-wasm chat --image photo.jpg "What is this?"',
    'openrouter-wasm chat --thinking high --reasoning "Is 2027 a prime number?"',
  ],
  options: {
    model: { short: "m", value: "MODEL", help: "a reference, a slug or an alias (default: the configuration's, else openrouter/auto)" },
    system: { short: "s", value: "TEXT", help: "the system prompt" },
    thinking: { value: "LEVEL", help: "off, minimal, low, medium, high, xhigh, max or adaptive" },
    reasoning: { help: "show the reasoning, on stderr" },
    "max-tokens": { value: "N", number: "positive-integer", help: "the most tokens of an answer" },
    temperature: { value: "N", number: "number", help: "0 to 2" },
    budget: { value: "USD", number: "at-least-zero", help: "stop at this much, by the catalog's prices (exit code 4)" },
    image: { value: "FILE", multiple: true, help: "a picture to look at (or an https URL); may be given several times" },
    "no-stream": { help: "the answer in one piece" },
    "no-stdin": { help: "never read standard input" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, out, signal } = given;
  const request = { messages: await messagesOf(given), stream: !values["no-stream"], signal, ...(await settingsOf(given)) };
  const client = await given.client();
  if (values.budget !== undefined) await loadPrices(client, given);
  const answer = client.chat(/** @type {ChatRequest} */ (request));
  try {
    if (values.json) await printEvents(answer, given);
    else await printText(answer, given);
  } finally {
    // Also of what a Ctrl-C cut: it stays, and the shell's prompt begins a line.
    await out.endLine();
  }
  const result = await answer.result();
  for (const { rule, reason } of result.warnings) if (rule === "budget") await given.note(`--budget: ${reason}`);
  if (!values.json) await given.note(receipt(result));
  return verdictOf(result, given);
}

/** A budget needs them before the first word; without them what OpenRouter reports counts alone. @param {OpenRouter} client @param {Given} given */
async function loadPrices(client, { signal, note }) {
  try {
    await client.models.list({ signal });
  } catch (error) {
    signal.throwIfAborted();
    await note(`--budget: the catalog's prices could not be read: ${lineOf(error)}`);
  }
}

/** @param {ChatResult} result @param {Given} given */
async function verdictOf({ verdict, reason }, { err }) {
  if (verdict === "complete") return;
  if (verdict !== "length") throw new CliError(`the answer ended with ${verdict}${reason === verdict ? "" : ` (${reason})`}`);
  await err.endLine();
  await err.line("openrouter-wasm: the answer was cut at the output limit");
}

/** @param {Given} given */
async function messagesOf(given) {
  const { values, stdin } = given;
  const isGiven = given.positionals.length > 0;
  const isAsked = !values["no-stdin"] && values["api-key-file"] !== "-";
  if (isAsked && !isGiven && stdin.isTTY) await given.note("Type the prompt; Ctrl-D ends it.");
  const piped = isAsked && (isPiped(stdin) || (!isGiven && stdin.isTTY)) ? await readPiped(given) : "";
  const prompt = [isGiven ? wordsOf(given, "the prompt") : "", piped].filter((text) => text !== "").join("\n\n");
  const pictures = await Promise.all((values.image ?? []).map((/** @type {string} */ file) => dataUrlOf(file, "--image")));
  if (prompt === "" && pictures.length === 0) throw usageError('the prompt is missing: openrouter-wasm chat "...", or pipe it in');
  const parts = [...(prompt === "" ? [] : [{ type: "text", text: prompt }]), ...pictures.map((url) => ({ type: "image_url", image_url: { url } }))];
  const system = values.system === undefined ? [] : [{ role: "system", content: values.system }];
  return [...system, { role: "user", content: pictures.length > 0 ? parts : prompt }];
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

/** @param {Given} given */
async function settingsOf(given) {
  const { values } = given;
  const params = only({ maxTokens: values["max-tokens"], temperature: values.temperature });
  const model = values.model ?? (values.image ? await imageModelOf(given) : undefined);
  return only({ model, budget: values.budget, thinking: values.thinking, timeoutMs: values.timeout, ...(Object.keys(params).length > 0 && { params }) });
}

/** What the configuration says of pictures, for those who name no model. @param {Given} given */
async function imageModelOf(given) {
  const config = await configOf(given);
  const choice = config && readJson5(config.path, config.text)?.agents?.defaults?.imageModel;
  const primary = typeof choice === "string" ? choice : choice?.primary;
  return typeof primary === "string" && primary.trim() !== "" ? primary : undefined;
}

/** @param {ChatRun} answer @param {Given} given */
async function printEvents(answer, { out }) {
  const decoder = new TextDecoder();
  for await (const bytes of answer.toReadableStream({ format: "events" })) await out.write(printableJson(decoder.decode(bytes, { stream: true })));
}

/** @param {ChatRun} answer @param {Given} given */
async function printText(answer, { values, out, err, note }) {
  for await (const event of answer) {
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
        // Where both are the same terminal, the answer begins where the reasoning ends.
        if (!err.isAtLineStart) await err.write("\n\n");
        await out.write(event.text);
        break;
      case "reasoning-delta":
        if (!values.reasoning) break;
        await err.write(err.style.dim(event.text));
        // The paint ends in an escape: what was written is what was painted.
        err.isAtLineStart = event.text.endsWith("\n");
        break;
      case "retry":
        await note(`${event.error.message}; trying again in ${event.delayMs / 1000} s`);
        break;
      case "fallback":
        await note(`${event.from} failed (${event.error.message}); asking ${event.to}`);
        break;
    }
  }
}

/** @param {ChatResult} result */
function receipt({ usage, model, provider }) {
  const input = usage && usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const reasoning = usage?.reasoningTokens ? ` (${usage.reasoningTokens} reasoning)` : "";
  const tokens = usage ? `${input} tokens in, ${usage.outputTokens} out${reasoning}` : "no usage was reported";
  return [tokens, usage?.cost === undefined ? undefined : dollars(usage.cost), model, provider].filter(Boolean).join(" · ");
}

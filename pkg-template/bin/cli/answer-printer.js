// An answer on its way to the screen, and the line that says what it was.
import { printableJson } from "../../terminal-text.js";
import { MarkdownPrinter } from "./markdown.js";
import { counted, plainWords } from "./plain-words.js";
import { dollars, hasColours } from "./style.js";

/** @import { ChatResult, ChatRun } from "../../index.js" */
/** @import { Given } from "./command.js" */

/** @param {ChatRun} answer @param {Given} given */
export async function printEvents(answer, { out }) {
  const decoder = new TextDecoder();
  for await (const bytes of answer.toReadableStream({ format: "events" })) await out.write(printableJson(decoder.decode(bytes, { stream: true })));
}

/**
 * @param {ChatRun} answer @param {Pick<Given, "values" | "out" | "err" | "note" | "env" | "progress">} given
 * @param {(text: string) => void} [onText]
 */
export async function printText(answer, { values, out, err, note, env, progress }, onText = () => {}) {
  // Without colours nothing would be left of the marks; in a pipe somebody else reads them.
  const isPainted = out.isTerminal && !values.raw && !values.schema && hasColours({ isTTY: out.isTerminal }, env);
  const markdown = isPainted ? new MarkdownPrinter(out.style, (text) => out.write(text)) : undefined;
  const show = (/** @type {string} */ text) => (markdown ? markdown.add(text) : out.data(text));
  let isWaiting = true;
  // A terminal alone sees it: until the first word, that somebody is at work.
  await progress.show("waiting for the answer");
  try {
    for await (const event of answer) {
      const isShown = event.type === "text-delta" || event.type === "refusal-delta" || (event.type === "reasoning-delta" && values.reasoning);
      if (isWaiting && isShown) {
        isWaiting = false;
        await progress.clear();
      }
      switch (event.type) {
        case "text-delta":
        case "refusal-delta":
          // Where both are the same terminal, the answer begins where the reasoning ends.
          if (!err.isAtLineStart) await err.write("\n\n");
          onText(event.text);
          await show(event.text);
          break;
        case "reasoning-delta":
          if (!values.reasoning) break;
          await err.write(err.style.dim(event.text));
          // The paint ends in an escape: what was written is what was painted.
          err.isAtLineStart = event.text.endsWith("\n");
          break;
        case "retry":
          await note(`${plainWords(event.error.message)}; trying again in ${event.delayMs / 1000} s`);
          break;
        case "fallback":
          await note(`${event.from} failed (${plainWords(event.error.message)}); asking ${event.to}`);
          break;
      }
    }
  } finally {
    await progress.clear();
    // Also of what was cut.
    await markdown?.end();
  }
}

/** @param {ChatResult} result */
export function receipt({ usage, model, provider }) {
  const input = usage && usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const reasoning = usage?.reasoningTokens ? ` (${usage.reasoningTokens} reasoning)` : "";
  const tokens = usage ? `${counted(/** @type {number} */ (input), "token")} in, ${usage.outputTokens} out${reasoning}` : "no usage was reported";
  return [tokens, usage?.cost === undefined ? undefined : dollars(usage.cost), model, provider].filter(Boolean).join(" · ");
}

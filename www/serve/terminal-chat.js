// One chat, written to a terminal as it comes: what a program does with the events of a run.

/** @import { ChatRequest, FinishEvent, OpenRouter, OpenRouterError } from "openrouter-wasm" */

/**
 * @param {object} chat
 * @param {OpenRouter} chat.client
 * @param {ChatRequest} chat.request
 * @param {{ write(text: string): unknown }} chat.out
 * @param {boolean} chat.colours
 * @param {string} chat.partner who is asked, in words
 * @returns {Promise<boolean>} whether the answer is complete
 */
export async function chatInTerminal({ client, request, out, colours, partner }) {
  const dim = (/** @type {string} */ text) => (colours ? `\x1b[2m${text}\x1b[22m` : text);
  const bold = (/** @type {string} */ text) => (colours ? `\x1b[1m${text}\x1b[22m` : text);
  out.write(`${dim(`One chat with ${partner}:`)}\n\n${bold(`> ${request.messages.at(-1)?.content}`)}\n\n`);

  const run = client.chat(request);
  let thinking = false;
  try {
    for await (const event of run) {
      switch (event.type) {
        case "reasoning-delta":
          thinking = true;
          out.write(dim(event.text));
          break;
        case "text-delta":
        case "refusal-delta":
          // The answer begins where the reasoning ends.
          if (thinking) out.write("\n\n");
          thinking = false;
          out.write(event.text);
          break;
        case "retry":
          out.write(dim(`(${event.error.code}: ${event.error.message}; trying again in ${event.delayMs / 1000} s)\n`));
          break;
        case "finish": {
          const { model, provider } = run.partial;
          const { verdict } = await run.result();
          out.write(`\n\n${dim(receipt([model, provider], event, verdict))}\n`);
          return verdict === "complete";
        }
      }
    }
    return false;
  } catch (thrown) {
    const error = /** @type {Partial<OpenRouterError>} */ (thrown);
    const what = run.verdict === "aborted" ? "stopped" : `${error.code ?? "error"}: ${error.message}`;
    out.write(`\n\n${bold(what)}\n`);
    return false;
  }
}

/**
 * @param {(string | undefined)[]} who
 * @param {FinishEvent} finish
 * @param {string} verdict
 */
function receipt(who, { usage }, verdict) {
  const tokens = usage && `${usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens} tokens in, ${usage.outputTokens} out (${usage.reasoningTokens} of them reasoning)`;
  const cost = usage?.cost === undefined ? undefined : `$${Number(usage.cost.toFixed(6))}`;
  return [...who, tokens, cost, verdict].filter(Boolean).join(" · ");
}

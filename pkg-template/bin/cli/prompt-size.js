// A prompt that no model could read is asked about before it is sent: it would cost time, traffic and maybe money.
import { lineOf, usageError } from "./failures.js";
import { askLine } from "./input.js";
import { megabytes } from "./style.js";

/** @import { ChatMessage, OpenRouter } from "../../index.js" */
/** @import { Given } from "./command.js" */

/** Fewer fit every model. */
const SMALL_BYTES = 32_000;
const PATIENCE_MS = 5000;
/** Of a token, in text: cautious, so that what is refused is too much for certain. */
const TOKEN_BYTES = 4;
const DEFAULT_MODEL = "openrouter/auto";

/** @param {any} content */
const textBytes = (content) => {
  const texts = typeof content === "string" ? [content] : (content ?? []).map((/** @type {any} */ part) => part.text ?? "");
  return texts.reduce((/** @type {number} */ sum, /** @type {string} */ text) => sum + Buffer.byteLength(text), 0);
};

/**
 * @param {readonly ChatMessage[]} messages @param {string | undefined} model @param {OpenRouter} client @param {Given} given
 * @param {(question: string) => Promise<string>} [ask]  in place of a line of the terminal's own
 */
export async function checkSize(messages, model, client, { values, stdin, err, note, signal }, ask = (question) => askLine({ stdin, err, question, signal })) {
  if (values["allow-large"]) return;
  const bytes = messages.reduce((sum, { content }) => sum + textBytes(content), 0);
  if (bytes <= SMALL_BYTES) return;
  const tokens = Math.ceil(bytes / TOKEN_BYTES);
  let found;
  try {
    const { model: asked } = await client.prepare({ ...(model !== undefined && { model }), messages: [{ role: "user", content: "?" }] }).then(({ body }) => /** @type {{ model?: string }} */ (body));
    found = await client.models.get(asked ?? DEFAULT_MODEL, { timeoutMs: PATIENCE_MS, signal });
  } catch (error) {
    signal.throwIfAborted();
    return note(`whether the prompt (${megabytes(bytes)}) fits the model was not checked: ${lineOf(error)}`);
  }
  if (!found || found.assumed?.includes("contextWindow") || tokens <= found.contextWindow) return;
  const fact = `the prompt is about ${tokens.toLocaleString("en")} tokens (${megabytes(bytes)}), and ${found.id} takes ${found.contextWindow.toLocaleString("en")}`;
  if (!(stdin.isTTY && err.isTerminal) || values.json) throw usageError(`${fact}: --allow-large sends it all the same`);
  const answer = await ask(`${fact}. Send it? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw usageError("nothing was sent");
}

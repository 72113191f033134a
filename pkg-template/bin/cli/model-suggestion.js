// What may have been meant by a name that the catalog does not have.
import { distance } from "./arguments.js";

/** @param {string} text */
const bare = (text) => text.slice(text.lastIndexOf("/") + 1);

/**
 * The nearest id: `gpt-4o` is `openai/gpt-4o`, `anthropic/claude-sonet-4.5` is `anthropic/claude-sonnet-4.5`.
 * @param {string} name @param {readonly string[]} ids @returns {string | undefined}
 */
export function nearestModel(name, ids) {
  const wanted = name.trim().toLowerCase().replace(/^openrouter\/(?=.+\/)/, "");
  if (wanted === "") return undefined;
  const hasAuthor = wanted.includes("/");
  const steps = (/** @type {string} */ id) => {
    const known = id.toLowerCase();
    if (bare(known) === bare(wanted)) return hasAuthor ? 0.5 : 0;
    const within = distance(wanted, hasAuthor ? known : bare(known));
    // A beginning (`gpt-4o-min`, `claude-sonnet`) is nearer than letters that differ.
    return bare(known).startsWith(bare(wanted)) ? Math.min(within, 1 + within / 100) : within;
  };
  const best = ids.map((id) => ({ id, steps: steps(id) })).sort((left, right) => left.steps - right.steps || left.id.length - right.id.length)[0];
  return best && best.steps <= Math.max(1, Math.ceil(wanted.length / 4)) ? best.id : undefined;
}

/** For the end of a message. @param {string} name @param {readonly string[]} ids */
export function modelHint(name, ids) {
  const near = nearestModel(name, ids);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/**
 * The hint for a model that OpenRouter does not know. Of any other failure, and of one whose catalog cannot be read, there is none.
 * @param {unknown} error @param {string} model @param {import("../../index.js").OpenRouter} client @param {AbortSignal} signal
 */
export async function hintFor(error, model, client, signal) {
  const { status, message = "" } = /** @type {{ status?: number, message?: string }} */ (error ?? {});
  if ((status !== 400 && status !== 404) || !/not a valid model|no such model|model .*not (?:found|exist)|no endpoints found for/i.test(message)) return "";
  try {
    const ids = (await client.models.list({ all: true, signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) })).map(({ id }) => id);
    return ids.includes(model) ? "" : modelHint(model, ids);
  } catch {
    // The failure itself is told; what was only to help it is not worth a second one.
    return "";
  }
}

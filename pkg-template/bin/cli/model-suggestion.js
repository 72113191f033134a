// What may have been meant by a name that the catalog does not have.
import { distance } from "./arguments.js";

/** What is only to help is not waited for longer. */
const PATIENCE_MS = 5000;

/** @param {string} text */
const bare = (text) => text.slice(text.lastIndexOf("/") + 1);
/** `gpt-4o` is `gpt4o`. @param {string} text */
const letters = (text) => bare(text).replace(/[^a-z0-9]/g, "");

/**
 * The nearest id: `gpt4o` is `openai/gpt-4o`, `anthropic/claude-sonet-4.5` is `anthropic/claude-sonnet-4.5`.
 * @param {string} name @param {readonly string[]} ids @returns {string | undefined}
 */
export function nearestModel(name, ids) {
  const wanted = name.trim().toLowerCase().replace(/^openrouter\/(?=.+\/)/, "");
  if (wanted === "") return undefined;
  const hasAuthor = wanted.includes("/");
  const steps = (/** @type {string} */ id) => {
    const known = id.toLowerCase();
    if (letters(known) === letters(wanted)) return hasAuthor ? 0.5 : 0;
    const within = distance(wanted, hasAuthor ? known : bare(known));
    // A beginning (`gpt-4o-min`, `claude-sonnet`) is nearer than letters that differ.
    return letters(known).startsWith(letters(wanted)) ? Math.min(within, 1 + within / 100) : within;
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
 * Of a model that is chosen: whether the catalog lacks it, and what may have been meant. Nothing of one that it has, of a preset, and while the
 * catalog cannot be read.
 * @param {string} model @param {import("../../index.js").OpenRouter} client @param {AbortSignal} signal @returns {Promise<{ hint: string } | undefined>}
 */
export async function unknownModel(model, client, signal) {
  if (model.includes("@preset/")) return undefined;
  const patience = { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) };
  try {
    const found = await client.models.get(model, patience);
    // A bare name is found, too; on the wire it would be a router's.
    if (found && model.startsWith("openrouter/") && !found.id.startsWith("openrouter/")) return { hint: `; did you mean ${found.id}?` };
    if (found) return undefined;
    return { hint: modelHint(model, (await client.models.list({ all: true, ...patience })).map(({ id }) => id)) };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/**
 * The hint for a model that OpenRouter does not know. Of any other failure, and of one whose catalog cannot be read, there is none.
 * @param {unknown} error @param {string} model @param {import("../../index.js").OpenRouter} client @param {AbortSignal} signal
 */
export async function hintFor(error, model, client, signal) {
  const { status, message = "" } = /** @type {{ status?: number, message?: string }} */ (error ?? {});
  if ((status !== 400 && status !== 404) || !/not a valid model|no such model|model .*not (?:found|exist)|no endpoints found for/i.test(message)) return "";
  try {
    const ids = (await client.models.list({ all: true, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) })).map(({ id }) => id);
    return ids.includes(model) ? "" : modelHint(model, ids);
  } catch {
    // The failure itself is told; what was only to help it is not worth a second one.
    return "";
  }
}

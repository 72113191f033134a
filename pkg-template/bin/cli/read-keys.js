// The keys of a configuration that this package reads. Others are OpenClaw's own and stay; whoever sets one is told.
import { nearest } from "./arguments.js";

/** With all that is below them; docs/openclaw.md has them with what they become. */
const READ = [
  "env.OPENROUTER_API_KEY", "env.PERPLEXITY_API_KEY", "env.vars",
  "models.providers.openrouter",
  ...["params", "model", "models", "imageModel", "imageGenerationModel", "videoGenerationModel", "musicGenerationModel", "mediaMaxMb"].flatMap((name) => [`agents.defaults.${name}`, `agent.${name}`]),
  "tts.providers.openrouter", "messages.tts.providers.openrouter", "tools.media.audio", "memory.search", "tools.web.search",
  "plugins.entries.perplexity.config.webSearch",
];

/**
 * What is to be said of a path that was set and that nothing here reads.
 * @param {readonly string[]} names
 * @returns {string | undefined}
 */
export function unreadNote(names) {
  const path = names.join(".");
  const isWithin = (/** @type {string} */ inner, /** @type {string} */ outer) => inner === outer || inner.startsWith(`${outer}.`);
  if (READ.some((key) => isWithin(path, key) || isWithin(key, path))) return undefined;
  const ofSameName = READ.find((key) => key.endsWith(`.${names[names.length - 1]}`) && !key.startsWith("agent."));
  return `${path}: nothing here reads it${ofSameName ? `; did you mean ${ofSameName}?` : nearest(path, READ, "") || " (it stays for OpenClaw)"}`;
}

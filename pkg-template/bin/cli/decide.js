// `decide`: questions about a state, answered by a decision model.
import { given as only, wordsOf } from "./command.js";
import { usageError } from "./failures.js";
import { textFile } from "./input-file.js";
import { isPiped, readAll } from "./input.js";
import { dollars } from "./style.js";

/** @import { Command, Given } from "./command.js" */

/** @type {Command} */
export const decide = {
  name: "decide",
  summary: "Have questions about a state decided (true or false, which, how much)",
  usage: "[options] -m MODEL [STATE...]",
  details: `The state is STATE, the text that is piped in, or JSON of --state FILE. --questions is a JSON file of {"name": {"type", "instructions", "criteria"}} with
the types boolean, choice, score and box; --ask is one boolean question in words.`,
  examples: ['openrouter-wasm decide -m typesafe/jev-1.14 --ask "Is it spam?" "Dear friend, buy now"', "openrouter-wasm decide -m typesafe/jev-1.14 --questions questions.json < letter.txt"],
  options: {
    model: { short: "m", value: "MODEL", help: "a model that decides" },
    ask: { value: "TEXT", multiple: true, help: "a question that is true or false" },
    questions: { value: "FILE", help: "questions as JSON" },
    state: { value: "FILE", help: "the state as JSON" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, positionals, out, note, stdin, signal } = given;
  if (values.model === undefined) throw usageError("--model is missing, such as typesafe/jev-1.14: openrouter-wasm models list --all lists what there is");
  const asked = Object.fromEntries((values.ask ?? []).map((/** @type {string} */ instructions) => [instructions, { type: "boolean", instructions }]));
  const questions = { ...asked, ...(values.questions !== undefined && (await jsonFile(values.questions, "--questions"))) };
  if (Object.keys(questions).length === 0) throw usageError("a question is missing: --ask TEXT or --questions FILE");
  if (values.state !== undefined && positionals.length > 0) throw usageError("STATE or --state, not both");
  const state = values.state !== undefined ? await jsonFile(values.state, "--state") : positionals.length === 0 && isPiped(stdin) ? await readAll(stdin, signal) : wordsOf(given, "STATE");
  const client = await given.client();
  const result = await client.decide({ model: values.model, state, questions, ...only({ timeoutMs: values.timeout }), signal });
  for (const warning of result.warnings) await note(warning);
  if (values.json) return out.json(result);
  for (const [name, answer] of Object.entries(result.answers)) await out.write(`${name}: ${wordsOfAnswer(answer)}\n`);
  await note(`${result.model}${result.cost === undefined ? "" : ` · ${dollars(result.cost)}`}`);
}

/** @param {any} answer */
function wordsOfAnswer({ probability, choice, score, box, confidence }) {
  const sure = confidence === undefined ? "" : ` (confidence ${confidence})`;
  if (probability !== undefined) return `${probability}`;
  return `${choice ?? score ?? JSON.stringify(box)}${sure}`;
}

/** @param {string} path @param {string} option @returns {Promise<any>} */
async function jsonFile(path, option) {
  const text = await textFile(path, option);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(`${option} ${path}: is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

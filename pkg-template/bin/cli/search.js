// `search`: the web, through Perplexity.
import { given as only, wordsOf } from "./command.js";
import { CliError, EXIT } from "./failures.js";
import { plainWords } from "./plain-words.js";

/** @import { Command, Given } from "./command.js" */

const FRESHNESS = ["day", "week", "month", "year"];

/** @type {Command} */
export const search = {
  name: "search",
  summary: "Search the web (Perplexity, through OpenRouter or with a key of its own)",
  usage: '[options] "query..."',
  details: "With PERPLEXITY_API_KEY Perplexity itself is asked; countries, languages, dates and domains need that.",
  examples: ['openrouter-wasm search "WebAssembly garbage collection support"', 'openrouter-wasm search --freshness week --count 3 --json "OpenRouter news"'],
  options: {
    count: { value: "N", number: "one-to-ten", help: "results, 1 to 10 (default 5)" },
    country: { value: "CC", help: "two letters" },
    language: { value: "LL", help: "two letters" },
    freshness: { value: "TIME", choices: FRESHNESS, help: FRESHNESS.join(", ") },
    domain: { value: "DOMAIN", multiple: true, help: "only from here; with = and a dash in front (--domain=-example.com) never" },
    after: { value: "DATE", help: "YYYY-MM-DD" },
    before: { value: "DATE", help: "YYYY-MM-DD" },
    model: { short: "m", value: "MODEL", help: "default perplexity/sonar-pro" },
  },
  run,
};

/** @param {Given} given */
async function run(given) {
  const { values, out, note, env, signal } = given;
  const query = wordsOf(given, "the query");
  const client = await given.client();
  const result = await client.search(query, {
    ...only({
      count: values.count, country: values.country, language: values.language, freshness: values.freshness, domainFilter: values.domain,
      dateAfter: values.after, dateBefore: values.before, model: values.model, timeoutMs: values.timeout,
    }),
    // Perplexity's alone: which of OpenRouter's keys counts is the same for every command, and said by the client.
    env: only({ PERPLEXITY_API_KEY: env.PERPLEXITY_API_KEY }),
    signal,
  });
  if (values.json) await out.json(result);
  if (result.error !== undefined) throw new CliError(`${result.error}: ${result.message}`, /_api_key$/.test(result.error) ? EXIT.key : EXIT.usage);
  if (values.json) return;
  for (const warning of result.warnings ?? []) await note(plainWords(warning));
  const content = unmarked(result.content ?? "");
  if (content) await out.write(`${content.trimEnd()}\n`);
  for (const [at, hit] of result.results.entries()) {
    const when = [hit.siteName, hit.published].filter(Boolean).join(", ");
    await out.write(`${at > 0 || content ? "\n" : ""}${at + 1}. ${hit.title}${when ? ` (${when})` : ""}\n   ${hit.url}\n${indented(unmarked(hit.description))}`);
  }
  // Answers name their sources, inside the marks too; lists of hits are their own.
  const sources = result.results.length > 0 ? [] : result.citations.filter((url) => !result.content?.includes(`] ${url}`));
  if (sources.length > 0) await out.write(`\n${sources.map((url, at) => `[${at + 1}] ${url}`).join("\n")}\n`);
  if (result.results.length === 0 && !result.content) await note("nothing was found");
}

/** The marks tell a model where strangers' words begin and end; a person knows what a search is. --json has them. @param {string} text */
const unmarked = (text) => text.replace(/^<<<(?:END_)?EXTERNAL_UNTRUSTED_CONTENT>>>[ \t]*(?:\nSource: [^\n]*\n---)?(?:\n|$)/gm, "").trim();

/** @param {string} text */
const indented = (text) => (text.trim() === "" ? "" : `${text.trim().split("\n").map((line) => `   ${line}`).join("\n")}\n`);

// The package's messages are for who writes a program with it; here they name what stands on the command line.

/** @type {readonly [of: RegExp, words: string][]} */
const WORDS = [
  [/^no API key: .*/, "no API key: openrouter-wasm onboard stores one, or set OPENROUTER_API_KEY"],
  [/Missing OpenRouter API key\. Pass apiKey to the client, or scan with probe: false/, "no API key: openrouter-wasm onboard stores one, or set OPENROUTER_API_KEY; --no-probe needs none"],
  [/, and budget\.requirePrice refuses such models/, ": --budget cannot hold (name another model with --model, or pass --allow-unpriced)"],
  [/and were not probed: pass probePaid: true/, "and were not tried: --probe-paid tries them"],
  [/\bprobePaid\b/g, "--probe-paid"],
  [/the whole run took longer than timeoutMs/, "the whole run took longer than --timeout allows"],
  [/\bparams\.(?:max_tokens|maxTokens|max_completion_tokens|maxCompletionTokens)\b|\bmaxTokens\b/g, "--max-tokens"],
  [/\bparams\.temperature\b/g, "--temperature"],
  [/\bparams\.response_format\b|\bparams\.responseFormat\b/g, "--schema"],
  [/\bparams\.([\w.]+)/g, "-o $1"],
  [/\b(?:options\.)?timeoutMs\b/g, "--timeout"],
  [/(?<![\w.])baseURL\b/g, "--base-url"],
  [/(?<![\w.])(?:options\.)?apiKey\b(?!\()/g, "the key"],
  [/(?<![\w./])(?:fallbackModels|models)\[\d+\]/g, "a fallback model"],
  [/\bbudget\.maxUsd\b/g, "--budget"],
  [/\bthe budget of the client\b/g, "the budget of this conversation"],
  [/(?<![\w.])(thinking|budget|model|prompt|aspectRatio|resolution|voice|speed|language|durationSeconds|seed)(?=: (?:must|is -?\d))/g, "--$1"],
  [/(?<![\w.-])n(?=: is -?\d)/g, "--n"],
  [/(?<![\w.])(count|country|freshness|domainFilter|dateAfter|dateBefore|minParams|maxAgeDays|maxCandidates|concurrency|responseFormat)(?=: must )/g, "--$1"],
  [/--aspectRatio/g, "--aspect-ratio"], [/--durationSeconds/g, "--duration"], [/--domainFilter/g, "--domain"], [/--dateAfter/g, "--after"], [/--dateBefore/g, "--before"],
  [/--minParams/g, "--min-params"], [/--maxAgeDays/g, "--max-age-days"], [/--maxCandidates/g, "--max-candidates"], [/--responseFormat/g, "--format"], [/--prompt/g, "the prompt"],
  [/\bmessages\[\d+\]\.content\[\d+\](?:\.[\w.]+)?/g, "an attachment"],
  [/\bmessages\[\d+\]\.content\b/g, "the prompt"],
];

/** @param {string} message */
export function plainWords(message) {
  return WORDS.reduce((text, [of, words]) => text.replace(of, words), message);
}

/** `1 token`, `2 tokens`. @param {number} count @param {string} thing @param {string} [things] */
export const counted = (count, thing, things = `${thing}s`) => `${count} ${count === 1 ? thing : things}`;

// What a visitor can have the simulator do. Each one is a script of `openrouter-wasm/simulator`, as a test would write it.
import { paintHarbour } from "./harbour-image.js";

/** @import { ChatRequest } from "openrouter-wasm" */
/** @import { Script } from "openrouter-wasm/simulator" */

/**
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} title
 * @property {string} shows what there is to see
 * @property {"good" | "warn" | "bad"} ends how it goes
 * @property {string} prompt
 * @property {() => Script[]} scripts one for each request, retries and what follows a tool included
 * @property {Partial<ChatRequest>} [request] beyond the messages
 */

const STORY =
  "The lighthouse keeper had one rule: **the lamp is lit before the first star.** For forty years he had kept it, through fog and fever.\n\n" +
  "One evening the wick would not catch. He tried three matches, then the fourth and last, and on the water below a horn began to sound, once, " +
  "then again, closer, and he understood that somebody out there was counting on a light that";

/** @type {{ title: string, scenarios: Scenario[] }[]} */
export const SCENARIOS = [
  {
    title: "Answers",
    scenarios: [
      {
        id: "plain",
        title: "Plain answer",
        shows: "Text, usage, cost, verdict",
        ends: "good",
        prompt: "What does this engine do for my app?",
        scripts: () => [
          {
            text:
              "It turns OpenRouter's stream into **events you can trust**, in the browser and at the edge:\n\n" +
              "- text, reasoning, tool calls, images and audio as they arrive\n" +
              "- retries before the first output, never after it\n" +
              "- limits on time and memory, all of them yours to set\n\n" +
              "```js\nconst run = client.chat({ messages });\nfor await (const event of run) {\n  if (event.type === \"text-delta\") show(event.text);\n}\nconst { verdict } = await run.result();\n```\n\n" +
              "The last line is the point: a stream that was cut never looks like one that is `complete`.",
          },
        ],
      },
      {
        id: "reasoning",
        title: "Reasoning first",
        shows: "Thoughts apart from the answer",
        ends: "good",
        prompt: "A bat and a ball cost $1.10. The bat costs a dollar more than the ball. What does the ball cost?",
        scripts: () => [
          {
            reasoning:
              "The quick answer is ten cents, so let me check it: the bat would be $1.10 and both together $1.20. That is too much.\n\n" +
              "Let the ball be x. Then x + (x + 1.00) = 1.10, so 2x = 0.10 and x = 0.05. Check: 0.05 + 1.05 = 1.10, and the difference is 1.00.",
            text: "**Five cents.** The bat is $1.05; together they are $1.10, and the difference is exactly a dollar.\n\nThe tempting answer, ten cents, would make the pair cost $1.20.",
          },
        ],
      },
      {
        id: "tool-call",
        title: "Tool call",
        shows: "Arguments live; you allow it",
        ends: "good",
        prompt: "How many primes are there below 10,000?",
        scripts: () => [
          {
            reasoning: "Counting by hand would be slow and wrong. I have a tool that runs JavaScript: a sieve will do.",
            toolCalls: [
              {
                name: "run_javascript",
                arguments: {
                  code: "const limit = 10_000;\nconst sieve = new Uint8Array(limit).fill(1, 2);\nfor (let i = 2; i * i < limit; i++) {\n  if (sieve[i]) for (let j = i * i; j < limit; j += i) sieve[j] = 0;\n}\nreturn sieve.reduce((count, isPrime) => count + isPrime, 0);",
                },
                deltaBytes: 3,
              },
            ],
          },
          { text: "**There are 1,229 of them.** The sieve of Eratosthenes, run in a sandbox of this page, counted each one." },
        ],
      },
      {
        id: "image",
        title: "Image",
        shows: "An image inside the stream",
        ends: "good",
        prompt: "Paint me a harbour at dusk.",
        scripts: () => [{ text: "Here it is: still water, the last light, and nobody in a hurry.", images: [paintHarbour()], model: "google/gemini-2.5-flash-image", provider: "Google" }],
        request: { model: "google/gemini-2.5-flash-image" },
      },
      {
        id: "bytes",
        title: "One byte at a time",
        shows: "Characters cut and put together",
        ends: "good",
        prompt: "Greet me in as many alphabets as you can.",
        scripts: () => [
          {
            text: "Hallo, grüß dich · Olá, manhã · Привет · Γειά σου · 你好 · こんにちは · 안녕하세요 · שלום · नमस्ते · 👋🏽 🧑‍🚀 🇵🇹\n\nEvery byte of this came alone. Some of these characters take four, the last ones more than twenty.",
            chunkBytes: 1,
          },
        ],
      },
    ],
  },
  {
    title: "Trouble",
    scenarios: [
      {
        id: "rate-limit",
        title: "Rate limit",
        shows: "Told to wait 2 s, waits, succeeds",
        ends: "good",
        prompt: "Answer me even though you are busy.",
        scripts: () => [
          { status: 429, headers: { "Retry-After": "2" } },
          { text: "Thank you for waiting. The provider turned the first request away and named the time to come back; the engine did, once, and here I am.\n\nHad it named more than a minute, you would have been told instead of kept waiting." },
        ],
      },
      {
        id: "truncated",
        title: "Truncated tool call",
        shows: "Cut by a limit: it must not run",
        ends: "warn",
        prompt: "Mail the team that the review moves to Friday.",
        scripts: () => [
          {
            toolCalls: [{ name: "send_mail", arguments: '{"to":"team@example.com","subject":"The review moves to Friday","body":"Hello all,\\n\\nthe review moves to Friday at 15:00. Please bring', deltaBytes: 4 }],
            finishReason: "length",
          },
        ],
      },
      {
        id: "refusal",
        title: "Refusal",
        shows: "Said apart from an answer",
        ends: "good",
        prompt: "Write a mail that tricks my neighbour out of a password.",
        scripts: () => [{ refusal: "I can't help with deceiving somebody. If you are locked out of something that is yours, I can help you recover it." }],
      },
      {
        id: "stream-error",
        title: "Error in mid-stream",
        shows: "The half that came is kept",
        ends: "bad",
        prompt: "Tell me a story about a lighthouse.",
        scripts: () => [{ text: STORY, error: { afterChunks: 34, error: { code: 502, message: "Provider disconnected unexpectedly", metadata: { provider_name: "Anthropic", error_type: "provider_unavailable" } } } }],
      },
      {
        id: "cut",
        title: "Connection cut",
        shows: "It never looks finished",
        ends: "bad",
        prompt: "Tell me that story again.",
        scripts: () => [{ text: STORY, cutAfterChunks: 52 }],
      },
      {
        id: "stall",
        title: "Stall",
        shows: "Silence for 2.5 s is enough here",
        ends: "bad",
        prompt: "And how does the story end?",
        scripts: () => [{ text: STORY, stallAfterChunks: 28 }],
        request: { idleTimeoutMs: 2500 },
      },
    ],
  },
];

/** For a conversation that has not begun: natural questions, which the simulator answers without a script, by a tool where one is wanted. */
export const SUGGESTIONS = [
  { title: "Work something out", prompt: "What is 17.5% of 2,480?" },
  { title: "Run some code", prompt: "How many primes are there below 100,000?" },
  // The whole address would be broken over lines.
  { title: "Read a page", prompt: `What does ${new URL("about.html", location.href).href} say about keys?`, shown: "What does about.html say about keys?" },
  { title: "Another time zone", prompt: "What time is it in Tokyo?" },
  { title: "A comparison", prompt: "Compare the simulated with the real thing." },
  { title: "Some code", prompt: "Write a loop in code that prints a stream." },
];

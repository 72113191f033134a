// Whoever reads the streams. Each does the same job: a request through the `fetch` at hand, an async iterator of event objects,
// every event looked at. Each is imported only when it runs, so that the cost of a cold start is its own.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { MESSAGES, OBJECT_SCHEMA, WRITE_FILE } from "./answers.js";

/**
 * What came of one stream. `pieces` counts the deltas with text, `text` is all of them, `input` the parsed arguments of a call.
 * @typedef {{ pieces: number, text: string, completionTokens?: number, input?: any, partial?: any }} Outcome
 */

/** @typedef {(fetch: typeof globalThis.fetch) => Promise<Outcome>} Reader */
/** @typedef {{ text: Reader, tool?: Reader, object?: Reader, "long-object"?: Reader }} Readers  by the kind of the stream */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} version
 * @property {boolean} [readsNothing]  takes the bytes and no more
 * @property {URL} [folder]  of a build of this package
 * @property {() => Promise<Readers>} load
 */

const root = new URL("../../", import.meta.url);
/** @param {string} name */
const versionOf = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, root), "utf8")).version;

const MODEL = "qwen/qwen3-30b-a3b";
const BASE = "https://openrouter.ai/api/v1";
const WIRE_TOOLS = [{ type: /** @type {const} */ ("function"), function: WRITE_FILE }];

/** This package, from the folder `folder`. @param {string} name @param {URL} folder @returns {Contender} */
export function packageContender(name, folder) {
  const { version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  return {
    name,
    version,
    folder,
    async load() {
      const { OpenRouter } = await import(new URL("index.js", folder).href);
      const request = { model: MODEL, messages: MESSAGES };
      /** @type {Reader} */
      const object = async (fetch) => {
        const client = new OpenRouter({ apiKey: "k", fetch, models: { [MODEL]: { supportedParameters: ["structured_outputs"] } } });
        const run = client.chat({ ...request, schema: OBJECT_SCHEMA });
        let pieces = 0, shown = 0, partial;
        for await (partial of run.objectStream) {
          pieces++;
          shown += partial.items?.length ?? 0;
        }
        if (shown === 0) throw new Error("the partial view showed nothing");
        const { object: input, usage } = await run.result();
        return { pieces, text: "", completionTokens: usage?.outputTokens, input, partial };
      };
      return {
        object,
        "long-object": object,
        async text(fetch) {
          const client = new OpenRouter({ apiKey: "k", fetch });
          let pieces = 0, text = "", completionTokens;
          for await (const event of client.chat(request)) {
            if (event.type === "text-delta" || event.type === "reasoning-delta") {
              pieces++;
              text += event.text;
            } else if (event.type === "finish") completionTokens = event.usage?.outputTokens;
          }
          return { pieces, text, completionTokens };
        },
        async tool(fetch) {
          const client = new OpenRouter({ apiKey: "k", fetch });
          let pieces = 0, text = "", shown = 0, completionTokens, input, partial;
          for await (const event of client.chat({ ...request, tools: [WRITE_FILE] })) {
            if (event.type === "tool-call-delta") {
              pieces++;
              text += event.text;
              ({ partial } = event);
              // The length alone: to look at a character of it, V8 would copy the whole string, whoever made it.
              shown += partial?.content?.length ?? 0;
            } else if (event.type === "tool-call") ({ input } = event);
            else if (event.type === "finish") completionTokens = event.usage?.outputTokens;
          }
          if (shown === 0) throw new Error("the partial view showed nothing");
          return { pieces, text, completionTokens, input, partial };
        },
      };
    },
  };
}

/** @type {Contender} */
const openai = {
  name: "openai",
  version: versionOf("openai"),
  async load() {
    const { default: OpenAI } = await import("openai");
    const request = { model: MODEL, messages: MESSAGES, stream: /** @type {const} */ (true), stream_options: { include_usage: true } };
    return {
      async text(fetch) {
        const client = new OpenAI({ apiKey: "k", baseURL: BASE, fetch, maxRetries: 0 });
        let pieces = 0, text = "", completionTokens;
        for await (const chunk of await client.chat.completions.create(request)) {
          const delta = /** @type {{ content?: string | null, reasoning?: string } | undefined} */ (chunk.choices[0]?.delta);
          const piece = delta?.content || delta?.reasoning;
          if (piece) {
            pieces++;
            text += piece;
          }
          if (chunk.usage) completionTokens = chunk.usage.completion_tokens;
        }
        return { pieces, text, completionTokens };
      },
      async tool(fetch) {
        const client = new OpenAI({ apiKey: "k", baseURL: BASE, fetch, maxRetries: 0 });
        let pieces = 0, text = "", completionTokens;
        for await (const chunk of await client.chat.completions.create({ ...request, tools: WIRE_TOOLS })) {
          const piece = chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments;
          if (piece) {
            pieces++;
            text += piece;
          }
          if (chunk.usage) completionTokens = chunk.usage.completion_tokens;
        }
        return { pieces, text, completionTokens, input: JSON.parse(text) };
      },
    };
  },
};

/** @type {Contender} */
const sdk = {
  name: "@openrouter/sdk",
  version: versionOf("@openrouter/sdk"),
  async load() {
    const { HTTPClient, OpenRouter } = await import("@openrouter/sdk");
    const stream = (/** @type {typeof globalThis.fetch} */ fetch, /** @type {object} */ more) => {
      const client = new OpenRouter({ apiKey: "k", httpClient: new HTTPClient({ fetcher: fetch }), retryConfig: { strategy: "none" } });
      return client.chat.send({ chatRequest: { model: MODEL, messages: MESSAGES, stream: /** @type {const} */ (true), ...more } });
    };
    return {
      async text(fetch) {
        let pieces = 0, text = "", completionTokens;
        for await (const chunk of /** @type {AsyncIterable<any>} */ (await stream(fetch, {}))) {
          const delta = chunk.choices[0]?.delta;
          const piece = delta?.content || delta?.reasoning;
          if (piece) {
            pieces++;
            text += piece;
          }
          if (chunk.usage) completionTokens = chunk.usage.completionTokens;
        }
        return { pieces, text, completionTokens };
      },
      async tool(fetch) {
        let pieces = 0, text = "", completionTokens;
        for await (const chunk of /** @type {AsyncIterable<any>} */ (await stream(fetch, { tools: WIRE_TOOLS }))) {
          const piece = chunk.choices[0]?.delta.toolCalls?.[0]?.function?.arguments;
          if (piece) {
            pieces++;
            text += piece;
          }
          if (chunk.usage) completionTokens = chunk.usage.completionTokens;
        }
        return { pieces, text, completionTokens, input: JSON.parse(text) };
      },
    };
  },
};

/** @type {Contender} */
const aiSdk = {
  name: "ai-sdk-provider + ai",
  version: `${versionOf("@openrouter/ai-sdk-provider")} + ${versionOf("ai")}`,
  async load() {
    const [{ createOpenRouter }, { jsonSchema, Output, streamText, tool }] = await Promise.all([import("@openrouter/ai-sdk-provider"), import("ai")]);
    const schema = jsonSchema(/** @type {any} */ (OBJECT_SCHEMA));
    const writeFile = tool({ description: WRITE_FILE.description, inputSchema: jsonSchema(/** @type {any} */ (WRITE_FILE.parameters)) });
    /** @param {typeof globalThis.fetch} fetch @param {object} more */
    const stream = (fetch, more) => {
      const openrouter = createOpenRouter({ apiKey: "k", fetch });
      return streamText({ model: openrouter.chat(MODEL), messages: MESSAGES, maxRetries: 0, ...more }).fullStream;
    };
    return {
      async object(fetch) {
        const openrouter = createOpenRouter({ apiKey: "k", fetch });
        const result = streamText({ model: openrouter.chat(MODEL), messages: MESSAGES, maxRetries: 0, output: Output.object({ schema }) });
        let pieces = 0, shown = 0;
        /** @type {any} */
        let partial;
        for await (partial of result.partialOutputStream) {
          pieces++;
          shown += partial.items?.length ?? 0;
        }
        if (shown === 0) throw new Error("the partial view showed nothing");
        const [input, usage] = [await result.output, await result.totalUsage];
        return { pieces, text: "", completionTokens: usage.outputTokens, input, partial };
      },
      async text(fetch) {
        let pieces = 0, text = "", completionTokens;
        for await (const part of stream(fetch, {})) {
          if (part.type === "text-delta" || part.type === "reasoning-delta") {
            pieces++;
            text += part.text;
          } else if (part.type === "finish") completionTokens = part.totalUsage.outputTokens;
        }
        return { pieces, text, completionTokens };
      },
      async tool(fetch) {
        let pieces = 0, text = "", completionTokens, input;
        for await (const part of stream(fetch, { tools: { write_file: writeFile } })) {
          if (part.type === "tool-input-delta") {
            pieces++;
            text += part.delta;
          } else if (part.type === "tool-call") ({ input } = part);
          else if (part.type === "finish") completionTokens = part.totalUsage.outputTokens;
        }
        return { pieces, text, completionTokens, input };
      },
    };
  },
};

/**
 * What people write by hand: decode, split, `JSON.parse`, yield. It trusts every byte.
 * @param {typeof globalThis.fetch} fetch
 * @returns {AsyncGenerator<{ type: string, text?: string, usage?: any }>}
 */
async function* handWritten(fetch) {
  const response = await fetch(`${BASE}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer k" },
    body: JSON.stringify({ model: MODEL, messages: MESSAGES, stream: true }),
  });
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const parts = rest.split("\n\n");
    rest = /** @type {string} */ (parts.pop());
    for (const part of parts) {
      if (!part.startsWith("data: ")) continue;
      const data = part.slice(6);
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data);
      const { delta } = chunk.choices[0];
      if (delta.content) yield { type: "text-delta", text: delta.content };
      else if (delta.reasoning) yield { type: "reasoning-delta", text: delta.reasoning };
      const piece = delta.tool_calls?.[0].function.arguments;
      if (piece) yield { type: "tool-call-delta", text: piece };
      if (chunk.usage) yield { type: "finish", usage: chunk.usage };
    }
  }
}

/** @type {Contender} */
const loop = {
  name: "hand-written loop",
  version: "-",
  async load() {
    /** @type {Reader} */
    const text = async (fetch) => {
      let pieces = 0, text = "", completionTokens;
      for await (const event of handWritten(fetch)) {
        if (event.type === "text-delta" || event.type === "reasoning-delta") {
          pieces++;
          text += event.text;
        } else if (event.type === "finish") completionTokens = event.usage.completion_tokens;
      }
      return { pieces, text, completionTokens };
    };
    /** @type {Reader} */
    const tool = async (fetch) => {
      let pieces = 0, text = "", completionTokens;
      for await (const event of handWritten(fetch)) {
        if (event.type === "tool-call-delta") {
          pieces++;
          text += event.text;
        } else if (event.type === "finish") completionTokens = event.usage.completion_tokens;
      }
      return { pieces, text, completionTokens, input: JSON.parse(text) };
    };
    return { text, tool };
  },
};

/** @type {Contender} */
const floor = {
  name: "floor (reading alone)",
  version: "-",
  readsNothing: true,
  async load() {
    /** @type {Reader} */
    const text = async (fetch) => {
      const reader = /** @type {ReadableStream<Uint8Array>} */ ((await fetch(BASE)).body).getReader();
      let pieces = 0;
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) pieces += piece.value.length;
      return { pieces, text: "" };
    };
    return { text, tool: text };
  },
};

/** In the order of the tables. */
export const CONTENDERS = [packageContender("openrouter-wasm", new URL("pkg/", root)), openai, sdk, aiSdk, loop, floor];

/** Another build of this package. @param {string} folder */
export function otherBuild(folder) {
  return packageContender(`build in ${folder}`, pathToFileURL(`${folder}/`));
}

// The public types of openrouter-wasm. Times are milliseconds, sizes bytes, costs USD.
import type { AccountUsage, Generation } from "./types/account.js";
import type { AudioDescriptionRequest, Decision, DecisionQuestion, DecisionRequest, Description, Embeddings, ImageDescriptionRequest, ImageModel, ListCallOptions, ListOf, RerankRequest, RerankResult } from "./types/calls.js";
import type { ChatRun } from "./types/chat-run.js";
import type { ChatRequest, ChatRequestBase, PreparedChat } from "./types/chat.js";
import type { FreeTool, InlineTool, KnownTool, KnownTools, OfAnyLength } from "./types/inline-tools.js";
import type { ImageRequest, ImageResult, MusicRequest, MusicResult, SpeechRequest, SpeechResult, TranscriptionRequest, TranscriptionResult, Videos } from "./types/media.js";
import type { Models } from "./types/models.js";
import type { SchemaOptions } from "./types/objects.js";
import type { ClientOptions } from "./types/options.js";
import type { AbortSignal, Fetch } from "./types/platform.js";
import type { ResumeOptions, RunState } from "./types/run-state.js";
import type { OutputOf, Schema } from "./types/schema.js";
import type { SearchOptions, SearchResult, SearchTool } from "./types/search.js";
import type { Drift } from "./types/telemetry.js";
import type { Tool } from "./types/tools.js";

export type * from "./types/options.js";
export { OPENCLAW_APP } from "./types/options.js";
export type * from "./types/chat.js";
export type * from "./types/request.js";
export type * from "./types/params.js";
export type * from "./types/spelling.js";
export type * from "./types/plugins.js";
export type * from "./types/server-tools.js";
export type * from "./types/messages.js";
export type * from "./types/tools.js";
export { costAbove, stepCount, tool, toolCalled } from "./types/tools.js";
export type * from "./types/inline-tools.js";
export type * from "./types/schema.js";
export type * from "./types/objects.js";
export type * from "./types/chat-run.js";
export { ChatRun } from "./types/chat-run.js";
export type * from "./types/events.js";
export type * from "./types/runs.js";
export type * from "./types/run-state.js";
export type * from "./types/errors.js";
export { OpenRouterError } from "./types/errors.js";
export type * from "./types/transcripts.js";
export { parseModelRef, pickRequest, sanitizeTranscript } from "./types/transcripts.js";
export type * from "./types/models.js";
export type * from "./types/calls.js";
export type * from "./types/media.js";
export type * from "./types/search.js";
export type * from "./types/account.js";
export type * from "./types/keys.js";
export { SecretKey, createKeyStore, detectKey, redact, resolveKey, sanitizeEnv } from "./types/keys.js";
export type * from "./types/sign-in.js";
export { auth } from "./types/sign-in.js";
export type * from "./types/stores.js";
export { createCatalogCache, createJobStore, verifyVideoWebhook } from "./types/stores.js";
export type * from "./types/telemetry.js";

/**
 * The client: options, and everything that can be asked for.
 *
 * @example
 * ```js
 * import { OpenRouter } from "openrouter-wasm";
 *
 * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY, model: "openai/gpt-4o-mini", budget: 5 });
 * const { message, cost } = await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result();
 * console.log(message.content, cost.total);
 * ```
 */
export declare class OpenRouter {
  /** Does no work: the engine starts with the first run. Throws `invalid-request` for options of the wrong kind. */
  constructor(options?: ClientOptions);
  /**
   * A client as an OpenClaw configuration file describes it: JSON5 text, or what it stands for. `options` win over the file. What is wrong in
   * it rejects with `invalid-request` with the path (`agents.defaults.model.primary: ...`). OpenClaw is named as the app unless `options.app` is given.
   *
   * @example
   * ```js
   * import { OpenRouter } from "openrouter-wasm";
   *
   * const config = `{ env: { OPENROUTER_API_KEY: "sk-or-v1-..." }, agents: { defaults: { model: { primary: "openrouter/openai/gpt-4o-mini" } } } }`;
   * const client = await OpenRouter.fromConfig(config);
   * console.log((await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result()).model);
   * ```
   */
  static fromConfig(config: string | object, options?: ClientOptions): Promise<OpenRouter>;
  /**
   * A run that sends nothing before it is read. Faults of the request are told then, before anything is sent.
   *
   * @example
   * ```js
   * const run = client.chat({ model: "anthropic/claude-sonnet-4.5", messages: [{ role: "user", content: "Hello!" }] });
   * for await (const event of run) {
   *   if (event.type === "text-delta") process.stdout.write(event.text);
   * }
   * console.log((await run.result()).verdict);
   * ```
   */
  chat<const N0 extends string | undefined = undefined, const P0 = undefined, O0 = unknown, T0 = undefined, const N1 extends string | undefined = undefined, const P1 = undefined, O1 = unknown, T1 = undefined, const N2 extends string | undefined = undefined, const P2 = undefined, O2 = unknown, T2 = undefined, const N3 extends string | undefined = undefined, const P3 = undefined, O3 = unknown, T3 = undefined, const N4 extends string | undefined = undefined, const P4 = undefined, O4 = unknown, T4 = undefined, const N5 extends string | undefined = undefined, const P5 = undefined, O5 = unknown, T5 = undefined, const N6 extends string | undefined = undefined, const P6 = undefined, O6 = unknown, T6 = undefined, const N7 extends string | undefined = undefined, const P7 = undefined, O7 = unknown, T7 = undefined, const N8 extends string | undefined = undefined, const P8 = undefined, O8 = unknown, T8 = undefined, const N9 extends string | undefined = undefined, const P9 = undefined, O9 = unknown, T9 = undefined, const N10 extends string | undefined = undefined, const P10 = undefined, O10 = unknown, T10 = undefined, const N11 extends string | undefined = undefined, const P11 = undefined, O11 = unknown, T11 = undefined, More extends FreeTool = never, const S extends Schema | object | undefined = undefined>(request: ChatRequestBase & SchemaOptions<S> & { tools?: readonly [InlineTool<N0, P0, O0, T0>?, InlineTool<N1, P1, O1, T1>?, InlineTool<N2, P2, O2, T2>?, InlineTool<N3, P3, O3, T3>?, InlineTool<N4, P4, O4, T4>?, InlineTool<N5, P5, O5, T5>?, InlineTool<N6, P6, O6, T6>?, InlineTool<N7, P7, O7, T7>?, InlineTool<N8, P8, O8, T8>?, InlineTool<N9, P9, O9, T9>?, InlineTool<N10, P10, O10, T10>?, InlineTool<N11, P11, O11, T11>?, ...More[]] | undefined }): ChatRun<KnownTools<[KnownTool<N0, P0, O0, T0>, KnownTool<N1, P1, O1, T1>, KnownTool<N2, P2, O2, T2>, KnownTool<N3, P3, O3, T3>, KnownTool<N4, P4, O4, T4>, KnownTool<N5, P5, O5, T5>, KnownTool<N6, P6, O6, T6>, KnownTool<N7, P7, O7, T7>, KnownTool<N8, P8, O8, T8>, KnownTool<N9, P9, O9, T9>, KnownTool<N10, P10, O10, T10>, KnownTool<N11, P11, O11, T11>], More>, ObjectOf<S>>;
  /** The same with a list of tools whose length is not known to the compiler. */
  chat<const Tools extends readonly Tool[] = readonly Tool[], const S extends Schema | object | undefined = undefined>(request: ChatRequestBase & SchemaOptions<S> & { tools?: Tools | undefined } & OfAnyLength<Tools>): ChatRun<Tools, ObjectOf<S>>;
  /**
   * Goes on with a run that waited for its caller (`run.state()`), in another request, process or week. Steps, cost and budget count on. What is
   * wrong is told when the run is read, before anything is sent: `invalid-request` for a state that was changed, signed otherwise or is of another
   * version, and for decisions that leave a call open; `already-consumed` for a state that was used.
   *
   * @example
   * ```js
   * import { OpenRouter, tool } from "openrouter-wasm";
   *
   * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
   * const pay = tool({ name: "pay", parameters: { type: "object" }, execute: () => "paid" });
   * const run = client.chat({ messages: [{ role: "user", content: "Pay the bill, please." }], tools: [pay], approve: () => "later" });
   * const { pending } = await run.result();
   * const state = await run.state(); // plain JSON: keep it until somebody has decided
   * const approvals = Object.fromEntries(pending.map(({ id }) => [id, true]));
   * const { verdict } = pending.length > 0 ? await client.resume(state, { tools: [pay], approvals }).result() : await run.result();
   * console.log(verdict);
   * ```
   */
  resume<const N0 extends string | undefined = undefined, const P0 = undefined, O0 = unknown, T0 = undefined, const N1 extends string | undefined = undefined, const P1 = undefined, O1 = unknown, T1 = undefined, const N2 extends string | undefined = undefined, const P2 = undefined, O2 = unknown, T2 = undefined, const N3 extends string | undefined = undefined, const P3 = undefined, O3 = unknown, T3 = undefined, const N4 extends string | undefined = undefined, const P4 = undefined, O4 = unknown, T4 = undefined, const N5 extends string | undefined = undefined, const P5 = undefined, O5 = unknown, T5 = undefined, const N6 extends string | undefined = undefined, const P6 = undefined, O6 = unknown, T6 = undefined, const N7 extends string | undefined = undefined, const P7 = undefined, O7 = unknown, T7 = undefined, const N8 extends string | undefined = undefined, const P8 = undefined, O8 = unknown, T8 = undefined, const N9 extends string | undefined = undefined, const P9 = undefined, O9 = unknown, T9 = undefined, const N10 extends string | undefined = undefined, const P10 = undefined, O10 = unknown, T10 = undefined, const N11 extends string | undefined = undefined, const P11 = undefined, O11 = unknown, T11 = undefined, More extends FreeTool = never, const S extends Schema | object | undefined = undefined>(state: RunState, options?: Omit<ResumeOptions, "tools" | "schema"> & SchemaOptions<S> & { tools?: readonly [InlineTool<N0, P0, O0, T0>?, InlineTool<N1, P1, O1, T1>?, InlineTool<N2, P2, O2, T2>?, InlineTool<N3, P3, O3, T3>?, InlineTool<N4, P4, O4, T4>?, InlineTool<N5, P5, O5, T5>?, InlineTool<N6, P6, O6, T6>?, InlineTool<N7, P7, O7, T7>?, InlineTool<N8, P8, O8, T8>?, InlineTool<N9, P9, O9, T9>?, InlineTool<N10, P10, O10, T10>?, InlineTool<N11, P11, O11, T11>?, ...More[]] | undefined }): ChatRun<KnownTools<[KnownTool<N0, P0, O0, T0>, KnownTool<N1, P1, O1, T1>, KnownTool<N2, P2, O2, T2>, KnownTool<N3, P3, O3, T3>, KnownTool<N4, P4, O4, T4>, KnownTool<N5, P5, O5, T5>, KnownTool<N6, P6, O6, T6>, KnownTool<N7, P7, O7, T7>, KnownTool<N8, P8, O8, T8>, KnownTool<N9, P9, O9, T9>, KnownTool<N10, P10, O10, T10>, KnownTool<N11, P11, O11, T11>], More>, ObjectOf<S>>;
  /** The same with a list of tools whose length is not known to the compiler. */
  resume<const Tools extends readonly Tool[] = readonly Tool[], const S extends Schema | object | undefined = undefined>(state: RunState, options?: Omit<ResumeOptions, "tools" | "schema"> & SchemaOptions<S> & { tools?: Tools | undefined } & OfAnyLength<Tools>): ChatRun<Tools, ObjectOf<S>>;
  /**
   * A durable run of a gateway (`openrouter-wasm/gateway`) from an event on: what was missed, then what comes, each event once. Default: from the
   * beginning. A connection that breaks is made anew by itself. Fails with `not-found` when the gateway keeps it no more.
   */
  resumeRun(id: string, options?: { after?: number | undefined; signal?: AbortSignal | null | undefined }): ChatRun;
  /**
   * What `chat` would send, and what is odd about it, without sending it.
   *
   * @example
   * ```js
   * const { bodyText, changes, warnings } = await client.prepare({ messages: [{ role: "user", content: "Hello!" }], thinking: "high" });
   * console.log(bodyText, changes, warnings);
   * ```
   */
  prepare(request: ChatRequest): Promise<PreparedChat>;
  /**
   * A drop-in `fetch` for SDKs that speak OpenAI's API (`new OpenAI({ fetch: client.fetch })`). `POST .../chat/completions` leaves shaped by
   * this package's rules; answers come back untouched, any other call goes through as it is. The SDK's `Authorization` wins; without one the
   * client's key is added to such a `POST` when its address lies below the client's own `baseURL` (of openrouter.ai: anywhere on that host), and
   * nowhere else: not to another origin, not to a `GET` or any other path, and the client's own `headers` go the same way. Throws
   * `invalid-request` for an `init` that cannot be read. A request that the rules refuse comes back as an answer with status 400.
   *
   * @example
   * ```js
   * import { OpenRouter } from "openrouter-wasm";
   * import OpenAI from "openai";
   *
   * const client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
   * const openai = new OpenAI({ apiKey: process.env.OPENROUTER_API_KEY, baseURL: "https://openrouter.ai/api/v1", fetch: client.fetch });
   * const { choices } = await openai.chat.completions.create({ model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "Hello!" }] });
   * console.log(choices[0]?.message.content);
   * ```
   */
  readonly fetch: Fetch;
  /** The catalog, and the scan for models that work. */
  readonly models: Models;
  /** Makes images, and tells what one shows. */
  readonly images: {
    /**
     * Draws images: each is a request of its own.
     *
     * @example
     * ```js
     * const { images, usage } = await client.images.generate({ prompt: "a lighthouse at dusk", aspectRatio: "16:9" });
     * for (const { name, mediaType, data } of images) console.log(name, mediaType, data.length, usage?.cost);
     * ```
     */
    generate(request: ImageRequest): Promise<ImageResult>;
    /**
     * What an image shows, told by a chat model.
     *
     * @example
     * ```js
     * const { images: [image] } = await client.images.generate({ prompt: "a lighthouse at dusk" });
     * if (image) console.log((await client.images.describe({ image: image.data, prompt: "What time of day is it?" })).text);
     * ```
     */
    describe(request: ImageDescriptionRequest): Promise<Description>;
    /** The models that paint, and what each takes. */
    models(options?: ListCallOptions): Promise<ListOf<ImageModel>>;
  };
  /** Makes videos: submit, wait, download. */
  readonly videos: Videos;
  /** Reads a text aloud. */
  readonly speech: {
    /**
     * Gives the sound as it comes.
     *
     * @example
     * ```js
     * const speech = await client.speech.create({ input: "Good morning!", voice: "af_alloy" });
     * console.log(speech.name, (await speech.bytes()).length);
     * ```
     */
    create(request: SpeechRequest): Promise<SpeechResult>;
  };
  /** Writes down what a sound says. */
  readonly transcriptions: {
    /**
     * Writes down what a sound says, by a model made for it.
     *
     * @example
     * ```js
     * const speech = await client.speech.create({ input: "Good morning!" });
     * const { text, durationSeconds } = await client.transcriptions.create({ audio: await speech.bytes(), mediaType: speech.mediaType });
     * console.log(text, durationSeconds);
     * ```
     */
    create(request: TranscriptionRequest): Promise<TranscriptionResult>;
    /** What a sound holds, told by a chat model that hears. */
    describe(request: AudioDescriptionRequest): Promise<Description>;
  };
  /** Makes music. */
  readonly music: {
    /**
     * Gives the music when it is whole.
     *
     * @example
     * ```js
     * const { name, data, transcript } = await client.music.generate({ prompt: "a calm piano at night", instrumental: true });
     * console.log(name, data.length, transcript);
     * ```
     */
    generate(request: MusicRequest): Promise<MusicResult>;
  };
  /** Texts to vectors. */
  readonly embeddings: Embeddings;
  /**
   * Documents in the order in which they fit a query. After 429 and 5xx it is sent again at most twice.
   *
   * @example
   * ```js
   * const { results } = await client.rerank({ model: "cohere/rerank-v3.5", query: "capital of France", documents: ["Bern", "Paris", "Rome"] });
   * for (const { index, score } of results) console.log(index, score);
   * ```
   */
  rerank(request: RerankRequest): Promise<RerankResult>;
  /**
   * Named questions about a state, answered by a decision model: no text, typed answers. Sent once; at most four at once.
   *
   * @example
   * ```js
   * const { answers } = await client.decide({
   *   model: "typesafe/jev-1.14",
   *   state: "The parcel came broken. I want my money back.",
   *   questions: { isAngry: { type: "boolean", instructions: "Is the customer angry?" } },
   * });
   * console.log(answers.isAngry.probability);
   * ```
   */
  decide<const Questions extends Record<string, DecisionQuestion>>(request: DecisionRequest<Questions>): Promise<Decision<Questions>>;
  /**
   * Searches the web. Faults of the query come back as `{error, message}`; failures on the way are thrown.
   *
   * @example
   * ```js
   * const found = await client.search("rust wasm news", { freshness: "week" });
   * console.log(found.error === undefined ? found.citations : found.message);
   * ```
   */
  search(query: string, options?: SearchOptions): Promise<SearchResult>;
  /**
   * `search` as a tool for a chat: `tools: [client.searchTool()]`.
   *
   * @example
   * ```js
   * const run = client.chat({ messages: [{ role: "user", content: "What is new in Rust?" }], tools: [client.searchTool()] });
   * for await (const text of run.textStream) process.stdout.write(text);
   * ```
   */
  searchTool(options?: SearchOptions): SearchTool;
  /**
   * What answers had that this version does not know: words and fields, counted once an answer. Samples are looked at: of a stream the chunks
   * whose shape was new (the first 16, and those that end it), of an answer in one piece up to 64 KiB, of a longer one its first row and its usage.
   */
  drift(): Promise<Drift[]>;
  /**
   * Credits, key and budgets. Throws when neither endpoint answers.
   *
   * @example
   * ```js
   * const { spend, balance, summary } = await client.usage();
   * console.log(spend, balance, summary);
   * ```
   */
  usage(options?: { timeoutMs?: number | undefined; signal?: AbortSignal | null | undefined }): Promise<AccountUsage>;
  /**
   * The bill of a generation; asked again with growing waits while OpenRouter does not know it yet.
   *
   * @example
   * ```js
   * const { id } = await client.chat({ messages: [{ role: "user", content: "Hello!" }] }).result();
   * if (id) console.log((await client.generation(id)).cost);
   * ```
   */
  generation(id: string, options?: { timeoutMs?: number | undefined; signal?: AbortSignal | null | undefined }): Promise<Generation>;
}

/** What `result.object` is. */
type ObjectOf<S> = [S] extends [undefined] ? undefined : OutputOf<NonNullable<S>>;

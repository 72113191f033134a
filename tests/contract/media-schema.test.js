// Every body of a media call is one that OpenRouter takes: by the schemas of its own SDK, and by its OpenAPI document where that is there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { ChatRequest$outboundSchema } from "@openrouter/sdk/models/chatrequest";
import { ImageGenerationRequest$outboundSchema } from "@openrouter/sdk/models/imagegenerationrequest";
import { SpeechRequest$outboundSchema } from "@openrouter/sdk/models/speechrequest";
import { STTRequest$outboundSchema } from "@openrouter/sdk/models/sttrequest";
import { Ajv2020 } from "ajv/dist/2020.js";
import { api, PNG, shared } from "./support.js";

const { url: DOCUMENT, missing } = shared("data/openrouter-openapi.json");
const wav = new Uint8Array(1000);
const everything = { data: PNG };

/** @typedef {"image" | "chat" | "speech" | "transcription"} Kind */
/** Calls and the kind of body that each makes. @type {[Kind, (client: any) => Promise<unknown>, import("openrouter-wasm").ClientOptions?][]} */
const CALLS = [
  ["image", (client) => client.images.generate({ prompt: "x" })],
  ["image", (client) => client.images.generate({ prompt: "x", n: 2, aspectRatio: "21:9", resolution: "4K", inputs: [everything, { url: "https://a.example/b.png" }], stream: true })],
  ["image", (client) => client.images.generate({ prompt: "x", model: "openai/gpt-5.4-image-2", extraBody: { quality: "high", output_format: "webp", seed: 1, provider: { only: ["openai"] } } })],
  ["chat", (client) => client.images.generate({ prompt: "x", aspectRatio: "1:1", resolution: "1K", inputs: [everything] }), { baseURL: "https://proxy.example/v1" }],
  ["chat", (client) => client.images.generate({ prompt: "x", model: "black-forest-labs/flux.2-pro" }), { baseURL: "https://proxy.example/v1" }],
  ["speech", (client) => client.speech.create({ input: "x" })],
  ["speech", (client) => client.speech.create({ input: [{ text: "a", voice: "Kore" }, { text: "b", instructions: "softly" }], speed: 1.25, instructions: "loud", responseFormat: "pcm", provider: { zdr: true } })],
  ["transcription", (client) => client.transcriptions.create({ audio: wav, mediaType: "audio/wav" })],
  ["transcription", (client) => client.transcriptions.create({ audio: wav, fileName: "x.opus", language: "de", temperature: 0.5, extraBody: { response_format: "verbose_json", timestamp_granularities: ["word"] } })],
  ["chat", (client) => client.music.generate({ prompt: "x" })],
  ["chat", (client) => client.music.generate({ prompt: "x", instrumental: true, format: "mp3", inputs: [everything] })],
];

/** @type {[Kind, any][]} */
const bodies = [];
before(async () => {
  for (const [kind, make, options] of CALLS) {
    const sent = bodies.length;
    /** @type {any} */
    const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
      bodies.push([kind, JSON.parse(await new Response(init.body).text())]);
      return new Response('{"error":{"message":"enough seen"}}', { status: 400 });
    };
    await assert.rejects(make(new api.OpenRouter({ apiKey: "k", fetch, ...options })), /enough seen/);
    assert.ok(bodies.length > sent);
  }
});

/** The body as a caller of the SDK writes it. @param {any} value @returns {any} */
function camelCased(value, path = "") {
  if (typeof value !== "object" || value === null || path === "image_config") return value;
  if (Array.isArray(value)) return value.map((item) => camelCased(item));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), camelCased(inner, name)]));
}

/** @type {Record<Kind, import("zod").ZodType | any>} */
const SDK = { image: ImageGenerationRequest$outboundSchema, chat: ChatRequest$outboundSchema, speech: SpeechRequest$outboundSchema, transcription: STTRequest$outboundSchema };
const COMPONENT = { image: "ImageGenerationRequest", chat: "ChatRequest", speech: "SpeechRequest", transcription: "STTRequest" };

test("OpenRouter's SDK would send every body as it is", () => {
  for (const [kind, body] of bodies) {
    // What OpenRouter documents for the older way to images and for sound, and its SDK does not know: it would leave it out.
    const { n: _, audio: __, ...known } = body;
    const told = kind === "chat" ? known : body;
    // Turns of several voices are in OpenRouter's document and not yet in its SDK.
    if (kind === "speech" && Array.isArray(body.input)) continue;
    const { success, data, error } = SDK[kind].safeParse(camelCased(body));
    assert.ok(success, `${kind}: ${error}\n${JSON.stringify(body)}`);
    assert.deepEqual(JSON.parse(JSON.stringify(data)), { ...JSON.parse(JSON.stringify(data)), ...told }, kind);
  }
});

describe("OpenRouter's OpenAPI document", { skip: missing }, () => {
  /** @type {Record<string, import("ajv").ValidateFunction>} */
  let validators;
  before(() => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema(JSON.parse(readFileSync(DOCUMENT, "utf8")), "openrouter");
    validators = Object.fromEntries(Object.entries(COMPONENT).map(([kind, name]) => [kind, ajv.compile({ $ref: `openrouter#/components/schemas/${name}` })]));
  });

  test("allows every body", () => {
    assert.deepEqual([...new Set(bodies.map(([kind]) => kind))].sort(), Object.keys(COMPONENT).sort());
    for (const [kind, body] of bodies) assert.ok(validators[kind](body), `${kind}: ${JSON.stringify(validators[kind].errors?.slice(0, 4))}\n${JSON.stringify(body).slice(0, 800)}`);
  });

  test("forbids bodies that are wrong", () => {
    for (const [kind, body] of /** @type {[Kind, any][]} */ ([
      ["image", { model: "a/b" }], ["image", { model: "a/b", prompt: 5 }], ["image", { model: "a/b", prompt: "x", input_references: [{ url: "x" }] }],
      ["speech", { input: "x" }], ["transcription", { model: "a/b" }], ["transcription", { model: "a/b", input_audio: { format: "wav" }, temperature: 9 }],
    ])) {
      assert.equal(validators[kind](body), false, `${kind}: ${JSON.stringify(body)}`);
    }
  });
});

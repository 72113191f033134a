// Images, speech, transcripts and music, told once and run in every runtime.
import { eventually, local, ok, rejection, same } from "./scenario-tools.js";

/** @typedef {import("./scenario-tools.js").World} World */

/** One grey pixel. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const JPEG = btoa("\xff\xd8\xff\xe0 an image, more or  less");
const MALFORMED = "OpenRouter image generation response malformed";
const MISSING = "OpenRouter image generation response missing image data";

/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
/** @param {Uint8Array} bytes */
const textOf = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/**
 * A client before answers, one after the other; `sent` holds the requests.
 * @param {World} world @param {((body: any) => Response | Promise<Response>) | ((body: any) => Response | Promise<Response>)[]} answers @param {object} [options]
 */
function desk(world, answers, options = {}) {
  /** @type {{ url: string, headers: Headers, body: any }[]} */
  const sent = [];
  const list = [answers].flat();
  const fetch = async (/** @type {any} */ input, /** @type {any} */ init) => {
    const request = new Request(input, { method: "POST", headers: init.headers, body: init.body });
    const body = JSON.parse(await request.text());
    sent.push({ url: String(input), headers: request.headers, body });
    const answer = list[Math.min(sent.length, list.length) - 1];
    return answer(body);
  };
  return { sent, client: new world.api.OpenRouter({ apiKey: "sk-or-v1-test0123", fetch: /** @type {any} */ (fetch), ...options }) };
}

/** @param {unknown} body @param {ResponseInit} [init] */
const json = (body, init) => () => new Response(typeof body === "string" ? body : JSON.stringify(body), { headers: { "content-type": "application/json" }, ...init });

/** An event stream, in pieces of so many bytes. @param {string} text @param {number} [size] */
const stream = (text, size = 1 << 20) => () => {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
};

/** @param {(object | string)[]} events */
const eventText = (events) => events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
/** @param {string} data @param {string} [transcript] */
const sound = (data, transcript) => ({ choices: [{ delta: { audio: { data, ...(transcript && { transcript }) } } }] });
/** @param {import("openrouter-wasm").ImageResult} result */
const looks = ({ images }) => images.map(({ name, mediaType, data }) => [name, mediaType, data.length]);

/** @type {Record<string, (world: World) => Promise<void>>} */
export const mediaScenarios = {
  async "images: painted by the simulator, whole, several, streamed"(world) {
    const { client, server } = local(world);
    const one = await client.images.generate({ prompt: "a boat" });
    same([one.images.length, one.images[0].name, one.images[0].mediaType, one.model], [1, "image-1.png", "image/png", "google/gemini-3.1-flash-image-preview"], "one");
    ok((one.usage?.cost ?? 0) > 0, "cost");
    const { data } = one.images[0];
    ok(data instanceof Uint8Array && data[0] === 0x89, "bytes");
    same([one.images[0].dataUrl().slice(0, 27), one.images[0].blob().size], ["data:image/png;base64,iVBOR", data.length], "dataUrl, blob");
    const three = await client.images.generate({ prompt: "a car", n: 3, aspectRatio: "16:9" });
    same(three.images.map(({ name }) => name), ["image-1.png", "image-2.png", "image-3.png"], "numbered through");
    const bodies = server.requests.slice(1).map(({ body }) => body);
    same(bodies, Array(3).fill({ model: one.model, prompt: "a car", n: 1, aspect_ratio: "16:9" }), "three requests of one each");
    ok(Math.abs((three.usage?.cost ?? 0) - 3 * (one.usage?.cost ?? 0)) < 1e-3, "the sum");
    /** @type {any[]} */
    const partials = [];
    const streamed = await client.images.generate({ prompt: "a boat", stream: true, onPartial: (partial) => void partials.push(partial) });
    same([streamed.images.length, streamed.images[0].mediaType, partials.length], [1, "image/png", 2], "streamed");
    ok(partials.every(({ data: draft, index }, at) => draft[0] === 0x89 && index === 0 && partials[at].partialIndex === at), "partials");
    ok((streamed.usage?.cost ?? 0) > 0, "cost of a stream");
  },

  async "images: what is sent, by model, count and base"(world) {
    const image = json({ data: [{ b64_json: PNG }] });
    const chat = json({ choices: [{ message: { images: [{ image_url: { url: `data:image/png;base64,${PNG}` } }] } }] });
    const blob = new Blob([bytesOf(JPEG)], { type: "image/jpeg" });
    for (const [options, request, body, warnings = []] of /** @type {[any, any, any, string[]?][]} */ ([
      [{}, { n: 0 }, [{ model: "google/gemini-3.1-flash-image-preview", prompt: "x", n: 1 }], ["n"]],
      [{}, { n: 50 }, Array(10).fill({ model: "google/gemini-3.1-flash-image-preview", prompt: "x", n: 1 }), ["n"]],
      [{}, { n: 2.5 }, Array(2).fill({ model: "google/gemini-3.1-flash-image-preview", prompt: "x", n: 1 }), ["n"]],
      [{}, { n: 9, model: "openrouter/google/gemini-3-pro-image-preview", resolution: "2K" }, Array(9).fill({ model: "google/gemini-3-pro-image-preview", prompt: "x", n: 1, resolution: "2K" })],
      [{}, { model: "openai/gpt-5.4-image-2", aspectRatio: "1:1", resolution: "1K" }, [{ model: "openai/gpt-5.4-image-2", prompt: "x", n: 1 }], ["aspectRatio", "resolution"]],
      [{ models: { "a/b": { alias: "painter" } } }, { model: "Painter", extraBody: { seed: 7, n: null } }, [{ model: "a/b", prompt: "x", seed: 7 }]],
      [{ media: { image: { model: "openrouter/c/d" } } }, {}, [{ model: "c/d", prompt: "x", n: 1 }]],
      [{}, { inputs: [{ data: bytesOf(PNG) }, { data: blob }, { data: JPEG }, { data: `data:image/webp;base64,${PNG}` }, { url: "https://a.example/b.png" }] }, [{
        model: "google/gemini-3.1-flash-image-preview", prompt: "x", n: 1,
        input_references: [`data:image/png;base64,${PNG}`, `data:image/jpeg;base64,${JPEG}`, `data:image/jpeg;base64,${JPEG}`, `data:image/webp;base64,${PNG}`, "https://a.example/b.png"]
          .map((url) => ({ type: "image_url", image_url: { url } })),
      }]],
      [{ baseURL: "https://proxy.example/v1" }, { n: 2, aspectRatio: "1:1", resolution: "1K", stream: true }, [{
        model: "google/gemini-3.1-flash-image-preview", messages: [{ role: "user", content: "x" }], modalities: ["image", "text"], n: 2, image_config: { aspect_ratio: "1:1", image_size: "1K" },
      }], ["stream"]],
      [{ baseURL: "https://proxy.example/v1" }, { model: "black-forest-labs/flux.2-pro", inputs: [{ data: bytesOf(PNG) }] }, [{
        model: "black-forest-labs/flux.2-pro", messages: [{ role: "user", content: [{ type: "text", text: "x" }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }] }], modalities: ["image"], n: 1,
      }]],
    ])) {
      const { client, sent } = desk(world, options.baseURL ? chat : image, options);
      const result = await client.images.generate({ prompt: "x", ...request });
      same(sent.map((one) => one.body), body, "bodies");
      same(result.warnings.map((warning) => warning.split(":")[0]), warnings, "warnings");
      const base = options.baseURL ? "https://proxy.example/v1/chat/completions" : "https://openrouter.ai/api/v1/images";
      same([sent[0].url, sent[0].headers.get("content-type"), sent[0].headers.get("authorization")], [base, "application/json", "Bearer sk-or-v1-test0123"], "head");
    }
  },

  async "images: what a model takes is what its row says"(world) {
    const simulator = world.simulator.createSimulator({ delayMs: 0, models: [{ id: "a/painter", architecture: /** @type {any} */ ({ input_modalities: ["text", "image"], output_modalities: ["image"] }) }, "b/writer"] });
    const client = new world.api.OpenRouter({ apiKey: "k", fetch: simulator.fetch });
    const posts = () => simulator.requests.filter(({ method }) => method === "POST").map(({ body }) => body);
    const lists = () => simulator.requests.filter(({ path }) => path === "/images/models").length;
    await client.images.generate({ model: "a/painter", prompt: "x" });
    same(lists(), 0, "who asks for nothing waits for nothing");
    const { warnings, images } = await client.images.generate({ model: "a/painter", prompt: "x", quality: "high", aspectRatio: "16:9", resolution: "2K", outputFormat: "webp", seed: 7, background: "transparent", outputCompression: 50, size: "2K" });
    same(posts()[1], { model: "a/painter", prompt: "x", n: 1, aspect_ratio: "16:9", resolution: "2K", size: "2K", quality: "high", output_format: "webp", seed: 7 }, "body");
    same(warnings, ["background: not sent, a/painter does not take it", "outputCompression: not sent, a/painter does not take it"], "what it does not take is told");
    same(images[0].mediaType, "image/webp", "as it was asked for");
    for (const [request, words] of /** @type {[object, string][]} */ ([[{ quality: "max" }, "quality: must be one of auto, low, medium, high for a/painter"], [{ aspectRatio: "1:8" }, "aspectRatio: must be one of"], [{ seed: 1.5 }, "seed: must be a whole number"], [{ outputCompression: 101 }, "outputCompression: must be"]])) {
      const error = await rejection(client.images.generate({ model: "a/painter", prompt: "x", ...request }));
      ok(error.code === "invalid-request" && error.message.startsWith(words), error.message);
    }
    same([posts().length, lists()], [2, 1], "nothing was sent, and the list was asked for once");
    await client.images.generate({ model: "a/painter", prompt: "x", inputs: Array.from({ length: 16 }, () => ({ url: "https://a.example/b.png" })) });
    same(posts()[2].input_references.length, 16, "sixteen images go along");
    const unknown = await client.images.generate({ model: "a/painter", prompt: "x", n: 10 });
    same([unknown.images.length, posts().length], [10, 13], "ten at once");
  },

  async "images: every kind of answer"(world) {
    const url = `data:image/png;base64,${PNG}`;
    const jpeg = `data:image/jpeg;base64,${JPEG}`;
    const large = `${PNG.slice(0, -4)}${"QUJD".repeat(2000)}`;
    const message = (/** @type {any} */ content, /** @type {any} */ images = undefined) => ({ choices: [{ message: { content, ...(images && { images }) } }] });
    for (const [route, answer, expected, text] of /** @type {["images" | "chat", any, any, string?][]} */ ([
      ["images", { data: [{ b64_json: JPEG, mime_type: "image/webp", media_type: "image/gif" }] }, [["image-1.webp", "image/webp", 28]]],
      ["images", { data: [{ b64_json: JPEG, media_type: "image/gif; x=y" }] }, [["image-1.gif", "image/gif", 28]]],
      ["images", { data: [{ b64_json: JPEG }, { b64_json: large }] }, [["image-1.jpg", "image/jpeg", 28], ["image-2.png", "image/png", 6069]]],
      ["images", { data: [{ b64_json: btoa("<svg xmlns='x'/>") }] }, [["image-1.svg", "image/svg+xml", 16]]],
      ["images", { data: [{ b64_json: 5 }] }, MALFORMED], ["images", { data: [{ b64_json: "!!" }] }, MALFORMED], ["images", { data: {} }, MALFORMED], ["images", {}, MALFORMED],
      ["images", { data: [] }, MISSING], ["images", { data: [{}] }, MISSING],
      ["images", { error: { code: 502, message: "gave up" } }, "OpenRouter image generation failed: gave up"],
      ["images", "{", "OpenRouter image generation failed: malformed JSON response"], ["images", "<html>", "OpenRouter image generation failed: malformed JSON response"],
      ["chat", message("Here.", [{ image_url: { url } }, { imageUrl: { url: jpeg } }]), [["image-1.png", "image/png", 70], ["image-2.jpg", "image/jpeg", 28]], "Here."],
      ["chat", message(`A ![boat](${url}) and ${jpeg}, data:image/png;base64,A and data:image/png.`), [["image-1.png", "image/png", 70], ["image-2.jpg", "image/jpeg", 28]], "A  and ,  and data:image/png."],
      ["chat", message(url, [{ image_url: { url } }]), [["image-1.png", "image/png", 70]]],
      ["chat", message([{ type: "text", text: "hi" }, { type: "image_url", image_url: { url } }, { b64_json: JPEG }]), [["image-1.png", "image/png", 70], ["image-2.jpg", "image/jpeg", 28]], "hi"],
      ["chat", message([{ inlineData: { data: PNG, mimeType: "image/gif" } }, { inline_data: { data: JPEG } }]), [["image-1.gif", "image/gif", 70], ["image-2.png", "image/png", 28]]],
      ["chat", { choices: [...message("", [{ image_url: { url } }]).choices, ...message("", [{ image_url: { url: jpeg } }]).choices] }, [["image-1.png", "image/png", 70], ["image-2.jpg", "image/jpeg", 28]]],
      ["chat", message("", [{ image_url: { url: "https://a.example/x.png" } }]), MALFORMED], ["chat", { choices: 5 }, MALFORMED],
      ["chat", message("no image today"), MISSING], ["chat", { choices: [] }, MISSING],
      ["chat", { choices: [{ error: { message: "moderated" }, message: { content: "" } }] }, "OpenRouter image generation failed: moderated"],
    ])) {
      const { client } = desk(world, json(answer), route === "chat" ? { baseURL: "https://proxy.example/v1" } : {});
      const outcome = client.images.generate({ prompt: "x" });
      if (typeof expected === "string") same((await rejection(outcome)).message, expected, JSON.stringify(answer));
      else {
        const result = await outcome;
        same([looks(result), result.text], [expected, text], JSON.stringify(answer).slice(0, 200));
      }
    }
  },

  async "images: what is paid for is not lost, and nothing is sent twice"(world) {
    const good = json({ data: [{ b64_json: PNG }], usage: { cost: 0.5 } });
    const { client, sent } = desk(world, [good, json({ error: { code: 503, message: "busy" } }, { status: 503 }), good]);
    const error = await rejection(client.images.generate({ prompt: "x", n: 3 }));
    same([error.code, error.status, error.message, sent.length], ["overloaded", 503, "OpenRouter image generation failed (HTTP 503): busy", 3], "error");
    same(error.partial.images.map((/** @type {any} */ image) => [image.name, image.data.length]), [["image-1.png", 70], ["image-2.png", 70]], "partial");
    ok(JSON.stringify(error).length < 600, "a log holds no bytes");
    const broken = desk(world, () => { throw new TypeError("fetch failed sk-or-v1-test0123"); });
    const lost = await rejection(broken.client.images.generate({ prompt: "x" }));
    same([lost.code, lost.isRetryable, broken.sent.length], ["network", false, 1], "network");
    ok(lost.message.includes("may have been billed") && !lost.message.includes("test0123"), lost.message);
    const slow = await rejection(desk(world, () => new Promise(() => {})).client.images.generate({ prompt: "x", timeoutMs: 500 }));
    same([slow.code, slow.isRetryable], ["timeout", false], slow.message);
    const controller = new AbortController();
    const aborted = rejection(desk(world, () => new Promise(() => {})).client.images.generate({ prompt: "x", n: 2, signal: controller.signal }));
    setTimeout(() => controller.abort("enough"), 10);
    same(await aborted, "enough", "abort");
  },

  async "images: refused before anything is sent, bounded when they come"(world) {
    const { client, sent } = desk(world, json({}));
    for (const [request, place] of /** @type {[any, string][]} */ ([
      [undefined, "request"], [{}, "prompt"], [{ prompt: " " }, "prompt"], [{ prompt: "x", n: "2" }, "n"], [{ prompt: "x", n: NaN }, "n"], [{ prompt: "x", maxBytes: NaN }, "maxBytes"], [{ prompt: "x", stream: 1 }, "stream"], [{ prompt: "x", maxBytes: 0 }, "maxBytes"],
      [{ prompt: "x", model: "" , timeoutMs: -1 }, "timeoutMs"], [{ prompt: "x", inputs: {} }, "inputs"], [{ prompt: "x", inputs: Array(17).fill({ url: "https://a.example" }) }, "inputs"],
      [{ prompt: "x", inputs: [{}] }, "inputs[0]"], [{ prompt: "x", inputs: [{ data: "%" }] }, "inputs[0].data"], [{ prompt: "x", inputs: [{ data: new Uint8Array() }] }, "inputs[0].data"],
      [{ prompt: "x", inputs: [{ url: "ftp://a" }] }, "inputs[0].url"], [{ prompt: "x", inputs: [{ data: new Blob(["hi there"], { type: "text/plain" }) }] }, "inputs[0].mediaType"],
      [{ prompt: "x", onPartial: 5 }, "onPartial"], [{ prompt: "x", headers: { "a b": "c" } }, "headers"], [{ prompt: "x", extraBody: [] }, "extraBody"], [{ prompt: "x", signal: {} }, "signal"],
    ])) {
      const error = await rejection(client.images.generate(request));
      same([error.code, error.message.startsWith(`${place}: `)], ["invalid-request", true], error.message);
    }
    same([sent.length, (await rejection(desk(world, json({}), { apiKey: undefined }).client.images.generate({ prompt: "x" }))).message], [0, "OpenRouter API key missing"], "nothing sent");
    const unset = /** @type {any} */ ({ prompt: "x", onPartial: null, inputs: null, aspectRatio: null, signal: null, headers: null, timeoutMs: Infinity });
    same((await desk(world, json({ data: [{ b64_json: PNG }] })).client.images.generate(unset)).images.length, 1, "null is not given, Infinity no limit");
    for (const [options, request, answer] of /** @type {[any, any, any][]} */ ([
      [{}, { maxBytes: 69 }, { data: [{ b64_json: PNG }] }], [{ media: { maxBytes: 69 } }, {}, { data: [{ b64_json: PNG }] }],
      [{}, { maxBytes: 99 }, JSON.stringify({ data: [{ b64_json: PNG }] }) + " ".repeat(1.2e6)],
    ])) {
      same((await rejection(desk(world, json(answer), options).client.images.generate({ prompt: "x", ...request }))).code, "limit", JSON.stringify(request));
    }
  },

  async "images: a stream reads the same however it is cut"(world) {
    const text = `\ufeff: OPENROUTER PROCESSING\r\n\r\n${eventText([
      { type: "image_generation.partial_image", partial_image_index: 3, b64_json: PNG },
      { type: "image_generation.text_chunk", text: "Grüße 🙂" }, { type: "image_generation.text_chunk", text: "hm", phase: "reasoning" }, { type: "image_generation.later", x: 1 },
      { type: "image_generation.completed", b64_json: JPEG, usage: { cost: 0.25 } },
    ])}data: [DONE]`;
    for (const [end, whole] of [["\n", text], ["\r", text.replaceAll("\n", "\r")], ["\r\n", text.replaceAll(/(?<!\r)\n/g, "\r\n")], ["no blank lines", text.replaceAll("\n\n", "\n")]]) {
      for (const size of [1, 2, 3, 7, 64, 1 << 20]) {
        /** @type {any[]} */
        const partials = [];
        const { client, sent } = desk(world, stream(whole, size));
        const result = await client.images.generate({ prompt: "x", stream: true, onPartial: ({ data, ...rest }) => void partials.push({ ...rest, bytes: data.length }) });
        same([looks(result), result.text, result.usage?.cost, partials], [[["image-1.jpg", "image/jpeg", 28]], "Grüße 🙂", 0.25, [{ index: 0, partialIndex: 3, mediaType: "image/png", bytes: 70 }]], `${JSON.stringify(end)} by ${size}`);
        same([sent[0].body.stream, sent[0].headers.get("accept")], [true, "text/event-stream, application/json"], "asked for");
      }
    }
    for (const [answer, code, message] of /** @type {[any, string, string][]} */ ([
      [stream(eventText([{ type: "error", error: { message: "Generation failed", code: "server_error" } }, "[DONE]"])), "stream-error", "OpenRouter image generation failed: Generation failed"],
      [stream(eventText([{ type: "image_generation.partial_image", b64_json: PNG }])), "stream-cut", "OpenRouter image generation stream ended before completion (it may have been billed, and is not sent again)"],
      [stream("data: {\n\n"), "bad-response", "OpenRouter image generation failed: an event of the stream is no JSON"],
      [stream(eventText([{ type: "image_generation.completed" }])), "bad-response", MISSING],
      [stream(eventText([{ type: "image_generation.completed", b64_json: "%" }])), "bad-response", MALFORMED],
      [stream(`data: ${"x".repeat(1.2e6)}`), "limit", "*"],
    ])) {
      const error = await rejection(desk(world, answer).client.images.generate({ prompt: "x", stream: true, maxBytes: 99 }));
      same([error.code, message === "*" || error.message], [code, message === "*" || message], error.message);
    }
    same((await desk(world, json({ data: [{ b64_json: PNG }] })).client.images.generate({ prompt: "x", stream: true })).images.length, 1, "who does not stream answers whole");
  },

  async "speech: from the simulator, as a stream and whole"(world) {
    const { client, server } = local(world);
    const spoken = await client.speech.create({ input: "Good morning to everybody" });
    same([spoken.mediaType, spoken.name, Boolean(spoken.generationId)], ["audio/mpeg", "speech.mp3", true], "mp3");
    const bytes = await spoken.bytes();
    ok(bytes.length > 1000 && bytes[0] === 0xff, `${bytes.length} bytes`);
    same(server.requests[0].body, { model: "hexgrad/kokoro-82m", input: "Good morning to everybody", voice: "af_alloy", response_format: "mp3" }, "defaults");
    const again = await client.speech.create({ input: "Good morning to everybody" });
    const pieces = [];
    for (const reader = again.stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
    }
    same(pieces.reduce((sum, { length }) => sum + length, 0), bytes.length, "the same as a stream");
    const pcm = await client.speech.create({ input: "Hi", responseFormat: "pcm" });
    same([pcm.mediaType, pcm.name, (await pcm.bytes()).length > 0], ["audio/pcm", "speech.pcm", true], "pcm");
  },

  async "speech: what is sent, and to whom"(world) {
    const mp3 = () => new Response(bytesOf(btoa("ID3 a sound")), { headers: { "content-type": "audio/mpeg" } });
    const media = { speech: { model: "openrouter/e/f", voice: "v", responseFormat: "pcm", speed: 1.5, provider: { zdr: true } } };
    const turns = [{ text: "Hello", voice: "Kore" }, { text: "Hi", instructions: "softly" }];
    for (const [options, request, body, url, auth] of /** @type {[any, any, any, string?, (string | null)?][]} */ ([
      [{ media }, { input: "x" }, { model: "e/f", input: "x", voice: "v", response_format: "pcm", speed: 1.5, provider: { zdr: true } }],
      [{ media }, { input: turns, model: "g/h", voice: "w", responseFormat: "mp3", speed: 1, instructions: "loud", provider: {} }, { model: "g/h", input: turns, voice: "w", response_format: "mp3", speed: 1, instructions: "loud", provider: {} }],
      [{ media: { speech: { apiKey: "sk-own", baseURL: "https://tts.example/v1/" } } }, { input: "x" }, { model: "hexgrad/kokoro-82m", input: "x", voice: "af_alloy", response_format: "mp3" }, "https://tts.example/v1/audio/speech", "Bearer sk-own"],
      [{ media: { speech: { apiKey: "sk-own" } } }, { input: "x" }, undefined, undefined, "Bearer sk-own"],
      [{ media: { speech: { baseURL: "https://tts.example/v1" } } }, { input: "x" }, undefined, "https://tts.example/v1/audio/speech", null],
      [{ media: { speech: { baseURL: "https://openrouter.ai/v1" } } }, { input: "x" }, undefined],
    ])) {
      const { client, sent } = desk(world, mp3, options);
      await (await client.speech.create(request)).bytes();
      if (body) same(sent[0].body, body, "body");
      same([sent[0].url, sent[0].headers.get("authorization")], [url ?? "https://openrouter.ai/api/v1/audio/speech", auth === undefined ? "Bearer sk-or-v1-test0123" : auth], "head");
    }
    const { client, sent } = desk(world, mp3);
    for (const [request, start] of /** @type {[any, string][]} */ ([
      [{}, "input: "], [{ input: "" }, "input: "], [{ input: [] }, "input: "], [{ input: [{}] }, "input[0].text: "], [{ input: [{ text: "x", voice: 5 }] }, "input[0].voice: "],
      [{ input: "x", responseFormat: "wav" }, "Invalid OpenRouter speech responseFormat: wav"], [{ input: "x", speed: 0 }, "speed: "], [{ input: "x", provider: "p" }, "provider: "],
    ])) {
      const error = await rejection(client.speech.create(request));
      same([error.code, error.message.startsWith(start), sent.length], ["invalid-request", true, 0], error.message);
    }
  },

  async "speech: no sound is an error, a long one is cut off"(world) {
    const answer = (/** @type {any} */ body, /** @type {string} */ type, status = 200) => () => new Response(body, { status, headers: { "content-type": type } });
    for (const [reply, message] of /** @type {[any, string][]} */ ([
      [answer("{}", "application/json"), "malformed"], [answer("<html>", "text/html"), "malformed"], [answer("", "audio/mpeg"), "malformed"], [answer("hello", "text/plain"), "malformed"],
      [answer('{"error":{"message":"no"}}', "audio/mpeg"), "malformed"], [answer("\n<!doctype html>", "application/octet-stream"), "malformed"],
      [answer('{"error":{"message":"no such voice"}}', "application/json", 400), "OpenRouter TTS API error (HTTP 400): no such voice"],
    ])) {
      const error = await rejection(desk(world, reply).client.speech.create({ input: "x" }));
      same(error.message, message === "malformed" ? "OpenRouter TTS API error: malformed audio response" : message, "message");
    }
    const samples = new Uint8Array([0x7b, 0, 0x7b, 0xff]);
    same((await (await desk(world, answer(samples, "audio/pcm;rate=24000")).client.speech.create({ input: "x", responseFormat: "pcm" })).bytes()).length, 4, "samples may begin as JSON does");
    let isCancelled = false;
    const endless = () => new Response(new ReadableStream({ pull: async (controller) => { await new Promise((resolve) => setTimeout(resolve, 1)); controller.enqueue(new Uint8Array(10_000).fill(255)); }, cancel: () => void (isCancelled = true) }), { headers: { "content-type": "audio/mpeg" } });
    const long = await desk(world, endless).client.speech.create({ input: "x", maxBytes: 50_000 });
    same([(await rejection(long.bytes())).code, isCancelled], ["limit", true], "cap");
    isCancelled = false;
    const left = await desk(world, endless).client.speech.create({ input: "x" });
    await left.stream.cancel();
    await eventually(async () => isCancelled, "the connection closes");
    const controller = new AbortController();
    const stopped = await desk(world, endless).client.speech.create({ input: "x", signal: controller.signal });
    const reading = rejection(stopped.bytes());
    controller.abort("enough");
    same(await reading, "enough", "abort while it comes");
    const silent = () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(100).fill(255)) }), { headers: { "content-type": "audio/mpeg" } });
    const quiet = await rejection((await desk(world, silent, { idleTimeoutMs: 30 }).client.speech.create({ input: "x" })).bytes());
    same([quiet.code, quiet.message.includes("nothing came for 30 ms")], ["timeout", true], quiet.message);
    same((await rejection(long.bytes())).code, "already-consumed", "once");
  },

  async "transcripts: formats, limits and answers"(world) {
    const { client: simulated } = local(world);
    const { text, usage } = await simulated.transcriptions.create({ audio: new Uint8Array(48_000), mediaType: "audio/wav" });
    ok(text.length > 5 && (usage?.cost ?? 0) > 0, "simulator");
    const wav = new Uint8Array([0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x41, 0x56, 0x45]);
    const base64 = "UklGRgAAAABXQVZF";
    for (const [options, request, body] of /** @type {[any, any, any][]} */ ([
      [{}, { audio: wav, mediaType: "audio/MPEG; codecs=mp3" }, { format: "mp3" }], [{}, { audio: wav.buffer, fileName: "a.b.OPUS" }, { format: "ogg" }],
      [{}, { audio: base64 }, { format: "wav" }], [{}, { audio: `data:audio/x-m4a;base64,${base64}` }, { format: "m4a" }],
      [{}, { audio: new Blob([wav], { type: "audio/webm;codecs=opus" }) }, { format: "webm" }], [{}, { audio: new File([wav], "x.flac") }, { format: "flac" }],
      [{}, { audio: wav, mediaType: "video/mp4", fileName: "video.mp4" }, { format: "m4a" }],
      // Named by nobody: downloads and recorders that know no better.
      [{}, { audio: wav, mediaType: "application/octet-stream", fileName: "download" }, { format: "wav" }], [{}, { audio: new File([wav], "memo") }, { format: "wav" }],
      [{ media: { transcription: { model: "openrouter/i/j", language: "de" } } }, { audio: wav, mediaType: "audio/wav", temperature: 0.5 }, { format: "wav", model: "i/j", language: "de", temperature: 0.5 }],
    ])) {
      const { client, sent } = desk(world, json({ text: " Hello\n", usage: { seconds: 1.5, cost: 2e-5, total_tokens: 3 }, language: "en", duration: 1.5 }), options);
      const { format, model = "openai/whisper-large-v3-turbo", ...more } = body;
      const result = await client.transcriptions.create(request);
      same(sent[0].body, { model, input_audio: { data: base64, format }, ...more }, "body");
      same([result.text, result.language, result.durationSeconds, result.raw.text], ["Hello", "en", 1.5, " Hello\n"], "answer");
      same(result.usage, { seconds: 1.5, totalTokens: 3, cost: 2e-5, raw: { seconds: 1.5, cost: 2e-5, total_tokens: 3 } }, "usage");
    }
    for (const [request, message] of /** @type {[any, string][]} */ ([
      [{ audio: new Uint8Array([1]), mediaType: "video/mp4", fileName: "x.txt" }, 'OpenRouter STT could not resolve audio format from mime "video/mp4" and file "x.txt"'],
      [{ audio: new Uint8Array([1]) }, 'OpenRouter STT could not resolve audio format from mime "" and file ""'],
      [{ audio: wav, mediaType: "audio/wav", maxBytes: 11 }, "audio: has 12 bytes, 11 are allowed (maxBytes)"], [{ audio: new Uint8Array(), mediaType: "audio/wav" }, "audio: has no bytes"],
      [{ audio: 5 }, "audio: must be a Uint8Array, an ArrayBuffer, a Blob or a string of base64"], [{ audio: "https://a.example/b.mp3" }, "audio: is no base64, nor a data URL of it"],
      [{ audio: wav, mediaType: "audio/wav", temperature: 2 }, "temperature: must be a number from 0 to 1"], [{ audio: wav, temperature: NaN }, "temperature: must be a number, and is NaN"], [{ audio: wav, mediaType: 5 }, "mediaType: must be a string"],
    ])) {
      const error = await rejection(desk(world, json({})).client.transcriptions.create(request));
      same([error.code, error.message], ["invalid-request", message], "refused");
    }
    for (const [answer, message] of /** @type {[any, string][]} */ ([
      [{ text: " \n" }, "OpenRouter transcription response missing text"], [{}, "OpenRouter transcription response missing text"], [{ text: 5 }, "OpenRouter transcription response missing text"],
      ["<html>", "OpenRouter transcription failed: malformed JSON response"], [{ error: { message: "too long" } }, "OpenRouter transcription failed: too long"],
    ])) {
      same((await rejection(desk(world, json(answer)).client.transcriptions.create({ audio: wav }))).message, message, "answer");
    }
  },

  async "music: from the simulator, and what is sent"(world) {
    const { client, server } = local(world);
    const track = await client.music.generate({ prompt: "a waltz" });
    same([track.mediaType, track.name, textOf(track.data.subarray(0, 4)), track.transcript.length > 0, (track.usage?.cost ?? -1) >= 0], ["audio/wav", "track-1.wav", "RIFF", true, true], "track");
    await client.music.generate({ prompt: " a waltz ", instrumental: true, lyrics: "la la", durationSeconds: 30, format: "mp3", inputs: [{ data: PNG }] });
    const prompt = "a waltz\n\nInstrumental only. No vocals, no sung lyrics, no spoken word.\n\nLyrics:\nla la\n\nTarget duration: about 30 seconds.";
    const content = [{ type: "text", text: prompt }, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }];
    same(server.requests[1].body, { model: "google/lyria-3-pro-preview", messages: [{ role: "user", content }], modalities: ["text", "audio"], audio: { format: "mp3" }, stream: true }, "body");
    const error = await rejection(client.music.generate({ prompt: "x", inputs: [{ data: PNG }, { data: PNG }] }));
    same([error.message, server.requests.length], ["OpenRouter music generation supports at most one reference image.", 2], "one image");
    same((await rejection(client.music.generate({ prompt: "x", durationSeconds: 0 }))).message.split(":")[0], "durationSeconds", "duration");
  },

  async "music: base64 cut anywhere, or padded piece by piece"(world) {
    for (const pieces of [["YWJjZ", "GVmZ2hpag=="], ["Y", "W", "J", "jZGVmZ2hpa", "g=="], ["YQ==", "YmM=", "ZGVm", "Z2hpag=="], ["YWJjZGVmZ2hpag"], ["YQ==YmM=ZG", "VmZ2hp\nag=="]]) {
      const text = eventText([sound(pieces[0], "la "), ...pieces.slice(1).map((piece) => sound(piece)), sound("", "lü"), { choices: [], usage: { cost: 0.1 } }, "[DONE]"]);
      const length = new TextEncoder().encode(text).length;
      for (const size of [1, 2, 5, length - 1, length]) {
        /** @type {any[]} */
        const progress = [];
        const { client } = desk(world, stream(text, size));
        const track = await client.music.generate({ prompt: "x", format: "mp3", onProgress: (now) => void progress.push(now) });
        same([textOf(track.data), track.transcript, track.mediaType, track.name, track.usage?.cost], ["abcdefghij", "la lü", "audio/mpeg", "track-1.mp3", 0.1], pieces.join("|"));
        same([progress.at(-1).transcript, progress.length], ["la lü", pieces.length + 1], "progress");
      }
    }
    const { client } = desk(world, stream(eventText([sound("YWJj"), "[DONE]"])));
    same((await client.music.generate({ prompt: "x", format: "../x" })).name, "track-1.wav", "an odd format makes no odd name");
    const words = "OpenRouter music generation ";
    for (const [events, message, options = {}] of /** @type {[any[], string, any?][]} */ ([
      [[sound("YWJj")], `${words}stream ended before completion (it may have been billed, and is not sent again)`], [["[DONE]"], `${words}response missing audio data`],
      [[sound("%%%%"), "[DONE]"], `${words}returned malformed base64 audio data`], [[sound("YWJjZ"), "[DONE]"], `${words}returned malformed base64 audio data`],
      [[{ error: { message: "no music" } }], `${words}failed: no music`], [[sound("YWJj"), "[DONE]"], `${words}audio exceeded 2 bytes`, { maxBytes: 2 }],
      [[sound("", "lalala"), "[DONE]"], `${words}transcript exceeded 2 bytes`, { maxBytes: 2 }], [["{"], `${words}failed: an event of the stream is no JSON`],
    ])) {
      same((await rejection(desk(world, stream(eventText(events))).client.music.generate({ prompt: "x", ...options }))).message, message, "error");
    }
    same((await rejection(desk(world, json({ error: { message: "not today" } })).client.music.generate({ prompt: "x" }))).message, `${words}failed: not today`, "an error with status 200");
    const hanging = () => new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } });
    same((await rejection(desk(world, hanging, { media: { music: { timeoutMs: 25 } } }).client.music.generate({ prompt: "x" }))).message.startsWith(`${words}timed out after 25ms`), true, "time");
    const controller = new AbortController();
    const aborted = rejection(desk(world, hanging).client.music.generate({ prompt: "x", signal: controller.signal }));
    setTimeout(() => controller.abort("enough"), 10);
    same(await aborted, "enough", "abort");
  },

  async "media: as an OpenClaw configuration has it, its keys nowhere to be seen"(world) {
    const config = {
      env: { OPENROUTER_API_KEY: "sk-or-v1-env" },
      agents: { defaults: { imageGenerationModel: { primary: "openrouter/a/b", timeoutMs: 40 }, musicGenerationModel: "openrouter/c/d", mediaMaxMb: 0.001, models: { "openrouter/e/f": { alias: "brush" } } } },
      tts: { providers: { openrouter: { speakerVoiceId: "nova", modelId: "openrouter/g/h", apiKey: "sk-or-v1-speech0000" } } },
      tools: { media: { audio: { models: [{ provider: "openrouter", model: "i/j" }], language: "fr" } } },
    };
    /** @type {any[]} */
    const sent = [];
    let reply = json({ data: [{ b64_json: PNG }] });
    const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => {
      sent.push([new URL(url).pathname.slice(7), new Headers(init.headers).get("authorization"), JSON.parse(await new Response(init.body).text())]);
      return reply();
    };
    const client = await world.api.OpenRouter.fromConfig(config, { fetch: /** @type {any} */ (fetch) });
    await client.images.generate({ prompt: "x" });
    await client.images.generate({ prompt: "x", model: "brush" });
    reply = json({ text: "y" });
    await client.transcriptions.create({ audio: "QUJD", mediaType: "audio/wav" });
    reply = () => new Response("ID3xxxxxxx", { headers: { "content-type": "audio/mpeg" } });
    await (await client.speech.create({ input: "x" })).bytes();
    same(sent, [
      ["/images", "Bearer sk-or-v1-env", { model: "a/b", prompt: "x", n: 1 }], ["/images", "Bearer sk-or-v1-env", { model: "e/f", prompt: "x", n: 1 }],
      ["/audio/transcriptions", "Bearer sk-or-v1-env", { model: "i/j", input_audio: { data: "QUJD", format: "wav" }, language: "fr" }],
      ["/audio/speech", "Bearer sk-or-v1-speech0000", { model: "g/h", input: "x", voice: "nova", response_format: "mp3" }],
    ], "sent");
    reply = json({ data: [{ b64_json: "QUJD".repeat(500) }] });
    same((await rejection(client.images.generate({ prompt: "x" }))).code, "limit", "mediaMaxMb");
    reply = /** @type {any} */ (() => new Promise(() => {}));
    same((await rejection(client.images.generate({ prompt: "x" }))).code, "timeout", "timeoutMs of the file");
    const leaked = await rejection(client.speech.create({ input: "x", timeoutMs: 20 }));
    ok(!JSON.stringify([leaked, leaked.message]).includes("speech0000"), leaked.message);
  },
};

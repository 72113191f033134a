/** Speech, transcripts and music. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chat, quickServer, quickSimulator, readWrites, streamedChunks } from "./support.js";
import { KEY, bytesOf, call, json } from "./media-support.js";

const SPEECH = { model: "hexgrad/kokoro-82m", input: "Good morning to everybody out there", voice: "af_alloy" };
const LISTENING = { model: "openai/whisper-large-v3-turbo", input_audio: { data: Buffer.alloc(32_000).toString("base64"), format: "pcm" } };

/** Walks over the frames of an MP3 (MPEG-2, Layer III); returns the seconds, or throws where it is none. */
function mp3Seconds(bytes) {
  let seconds = 0;
  for (let at = 0; at < bytes.length; ) {
    assert.equal(((bytes[at] << 8) | bytes[at + 1]) & 0xfffe, 0xfff2, `no frame at ${at}`);
    const kbits = [0, 8, 16, 24, 32, 40, 48, 56][bytes[at + 2] >> 4];
    const hertz = [22050, 24000, 16000][(bytes[at + 2] >> 2) & 3];
    at += Math.floor((72_000 * kbits) / hertz) + ((bytes[at + 2] >> 1) & 1);
    seconds += 576 / hertz;
  }
  return seconds;
}

describe("speech", () => {
  test("is bare samples unless asked otherwise, comes in pieces, and has a generation", async () => {
    const simulator = quickSimulator();
    const response = await call(simulator, "/audio/speech", SPEECH);
    assert.equal(response.headers.get("Content-Type"), "audio/pcm");
    const id = response.headers.get("X-Generation-Id");
    const { writes } = await readWrites(response);
    assert.ok(writes.length > 10);
    const bytes = Buffer.concat(writes);
    const expected = SPEECH.input.length * 0.06;
    assert.ok(Math.abs(bytes.length / 48_000 - expected) < 0.01);
    assert.ok(Math.max(...new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)) > 7000);
    const { data } = await json(await call(simulator, `/generation?id=${id}`));
    assert.deepEqual([data.api_type, data.total_cost], ["tts", Math.round(SPEECH.input.length * 0.62e-6 * 1e12) / 1e12]);
  });

  test("is MP3 when asked for, frame after frame, and as long as the text", async () => {
    const simulator = quickSimulator();
    const response = await call(simulator, "/audio/speech", { ...SPEECH, response_format: "mp3" });
    assert.equal(response.headers.get("Content-Type"), "audio/mpeg");
    assert.ok(mp3Seconds(await bytesOf(response)) >= SPEECH.input.length * 0.06);
    assert.ok(mp3Seconds(await bytesOf(await call(simulator, "/audio/speech", { ...SPEECH, input: "Hi", response_format: "mp3" }))) < 1.1);
  });

  test("of several voices", async () => {
    const turns = { model: "google/gemini-3.1-flash-tts-preview", input: [{ text: "Hello", voice: "Kore" }, { text: "Hi", voice: "Puck" }], voice: undefined };
    assert.equal((await call(quickSimulator(), "/audio/speech", { ...SPEECH, ...turns })).status, 200);
    assert.equal((await call(quickSimulator(), "/audio/speech", { ...SPEECH, input: turns.input })).status, 400);
  });

  for (const [name, script, type] of [
    ["JSON", { body: { error: { message: "no" } } }, "application/json"],
    ["HTML", { body: "<html>" }, "text/html; charset=UTF-8"],
    ["nothing", { body: "", contentType: "audio/mpeg" }, "audio/mpeg"],
  ]) {
    test(`scripted: ${name} under status 200`, async () => {
      const simulator = quickSimulator();
      simulator.onRequest("POST /audio/speech", script);
      const response = await call(simulator, "/audio/speech", SPEECH);
      assert.deepEqual([response.status, response.headers.get("Content-Type")], [200, type]);
      assert.equal((await response.text()).length === 0, name === "nothing");
    });
  }

  for (const [field, wrong, status = 400] of [
    ["model", { model: undefined }],
    ["output modalities", { model: "openai/gpt-4o-mini" }, 404],
    ["input", { input: "" }],
    ["input", { input: [{ words: "x" }] }],
    ["voice", { voice: "nobody" }],
    ["response_format", { response_format: "wav" }],
    ["speed", { speed: 0 }],
  ]) {
    test(`refused: ${JSON.stringify(wrong)}`, async () => {
      const response = await call(quickSimulator(), "/audio/speech", { ...SPEECH, ...wrong });
      assert.equal(response.status, status);
      assert.ok((await json(response)).error.message.includes(field));
    });
  }
});

describe("transcripts", () => {
  test("are the same for the same recording, priced by the second, as JSON and as a form", async () => {
    const simulator = quickSimulator();
    const first = await json(await call(simulator, "/audio/transcriptions", LISTENING));
    assert.equal(first.usage.seconds, 1);
    assert.equal(first.usage.cost, 0.0000111);
    assert.ok(first.text.length > 20);
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(32_000)], { type: "audio/pcm" }), "note.pcm");
    form.set("model", LISTENING.model);
    form.set("temperature", "0.5");
    const second = await json(await simulator.fetch("https://openrouter.ai/api/v1/audio/transcriptions", { method: "POST", headers: KEY, body: form }));
    assert.deepEqual(second, first);
    const other = await json(await call(simulator, "/audio/transcriptions", { ...LISTENING, input_audio: { data: "AQID", format: "wav" } }));
    assert.notDeepEqual(other.usage, first.usage);
  });

  test("know the length of a WAV and of an MP3", async () => {
    const simulator = quickSimulator();
    const heard = async (data, format) => (await json(await call(simulator, "/audio/transcriptions", { ...LISTENING, input_audio: { data, format } }))).usage.seconds;
    const song = async (format) => {
      const body = { model: "google/lyria-3-pro-preview", modalities: ["text", "audio"], audio: { format } };
      return (await streamedChunks(await chat(simulator, body))).map((chunk) => chunk.choices[0]?.delta?.audio?.data ?? "").join("");
    };
    assert.equal(await heard(await song("wav"), "wav"), 2);
    const mp3 = await song("mp3");
    assert.ok(Math.abs((await heard(mp3, "mp3")) - mp3Seconds(Buffer.from(mp3, "base64"))) < 0.05);
  });

  test("at length", async () => {
    const asked = { ...LISTENING, response_format: "verbose_json", timestamp_granularities: ["word"], language: "de" };
    const answer = await json(await call(quickSimulator(), "/audio/transcriptions", asked));
    assert.deepEqual([answer.task, answer.language, answer.duration], ["transcribe", "de", 1]);
    assert.equal(answer.words.map(({ word }) => word).join(" "), answer.text);
  });

  for (const [field, wrong, status = 400] of [
    ["model", { model: undefined }],
    ["output modalities", { model: "hexgrad/kokoro-82m" }, 404],
    ["input_audio", { input_audio: undefined }],
    ["input_audio", { input_audio: { data: "AAAA" } }],
    ["input_audio", { input_audio: { data: "AAAA", format: "a b" } }],
    ["input_audio.data", { input_audio: { data: "data:audio/wav;base64,AAAA", format: "wav" } }],
    ["empty", { input_audio: { data: "", format: "wav" } }],
    ["language", { language: "german" }],
    ["temperature", { temperature: 2 }],
    ["response_format", { response_format: "srt" }],
    ["diarize", { diarize: true }],
  ]) {
    test(`refused: ${JSON.stringify(wrong)}`, async () => {
      const response = await call(quickSimulator(), "/audio/transcriptions", { ...LISTENING, ...wrong });
      assert.equal(response.status, status);
      assert.ok((await json(response)).error.message.includes(field));
    });
  }

  test("a form without a file, and one that is none", async () => {
    const simulator = quickSimulator();
    const send = (body, headers) => simulator.fetch("https://openrouter.ai/api/v1/audio/transcriptions", { method: "POST", headers: { ...KEY, ...headers }, body });
    const form = new FormData();
    form.set("model", LISTENING.model);
    assert.match((await json(await send(form))).error.message, /file: required/);
    assert.match((await json(await send("x", { "Content-Type": "multipart/form-data; boundary=y" }))).error.message, /not a form/);
  });

  test("behind a port, as a form", async () => {
    const server = await quickServer();
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(32_000)]), "note.pcm");
    form.set("model", LISTENING.model);
    const answer = await json(await fetch(`${server.url}/api/v1/audio/transcriptions`, { method: "POST", headers: KEY, body: form }));
    assert.equal(answer.usage.seconds, 1);
  });
});

describe("music", () => {
  const SONG = { model: "google/lyria-3-pro-preview", modalities: ["text", "audio"] };
  for (const [format, magic] of [["wav", "RIFF"], ["mp3", "\xff\xf3"]]) {
    test(`is ${format}, its base64 cut in mid-quantum, with a transcript and a price`, async () => {
      const chunks = await streamedChunks(await chat(quickSimulator(), { ...SONG, audio: { format } }));
      const deltas = chunks.flatMap((chunk) => chunk.choices[0]?.delta?.audio ?? []);
      const pieces = deltas.flatMap(({ data }) => data ?? []);
      assert.ok(pieces.length > 2 && pieces.some(({ length }) => length % 4 !== 0));
      const bytes = Buffer.from(pieces.join(""), "base64");
      assert.ok(bytes.toString("latin1").startsWith(magic));
      if (format === "wav") assert.equal(bytes.readUInt32LE(40), bytes.length - 44);
      assert.match(deltas.map(({ transcript }) => transcript ?? "").join(""), /Chorus/);
      assert.equal(chunks.at(-1).usage.cost, 0.08);
    });
  }
  test("comes in streams only", async () => {
    assert.equal((await chat(quickSimulator(), { ...SONG, audio: { format: "wav" }, stream: false })).status, 400);
  });
});

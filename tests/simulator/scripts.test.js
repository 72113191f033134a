/** Every field of a script does what it says. */

import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { SCRIPT_FIELDS } from "../../pkg-template/simulator/script-fields.js";
import { byteCount, chat, chunksOf, joined, payloads, quickSimulator, readWrites, scripted, streamedChunks, textOfWrites } from "./support.js";

const delta = (chunk) => chunk.choices[0]?.delta;
const finishes = (chunks) => chunks.flatMap((chunk) => (chunk.choices[0]?.finish_reason ? [chunk.choices[0].finish_reason] : []));
const PNG = "data:image/png;base64,AAAA";

describe("content fields", () => {
  const cases = {
    "text as an array is one delta an entry": {
      script: { text: ["Hel", "lo", "", " 🙂"] },
      check: (chunks) => assert.deepEqual(chunks.slice(0, 4).map((chunk) => delta(chunk).content), ["Hel", "lo", "", " 🙂"]),
    },
    "text as a string is cut into several deltas that add up to it": {
      script: { text: "A sentence of several words, with an extraordinarilylongone 👩‍👩‍👧 and\n\nlines. " },
      check: (chunks) => {
        assert.ok(chunks.length > 10);
        assert.equal(joined(chunks), "A sentence of several words, with an extraordinarilylongone 👩‍👩‍👧 and\n\nlines. ");
      },
    },
    "reasoning comes first, with a detail a delta": {
      script: { reasoning: ["I ", "think"], text: ["so"] },
      check: (chunks) => {
        assert.deepEqual(chunks.slice(0, 3).map((chunk) => [delta(chunk).reasoning, delta(chunk).content]), [["I ", ""], ["think", ""], [undefined, "so"]]);
        assert.deepEqual(delta(chunks[1]).reasoning_details, [{ type: "reasoning.text", text: "think", format: "unknown", index: 0 }]);
      },
    },
    "Anthropic's reasoning ends with a delta that holds only a signature": {
      script: { reasoning: ["hm"], text: ["so"] },
      body: { model: "anthropic/claude-sonnet-4.5" },
      check: (chunks) => {
        assert.equal(delta(chunks[1]).reasoning, undefined);
        assert.equal(delta(chunks[1]).reasoning_details[0].text, undefined);
        assert.ok(delta(chunks[1]).reasoning_details[0].signature);
      },
    },
    "reasoningDetails are sent as given, empty arrays too": {
      script: { reasoning: ["a"], reasoningDetails: [[], { type: "reasoning.encrypted", data: "x" }], text: ["b"] },
      check: (chunks) => {
        assert.deepEqual(chunks.slice(0, 3).map((chunk) => delta(chunk).reasoning_details), [[], [{ type: "reasoning.encrypted", data: "x" }], undefined]);
      },
    },
    "reasoningField moves the reasoning text": {
      script: { reasoning: ["a"], reasoningField: "reasoning_content", text: ["b"] },
      check: (chunks) => assert.deepEqual([delta(chunks[0]).reasoning_content, delta(chunks[0]).reasoning, delta(chunks[0]).reasoning_details], ["a", undefined, undefined]),
    },
    "toolCalls open with id, type and name, then bring the arguments in small pieces": {
      script: { toolCalls: [{ id: "call_1", name: "f", arguments: { city: "Zürich", n: 1 }, deltaBytes: 4 }, { name: "g", arguments: "{broken" }] },
      check: (chunks) => {
        const parts = chunks.flatMap((chunk) => delta(chunk)?.tool_calls ?? []);
        assert.deepEqual(parts[0], { index: 0, id: "call_1", type: "function", function: { name: "f", arguments: "" } });
        const first = parts.filter((part) => part.index === 0).slice(1);
        assert.ok(first.every((part) => Buffer.byteLength(part.function.arguments) <= 5 && part.id === undefined));
        assert.equal(first.map((part) => part.function.arguments).join(""), '{"city":"Zürich","n":1}');
        assert.match(parts.find((part) => part.function.name === "g").id, /^call_\w{24}$/);
        assert.equal(parts.at(-1).function.arguments, "{broken");
        assert.equal(delta(chunks[0]).content, null);
        assert.deepEqual(finishes(chunks), ["tool_calls", "tool_calls"]);
      },
    },
    "deltaBytes 0 sends the arguments in one piece": {
      script: { toolCalls: [{ name: "f", arguments: { long: "x".repeat(100) }, deltaBytes: 0 }] },
      check: (chunks) => assert.equal(chunks.flatMap((chunk) => delta(chunk)?.tool_calls ?? []).length, 2),
    },
    "images come one a delta, numbered": {
      script: { text: ["See:"], images: [PNG, PNG] },
      check: (chunks) => assert.deepEqual(chunks.flatMap((chunk) => delta(chunk)?.images ?? []), [0, 1].map((index) => ({ type: "image_url", index, image_url: { url: PNG } }))),
    },
    "audio comes as transcript and base64 pieces cut anywhere": {
      script: { audio: { id: "audio_1", data: "QUJDREVGR0hJ", transcript: "Hi there", expiresAt: 1800000000 } },
      check: (chunks) => {
        const parts = chunks.flatMap((chunk) => delta(chunk)?.audio ?? []);
        assert.equal(parts[0].id, "audio_1");
        assert.equal(parts.map((part) => part.transcript ?? "").join(""), "Hi there");
        assert.equal(parts.map((part) => part.data ?? "").join(""), "QUJDREVGR0hJ");
        assert.equal(parts.filter((part) => part.data).length, 4);
        assert.equal(parts.at(-1).expires_at, 1800000000);
      },
    },
    "annotations come in one delta": {
      script: { text: ["x"], annotations: [{ type: "url_citation", url_citation: { url: "https://example.com" } }] },
      check: (chunks) => assert.equal(delta(chunks[1]).annotations[0].url_citation.url, "https://example.com"),
    },
    "refusal stands in its own field": {
      script: { refusal: "I will not." },
      check: (chunks) => assert.equal(joined(chunks, "refusal"), "I will not."),
    },
    "finishReason and nativeFinishReason are passed on": {
      script: { text: ["x"], finishReason: "tool_calls", nativeFinishReason: "max_output_tokens" },
      check: (chunks) => assert.deepEqual([chunks.at(-1).choices[0].finish_reason, chunks.at(-1).choices[0].native_finish_reason], ["tool_calls", "max_output_tokens"]),
    },
    "finishReason null ends without a reason": {
      script: { text: ["x"], finishReason: null },
      check: (chunks) => assert.deepEqual(finishes(chunks), []),
    },
    "finishTwice false puts finish and usage into one chunk": {
      script: { text: ["x"], finishTwice: false },
      check: (chunks) => {
        assert.deepEqual(finishes(chunks), ["stop"]);
        assert.ok(chunks.at(-1).usage);
        assert.equal(chunks.length, 2);
      },
    },
    "usage is exactly the object given": {
      script: { text: ["x"], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } },
      check: (chunks) => assert.deepEqual(chunks.at(-1).usage, { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }),
    },
    "usage null reports none": {
      script: { text: ["x"], usage: null },
      check: (chunks) => assert.ok(chunks.every((chunk) => !("usage" in chunk))),
    },
    "usageChoices empty has no choice beside the usage": {
      script: { text: ["x"], usageChoices: "empty" },
      check: (chunks) => {
        assert.deepEqual(chunks.at(-1).choices, []);
        assert.deepEqual(finishes(chunks), ["stop"]);
      },
    },
    "model, provider and id are what the script says": {
      script: { text: ["x"], model: "acme/example-1", provider: "Acme", id: "gen-1-abc" },
      check: (chunks, response) => {
        for (const chunk of chunks) assert.deepEqual([chunk.model, chunk.provider, chunk.id], ["acme/example-1", "Acme", "gen-1-abc"]);
        assert.equal(response.headers.get("x-generation-id"), "gen-1-abc");
      },
    },
    "a script without content keeps the simulator's own words": {
      script: { finishReason: "length" },
      check: (chunks) => {
        assert.match(joined(chunks), /Hello there/);
        assert.deepEqual(finishes(chunks), ["length", "length"]);
      },
    },
  };
  for (const [name, { script, body, check }] of Object.entries(cases)) {
    test(name, async () => {
      const response = await scripted(script, body);
      check(await streamedChunks(response), response);
    });
  }
});

describe("errors inside the answer", () => {
  const failure = { code: "server_error", message: "Provider disconnected" };
  const cases = {
    "at the top of a chunk, after so many chunks, with no end token": {
      script: { text: ["a", "b", "c"], error: { afterChunks: 2, error: failure } },
      check: (chunks, text) => {
        assert.equal(joined(chunks), "ab");
        assert.deepEqual([chunks.at(-1).error, chunks.at(-1).choices[0].finish_reason, chunks.at(-1).usage], [failure, "error", undefined]);
        assert.doesNotMatch(text, /\[DONE\]/);
      },
    },
    "inside the choice": {
      script: { text: ["a"], error: { afterChunks: 1, error: failure, where: "choice" } },
      check: (chunks) => assert.deepEqual([chunks.at(-1).error, chunks.at(-1).choices[0].error], [undefined, failure]),
    },
    "with usage, a null finish reason and the end token, as once recorded": {
      script: { text: ["a"], error: { afterChunks: 1, error: { code: 400, message: "x" }, withUsage: true, finishReason: null, done: true } },
      check: (chunks, text) => {
        assert.equal(chunks.at(-1).choices[0].finish_reason, null);
        assert.ok(chunks.at(-1).usage.cost > 0);
        assert.match(text, /\[DONE\]/);
      },
    },
    "left to the simulator, as the first chunk": {
      script: { error: {} },
      check: (chunks) => assert.deepEqual([chunks.length, chunks[0].error.code], [1, 502]),
    },
  };
  for (const [name, { script, check }] of Object.entries(cases)) {
    test(name, async () => {
      const text = await (await scripted(script)).text();
      check(chunksOf(text), text);
    });
  }

  test("without streaming: an error body under status 200", async () => {
    const response = await scripted({ text: "a", error: { error: failure } }, { stream: false });
    assert.equal(response.status, 200);
    assert.deepEqual((await response.json()).error, failure);
  });

  test("without streaming, in the choice: a partial message beside the error", async () => {
    const result = await (await scripted({ text: ["a", "b"], error: { afterChunks: 1, error: failure, where: "choice" } }, { stream: false })).json();
    assert.deepEqual([result.choices[0].message.content, result.choices[0].finish_reason, result.choices[0].error], ["a", "error", failure]);
  });
});

describe("HTTP answers", () => {
  const cases = [
    [{ status: 429 }, 429, "application/json", /"code":429/],
    [{ status: 402, body: { error: { code: 402, message: "no" } } }, 402, "application/json", /"no"/],
    [{ status: 502, body: "<html><body>Bad gateway</body></html>" }, 502, "text/html; charset=UTF-8", /<body>/],
    [{ status: 500, body: "upstream said no" }, 500, "text/plain; charset=UTF-8", /^upstream said no$/],
    [{ status: 503, body: "" }, 503, "text/plain; charset=UTF-8", /^$/],
    [{ status: 200, body: { error: { code: 502, message: "late" } } }, 200, "application/json", /late/],
    [{ status: 200, body: '{"id":"gen-1", "choices": [', contentType: "application/json" }, 200, "application/json", /\[$/],
    [{ status: 304 }, 304, null, /^$/],
    [{ json: true, text: "whole" }, 200, "application/json", /"object":"chat.completion".*"content":"whole"/],
    [{ status: 201, text: "fine" }, 201, "text/event-stream", /"fine"/],
  ];
  for (const [script, status, contentType, body] of cases) {
    test(JSON.stringify(script), async () => {
      const response = await scripted(script);
      assert.equal(response.status, status);
      if (contentType) assert.equal(response.headers.get("content-type"), contentType);
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      assert.match(await response.text(), body);
    });
  }

  test("headers are added to an error and to a stream", async () => {
    assert.equal((await scripted({ status: 429, headers: { "Retry-After": "7" } })).headers.get("retry-after"), "7");
    assert.equal((await scripted({ headers: { "X-OpenRouter-Cache-Status": "HIT" } })).headers.get("x-openrouter-cache-status"), "HIT");
  });

  test("networkError rejects like a fetch that could not connect", async () => {
    await assert.rejects(scripted({ networkError: true }), (error) => error instanceof TypeError && error.message === "fetch failed" && error.cause.code === "ECONNREFUSED");
  });
});

describe("writing", () => {
  const whole = async (script) => (await scripted(script)).text();

  test("comments: a number, and a text of one's own", async () => {
    assert.match(await whole({ text: ["x"] }), /^: OPENROUTER PROCESSING\n\ndata: /);
    assert.match(await whole({ text: ["x"], comments: 0 }), /^data: /);
    assert.match(await whole({ text: ["x"], comments: 3 }), /^(: OPENROUTER PROCESSING\n\n){3}data: /);
    assert.match(await whole({ text: ["x"], comments: { count: 2, text: "" } }), /^(: \n\n){2}data: /);
  });

  test("comments every so often while waiting, between events only", async () => {
    const response = await scripted({ text: ["a", "b"], comments: { everyMs: 5 }, chunkDelayMs: 18 });
    const text = await response.text();
    assert.ok(text.split(": OPENROUTER PROCESSING\n\n").length > 6);
    assert.equal(joined(chunksOf(text)), "ab");
  });

  test("chunks: objects become data lines, strings are raw, nothing is added", async () => {
    assert.equal(await whole({ chunks: [{ a: 1 }, "data: {bad\n\n", ":\n"] }), 'data: {"a":1}\n\ndata: {bad\n\n:\n');
    assert.equal(await whole({ chunks: [{ a: 1 }], doneToken: "[DONE]", comments: 1 }), ': OPENROUTER PROCESSING\n\ndata: {"a":1}\n\ndata: [DONE]\n\n');
  });

  test("raw: the body is what was given, as text and as bytes", async () => {
    assert.equal(await whole({ raw: "data: x" }), "data: x");
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x80, 0xff, 0x0a);
    const response = await scripted({ raw: bytes });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes);
  });

  for (const lineEnding of ["\n", "\r\n", "\r"]) {
    test(`lineEnding ${JSON.stringify(lineEnding)} ends every line`, async () => {
      const text = await whole({ text: ["x"], lineEnding });
      assert.equal(text.replaceAll(lineEnding, "").match(/[\r\n]/), null);
      assert.ok(text.endsWith(`data: [DONE]${lineEnding}${lineEnding}`));
    });
  }

  test("bom begins the body with EF BB BF", async () => {
    const bytes = new Uint8Array(await (await scripted({ text: ["x"], bom: true })).arrayBuffer());
    assert.deepEqual([...bytes.slice(0, 4)], [0xef, 0xbb, 0xbf, 0x3a]);
  });

  test("doneToken: another one, or none", async () => {
    assert.match(await whole({ text: ["x"], doneToken: "[DONE] " }), /data: \[DONE\] \n\n$/);
    assert.equal(payloads(await whole({ text: ["x"], doneToken: null })).includes("[DONE]"), false);
  });
});

describe("travelling", () => {
  const TEXT = { text: ["Grüße ", "🙂"], id: "gen-1-x" };
  const full = async () => Buffer.from(await (await scripted(TEXT)).arrayBuffer());

  test('chunkBytes "event" writes one event at a time', async () => {
    const { writes } = await readWrites(await scripted(TEXT));
    assert.equal(writes.length, 6);
    for (const write of writes) assert.match(Buffer.from(write).toString(), /\n\n$/);
  });

  for (const chunkBytes of [1, 7, 100000]) {
    test(`chunkBytes ${chunkBytes} writes that many bytes each`, async () => {
      const { writes } = await readWrites(await scripted({ ...TEXT, chunkBytes }));
      const total = byteCount(writes);
      assert.equal(writes.length, Math.ceil(total / chunkBytes));
      assert.ok(writes.slice(0, -1).every((write) => write.length === chunkBytes));
      assert.equal(joined(chunksOf(textOfWrites(writes))), "Grüße 🙂");
    });
  }

  test("chunkBytes as an array is taken in turn, again and again", async () => {
    const { writes } = await readWrites(await scripted({ ...TEXT, chunkBytes: [1, 2, 5] }));
    assert.deepEqual(writes.slice(0, 6).map((write) => write.length), [1, 2, 5, 1, 2, 5]);
  });

  test("chunkBytes cuts other bodies as well", async () => {
    const { writes } = await readWrites(await scripted({ status: 500, body: "12345", chunkBytes: 2 }));
    assert.deepEqual(writes.map((write) => write.length), [2, 2, 1]);
  });

  for (const bytes of [0, 1, 25, 137]) {
    test(`cutAfterBytes ${bytes}: exactly so many arrive, then the reader fails`, async () => {
      const simulator = quickSimulator();
      simulator.enqueue({ ...TEXT, cutAfterBytes: bytes });
      const { writes, error } = await readWrites(await chat(simulator));
      assert.equal(byteCount(writes), bytes);
      assert.ok(error instanceof TypeError);
      assert.deepEqual([simulator.requests[0].bytesSent, simulator.requests[0].finished, simulator.requests[0].aborted], [bytes, false, false]);
    });

    test(`endAfterBytes ${bytes}: exactly so many arrive, then the body ends as if complete`, async () => {
      const { writes, error } = await readWrites(await scripted({ ...TEXT, endAfterBytes: bytes }));
      assert.equal(byteCount(writes), bytes);
      assert.equal(error, undefined);
    });
  }

  test("cutAfterChunks and endAfterChunks count chunks, not comments", async () => {
    for (const field of ["cutAfterChunks", "endAfterChunks"]) {
      const { writes, error } = await readWrites(await scripted({ text: ["a", "b", "c"], comments: 4, [field]: 2 }));
      assert.equal(joined(chunksOf(textOfWrites(writes))), "ab");
      assert.equal(error instanceof TypeError, field === "cutAfterChunks");
    }
  });

  for (const [field, stop, text] of [["stallAfterBytes", 30, undefined], ["stallAfterChunks", 1, "Grüße "], ["stallAfterBytes", 1e9, "Grüße 🙂"]]) {
    test(`${field} ${stop}: then nothing more, until the client goes`, async () => {
      const simulator = quickSimulator();
      simulator.enqueue({ ...TEXT, [field]: stop });
      const response = await chat(simulator);
      const reader = response.body.getReader();
      const writes = [];
      let pending;
      for (;;) {
        pending = reader.read();
        const next = await Promise.race([pending, new Promise((resolve) => setTimeout(resolve, 25))]);
        if (!next) break;
        writes.push(next.value);
      }
      if (text === undefined) assert.equal(byteCount(writes), stop);
      else assert.equal(joined(chunksOf(textOfWrites(writes))), text);
      await reader.cancel();
      assert.equal((await pending).done, true);
      assert.deepEqual([simulator.requests[0].aborted, simulator.requests[0].finished], [true, false]);
    });
  }

  test("stallWithComments: only comments after the stall, which stands at the end of an event", async () => {
    const controller = new AbortController();
    const response = await scripted({ text: ["a", "b"], stallAfterBytes: 60, stallWithComments: 3 }, {}, { signal: controller.signal });
    const reader = response.body.getReader();
    const writes = [];
    for (let count = 0; count < 6; count++) writes.push((await reader.read()).value);
    controller.abort();
    await assert.rejects(reader.read(), { name: "AbortError" });
    assert.match(textOfWrites(writes), /^(: OPENROUTER PROCESSING\n\n)+$/);
  });

  test("delayMs waits before the headers", async () => {
    const start = performance.now();
    await scripted({ text: ["x"], delayMs: 40 });
    assert.ok(performance.now() - start >= 38);
  });

  test("chunkDelayMs waits before each write", async () => {
    const response = await scripted({ chunks: ["a", "b", "c", "d"], chunkDelayMs: 10 });
    const start = performance.now();
    await response.text();
    assert.ok(performance.now() - start >= 36);
  });

  test("the simulator's own pace holds between events, not between the bytes of one", async () => {
    const simulator = quickSimulator({ delayMs: 10 });
    simulator.enqueue({ chunks: ["aaaaaaaaaa", "bbbbbbbbbb"], chunkBytes: 1 });
    const response = await chat(simulator);
    const timers = mock.method(globalThis, "setTimeout");
    const text = await response.text();
    timers.mock.restore();
    assert.deepEqual([text, timers.mock.calls.map(({ arguments: [, ms] }) => ms)], ["aaaaaaaaaabbbbbbbbbb", [10, 10]], "two pauses for twenty bytes");
  });

  test("the body is driven by its reader: nothing is sent that was not asked for", async () => {
    const simulator = quickSimulator();
    simulator.enqueue({ text: Array.from({ length: 100 }, () => "x") });
    const response = await chat(simulator);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(simulator.requests[0].bytesSent, 0);
    const reader = response.body.getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(simulator.requests[0].bytesSent < 100);
    await reader.cancel();
  });

  test("the body can be read into the caller's own buffer, as that of a real fetch", async () => {
    const reader = (await scripted(TEXT)).body.getReader({ mode: "byob" });
    const parts = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(33));
      if (done) break;
      parts.push(Buffer.from(value));
    }
    assert.equal(joined(chunksOf(Buffer.concat(parts).toString())), joined(chunksOf((await full()).toString())));
  });
});

describe("bad scripts are refused by name", () => {
  const cases = [
    [{ chunkByte: 1 }, /^script\.chunkByte is not a field of a script: did you mean chunkBytes\?$/],
    [{ nonsense: 1 }, /^script\.nonsense is not a field of a script$/],
    [{ toolCalls: [{ name: "f", args: {} }] }, /^script\.toolCalls\[0\]\.args is not a field/],
    [{ toolCalls: [{ arguments: {} }] }, /^script\.toolCalls\[0\]\.name is missing$/],
    [{ chunkBytes: 0 }, /^script\.chunkBytes must be "event", a whole number above 0, or an array of such numbers, not 0$/],
    [{ chunkBytes: [] }, /^script\.chunkBytes must be/],
    [{ delayMs: "5" }, /^script\.delayMs must be a number of milliseconds, 0 or more, not "5"$/],
    [{ status: 99 }, /^script\.status must be a whole number from 200 to 599, not 99$/],
    [{ headers: { "a b": "x" } }, /^script\.headers must be an object of valid header names/],
    [{ error: { after: 1 } }, /^script\.error\.after is not a field/],
    [{ error: { where: "middle" } }, /^script\.error\.where must be "top" or "choice"/],
    [{ lineEnding: "\t" }, /^script\.lineEnding must be/],
    [{ cutAfterBytes: 1, endAfterChunks: 1 }, /^script\.cutAfterBytes and script\.endAfterChunks exclude each other$/],
    [{ raw: "x", text: "y" }, /^script\.raw is the whole answer: script\.text cannot stand beside it$/],
    [{ body: "x", chunks: [] }, /^script\.body is the whole answer: script\.chunks cannot/],
    [{ status: 500, text: "x" }, /^script\.text is never sent with script\.status 500: use script\.body$/],
    [{ stallWithComments: 5 }, /^script\.stallWithComments needs/],
    ["text", /^a script must be an object, not "text"$/],
    [null, /^a script must be an object, not null$/],
  ];
  for (const [script, message] of cases) {
    test(JSON.stringify(script), () => {
      const simulator = quickSimulator();
      assert.throws(() => simulator.enqueue(script), { name: "TypeError", message });
      assert.throws(() => simulator.on("a/b", script), { name: "TypeError", message });
    });
  }

  test("every field there is refuses a symbol", () => {
    for (const name of Object.keys(SCRIPT_FIELDS)) {
      assert.throws(() => quickSimulator().enqueue({ [name]: Symbol("odd") }), { name: "TypeError" }, name);
    }
  });
});

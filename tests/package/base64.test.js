// Every way to base64 and back gives the same, whichever the platform has.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launchChromium, servePage } from "./browser.js";
import { installPackage } from "./install.js";

const { Buffer } = globalThis;
const own = /** @type {any} */ (Uint8Array);
/** @type {ReturnType<typeof installPackage>} */
let app;
/** @type {any} */
let base64;
before(async () => {
  app = installPackage();
  base64 = await import(pathToFileURL(join(app.package, "request/base64.js")).href);
});
after(() => app?.remove());

/** What a platform has, put in place for one call. @type {[string, () => void, () => void][]} */
const PLATFORMS = [
  ["Buffer", () => {}, () => {}],
  ["btoa and atob", () => void (/** @type {any} */ (globalThis).Buffer = undefined), () => void (globalThis.Buffer = Buffer)],
  ["toBase64 and fromBase64", () => {
    /** @type {any} */ (globalThis).Buffer = undefined;
    if (own.fromBase64) return;
    own.prototype.toBase64 = function () { return Buffer.from(this).toString("base64"); };
    own.fromBase64 = (/** @type {string} */ text) => Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
    own.isMade = true;
  }, () => {
    globalThis.Buffer = Buffer;
    if (!own.isMade) return;
    for (const [object, name] of [[own, "fromBase64"], [own.prototype, "toBase64"], [own, "isMade"]]) delete object[name];
  }],
];

for (const [name, begin, end] of PLATFORMS) {
  const within = (/** @type {() => any} */ call) => {
    begin();
    try {
      return call();
    } finally {
      end();
    }
  };

  test(`there and back by ${name}`, () => {
    for (const length of [0, 1, 2, 3, 4095, 4096, 4097, 8189, 8190, 8191, 100_000]) {
      const bytes = Uint8Array.from({ length: length + 3 }, (_, at) => (at * 2654435761) >>> 11).subarray(3);
      const text = Buffer.from(bytes).toString("base64");
      assert.equal(within(() => base64.base64Of(bytes)), text);
      const back = within(() => base64.bytesOfBase64(text));
      assert.ok(Buffer.from(back).equals(bytes), `${length}`);
      assert.ok(back.constructor === Uint8Array && back.buffer.byteLength === back.length, "alone in its buffer");
    }
    for (const [text, expected] of [
      ["Zg", "f"], ["Zm8", "fo"], ["Zm9v\r\nYmFy ", "foobar"], [" Zg==", "f"], ["-_-_", "\xfb\xff\xbf"], ["+_-/", "\xfb\xff\xbf"], ["Z", undefined], ["Zg=", undefined], ["Zm9=v", undefined],
      ["Zm9v!A==", undefined], ["%%%%", undefined], ["====", undefined], ["Zg==Zg==", undefined], ["Zm9v\u00e4AAA", undefined],
    ]) {
      const bytes = within(() => base64.bytesOfBase64(text));
      assert.equal(bytes && Buffer.from(bytes).toString("latin1"), expected, JSON.stringify(text));
    }
  });
}

test("a stream of pieces, cut at every place", () => {
  const whole = "YWJjZGVmZ2hpag==";
  for (let first = 0; first <= whole.length; first++) {
    for (let second = first; second <= whole.length; second++) {
      const stream = new base64.Base64Stream();
      for (const piece of [whole.slice(0, first), whole.slice(first, second), whole.slice(second)]) assert.ok(stream.push(piece));
      assert.equal(Buffer.from(stream.finish()).toString(), "abcdefghij", `${first}, ${second}`);
      assert.equal(stream.length, 10);
    }
  }
});

test("in Chromium: its own ways, and those of one that is older, give what its FileReader gives", async () => {
  const page = await servePage({ "/": ["text/html", "<!doctype html>"], "/base64.js": ["text/javascript", readFileSync(join(app.package, "request/base64.js"))] });
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(page.url);
    const outcomes = await tab.evaluate(async () => {
      const { base64Of, bytesOfBase64 } = await import(/** @type {string} */ ("/base64.js"));
      const bytes = Uint8Array.from({ length: (1 << 20) + 1 }, (_, at) => (at * 2654435761) >>> 11);
      const read = await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result).split(",")[1]);
        reader.readAsDataURL(new Blob([bytes]));
      });
      const holds = () => {
        const text = base64Of(bytes), back = bytesOfBase64(text);
        return text === read && back.length === bytes.length && back.every((/** @type {number} */ byte, /** @type {number} */ at) => byte === bytes[at]) && bytesOfBase64("Zm9v!A==") === undefined;
      };
      const own = /** @type {any} */ (Uint8Array);
      const hasOwn = typeof own.fromBase64 === "function";
      const newer = holds();
      delete own.prototype.toBase64;
      delete own.fromBase64;
      return { hasOwn, newer, older: holds() };
    });
    assert.deepEqual({ newer: outcomes.newer, older: outcomes.older }, { newer: true, older: true }, `its own ways: ${outcomes.hasOwn}`);
  } finally {
    await browser.close();
    page.close();
  }
});

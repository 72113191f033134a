// What an isolate does while it starts: a whole chat, in a place that has no I/O, no timers, no random values and no AbortController.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
before(() => {
  app = installPackage();
});
after(() => app?.remove());

const of = (/** @type {string} */ path) => import(pathToFileURL(join(app.package, path)).href);

/** What the global scope of a Worker refuses. @type {[holder: any, name: string][]} */
const REFUSED = [[globalThis, "AbortController"], [globalThis, "Response"], [globalThis, "fetch"], [globalThis, "setTimeout"], [globalThis, "setInterval"], [crypto, "getRandomValues"], [crypto, "randomUUID"]];

test("a chat runs to its end where a Worker starts, and asks for nothing that is refused there", async () => {
  const { OpenRouter } = await of("index.js");
  const { warmUp } = await of("edge/engine/warm-up.js");
  /** @type {any[]} */
  const runs = [];
  class Watched extends OpenRouter {
    /** @param {any} request */
    chat(request) {
      const run = super.chat(request);
      runs.push(run);
      return run;
    }
  }
  /** @type {string[]} */
  const asked = [];
  const kept = REFUSED.map(([holder, name]) => /** @type {const} */ ([holder, name, holder[name]]));
  for (const [holder, name] of REFUSED) {
    holder[name] = function () {
      asked.push(name);
      throw new Error("Disallowed operation called within global scope");
    };
  }
  const refused = globalThis.AbortController;
  try {
    const warming = warmUp(Watched);
    assert.equal(globalThis.AbortController, refused, "put back at once");
    await warming;
  } finally {
    for (const [holder, name, own] of kept) holder[name] = own;
  }
  assert.deepEqual(asked, []);
  assert.equal(runs.length, 1);
  const { message, verdict, reason } = await runs[0].result();
  assert.deepEqual([message.content, verdict, reason], ["aaaaa", "complete", "stop"]);
});

test("it is in the edge tree alone", () => {
  const source = (/** @type {string} */ tree) => readFileSync(join(app.package, tree, "engine/warm-up.js"), "utf8");
  for (const tree of ["", "slim"]) assert.match(source(tree), /export function warmUp\(\) \{\}/);
  assert.match(source("edge"), /client\.chat\(/);
});

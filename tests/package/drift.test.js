// Samples of answers for `client.drift()`: a burst of them is looked through now and then, and none is lost.
import assert from "node:assert/strict";
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

const MANY = 1000;

/** @param {(own: any) => any} make a drift whose `list` is counted */
async function burst(make) {
  const { Drift } = await import(pathToFileURL(join(app.package, "chat/drift.js")).href);
  const drift = make(Drift);
  for (let number = 0; number < MANY; number++) drift.add("chat", [`{"unheardOf${number % 3}":1}`]);
  return drift;
}

test("a thousand answers at once are looked through once for every 32 of them", async () => {
  let looks = 0;
  const drift = await burst((Drift) => new (class extends Drift {
    async list() {
      looks++;
      return super.list();
    }
  })());
  assert.equal(looks, Math.floor(MANY / 32));
  const rows = await drift.list();
  assert.deepEqual(rows.map((/** @type {any} */ { count }) => count).sort(), [333, 333, 334], JSON.stringify(rows));
});

test("what cannot be looked through does not grow", async () => {
  let isBroken = true, left = -1;
  const drift = await burst((Drift) => new (class extends Drift {
    async list() {
      if (isBroken) throw new Error("the part could not be loaded");
      return super.list();
    }
  })());
  await new Promise((resolve) => setTimeout(resolve));
  isBroken = false;
  left = (await drift.list()).reduce((/** @type {number} */ sum, /** @type {any} */ { count }) => sum + count, 0);
  assert.ok(left > 0 && left < 32, String(left));
});

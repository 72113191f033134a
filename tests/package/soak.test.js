// Ten seconds of `cargo xtask soak`: bent streams, three cuts each. A finding names the number that makes it again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { load, soak } from "../soak/soak.js";
import { installPackage } from "./install.js";

/** @type {ReturnType<typeof installPackage>} */
let app;
before(() => {
  app = installPackage();
});
after(() => app?.remove());

test("what holds of every answer holds of bent ones, however they are cut", async (context) => {
  const loaded = await load(app.package);
  const { found, inputs, runs, seconds, ends, seeds } = await soak(loaded, { seconds: 10, seed: 20_261_129 });
  context.diagnostic(`${inputs} streams bent of ${seeds}, ${runs} runs in ${seconds.toFixed(1)} s: ${JSON.stringify(ends)}`);
  if (seeds < 100) context.diagnostic("../shared/recordings is not there: the simulator's own streams alone were bent");
  assert.deepEqual(found.map(({ number, done, problems }) => `node tests/soak/soak.js --one ${number}: ${done.join(", ")}: ${problems.join("; ")}`), []);
  assert.ok(inputs >= 50, `${inputs} streams`);
  assert.ok((ends.complete ?? 0) > 0 && Object.keys(ends).length >= 5, JSON.stringify(ends));
});

// The demo and a browser for one file of tests; each test has a page of its own, and none may leave a problem behind.
import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { startDemo } from "../../www/serve/demo-server.js";
import { launchChromium, openPage } from "./support.js";

/** Registers what has to happen before and after the tests of the file that calls it. */
export function demoPages() {
  /** @type {Awaited<ReturnType<typeof startDemo>>} */
  let demo;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof openPage>> | undefined} */
  let view;
  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), launchChromium()]);
  });
  after(async () => {
    await browser?.close();
    await demo?.close();
  });
  const close = async () => {
    const closing = view;
    view = undefined;
    await closing?.close();
    assert.deepEqual(closing?.problems ?? [], []);
  };
  afterEach(close);
  return {
    get demo() {
      return demo;
    },
    /** The open page. */
    get current() {
      return view;
    },
    /** @param {Parameters<typeof openPage>[2]} [options] */
    async open(options) {
      await close();
      return (view = await openPage(browser, demo.url, options));
    },
  };
}

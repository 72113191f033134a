// What the tests of the tabs share: a tab of the page, by its words.
import { demoPages } from "./demo-pages.js";

/** Registers as `demoPages` does. */
export function tabPages() {
  const pages = demoPages();
  return {
    get simulator() {
      return pages.demo.simulator;
    },
    get url() {
      return pages.demo.url;
    },
    /** What the browser has said of answers that a test has provoked. @param {RegExp} what */
    forgive(what) {
      const problems = pages.current?.problems ?? [];
      problems.splice(0, Infinity, ...problems.filter((problem) => !what.test(problem)));
    },
    /** @param {string} name @param {Parameters<typeof pages.open>[0]} [options] */
    async open(name, options) {
      const { page } = await pages.open(options);
      return { page, panel: await openTab(page, name) };
    },
  };
}

/** @param {import("playwright-core").Page} page @param {string} name */
export async function openTab(page, name) {
  await page.click(`#tab-${name}`);
  const panel = page.locator(`#panel-${name}`);
  await panel.locator(".sheet-head").waitFor();
  return panel;
}

/** The file behind a link "Download": its name and its bytes. @param {import("playwright-core").Page} page @param {import("playwright-core").Locator} panel */
export async function download(page, panel) {
  const [file] = await Promise.all([page.waitForEvent("download"), panel.getByRole("link", { name: "Download" }).first().click()]);
  const pieces = [];
  for await (const piece of await file.createReadStream()) pieces.push(piece);
  return { name: file.suggestedFilename(), bytes: Buffer.concat(pieces) };
}

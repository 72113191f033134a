// Signing in on the page: the package's own code, the simulator's page where it is allowed, and the exchange.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDemo } from "../../www/serve/demo-server.js";
import { demoPages } from "./demo-pages.js";
import { launchChromium, openPage, OPENROUTER_MISSED, says, until, withoutOpenRouter } from "./support.js";

const pages = demoPages();
const exchanges = (demo = pages.demo) => demo.simulator.requests.filter(({ path }) => path === "/auth/keys");
/** What a sign-in has left; which chat is open is another matter. */
const stored = (page) => page.evaluate(() => Object.fromEntries(Object.entries(sessionStorage).filter(([name]) => !name.startsWith("openrouter-demo.chat."))));
const unfold = async (page) => {
  if (await box(page).isHidden()) await page.click("#rehearsal > summary");
};
const box = (page) => page.locator("#rehearsed-account");

/** Goes to the page where the visitor decides. */
async function leave(page) {
  await unfold(page);
  await box(page).getByRole("button", { name: "Sign in" }).first().click();
  await page.waitForURL(/\/auth\?/);
}

/** @param {"allow" | "deny"} decision */
async function decide(page, decision) {
  await page.click(`#${decision}`);
  await page.waitForSelector("body[data-ready]");
}

/** The browser tells of every refused exchange. */
function expectProblem(view, pattern) {
  assert.equal(view.problems.length, 1, view.problems.join("\n"));
  assert.match(view.problems.pop(), pattern);
}

/** A side that nobody has chosen is OpenRouter's: its list of models is asked for. */
function forgetOpenRouter({ problems }) {
  problems.splice(0, Infinity, ...problems.filter((problem) => !OPENROUTER_MISSED.test(problem)));
}

test("a visitor signs in, is named, keeps the key for the tab, and signs out", async () => {
  const { page, say, settled, verdict } = await pages.open();
  await leave(page);
  const asked = new URL(page.url());
  assert.equal(asked.searchParams.get("code_challenge_method"), "S256");
  assert.equal(new URL(asked.searchParams.get("callback_url")).origin, pages.demo.url);
  assert.equal(await page.locator("#allow").innerText(), "Allow");
  const before = exchanges().length;
  await decide(page, "allow");

  await box(page).getByText("signed in").waitFor();
  assert.match(await page.locator(".toast").innerText(), /^You are signed in\./, "said where it is seen");
  assert.equal(await box(page).locator(".label").innerText(), "user_simulator");
  assert.equal(page.url(), `${pages.demo.url}/?pace=2`, "code and state have left the address, the rest has not");
  await says(page, "#status", "Signed in.");
  assert.equal(exchanges().length, before + 1);
  const { key, metadata } = JSON.parse((await stored(page))["openrouter:simulator"]);
  assert.match(key, /^sk-or-v1-[0-9a-f]{64}$/);
  assert.deepEqual(metadata, { authFlow: "oauth-pkce", userId: "user_simulator" });
  assert.deepEqual(Object.keys(await stored(page)), ["openrouter:simulator"], "nothing is left of the way there");
  assert.ok(!(await page.content()).includes(key), "shown masked");
  assert.match(await box(page).locator("code").innerText(), new RegExp(`^sk-or-….*${key.slice(-4)}$`));

  await say("Hello");
  await settled();
  assert.equal(await verdict(), "complete");

  await page.reload();
  await page.waitForSelector("body[data-ready]");
  await box(page).getByText("signed in").waitFor();
  await box(page).getByRole("button", { name: "Sign out" }).click();
  await box(page).getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(await stored(page), {});
});

test("a visitor who comes back is where they had been", async () => {
  const { page } = await pages.open();
  await page.click("#tab-images");
  await page.click("#tab-chat");
  await leave(page);
  await decide(page, "allow");
  assert.equal(await page.getAttribute("#tab-chat", "aria-selected"), "true");
  assert.ok(await page.isChecked("input[value=simulator]"));
});

test("a visitor who says no is told so, and may try again", async () => {
  const { page } = await pages.open();
  await leave(page);
  await decide(page, "deny");
  const card = box(page).locator(".card.error");
  assert.match(await card.innerText(), /The sign-in was denied[^]*access_denied[^]*auth/);
  assert.equal(page.url(), `${pages.demo.url}/?pace=2`);
  assert.deepEqual(await stored(page), {});
  await leave(page);
  await decide(page, "allow");
  await box(page).getByText("signed in").waitFor();
  assert.equal(await card.count(), 0);
});

test("a code that is not valid any more is told as that", async () => {
  const view = await pages.open();
  const { page } = view;
  await leave(page);
  // The simulator forgets its codes between the two requests.
  await page.route("**/auth/keys", async (route) => {
    pages.demo.simulator.reset();
    await route.continue();
  });
  await decide(page, "allow");
  assert.match(await box(page).locator(".card.error").innerText(), /The code is not valid any more[^]*auth · 403/);
  assert.deepEqual(await stored(page), {});
  expectProblem(view, /403/);
});

test("an answer that this tab has not asked for is refused, and nothing is sent", async () => {
  const view = await pages.open({ route: withoutOpenRouter });
  const { page } = view;
  const before = exchanges().length;
  await page.goto(`${pages.demo.url}/?pace=2&code=auth_code_of_a_stranger&state=1234567890abcdef1234567890abcdef`);
  await page.waitForSelector("body[data-ready]");
  const card = page.locator("#account .card.error");
  assert.match(await card.innerText(), /belongs to no sign-in of yours[^]*state matches no sign-in/);
  assert.equal(page.url(), `${pages.demo.url}/?pace=2`, "the code leaves the address all the same");
  assert.equal(exchanges().length, before);
  assert.deepEqual(await stored(page), {});
  forgetOpenRouter(view);
});

test("an address that was used is no answer a second time", async () => {
  const view = await pages.open({ route: withoutOpenRouter });
  const { page } = view;
  await leave(page);
  /** @type {string[]} */
  const visited = [];
  page.on("framenavigated", (frame) => visited.push(frame.url()));
  await decide(page, "allow");
  await box(page).getByText("signed in").waitFor();
  const address = visited.find((url) => url.includes("code="));
  const before = exchanges().length;
  await page.goto(address);
  await page.waitForSelector("body[data-ready]");
  assert.equal(exchanges().length, before);
  assert.ok(!page.url().includes("code="));
  assert.match(await page.locator("#account .card.error").innerText(), /belongs to no sign-in of yours/);
  forgetOpenRouter(view);
});

test("in a window of its own: the page stays, with the conversation in it", async () => {
  const { page, say, settled } = await pages.open();
  await say("Hello");
  await settled();
  await unfold(page);
  const opening = page.waitForEvent("popup");
  await box(page).getByRole("button", { name: /use a window/ }).click();
  const popup = await opening;
  await popup.waitForSelector("#allow");
  assert.match(await box(page).innerText(), /Waiting for the other window/);
  const closed = popup.waitForEvent("close");
  await popup.click("#allow").catch(() => {});
  await closed;
  await box(page).getByText("signed in").waitFor();
  assert.equal(await page.locator(".answer").count(), 1);
  assert.match((await stored(page))["openrouter:simulator"], /sk-or-v1-/);
});

test("a window that is not wanted any more ends with Cancel, and a denial in it is told", async () => {
  const { page } = await pages.open();
  await unfold(page);
  const inWindow = box(page).getByRole("button", { name: /use a window/ });
  let opening = page.waitForEvent("popup");
  await inWindow.click();
  let popup = await opening;
  await popup.waitForSelector("#allow");
  await box(page).getByRole("button", { name: "Cancel" }).click();
  await inWindow.waitFor();
  await until(() => popup.isClosed(), "the window has closed");
  assert.equal(await box(page).locator(".card.error").count(), 0);

  opening = page.waitForEvent("popup");
  await inWindow.click();
  popup = await opening;
  await popup.waitForSelector("#deny");
  await popup.click("#deny").catch(() => {});
  assert.match(await box(page).locator(".card.error").innerText(), /The sign-in was denied/);
});

// OpenRouter itself: a simulator that the browser reaches under OpenRouter's name.

const OPENROUTER = "https://openrouter.ai/";
let openrouter, browser;
before(async () => {
  [openrouter, browser] = await Promise.all([startDemo({ simulator: { delayMs: 0, apiKeys: [] } }), launchChromium()]);
});
after(async () => {
  await browser?.close();
  await openrouter?.close();
});

test("with OpenRouter: the visitor is sent to openrouter.ai, and the key that comes back pays for chats, without one being pasted", async () => {
  const carriers = [];
  const view = await openPage(browser, pages.demo.url, {
    route: async (page) => {
      await page.route(`${OPENROUTER}**`, async (route) => {
        const request = route.request();
        const response = await fetch(request.url().replace(OPENROUTER, `${openrouter.url}/`), { method: request.method(), headers: request.headers(), body: request.postData() ?? undefined, redirect: "manual" });
        await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) });
      });
      page.on("request", (request) => {
        if (/Bearer sk-or-v1-/.test(request.headers().authorization ?? "")) carriers.push(request.url());
      });
    },
  });
  try {
    const { page, say, settled, verdict } = view;
    await page.check("input[value=openrouter]", { force: true });
    await say("Hello");
    assert.ok(await page.isVisible("#key-missing"));
    await page.locator("#account").getByRole("button", { name: "Sign in with OpenRouter" }).click();
    await page.waitForURL(`${OPENROUTER}auth?**`);
    // A route cannot lead to another origin by itself: the visitor's click does.
    const query = new URL(page.url()).searchParams;
    const granted = await fetch(`${openrouter.url}/auth?${query}&decision=allow`, { redirect: "manual" });
    await page.goto(granted.headers.get("location"));
    await page.waitForSelector("body[data-ready]");

    await page.locator("#account").getByText("signed in").waitFor();
    assert.ok(await page.isChecked("input[value=openrouter]"));
    assert.equal(exchanges(openrouter).length, 1);
    assert.ok(await page.isHidden("#key-missing"));
    await say("Hello");
    await settled();
    assert.equal(await verdict(), "complete");
    assert.deepEqual(carriers, [`${OPENROUTER}api/v1/chat/completions`]);
    assert.deepEqual(Object.keys(await stored(page)), ["openrouter:default"]);
  } finally {
    await view.close();
  }
});

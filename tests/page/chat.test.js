// The page in Chromium, with its own simulator: what a visitor sees of a chat.
import assert from "node:assert/strict";
import { test } from "node:test";
import { demoPages } from "./demo-pages.js";
import { newChat, says, until, watchStates } from "./support.js";

const pages = demoPages();

const { open } = pages;

test("loads, says what it is, and nothing else is fetched than from here", async () => {
  const { page, model } = await open();
  assert.equal(await page.title(), "openrouter-wasm");
  assert.match(await page.innerText("h1"), /verdict/);
  assert.ok(await page.isChecked("input[value=simulator]"));
  assert.equal(await model(), "anthropic/claude-sonnet-4.5");
  assert.match(await page.innerText("#model-hint"), /^\$3 in, \$15 out a million tokens · 1,000,000 tokens of context · tools/);
  assert.ok(await page.isHidden("#worker-choice"));
  assert.equal(pages.demo.simulator.requests.length, 0);
});

test("an answer streams: reasoning apart, text as it comes, then what it took", async () => {
  const { page, last, say, settled, verdict, numbers } = await open({ query: "?pace=30" });
  const states = [".reasoning[open][data-live]", ".answer:has(.reasoning:not([open])) .prose[data-live]"];
  const passed = await watchStates(page, states);
  await page.evaluate(() => {
    window.lengths = [];
    const look = () => {
      const length = document.querySelector(".prose")?.textContent?.length ?? 0;
      if (length !== window.lengths.at(-1)) window.lengths.push(length);
      requestAnimationFrame(look);
    };
    look();
  });
  await say("List three steps, please");
  await settled();
  assert.deepEqual(await passed.seen(), states, "reasoning open while it comes, folded when the answer begins");

  const lengths = await page.evaluate(() => window.lengths);
  assert.ok(lengths.length > 12, `it grew in ${lengths.length} steps`);
  assert.equal(await last.locator(".prose ol > li").count(), 3);
  assert.equal(await last.locator(".prose li strong").first().innerText(), "Start small.");
  await last.locator("summary").click();
  assert.match(await last.locator(".thoughts").innerText(), /^The user says/);
  assert.ok(!(await last.locator(".prose").innerText()).includes("The user says"));

  assert.equal(await verdict(), "complete");
  assert.match(await last.locator(".ending").innerText(), /complete[^]*anthropic\/claude-sonnet-4\.5[^]*Anthropic/);
  const taken = await numbers();
  assert.deepEqual(Object.keys(taken), ["in", "out", "reasoning", "cached", "cost", "first token", "tokens/s", "total"]);
  assert.match(taken.cost, /^\$0\.00\d+$/);
  assert.ok(Number(taken.reasoning) > 0 && Number(taken.out) > Number(taken.reasoning));
  await says(page, "#status", /complete, \d+ tokens/);
});

test("reasoning that the reader has folded or opened stays so", async () => {
  // It goes on while the reader clicks.
  const { page, last, play, settled } = await open({ query: "?pace=100" });
  await play("reasoning");
  await page.waitForSelector(".reasoning[data-live]");
  await last.locator("summary").click();
  await last.locator("summary").click();
  await settled();
  assert.notEqual(await last.locator(".reasoning").getAttribute("open"), null);
  assert.match(await last.locator("summary").innerText(), /^Thought for /);
});

test("a conversation goes on from what was said, and a new chat from nothing", async () => {
  const { page, say, settled } = await open();
  await say("First");
  await settled();
  await say("Second");
  await settled();
  await page.click("#events-toggle");
  const sent = async () => JSON.parse((await page.locator('[data-type="request"]').last().evaluate(async (row) => {
    row.open = true;
    while (!row.querySelector("pre")) await new Promise((resolve) => setTimeout(resolve, 5));
    return row.querySelector("pre").textContent;
  })));
  assert.deepEqual((await sent()).messages.map(({ role }) => role), ["user", "assistant", "user"]);
  await newChat(page);
  assert.equal(await page.locator(".answer").count(), 0);
  assert.ok(await page.isVisible("#welcome"));
  await say("Third");
  await settled();
  assert.deepEqual((await sent()).messages.map(({ content }) => content), ["Third"]);
});

for (const [how, stop] of [["the button", (page) => page.click("#stop")], ["Escape", (page) => page.keyboard.press("Escape")]]) {
  test(`stopped by ${how}, what had arrived stays`, async () => {
    const { page, last, say, play, settled, verdict } = await open({ query: "?pace=100" });
    await say("Hello");
    await page.waitForFunction(() => (document.querySelector(".prose")?.textContent?.length ?? 0) > 20);
    assert.ok(await page.isHidden("#send"));
    await stop(page);
    await settled();
    const text = await last.locator(".prose").innerText();
    assert.ok(text.length > 15);
    assert.equal(await verdict(), "aborted");
    assert.match(await last.innerText(), /Stopped\. What had arrived stays\./);
    assert.equal(await last.locator(".card.error").count(), 0);
    assert.ok(await page.isVisible("#send"));
    await page.waitForTimeout(150);
    assert.equal(await last.locator(".prose").innerText(), text);
    await play("refusal");
    await settled();
    assert.equal(await verdict(), "complete");
  });
}

test("Enter sends, Shift+Enter breaks the line, the field grows and keeps the focus", async () => {
  const { page, settled } = await open();
  const height = () => page.locator("#prompt").evaluate((field) => field.clientHeight);
  const before = await height();
  assert.ok(await page.isDisabled("#send"));
  await page.locator("#prompt").pressSequentially("one");
  await page.keyboard.press("Shift+Enter");
  await page.locator("#prompt").pressSequentially("two");
  assert.equal(await page.inputValue("#prompt"), "one\ntwo");
  assert.ok((await height()) > before);
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#prompt"), "");
  assert.equal(await height(), before);
  assert.equal(await page.locator(".question p").innerText(), "one\ntwo");
  await settled();
  assert.equal(await page.evaluate(() => document.activeElement.id), "prompt");
});

test("what a model writes never becomes part of the page's code", async () => {
  const { page, last, say, settled } = await open();
  const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> [a](javascript:alert) **b**';
  await say(evil);
  await settled();
  assert.ok((await last.innerText()).includes('<img src=x onerror="window.hacked=1">'));
  assert.equal(await page.locator(".feed img, .feed script, .feed a").count(), 0);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
});

test("the policy of the page is in force", async () => {
  const { page, problems } = await open();
  const refused = await page.evaluate(async () => {
    // A tool that drives the browser may do more than the page, until the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve));
    const attempts = [() => new Function("1"), () => (document.body.innerHTML = "<b>x</b>"), () => (document.createElement("script").textContent = "1")];
    return attempts.map((attempt) => {
      try {
        attempt();
        return "allowed";
      } catch (error) {
        return error.name;
      }
    });
  });
  assert.deepEqual(refused, ["EvalError", "TypeError", "TypeError"]);
  assert.equal(await page.evaluate(() => fetch("https://example.com/").then(() => "allowed", (error) => error.name)), "TypeError");
  // The browser has told of each of them: that was the point.
  assert.ok(problems.splice(0).every((problem) => /Content Security Policy|TrustedHTML|TrustedScript|Trusted Type/.test(problem)));
});

test("a suggestion is a question like any other", async () => {
  const { page, last, settled, verdict } = await open();
  await page.click("#suggestions .suggestion:nth-child(5)");
  await settled();
  assert.equal(await last.locator("table tr").count(), 4);
  assert.equal(await verdict(), "complete");
});

test("the reader who scrolls away is left alone, and finds the way back", async () => {
  const { page, play, settled } = await open({ context: { viewport: { width: 1000, height: 500 } } });
  await play("plain");
  await settled();
  const end = () => page.locator("#conversation").evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  assert.ok((await end()) < 5);
  await play("plain");
  await page.waitForSelector(".answer:nth-of-type(4) .prose");
  await page.locator("#conversation").hover();
  await page.mouse.wheel(0, -300);
  await settled();
  await until(async () => (await end()) > 60, "the reader is where he scrolled to");
  await page.click("#jump");
  await until(async () => (await end()) < 5 && (await page.isHidden("#jump")), "the end is in view, and the way to it is gone");
});

for (const [width, height] of [[360, 640], [390, 844], [768, 900], [1280, 800]]) {
  test(`nothing is cut off at ${width} px`, async () => {
    const { page, play, settled } = await open({ context: { viewport: { width, height } } });
    for (const id of ["plain", "truncated", "stream-error"]) {
      await play(id);
      await settled();
    }
    const tooWide = await page.evaluate(() => {
      const wide = [...document.querySelectorAll(".top *, .feed *, .dock *")].filter((node) => {
        const { left, right } = node.getBoundingClientRect();
        // Code and tables scroll in boxes of their own; texts for listeners are outside on purpose.
        return (right > innerWidth + 1 || left < -1) && !node.closest("pre, .table, .unseen, .text");
      });
      return [document.documentElement.scrollWidth > innerWidth, ...wide.map((node) => node.className || node.tagName)];
    });
    assert.deepEqual(tooWide, [false]);
    assert.ok(await page.isVisible("#send"));
  });
}

// The Markdown of the page, in a page: the structure of each construct, and a text that grows comes out like one that is whole.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, pageWith } from "./support.js";

let browser, page;
before(async () => {
  browser = await launchChromium();
  page = await pageWith(browser, "page/markdown.js");
});
after(() => browser?.close());

/** The HTML that the browser would write for the nodes, without what only serves the looks. */
const render = (text, sizes) =>
  page.evaluate(
    async ([text, sizes]) => {
      const { StreamedMarkdown } = tested;
      const host = document.createElement("div");
      const markdown = new StreamedMarkdown(host);
      for (let at = 0, turn = 0; at < text.length; turn++) {
        const size = sizes[turn % sizes.length];
        markdown.append(text.slice(at, at + size));
        at += size;
        markdown.flush();
      }
      markdown.flush({ final: true });
      host.querySelectorAll("button").forEach((node) => node.remove());
      return host.innerHTML.replaceAll(/ (class|tabindex|target|rel|scope|role|aria-label)="[^"]*"/g, "");
    },
    [text, sizes],
  );

const CASES = {
  "paragraphs and line breaks": ["One\ntwo\n\nthree", "<p>One\ntwo</p><p>three</p>"],
  "bold, italic, both, struck": ["**a** *b* _c_ **d *e* f** ~~g~~", "<p><strong>a</strong> <em>b</em> <em>c</em> <strong>d <em>e</em> f</strong> <del>g</del></p>"],
  "marks that are none": ["2 * 3 * 4, snake_case_name, a ** b, 5*", "<p>2 * 3 * 4, snake_case_name, a ** b, 5*</p>"],
  "code holds marks and ticks": ["`**x**` and ``a ` b``", "<p><code>**x**</code> and <code>a ` b</code></p>"],
  "headings stand below the page's": ["# One\n## Two ##\ntext", "<h3>One</h3><h4>Two</h4><p>text</p>"],
  "a list with numbers goes on from where it began": ["3. three\n4. **four**", '<ol start="3"><li>three</li><li><strong>four</strong></li></ol>'],
  "nested lists": ["- a\n  - b\n    1. c\n  - d\n- e", '<ul><li>a<ul><li>b<ol start="1"><li>c</li></ol></li><li>d</li></ul></li><li>e</li></ul>'],
  "a list right after a paragraph": ["Ideas:\n- a\n- b", "<p>Ideas:</p><ul><li>a</li><li>b</li></ul>"],
  "a code block keeps blank lines and marks": ["```js\na\n\n**b** <i>\n```\nc", "<figure><figcaption>js</figcaption><pre><code>a\n\n**b** &lt;i&gt;</code></pre></figure><p>c</p>"],
  "a code block that is cut": ["```\na\n\nb", "<figure><figcaption>text</figcaption><pre><code>a\n\nb</code></pre></figure>"],
  "a longer fence holds a shorter one": ["````\n```\nx\n```\n````", "<figure><figcaption>text</figcaption><pre><code>```\nx\n```</code></pre></figure>"],
  "a quote": ["> a\n> - b", "<blockquote><p>a</p><ul><li>b</li></ul></blockquote>"],
  "a table": ["| a | b |\n|---|:-:|\n| 1 | `x` |", "<div><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><code>x</code></td></tr></tbody></table></div>"],
  "a row of a table that is none": ["| a | b |", "<p>| a | b |</p>"],
  "a rule": ["a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"],
  "links to the web and nowhere else": ["[a](https://x.org/?q=(1)) [b](javascript:x) https://y.org/z.", '<p><a href="https://x.org/?q=(1)">a</a> [b](javascript:x) <a href="https://y.org/z">https://y.org/z</a>.</p>'],
  "HTML is text": ["<b onclick=x>&amp;</b>", "<p>&lt;b onclick=x&gt;&amp;amp;&lt;/b&gt;</p>"],
  "an image behind a link is a link: its host is not to know who reads": ["![alt](https://x.org/i.png) ![](data:image/png;base64,AA==)", '<p><a href="https://x.org/i.png">alt</a> ![](data:image/png;base64,AA==)</p>'],
  "a list of what is done": ["- [x] a\n- [ ] b", "<ul><li>☑ a</li><li>☐ b</li></ul>"],
  "a loose list keeps its paragraphs": ["1. a\n\n   b\n2. c", '<ol start="1"><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>'],
  "HTML blocks are text": ["<div>\n<img src=x onerror=y>\n</div>", "<p>&lt;div&gt;\n&lt;img src=x onerror=y&gt;\n&lt;/div&gt;</p>"],
  "returns are no part of it": ["a\r\n\r\nb", "<p>a</p><p>b</p>"],
  "marks that nobody closes": ["**a and `b", "<p>**a and `b</p>"],
  "emoji and combined letters": ["**👋🏽** e\u0301 🧑‍🚀", "<p><strong>👋🏽</strong> e\u0301 🧑‍🚀</p>"],
};

for (const [name, [text, expected]] of Object.entries(CASES)) {
  test(name, async () => {
    for (const sizes of [[text.length], [1], [3, 1, 4]]) assert.equal(await render(text, sizes), expected, `pieces of ${sizes}`);
  });
}

test("while it grows, an open mark looks like a closed one", async () => {
  const live = await page.evaluate(async () => {
    const { StreamedMarkdown } = tested;
    const host = document.createElement("div");
    const markdown = new StreamedMarkdown(host);
    return ["so **", "bo", "ld", "**, `co", "de"].map((piece) => {
      markdown.append(piece);
      markdown.flush();
      return host.innerHTML;
    });
  });
  assert.deepEqual(live, ["<p>so </p>", "<p>so <strong>bo</strong></p>", "<p>so <strong>bold</strong></p>", "<p>so <strong>bold</strong>, <code>co</code></p>", "<p>so <strong>bold</strong>, <code>code</code></p>"]);
});

test("what is settled is not made anew", async () => {
  const same = await page.evaluate(async () => {
    const { StreamedMarkdown } = tested;
    const host = document.createElement("div");
    const markdown = new StreamedMarkdown(host);
    markdown.append("first\n\nsecond");
    markdown.flush();
    markdown.append(" grows\n\nthird");
    markdown.flush();
    const [first, second] = host.children;
    markdown.append(" grows");
    markdown.flush();
    return [host.children[0] === first, host.children[1] === second, host.children.length];
  });
  assert.deepEqual(same, [true, true, 3]);
});

test("code gets its colours, by its language and by nothing it says", async () => {
  const code = await page.evaluate(async () => {
    const host = document.createElement("div");
    const markdown = new tested.StreamedMarkdown(host);
    markdown.append('```js\nconst evil = "<img src=x onerror=y>";\n```\n\n```nobody\nconst\n```');
    markdown.flush({ final: true });
    while (!host.querySelector("code span")) await new Promise((resolve) => setTimeout(resolve, 5));
    return [...host.querySelectorAll("code")].map((node) => [node.textContent, [...node.querySelectorAll("span")].map(({ className }) => className), node.querySelectorAll("img").length]);
  });
  assert.deepEqual(code, [['const evil = "<img src=x onerror=y>";', ["hljs-keyword", "hljs-string"], 0], ["const", [], 0]]);
});

// Fetches one address and gives its text. Here and not in the page: this frame may reach the web, and knows nothing worth telling it.

const LIMIT_MS = 10_000, MOST_BYTES = 2 << 20, MOST_CHARACTERS = 20_000;
const NOT_READ = "script, style, noscript, template, svg, nav, footer, iframe";

addEventListener("message", async ({ data, ports: [port] }) => {
  if (!port || typeof data?.url !== "string") return;
  try {
    port.postMessage(await read(data.url));
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    // Whether it is CORS, a wrong name or no network, a browser does not say.
    const why = name === "TimeoutError" ? `no answer within ${LIMIT_MS / 1000} s` : name === "TypeError" ? "the browser could not fetch it: the address is wrong, or the site does not allow other sites to read it (CORS)" : message;
    port.postMessage({ error: `${data.url}: ${why}` });
  }
});

/** @param {string} url */
async function read(url) {
  const response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(LIMIT_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const type = response.headers.get("Content-Type") ?? "";
  if (!/^(text\/|application\/(json|xml|xhtml))/i.test(type)) throw new Error(`it is ${type || "of no known type"} and no text`);
  const source = new TextDecoder().decode(await limited(response));
  if (!/html/i.test(type)) return { url: response.url, text: cut(source) };
  const page = new DOMParser().parseFromString(source, "text/html");
  for (const node of page.querySelectorAll(NOT_READ)) node.remove();
  for (const node of page.querySelectorAll("p, div, li, tr, h1, h2, h3, h4, h5, h6, br, section, article")) node.append("\n");
  return { url: response.url, title: page.title.trim(), text: cut((page.body.textContent ?? "").replace(/[ \t]+/g, " ").replace(/ *\n\s*/g, "\n").trim()) };
}

/** @param {Response} response */
async function limited(response) {
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  for (let size = 0; size < MOST_BYTES; ) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    size += value.length;
  }
  await reader.cancel();
  return new Blob(pieces).arrayBuffer();
}

/** @param {string} text */
function cut(text) {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}\n(cut after ${MOST_CHARACTERS.toLocaleString("en")} of ${text.length.toLocaleString("en")} characters)` : text;
}

// A request as code, in three ways: with this package, with `fetch`, with `curl`. The key is named and never written out.

/** @import { WireRequest } from "./wire-log.js" */

/** What a call of the package was. @typedef {{ method: string, options: Record<string, unknown>, first?: string }} PackageCall */

/** Longer data is not shown: nobody reads it, and nobody would copy it. */
const MOST_DATA_CHARACTERS = 120;
/** Headers that the platform sets, or that say nothing. */
const LEFT_OUT = /^(accept|content-length|host|user-agent|origin|referer)$/i;

/**
 * @param {PackageCall} call
 * @returns {string}
 */
export function packageSnippet({ method, options, first }) {
  const shown = script({ ...options, signal: undefined });
  const args = [first === undefined ? undefined : JSON.stringify(first), shown === "{}" ? undefined : shown].filter(Boolean).join(", ");
  const head = `import { OpenRouter } from "openrouter-wasm";\n\nconst client = new OpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });\n`;
  if (method !== "chat") return `${head}const result = await client.${method}(${args});\nconsole.log(result);\n`;
  return `${head}const run = client.chat(${args});\nfor await (const event of run) {\n  if (event.type === "text-delta") process.stdout.write(event.text);\n}\nconst { verdict, usage } = await run.result();\nconsole.log("\\n" + verdict, usage);\n`;
}

/** @param {WireRequest} request */
export function fetchSnippet(request) {
  const body = bodyOf(request);
  const headers = script({ Authorization: "KEY", ...headersOf(request) }, 1).replace('"KEY"', "`Bearer ${process.env.OPENROUTER_API_KEY}`");
  const init = [`method: ${JSON.stringify(request.method)}`, `headers: ${headers}`, ...(body === undefined ? [] : [`body: ${typeof body === "string" ? JSON.stringify(body) : `JSON.stringify(${script(body, 1)})`}`])];
  const streams = typeof body === "object" && body !== null && body.stream === true;
  return `const response = await fetch(${JSON.stringify(request.url)}, {\n  ${init.join(",\n  ")},\n});\nif (!response.ok) throw new Error(\`\${response.status}: \${await response.text()}\`);\n${
    streams ? "const decoder = new TextDecoder();\nfor await (const bytes of response.body) process.stdout.write(decoder.decode(bytes, { stream: true }));\n" : "console.log(await response.text());\n"
  }`;
}

/** @param {WireRequest} request */
export function curlSnippet(request) {
  const body = bodyOf(request);
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body, null, 2);
  const parts = [
    `curl -N ${quoted(request.url)}`,
    ...(request.method === "GET" || (request.method === "POST" && text !== undefined) ? [] : [`-X ${request.method}`]),
    `-H "Authorization: Bearer $OPENROUTER_API_KEY"`,
    ...Object.entries(headersOf(request)).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(text === undefined ? [] : [`-d ${quoted(text)}`]),
  ];
  return `${parts.join(" \\\n  ")}\n`;
}

/** For a shell: nothing in single quotes means anything to it. @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {WireRequest} request */
function headersOf({ headers }) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !LEFT_OUT.test(name) && name.toLowerCase() !== "authorization"));
}

/** @param {WireRequest} request @returns {any} undefined: none */
function bodyOf({ body }) {
  if (body === undefined) return undefined;
  try {
    return shortened(JSON.parse(body));
  } catch {
    return body;
  }
}

/** Whether something was too long to be shown. @param {unknown} value @returns {boolean} */
export function isShortened(value) {
  return JSON.stringify(shortened(value)) !== JSON.stringify(value);
}

/** @param {any} value @returns {any} */
function shortened(value) {
  if (typeof value === "string") return isData(value) ? `${value.slice(0, 48)}…` : value;
  if (value instanceof Blob) return `(${value.type || "file"}, ${value.size} bytes)`;
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (Array.isArray(value)) return value.map(shortened);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shortened(part)]));
  return value;
}

/** Base64, with or without its `data:` before it. @param {string} text */
function isData(text) {
  return text.length > MOST_DATA_CHARACTERS && /^(data:[\w.+/-]+(;[\w=.-]+)*;base64,)?[A-Za-z0-9+/=_-]+$/.test(text);
}

/**
 * A value as somebody would write it in JavaScript.
 * @param {any} value
 * @param {number} [depth]
 * @returns {string}
 */
export function script(value, depth = 0) {
  const margin = "  ".repeat(depth + 1), end = "  ".repeat(depth);
  const plain = depth === 0 ? shortened(value) : value;
  if (Array.isArray(plain)) {
    const parts = plain.map((part) => script(part, depth + 1));
    return listed("[", parts, "]", margin, end);
  }
  if (plain && typeof plain === "object") {
    const parts = Object.entries(plain)
      .filter(([, part]) => part !== undefined && typeof part !== "function")
      .map(([name, part]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${script(part, depth + 1)}`);
    return listed("{ ", parts, " }", margin, end);
  }
  return JSON.stringify(plain) ?? "undefined";
}

/** On one line where it fits. @param {string} open @param {string[]} parts @param {string} close @param {string} margin @param {string} end */
function listed(open, parts, close, margin, end) {
  if (parts.length === 0) return open.trim() + close.trim();
  const line = open + parts.join(", ") + close;
  if (line.length + end.length <= 88 && !line.includes("\n")) return line;
  return `${open.trim()}\n${parts.map((part) => `${margin}${part},\n`).join("")}${end}${close.trim()}`;
}

// `client.fetch`: the requests of other SDKs, shaped by this package's rules; their answers as they come.
import { MessagePlaceholders, chatEngine, cleanKey, hasInnerNames, hasParts, invalidRequest, json, load, OpenRouterError, reading } from "../first-part.js";
import { meteredResponse } from "../money/metered-response.js";
import { shape } from "./prepare.js";

/** @import { ResizeImage } from "../index.js" */

// `client.prepare` shapes by the same.
export { prepareRequest } from "./prepare.js";
/** @import { Ledger } from "../money/ledger.js" */

/**
 * @typedef {object} DropIn
 * @property {Record<string, unknown>} config
 * @property {() => string | undefined | Promise<string | undefined>} apiKey
 * @property {() => typeof fetch} fetch
 * @property {ResizeImage | false | undefined} resizeImage
 * @property {((body: any) => Promise<object>) | undefined} facts  what the catalog says of a body's models
 * @property {((line: string) => void) | undefined} warn  the client's logger
 * @property {{ limits: import("../money/run-budget.js").EngineBudget, spentPico: () => number, prices: (body: any) => Promise<import("./prepare.js").PriceOf>, ledger: Ledger | undefined, access: import("../calls/call.js").Access, lookUp: (id: string) => Promise<{ cost?: number }> } | undefined} budget  the client's
 */

/** Headers that say which SDK it was: each of them costs a page a preflight, and one was refused by it. */
const SDK_HEADERS = /^(x-stainless-.*|user-agent|openai-beta|openai-organization|openai-project|content-length|host)$/i;
/** From here on a body is looked through for media that go around the engine. */
const MEDIA_FROM_CHARS = 16_384;
const CHARS_PER_TOKEN = 4;

/**
 * @param {RequestInfo | URL} input
 * @param {RequestInit | undefined} init
 * @param {DropIn} client
 * @returns {Promise<Response>}
 */
export async function fetchShaped(input, init, client) {
  const { request, url, method } = reading("input", () => calledOf(input, init));
  const send = client.fetch();
  const path = url.split(/[?#]/)[0].replace(/\/+$/, "");
  if (method !== "POST") return send(input, init);
  if (!path.endsWith("/chat/completions")) return client.budget && isOwnBase(path, client) ? guardedPost(input, init, path, client.budget, send) : send(input, init);
  const text = await reading("init", () => textOf(init?.body ?? undefined, request));
  if (isPlainObject(init?.body)) throw invalidRequest("init.body: is an object, of which fetch sends nothing but its class: JSON.stringify makes a body of it");
  if (text === undefined) return send(input, init);

  const { headers, settings } = reading("init", () => settingsOf(init, request));
  let shaped;
  try {
    shaped = await shapeText(text, headers, path, client);
  } catch (error) {
    if (!OpenRouterError.isInstance(error) || !(error.code in REFUSALS)) throw error;
    return refusal(error);
  }
  const { hold } = shaped;
  try {
    const answer = await sendShaped(shaped, { url, path, method, headers, settings }, client);
    return hold && client.budget ? meteredResponse(answer, hold, client.budget.lookUp) : answer;
  } catch (error) {
    hold?.unanswered(error);
    throw error;
  }
}

/**
 * @param {{ description: any, body: string }} shaped
 * @param {{ url: string, path: string, method: string, headers: [string, string][], settings: RequestInit }} asked @param {DropIn} client
 */
async function sendShaped({ description, body }, { url, path, method, headers, settings }, client) {
  const send = client.fetch();
  const all = new Headers(description.headers);
  const own = headers.find(([name]) => name.toLowerCase() === "authorization")?.[1];
  if (own) all.set("Authorization", own);
  else if (!all.has("Authorization") && isOwnBase(path, client)) {
    // The client's key goes to the client's own base alone.
    const key = cleanKey((await client.apiKey()) ?? "");
    if (key) all.set("Authorization", `Bearer ${key}`);
  }
  // Not "error", which workerd refuses. A redirect comes back as it is.
  return send(url, { ...settings, method, headers: all, body, redirect: "manual" });
}

/** What is called, and how. @param {RequestInfo | URL} input @param {RequestInit | undefined} init */
function calledOf(input, init) {
  const request = typeof Request === "function" && input instanceof Request ? input : undefined;
  return { request, url: request ? request.url : String(input), method: String(init?.method ?? request?.method ?? "GET").toUpperCase() };
}

/** What else a call says. @param {RequestInit | undefined} init @param {Request | undefined} request @returns {{ headers: [string, string][], settings: RequestInit }} */
function settingsOf(init, request) {
  const headers = [...new Headers(init?.headers ?? request?.headers)].filter(([name]) => !SDK_HEADERS.test(name));
  const signal = init?.signal ?? request?.signal;
  // Of a streamed body: this one is text.
  const { duplex: _, ...rest } = /** @type {any} */ (init ?? {});
  const { cache, credentials, keepalive } = request ?? {};
  return { headers, settings: { ...(request && { cache, credentials, keepalive }), ...rest, ...(signal && { signal }) } };
}

/**
 * Any other call of an SDK that may cost something: as it is, but for the client's budget.
 * @param {RequestInfo | URL} input @param {RequestInit | undefined} init @param {string} path @param {NonNullable<DropIn["budget"]>} budget @param {typeof fetch} send
 */
async function guardedPost(input, init, path, budget, send) {
  let hold;
  try {
    hold = await budget.access.admit?.(...(await reading("init", () => sizeOf(input, init, { path, access: budget.access }))));
  } catch (error) {
    if (!OpenRouterError.isInstance(error) || !(error.code in REFUSALS)) throw error;
    return refusal(error);
  }
  try {
    const answer = await send(input, init);
    return hold ? meteredResponse(answer, hold, budget.lookUp) : answer;
  } catch (error) {
    hold?.unanswered(error);
    throw error;
  }
}

/**
 * What is asked of which model, as far as it can be read without using the body up. Of what names no model no price is looked for.
 * @param {RequestInfo | URL} input @param {RequestInit | undefined} init
 * @param {{ path: string, access: import("../calls/call.js").Access }} to
 * @returns {Promise<[model: string, size: import("../money/call-money.js").CallSize]>}
 */
async function sizeOf(input, init, { path, access }) {
  const { request } = calledOf(input, init);
  const signal = init?.signal ?? request?.signal;
  const given = init?.body ?? undefined;
  const isForm = typeof FormData === "function" && given instanceof FormData;
  const text = isForm || (typeof ReadableStream === "function" && given instanceof ReadableStream) ? undefined : await textOf(given, request);
  const body = isForm ? Object.fromEntries(given) : parsedOrNothing(text ?? "");
  const route = path.slice(path.lastIndexOf("/") + 1);
  if (typeof body?.model !== "string" || body.model.trim() === "") return [route, {}];
  // Their prices stand in a list of their own.
  if (route === "videos") return [body.model, { signal, estimate: async (stopped) => (await videosOf(access)).estimate(text, stopped) }];
  const { IMAGE_TOKENS, SOUND_BYTES_PER_SECOND } = await load(import("../services-part.js"));
  const { model, models, plugins, n, input: said } = body;
  const tokens = Math.ceil((text?.length ?? 0) / CHARS_PER_TOKEN);
  /** @type {import("../engine/contract.js").CallUnits} */
  const units = { prompt: tokens, request: 1 };
  // Images, and speech that is priced by the letter.
  if (/\/images(\/|$)/.test(path)) units.imageOutput = IMAGE_TOKENS * (Number.isInteger(n) && n > 0 ? n : 1);
  if (route === "speech") units.prompt = String(said ?? "").length;
  const file = isForm ? given.get("file") : undefined;
  if (file instanceof Blob) units.prompt = Math.ceil(file.size / SOUND_BYTES_PER_SECOND);
  return [model, { units, call: { body: JSON.stringify({ model, models, plugins }) }, signal }];
}

/** One a client: its list of models is kept for a while. @type {WeakMap<import("../calls/call.js").Access, import("../media/videos.js").VideoClient>} */
const videoClients = new WeakMap();

/** @param {import("../calls/call.js").Access} access */
async function videosOf(access) {
  const { VideoClient } = await load(import("../media/videos.js"));
  const videos = videoClients.get(access) ?? new VideoClient(access);
  videoClients.set(access, videos);
  return videos;
}

/** @param {string} text @param {[string, string][]} headers @param {string} path @param {DropIn} client */
async function shapeText(text, headers, path, client) {
  const engine = await chatEngine.start();
  const placeholders = new MessagePlaceholders();
  const hasMedia = text.length > MEDIA_FROM_CHARS;
  const given = parsedOrNothing(text);
  const { config: own, budget } = client;
  // Another API has names of its own.
  const isOdd = isOwnBase(path, client) && typeof given === "object" && given !== null && (hasInnerNames(given) || hasParts(given.messages));
  const { request: parsed, strange } = isOdd ? (await load(import("./inner-names.js"))).wireNames(given, { params: own.params, models: own.models }) : { request: given, strange: [] };
  let body = parsed === given ? text : JSON.stringify(parsed);
  if (hasMedia) {
    const messages = placeholders.replace(parsed?.messages);
    if (messages !== parsed?.messages) {
      if (placeholders.unjudged.length > 0) await (await load(import("../transcript-part.js"))).judgeImages(placeholders, client.resizeImage);
      body = JSON.stringify({ ...parsed, messages });
    }
  }
  const priceOf = await budget?.prices(parsed);
  const money = budget && (await load(import("../services-part.js")));
  const strangeNames = [own.strangeNames ?? "", ...strange].join("\n");
  const known = { strangeNames, catalogModels: await client.facts?.(parsed), ...(!isOwnBase(path, client) && { headers: undefined }) };
  const config = json("options", { ...own, ...known, fallbackModels: undefined, baseURL: path.slice(0, -"/chat/completions".length) });
  // Without the key: it is set again behind the engine, which would mask it.
  const others = headers.filter(([name]) => name.toLowerCase() !== "authorization");
  const { description, text: shaped, hold } = await shape(engine, placeholders, { config, headers: JSON.stringify(others), body, budget: budget?.limits }, {
    isForeign: true,
    // The last thing before the send: chats of the same client may have spent meanwhile.
    ...(budget && money && priceOf && { admission: { priceOf, spentPico: budget.spentPico, hold: (pico) => new money.Hold(budget.ledger, pico, undefined) } }),
  });
  // An SDK has no place for them.
  for (const { rule, path, reason } of description.warnings) client.warn?.(`${rule}: ${path}: ${reason}`);
  return { description, body: shaped, hold };
}

/** @param {unknown} body */
function isPlainObject(body) {
  if (typeof body !== "object" || body === null) return false;
  const above = Object.getPrototypeOf(body);
  return above === null || above === Object.prototype || Array.isArray(body);
}

/** The body as text; `undefined` when it is none that can be read without using it up. @param {unknown} body @param {Request | undefined} request */
async function textOf(body, request) {
  if (typeof body === "string") return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(/** @type {any} */ (body));
  if (body instanceof Blob) return body.text();
  if (typeof ReadableStream === "function" && body instanceof ReadableStream) return new Response(body).text();
  return body === undefined && request?.body ? request.clone().text() : undefined;
}

/** @param {string} text */
function parsedOrNothing(text) {
  try {
    return JSON.parse(text);
  } catch {
    // The engine says where it is no JSON.
    return undefined;
  }
}

/** OpenRouter's base in both of its spellings. */
const OPENROUTER_PATHS = ["/api/v1", "/v1"];

/** Where the client's key and headers may go: below its own base. @param {string} path @param {DropIn} client */
function isOwnBase(path, client) {
  const base = new URL(String(client.config.baseURL ?? "https://openrouter.ai/api/v1").trim());
  // A page may ask below its own address.
  const asked = new URL(path, globalThis.location?.href ?? "relative:");
  if (asked.origin !== base.origin) return false;
  const ownPath = base.pathname.replace(/\/+$/, "");
  const paths = base.hostname === "openrouter.ai" && OPENROUTER_PATHS.includes(ownPath) ? OPENROUTER_PATHS : [ownPath];
  return paths.some((path) => `${asked.pathname}/`.startsWith(`${path}/`));
}

/** What is refused here, by its code: OpenRouter's status and `error_type`. @type {Record<string, { status: number, type: string }>} */
const REFUSALS = { "invalid-request": { status: 400, type: "invalid_request" }, budget: { status: 402, type: "payment_required" } };

/** As OpenRouter refuses: an SDK makes an error with the message of it, where a rejected `fetch` would only be tried again. @param {OpenRouterError} error */
function refusal({ code, message }) {
  const { status, type } = REFUSALS[code];
  return new Response(JSON.stringify({ error: { code: status, message, metadata: { error_type: type } } }), {
    status,
    headers: { "content-type": "application/json" },
  });
}

// Records of a batch to event objects.
import { OpenRouterError } from "../errors.js";
import { KIND_FAILURE, KIND_FINISH, KIND_JSON, KIND_RAW_DATA, KIND_REASONING, KIND_REFUSAL, KIND_SAMPLE, KIND_TEXT, KIND_TOOL_CALL_DELTA } from "./contract.js";
import { GrowingText } from "./growing-text.js";
import { PartialView } from "./partial-view.js";

/** @import { EventQueue } from "./event-queue.js" */

/** Of src/answer/object_text.rs: no call has such a number. */
const OBJECT_VIEW = 0x800000;

/** What a run knows about its events beside the batch: the calls' ids and views, the media, the end. */
export class BatchReader {
  step = 0;
  /** The texts of the step's message: kept here and not in the engine, whose memory never shrinks. */
  said = new GrowingText();
  /** The text that is all of it once more, until something follows: some servers end with it, which is no text. */
  held = "";
  #thought = new GrowingText();
  #refused = new GrowingText();
  /** Who answers, as far as it was told. @type {{ id?: string, model?: string, provider?: string }} */
  #identity = {};
  /** @type {{ id: string, view: PartialView }[]} */
  #calls = [];
  /** The whole ones, as they stand in the message. @type {object[]} */
  #called = [];
  /** @type {{ type: "image_url", image_url: { url: string } }[]} */
  #images = [];
  /** @type {{ id?: string, data: string[], transcript: string, expiresAt?: number } | undefined} */
  #audio = undefined;
  /** Whose answer it is, once it has begun. @type {{ id?: string, model?: string, provider?: string } | undefined} */
  head = undefined;
  /** How the step ended, once it has. @type {any} */
  finished = undefined;
  /** How the run failed, once it has. @type {any} */
  failed = undefined;
  /** What has come of an answer that is read once it is whole, how much it is, and when the last of it came. @type {Uint8Array[] | undefined} */
  kept = undefined;
  keptBytes = 0;
  keptAt = 0;
  /** The object that the text is to be, as far as it is there. */
  object = new PartialView();
  #objectNumber = OBJECT_VIEW;
  /** What tools are called by the caller. @type {{ incoming(partial: any): any } | undefined} */
  steering = undefined;
  /** Why the last attempt was not the last, and when the next one is due. @type {{ delayMs: number, error: { code: string, retryAfterMs?: number } } | undefined} */
  retried = undefined;
  /** What the engine decided about the calls of this step. @type {import("../chat/tool-round.js").PlannedCall[]} */
  plannedCalls = [];
  /** The arguments of whole calls by id. @type {Map<string, any>} */
  inputs = new Map();
  /** What came of the arguments of the others. @type {Map<string, string>} */
  broken = new Map();
  /** Chunks for the client's drift. @type {string[]} */
  samples = [];
  /** Models that failed or are well again, for the client. @type {{ model: string, ms: number }[]} */
  coolDowns = [];

  /** The answer of one step is over; the next one begins. @param {number} step  as many as are whole */
  nextStep(step) {
    this.step = step;
    this.held = "";
    for (const text of [this.said, this.#thought, this.#refused]) text.clear();
    this.#identity = {};
    this.#calls = [];
    this.#called = [];
    this.#images = [];
    this.#audio = undefined;
    this.finished = undefined;
    this.plannedCalls = [];
    this.inputs = new Map();
    this.broken = new Map();
    this.object = new PartialView();
    this.#objectNumber = OBJECT_VIEW;
  }

  /**
   * @param {number} kind
   * @param {number} number
   * @param {string} text
   * @param {EventQueue} out
   */
  take(kind, number, text, out) {
    const step = this.step;
    switch (kind) {
      case KIND_TEXT:
        this.#letOut(out);
        if (this.said.isAgain(text)) this.held = text;
        else this.#say(text, out);
        break;
      case KIND_REASONING:
        this.#thought.add(text);
        out.push({ type: "reasoning-delta", step, text });
        break;
      case KIND_REFUSAL:
        this.#refused.add(text);
        out.push({ type: "refusal-delta", step, text });
        break;
      case KIND_TOOL_CALL_DELTA:
        out.push({ type: "tool-call-delta", step, id: this.#calls[number].id, text, partial: this.#calls[number].view.value });
        break;
      case KIND_JSON:
        this.#event(JSON.parse(text), out);
        break;
      case KIND_RAW_DATA:
        out.push({ type: "raw", step, data: text });
        break;
      case KIND_SAMPLE:
        this.samples.push(text);
        break;
      case KIND_FINISH:
        this.finished = this.withMedia(JSON.parse(text), this.#called);
        break;
      case KIND_FAILURE:
        this.#letOut(out);
        this.failed = JSON.parse(text);
        this.withMedia(this.failed.partial);
        break;
      default:
        if (number < OBJECT_VIEW) this.#calls[number].view.apply(kind, text);
        else this.#growObject(kind, number, text);
    }
  }

  /** @param {string} text @param {EventQueue} out */
  #say(text, out) {
    this.said.add(text);
    out.push({ type: "text-delta", step: this.step, text });
  }

  /** What was held back was text after all. @param {EventQueue} out */
  #letOut(out) {
    if (this.held !== "") this.#say(this.held, out);
    this.held = "";
  }

  /** What looked like the object may turn out to be none: the next one has another number. @param {number} kind @param {number} number @param {string} text */
  #growObject(kind, number, text) {
    if (number !== this.#objectNumber) {
      this.#objectNumber = number;
      this.object = new PartialView();
    }
    this.object.apply(kind, text);
  }

  /** @param {any} event @param {EventQueue} out */
  #event(event, out) {
    const step = this.step;
    switch (event.type) {
      case "response-start":
        this.#identity = withoutType(event);
        out.push({ type: event.type, step, ...this.#identity });
        break;
      case "tool-call-start":
        this.#calls[event.index] = { id: event.id, view: new PartialView() };
        out.push({ type: event.type, step, id: event.id, name: event.name, index: event.index });
        break;
      case "tool-call": {
        const { type, id, name, truncated = false, arguments: text, extra } = event;
        if (truncated) this.broken.set(id, text);
        else {
          this.inputs.set(id, (event.input ??= JSON.parse(text)));
          this.#called.push({ id, type: "function", function: { name, arguments: text }, ...(extra && { extra_content: extra }) });
        }
        out.push({ type, step, id, name, input: event.input, truncated, ...(truncated && { arguments: text }) });
        break;
      }
      case "call-tools":
        this.plannedCalls = event.calls;
        break;
      case "cool-down":
        this.coolDowns.push({ model: event.model, ms: event.ms });
        break;
      case "fallback":
        this.#calls = [];
        this.#identity = {};
        out.push({ type: event.type, step, from: event.from, to: event.to, error: new OpenRouterError(event.error) });
        break;
      case "image": {
        this.#images.push({ type: "image_url", image_url: { url: event.url } });
        out.push({ type: event.type, step, url: event.url, ...decodedDataUrl(event.url) });
        break;
      }
      case "audio-delta": {
        const { id, data, transcript, expires_at: expiresAt } = event.audio;
        const audio = (this.#audio ??= { data: [], transcript: "" });
        if (id) audio.id = id;
        if (data) audio.data.push(data);
        if (transcript) audio.transcript += transcript;
        if (expiresAt) audio.expiresAt = expiresAt;
        out.push({ type: event.type, step, id, data, transcript });
        break;
      }
      case "citation": {
        const { url, title, content, start_index: startIndex, end_index: endIndex } = event.citation;
        out.push({ type: event.type, step, url, title, content, startIndex, endIndex });
        break;
      }
      case "retry":
        this.retried = event;
        this.#identity = {};
        out.push({ type: event.type, step, attempt: event.attempt, delayMs: event.delayMs, error: new OpenRouterError(event.error) });
        break;
      default:
        out.push({ type: event.type, step, ...withoutType(event) });
    }
  }

  /** Who answers, once the answer tells. */
  get answeringModel() {
    return this.#identity.model;
  }

  /** What has come, where the engine can say nothing any more. @returns {import("../index.js").PartialAnswer} */
  get remains() {
    return this.withMedia({ message: { role: "assistant", content: "", reasoning: `${this.#thought}` || undefined }, ...this.#identity });
  }

  /**
   * Puts the texts, the calls, the images and the sound into the message: they are kept out of the engine, whose memory never shrinks.
   * @param {any} state @param {object[]} [called]
   */
  withMedia(state, called = []) {
    const { message } = state;
    if (called.length > 0) message.tool_calls = called;
    for (const [name, text] of /** @type {const} */ ([["content", this.said], ["reasoning", this.#thought], ["refusal", this.#refused]])) {
      // A record that the engine does not name has no text.
      if (message[name] !== undefined && `${text}` !== "") message[name] = `${text}`;
    }
    if (this.#images.length > 0) state.message.images = this.#images.slice();
    if (this.#audio) {
      const { id, data, transcript, expiresAt } = this.#audio;
      state.message.audio = { ...(id && { id }), data: data.join(""), transcript, ...(expiresAt && { expires_at: expiresAt }) };
    }
    this.steering?.incoming(state);
    return state;
  }
}

/** @param {any} event */
function withoutType({ type: _, ...rest }) {
  return rest;
}

/**
 * `data` and `mediaType` of a data URL; nothing for any other, or for one whose base64 is broken (the URL is still handed out).
 * @param {string} url
 * @returns {{ data?: Uint8Array, mediaType?: string }}
 */
function decodedDataUrl(url) {
  const match = /^data:([^;,]*)(;[^,]*)?;base64,/i.exec(url);
  if (!match) return {};
  try {
    const text = atob(url.slice(match[0].length));
    const data = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) data[at] = text.charCodeAt(at);
    return { data, mediaType: match[1] || "application/octet-stream" };
  } catch {
    return {};
  }
}

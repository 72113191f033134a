// The chat on the page: what is sent, what comes back, and each change of the tree as something to see.
import { holding, lockOf } from "./answer-lock.js";
import { AnswerView } from "./answer-view.js";
import { follow } from "./chat.js";
import { ChatMoney } from "./chat-money.js";
import { requestFields } from "./chat-settings.js";
import { ChatStore } from "./chat-store.js";
import { plural } from "./format.js";
import { inWords, storedOutcome } from "./outcome.js";
import { questionView } from "./question-view.js";
import { UNDO } from "./toast.js";
import { simulatedCall } from "./tools/simulated-calls.js";
import { ToolRound } from "./tools/tool-round.js";
import { offeredTools } from "./tools/tools.js";

/** @import { ChatRequest, ChatRun, PartialAnswer } from "openrouter-wasm" */
/** @import { Attachment } from "./attachments.js" */
/** @import { Outcome } from "./chat.js" */
/** @import { ChatState } from "./chat-state.js" */
/** @import { ChatEntry } from "./chat-tree.js" */
/** @import { Connection } from "./connections.js" */
/** @import { DayCosts } from "./day-costs.js" */
/** @import { EventLog } from "./event-log.js" */
/** @import { Scenario } from "./scenarios.js" */
/** @import { SessionCosts } from "./session-costs.js" */
/** @import { WireRequest } from "./wire-log.js" */

/** Between two writings of an answer that grows. The text since then is written when the page is left. */
const SAVE_EVERY_MS = 300;
/** For the lock of an answer that was left, before the chat is shown without its end. */
const LEFT_PATIENCE_MS = 1000;

/**
 * @typedef {object} Around
 * @property {() => Connection} connection
 * @property {{ scroller: HTMLElement, feed: HTMLElement, welcome: HTMLElement }} parts
 * @property {() => void} toEnd
 * @property {() => Partial<ChatRequest>} choices the model, the effort and what else is chosen beside the message
 * @property {() => boolean} offersTools
 * @property {EventLog} log
 * @property {SessionCosts} costs
 * @property {DayCosts} day
 * @property {(text: string) => void} say
 * @property {(text: string, more?: { action?: { label: string, run: () => void }, tone?: "good" | "bad" }) => void} toast
 * @property {(isBusy: boolean) => void} setBusy
 * @property {() => void} changed the list of chats and the costs are to be shown anew
 * @property {() => void} askForKey
 * @property {() => void} openSettings
 * @property {() => void} chooseModel
 * @property {(call: import("./code-snippets.js").PackageCall, sent: WireRequest | undefined) => void} showCode
 */

/** @typedef {{ entry: ChatEntry, controller: AbortController, partial: () => PartialAnswer, done: Promise<void> }} Running */

export class Conversation {
  /** @type {Running | undefined} */
  #running;
  /** @type {Map<string, AnswerView>} */
  #views = new Map();
  /** What was sent for an answer, as long as the page lives. @type {Map<string, { request: Partial<ChatRequest>, more?: Partial<ChatRequest>, sent?: WireRequest }>} */
  #sent = new Map();
  /** @type {ToolRound | undefined} */
  #round;

  /** @param {ChatState} state @param {Around} around */
  constructor(state, around) {
    this.state = state;
    this.around = around;
    this.money = new ChatMoney(state, around);
    addEventListener("pagehide", () => {
      if (!this.#running) return;
      const { entry, partial } = this.#running;
      ChatStore.keepDraft({ ...entry, generationId: partial().id, message: partial().message });
    });
  }

  get isBusy() {
    return this.#running !== undefined;
  }

  /**
   * The visitor says something.
   * @param {string} text
   * @param {readonly Attachment[]} [attached]
   * @param {Scenario} [scenario]
   * @returns {Promise<boolean>} false: it was not sent, and the visitor knows why
   */
  async send(text, attached = [], scenario) {
    if (!(await this.#maySend())) return false;
    await this.stop();
    const { state } = this;
    await state.begin(this.around.connection().id);
    await this.#denyOpenCalls();
    this.around.parts.welcome.hidden = true;
    const content = attached.length === 0 ? text : [{ type: "text", text: text || `Attached: ${attached.map(({ note }) => note.name).join(", ")}` }, ...attached.map(({ part }) => part)];
    const entry = await state.add({ parentId: state.chat?.leafId, message: { role: "user", content: /** @type {any} */ (content) }, ...(attached.length > 0 && { attachments: attached.map(({ note }) => note) }), ...(scenario && { tag: scenario.title }) });
    this.#append(entry);
    this.around.changed();
    this.#rehearse(entry, scenario);
    await this.#answer(entry.id, scenario?.request);
    return true;
  }

  /** @param {string} id @returns {Promise<boolean>} */
  async open(id) {
    await this.stop();
    if (!(await this.state.open(id))) return false;
    const goesOn = await this.#closeLeft();
    this.render();
    this.around.toEnd();
    if (goesOn) void this.#resume(goesOn.entry, goesOn.message);
    return true;
  }

  async close() {
    await this.stop();
    this.state.close();
    this.render();
  }

  async stop() {
    this.#round?.abort();
    this.#running?.controller.abort();
    await this.#running?.done;
  }

  /** The whole branch, from what is stored. */
  render() {
    const { feed, welcome } = this.around.parts;
    const { path } = this.state;
    this.#views.clear();
    this.#round = undefined;
    feed.replaceChildren();
    welcome.hidden = path.length > 0;
    for (const entry of path) this.#append(entry);
    this.#askForTools();
    this.around.changed();
  }

  /** @param {ChatEntry} entry */
  #append(entry) {
    const { feed } = this.around.parts;
    const { role, content, tool_call_id: callId } = entry.message;
    if (role === "user") {
      feed.append(questionView(entry, this.state.branch(entry), { edit: (_, text) => void this.#edit(entry, text), remove: () => void this.#remove(entry), turn: (_, by) => void this.#turn(entry, by) }));
    } else if (role === "tool") {
      if (callId) [...this.#views.values()].findLast((view) => view.has(callId))?.answered(callId, resultOf(content));
    } else {
      this.#last?.retire();
      const view = this.#view(entry);
      feed.append(view.node);
      view.replay(/** @type {any} */ (entry.message));
      if (entry.outcome) view.end(entry.outcome, this.state.branch(entry));
    }
  }

  get #last() {
    return [...this.#views.values()].at(-1);
  }

  /** @param {ChatEntry} entry */
  #view(entry) {
    const view = new AnswerView(
      {
        regenerate: () => void this.#regenerate(entry),
        remove: () => void this.#remove(entry),
        turn: (by) => void this.#turn(entry, by),
        showCode: () => void this.#showCode(entry),
        chooseModel: () => this.around.chooseModel(),
        openSettings: () => this.around.openSettings(),
        decide: (call, decision) => void this.#round?.decide(call, decision),
      },
      { id: entry.id, isObject: this.state.settings.schema !== undefined && !entry.message.tool_calls },
    );
    this.#views.set(entry.id, view);
    return view;
  }

  /**
   * The model answers what was said up to the given message.
   * @param {string | undefined} parentId
   * @param {Partial<ChatRequest>} [more]
   */
  async #answer(parentId, more) {
    const { state, around } = this;
    const connection = around.connection();
    // The button that was pressed may go with it, and must not take the focus along.
    const focused = document.activeElement;
    this.#last?.retire();
    if (focused !== document.activeElement) around.parts.scroller.focus({ preventScroll: true });

    const request = { ...around.choices(), messages: state.messages(parentId), ...(connection.takesTextOnly ? {} : { ...requestFields(state.settings), ...(around.offersTools() && { tools: offeredTools(state.settings.tools) }) }), ...this.money.budget(), ...(connection.isDurable && { durable: true }), ...more };
    if (Array.isArray(request.tools) && request.tools.length === 0) delete request.tools;
    const entry = await state.add({ parentId, message: { role: "assistant", content: "" } });
    const view = this.#view(entry);
    around.parts.feed.append(view.node);
    around.toEnd();

    around.log.begin(request);
    await this.#follow(entry, view, connection, (signal) => connection.client.chat(/** @type {ChatRequest} */ ({ ...request, signal })), (sent) => this.#sent.set(entry.id, { request, more, sent }));
  }

  /** An answer that went on without its page: all of it is told again, and then what comes. @param {ChatEntry} entry @param {ChatEntry["message"]} message  what had arrived of it */
  async #resume(entry, message) {
    const connection = this.around.connection(), view = this.#views.get(entry.id), { runId } = entry;
    if (!view) return;
    const { error } = await this.#follow(entry, view, connection, (signal) => connection.client.resumeRun(/** @type {string} */ (runId), { signal }));
    if (error?.code !== "not-found") return;
    // It is kept no more: what had arrived is what there is.
    Object.assign(entry, { message, outcome: { verdict: "left" } });
    await this.state.store.saveEntries([entry]);
    this.render();
  }

  /** @param {ChatEntry} entry @param {AnswerView} view @param {Connection} connection @param {(signal: AbortSignal) => ChatRun} begin @param {(sent: WireRequest | undefined) => void} [onSent] @returns {Promise<Outcome>} */
  async #follow(entry, view, connection, begin, onSent = () => {}) {
    const { state, around } = this, controller = new AbortController();
    around.say("The answer begins.");
    around.setBusy(true);
    const wire = connection.wire.listen();
    const run = begin(controller.signal);
    const { partial, done } = follow(connection.client, run, (event) => {
      around.log.add(event);
      view.show(event);
      // At once: a draft has no room for it when the page is left.
      if (event.type === "image") keep();
    });
    if (connection.isDurable) entry.runId = run.id;
    const keep = () => {
      entry.message = /** @type {any} */ ({ ...entry.message, ...partial().message });
      entry.generationId = partial().id;
      void state.store.saveEntries([entry]);
    };
    const saving = setInterval(keep, SAVE_EVERY_MS);
    const finished = done.then(async (outcome) => {
      clearInterval(saving);
      wire.stop();
      this.#running = undefined;
      onSent(wire.heard.findLast(({ method, body }) => method === "POST" && body?.includes('"messages"')));
      if (outcome.error) around.log.add({ type: "error", ...outcome.error, message: outcome.error.message });
      delete entry.runId;
      await this.#finish(entry, view, outcome, connection);
    });
    this.#running = { entry, controller, partial, done: finished };
    // Another tab that opens this chat sees by it that the answer is not to be taken for one that was left.
    void holding(lockOf(entry), () => finished);
    await finished;
    return done;
  }

  /** @param {ChatEntry} entry @param {AnswerView} view @param {Outcome} outcome @param {Connection} connection */
  async #finish(entry, view, outcome, connection) {
    const { state, around } = this;
    entry.message = /** @type {any} */ ({ ...outcome.message, role: "assistant" });
    entry.outcome = storedOutcome(outcome);
    entry.generationId = outcome.generationId;
    // Begun before anything shows: a page that is left in the next moment has its answer.
    const saved = state.store.saveEntries([entry]);
    view.end(entry.outcome, state.branch(entry));
    // At once: what waits for the visitor must not look complete for a moment.
    if (this.#views.get(entry.id) === view) this.#askForTools();
    around.setBusy(false);
    // A request that was turned away has cost nothing.
    if (outcome.usage || outcome.model) {
      this.money.add(outcome.usage?.cost, connection);
      if (outcome.usage?.cost === undefined) void this.#findBill(entry, connection, outcome.bill);
      // The next message is judged by it, before the store has it.
      around.changed();
    }
    await saved;
    if (state.chat) await state.save({ updatedAtMs: Date.now(), model: String(around.choices().model ?? "") || undefined });
    around.say(inWords(outcome));
    around.changed();
  }

  /** @param {ChatEntry} entry @param {Connection} connection @param {Outcome["bill"]} [bill] */
  async #findBill(entry, connection, bill) {
    await this.money.findBill(entry, connection, bill);
    if (entry.outcome) this.#views.get(entry.id)?.update(entry.outcome);
    this.around.changed();
  }

  async #maySend() {
    const connection = this.around.connection();
    if (connection.needsKey && !(await connection.hasKey())) {
      this.around.askForKey();
      return false;
    }
    const text = this.money.refusal();
    if (text === undefined) return true;
    this.around.say(text);
    this.around.toast(text, { tone: "bad", action: { label: "Change it", run: () => this.around.openSettings() } });
    return false;
  }

  /** How the simulator answers: by the scenario's script, or with the tool that the question calls for. @param {ChatEntry} entry @param {Scenario} [scenario] */
  #rehearse(entry, scenario) {
    const { rehearse } = this.around.connection();
    if (!rehearse) return;
    if (scenario) return rehearse(scenario.scripts());
    const offered = this.around.offersTools() ? offeredTools(this.state.settings.tools).map(({ name }) => name) : [];
    const { content } = entry.message;
    const call = simulatedCall(typeof content === "string" ? content : String(/** @type {any} */ (content?.[0])?.text ?? ""), offered);
    rehearse(call ? [call] : []);
  }

  /** @param {ChatEntry} entry @param {string} text */
  async #edit(entry, text) {
    if (!(await this.#maySend())) return;
    await this.stop();
    const { content } = entry.message;
    const changed = Array.isArray(content) ? [{ type: "text", text }, ...content.slice(1)] : text;
    const added = await this.state.add({ parentId: entry.parentId, message: { role: "user", content: /** @type {any} */ (changed) }, attachments: entry.attachments });
    this.render();
    this.#rehearse(added);
    await this.#answer(added.id);
  }

  /** @param {ChatEntry} entry */
  async #regenerate(entry) {
    if (!(await this.#maySend())) return;
    await this.stop();
    const question = entry.parentId === undefined ? undefined : this.state.entries.get(entry.parentId);
    await this.state.save({ leafId: entry.parentId });
    this.render();
    if (question?.message.role === "user") this.#rehearse(question);
    await this.#answer(entry.parentId, this.#sent.get(entry.id)?.more);
  }

  /** @param {ChatEntry} entry @param {number} by */
  async #turn(entry, by) {
    await this.stop();
    const shown = await this.state.turn(entry, by);
    this.render();
    if (!shown) return;
    const { at, count } = this.state.branch(shown);
    this.around.say(`Version ${at + 1} of ${count}.`);
    const node = this.around.parts.feed.querySelector(`[data-entry="${shown.id}"]`);
    /** @type {HTMLElement | null | undefined} */ (node?.querySelector(`[data-action=${by < 0 ? "before" : "after"}]:enabled`) ?? node?.querySelector(".branches button:enabled"))?.focus();
  }

  /** @param {ChatEntry} entry */
  async #remove(entry) {
    await this.stop();
    const undo = await this.state.remove(entry);
    this.render();
    this.around.parts.scroller.focus({ preventScroll: true });
    this.around.toast(entry.message.role === "user" ? "The message is deleted." : "The answer is deleted.", { action: { label: UNDO, run: () => void undo().then(() => this.render()) } });
  }

  /** @param {ChatEntry} entry */
  async #showCode(entry) {
    const { client } = this.around.connection();
    const known = this.#sent.get(entry.id);
    const request = known?.request ?? { ...this.around.choices(), messages: this.state.messages(entry.parentId), ...requestFields(this.state.settings) };
    const sent = known?.sent ?? (await this.#prepared(client, request));
    this.around.showCode({ method: "chat", options: request }, sent);
  }

  /** After a reload: what would be sent. @param {Connection["client"]} client @param {Partial<ChatRequest>} request @returns {Promise<WireRequest | undefined>} */
  async #prepared(client, request) {
    const made = await client.prepare(/** @type {ChatRequest} */ (request)).catch(() => undefined);
    return made && { method: made.method, url: made.url, headers: Object.fromEntries(new Headers(/** @type {any} */ (made.headers))), body: typeof made.body === "string" ? made.body : JSON.stringify(made.body) };
  }

  /**
   * Answers that were on their way when the page was left. One that another tab is still getting is shown whole when it is.
   * @returns {Promise<{ entry: ChatEntry, message: ChatEntry["message"] } | undefined>} the last one, where it has gone on meanwhile
   */
  async #closeLeft() {
    const { state } = this;
    const connection = this.around.connection();
    let isShown = false;
    /** @type {{ entry: ChatEntry, message: ChatEntry["message"] } | undefined} */
    let goesOn;
    const closing = [...state.entries.values()]
      .filter(({ message, outcome }) => message.role === "assistant" && !outcome)
      .map((entry) =>
        // The page that gets the answer holds the lock; so does, for a moment, a page that is just being left.
        holding(lockOf(entry), async () => {
          const stored = await state.store.entry(entry.id);
          if (state.entries.get(entry.id) !== entry || !stored) return;
          if (!stored.outcome && stored.runId !== undefined && connection.isDurable && entry.id === state.chat?.leafId && !isShown) {
            goesOn = { entry, message: stored.message };
            Object.assign(entry, stored, { message: { role: "assistant", content: "" } });
            return;
          }
          Object.assign(entry, stored, { outcome: stored.outcome ?? { verdict: "left" } });
          await state.store.saveEntries([entry]);
          if (isShown) this.render();
          if (!stored.outcome && entry.generationId !== undefined) void this.#findBill(entry, connection);
        }),
      );
    await Promise.race([Promise.all(closing), new Promise((resolve) => setTimeout(resolve, LEFT_PATIENCE_MS))]);
    isShown = true;
    return goesOn;
  }

  #askForTools() {
    const open = new Set(this.state.openCalls().map(({ id }) => id));
    const view = this.#last;
    const calls = view?.calls.filter(({ id }) => open.has(id)) ?? [];
    if (!view || calls.length === 0) return;
    this.#round = new ToolRound(view, calls, {
      modes: () => this.state.settings.tools,
      always: (name) => void this.state.setSettings({ ...this.state.settings, tools: { ...this.state.settings.tools, [name]: "run" } }),
      done: async (results) => {
        this.#round = undefined;
        for (const { id, result } of results) await this.state.add({ parentId: this.state.chat?.leafId, message: { role: "tool", tool_call_id: id, content: JSON.stringify(result) } });
        await this.#answer(this.state.chat?.leafId);
      },
    });
    this.#round.begin();
    if (this.#round?.waits) this.around.say(`${plural(calls.length, "tool call")} to decide on.`);
  }

  /** A call that nobody has answered makes the next request invalid: it is answered with a no. */
  async #denyOpenCalls() {
    this.#round?.abort();
    this.#round = undefined;
    for (const { id } of this.state.openCalls()) {
      const result = { error: "The user did not run this tool.", denied: true };
      const entry = await this.state.add({ parentId: this.state.chat?.leafId, message: { role: "tool", tool_call_id: id, content: JSON.stringify(result) } });
      this.#append(entry);
    }
    this.#last?.decided();
  }
}

/** @param {unknown} content */
function resultOf(content) {
  try {
    return JSON.parse(String(content));
  } catch {
    return { result: String(content) };
  }
}

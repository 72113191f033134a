// The demo page: puts its parts together and keeps the conversation.
import { Account, signInAnswer } from "./page/account.js";
import { accountBox } from "./page/account-box.js";
import { AnswerView } from "./page/answer-view.js";
import { chat } from "./page/chat.js";
import { Composer } from "./page/composer.js";
import { readOffer, simulated, throughWorker, withOwnKey } from "./page/connections.js";
import { byId, element } from "./page/dom.js";
import { EventLog } from "./page/event-log.js";
import { hasFilms } from "./page/film-marker.js";
import { followEnd } from "./page/follow.js";
import { plural } from "./page/format.js";
import { keyField } from "./page/key-field.js";
import { ModelField } from "./page/model-field.js";
import { fillScenarios, fillSuggestions } from "./page/rail.js";
import { SessionCosts } from "./page/session-costs.js";
import { TabLoader } from "./page/tab-loader.js";
import { Tabs } from "./page/tabs.js";
import { toolResult, withAnswer, withoutOpenCalls } from "./page/transcript.js";
import { runTool, WEATHER_TOOL } from "./page/weather-tool.js";

/** @import { ChatMessage, ChatRequest, WholeToolCallEvent } from "openrouter-wasm" */
/** @import { FilmJobs } from "./page/film-jobs.js" */
/** @import { Outcome } from "./page/chat.js" */
/** @import { Connection } from "./page/connections.js" */
/** @import { Scenario } from "./page/scenarios.js" */

/** About what a fast model takes between two pieces. `?pace=0` is for tests. */
const PACE_MS = Number(new URLSearchParams(location.search).get("pace") ?? 24);

const key = keyField({ form: byId("key-form", HTMLFormElement), field: byId("key", HTMLInputElement), remember: byId("remember", HTMLInputElement) });
const model = new ModelField({ field: byId("model", HTMLInputElement), list: byId("models", HTMLDataListElement), hint: byId("model-hint", HTMLElement) });
const effort = byId("effort", HTMLSelectElement);
const offerTool = byId("offer-tool", HTMLInputElement);
const rawEvents = byId("raw-events", HTMLInputElement);
const conversation = byId("conversation", HTMLElement);
const feed = byId("feed", HTMLElement);
const welcome = byId("welcome", HTMLElement);
const status = byId("status", HTMLElement);

const log = new EventLog({
  drawer: byId("events", HTMLElement),
  list: byId("event-list", HTMLElement),
  toggle: byId("events-toggle", HTMLButtonElement),
  count: byId("event-count", HTMLElement),
  copy: byId("events-copy", HTMLButtonElement),
  clear: byId("events-clear", HTMLButtonElement),
  close: byId("events-close", HTMLButtonElement),
});
const composer = new Composer(
  { form: byId("composer", HTMLFormElement), field: byId("prompt", HTMLTextAreaElement), send: byId("send", HTMLButtonElement), stop: byId("stop", HTMLButtonElement) },
  { send: (text) => ask(text), stop },
);
const toEnd = followEnd(conversation, feed, byId("jump", HTMLButtonElement));

const answered = signInAnswer();
const offer = await readOffer();
const here = location.origin;
/** Of OpenRouter itself, and of the simulator where the server of this page plays it. */
const account = new Account({ connection: "openrouter", profile: "openrouter:default" });
const rehearsed = offer.simulator ? new Account({ connection: "simulator", profile: "openrouter:simulator", authorizeUrl: `${here}/auth`, baseURL: `${here}/api/v1` }) : undefined;
/** @type {Record<string, Connection | undefined>} */
const connections = { simulator: simulated(PACE_MS, rehearsed), openrouter: withOwnKey(account, key), worker: throughWorker(offer) };
let connection = /** @type {Connection} */ (connections.simulator);

const costs = new SessionCosts();
/** @type {Map<string, Promise<FilmJobs>>} */
const filmJobs = new Map();
const loader = new TabLoader({
  connection: () => connection,
  tab: () => tabs.current,
  service,
  costs,
  desk: {},
  say,
  chatWith(id) {
    model.choose(id);
    tabs.open("chat");
    composer.focus();
  },
  filmJobs: filmJobsOf,
});
const tabs = new Tabs(/** @type {HTMLElement} */ (document.querySelector("[role=tablist]")), (name) => {
  for (const tool of document.querySelectorAll(".tools > *")) /** @type {HTMLElement} */ (tool).hidden = name !== "chat";
  void loader.open(name);
});

/** What the next request begins with. @type {ChatMessage[]} */
let transcript = [];
/** The answer that is on its way. @type {{ controller: AbortController, done: Promise<unknown> } | undefined} */
let current;
/** @type {AnswerView | undefined} */
let last;

/**
 * The user says something.
 * @param {string} text
 * @param {Scenario} [scenario]
 */
async function ask(text, scenario) {
  if (connection.needsKey && !(await connection.hasKey())) return askForKey();
  await stop();
  connection.rehearse?.(scenario?.scripts() ?? []);
  welcome.hidden = true;
  feed.append(element("article", { class: "question", "aria-label": "You" }, element("p", {}, text), scenario && element("span", { class: "tag" }, scenario.title)));
  transcript = [...withoutOpenCalls(transcript), { role: "user", content: text }];
  await answer(scenario?.request);
}

/**
 * The model answers the transcript.
 * @param {Partial<ChatRequest>} [more]
 */
async function answer(more) {
  // The button that was pressed may go with it, and must not take the focus along.
  const focused = document.activeElement;
  last?.retire();
  if (focused !== document.activeElement) conversation.focus({ preventScroll: true });
  const messages = transcript;
  const view = new AnswerView({ retry: () => answer(more), runTools: (calls) => runTools(view, calls, more) });
  last = view;
  feed.append(view.node);
  toEnd();

  const controller = new AbortController();
  const request = {
    model: model.value,
    messages,
    ...(effort.value !== "" && { reasoning: { effort: /** @type {import("openrouter-wasm").ReasoningEffort} */ (effort.value) } }),
    ...(offerTool.checked && { tools: [WEATHER_TOOL] }),
    ...(rawEvents.checked && { rawEvents: true }),
    ...more,
    signal: controller.signal,
  };
  const { signal: _, ...sent } = request;
  log.begin(sent);
  say("The answer begins.");
  composer.setBusy(true);
  const asked = connection;
  const done = chat(asked.client, request, (event) => {
    log.add(event);
    view.show(event);
  }).then((outcome) => {
    // What was turned away has cost nothing.
    if (outcome.usage || outcome.model) {
      costs.add("Chats", outcome.usage?.cost);
      // A Worker answers chats alone.
      if (outcome.usage?.cost === undefined && asked.api) void addBill(outcome);
    }
    if (outcome.error) log.add({ type: "error", ...outcome.error, message: outcome.error.message });
    view.end(outcome);
    // A new chat has begun meanwhile: this answer is no part of it.
    if (transcript === messages) transcript = withAnswer(messages, outcome);
    current = undefined;
    composer.setBusy(false);
    say(inWords(outcome));
  });
  current = { controller, done };
  await done;
}

/** What was stopped or cut is billed all the same, as far as it had come. @param {Outcome} outcome */
async function addBill({ bill }) {
  // Where nobody can tell, the sum says that one is missing.
  const usd = await bill().catch(() => undefined);
  if (usd !== undefined) costs.correct("Chats", usd);
}

/**
 * @param {AnswerView} view
 * @param {WholeToolCallEvent[]} calls
 * @param {Partial<ChatRequest>} [more]
 */
function runTools(view, calls, more) {
  const results = new Map(calls.map((call) => [call.id, runTool(call.name, call.input)]));
  view.answered(results);
  transcript = [...transcript, ...[...results].map(([id, result]) => toolResult(id, result))];
  return answer(more);
}

async function stop() {
  current?.controller.abort();
  await current?.done;
}

async function newChat() {
  transcript = [];
  await stop();
  transcript = [];
  last = undefined;
  feed.replaceChildren();
  welcome.hidden = false;
  say("A new chat.");
}

function askForKey() {
  say("Sign in first, or paste a key.");
  byId("key-missing", HTMLElement).hidden = false;
  byId("account", HTMLElement).querySelector("button")?.focus();
}

/** To those who listen instead of looking. @param {string} text */
function say(text) {
  status.textContent = text;
}

/** @param {Outcome} outcome */
function inWords({ verdict, error, usage }) {
  if (verdict === "aborted") return "Stopped.";
  if (error) return `Error: ${error.message}`;
  return `The answer is ${verdict === "complete" ? "complete" : `cut short: ${verdict}`}${usage ? `, ${plural(usage.outputTokens, "token")}` : ""}.`;
}

/** @param {string} id */
async function connect(id) {
  connection = connections[id] ?? connection;
  for (const panel of document.querySelectorAll("[data-for]")) /** @type {HTMLElement} */ (panel).hidden = panel.getAttribute("data-for") !== id;
  loader.forget();
  void loader.open(tabs.current);
  // Answers of one side are no context for the other.
  if (feed.hasChildNodes()) await newChat();
  await model.show(connection);
}

/** @param {Connection} of */
function service({ id }) {
  return id === "openrouter" ? "OpenRouter" : "the simulator";
}

/**
 * @param {Connection} of
 * @returns {Promise<FilmJobs>} the same for as long as the page lives: films go on while another tab is open
 */
function filmJobsOf(of) {
  const known = filmJobs.get(of.id) ?? import("./page/film-jobs.js").then(({ FilmJobs }) => FilmJobs.open(of, { costs, say, count: byId("films-count", HTMLElement) }));
  filmJobs.set(of.id, known);
  return known;
}

for (const choice of document.querySelectorAll("input[name=connection]")) {
  choice.addEventListener("change", () => connect(/** @type {HTMLInputElement} */ (choice).value));
}
const noKeyIsMissing = () => (byId("key-missing", HTMLElement).hidden = true);
byId("key", HTMLInputElement).addEventListener("input", noKeyIsMissing);
byId("new-chat", HTMLButtonElement).addEventListener("click", () => newChat().then(() => composer.focus()));
fillScenarios(byId("scenarios", HTMLElement), (scenario) => ask(scenario.prompt, scenario));
fillSuggestions(byId("suggestions", HTMLElement), (prompt) => ask(prompt));

byId("account", HTMLElement).append(accountBox(account, { service: "OpenRouter", tab: () => tabs.current, onChange: noKeyIsMissing }));
byId("paste", HTMLDetailsElement).open = key() !== "";
if (rehearsed) byId("rehearsed-account", HTMLElement).append(accountBox(rehearsed, { service: "the simulator", tab: () => tabs.current }));
else byId("rehearsal", HTMLElement).remove();
await Promise.all([account.load(), rehearsed?.load()]);
if (connections.worker) byId("worker-choice", HTMLElement).hidden = false;

// Whoever opens a Worker's page wants to see the Worker. Whoever comes back from a sign-in, what they had left. A browser that restores
// forms may have restored another choice.
const restored = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=connection]:checked"))?.value ?? "simulator";
const first = answered ? (answered.connection ?? "openrouter") : connections.worker && restored === "simulator" ? "worker" : restored;
const choice = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name=connection][value=${CSS.escape(first)}]`));
if (choice) choice.checked = true;
// First of all: the code leaves the address bar.
const signingIn = answered && (connections[first]?.account ?? account);
await signingIn?.complete();
await connect(first);
tabs.open(answered?.tab ?? tabs.inAddress());
if (signingIn) say(signingIn.error ? `Error: ${signingIn.error.message}` : "Signed in.");
for (const side of Object.values(connections)) if (side && hasFilms(side.id)) void filmJobsOf(side);
document.body.dataset.ready = "";
// Where this would open a keyboard on the screen, the visitor decides.
if (tabs.current === "chat" && matchMedia("(hover: hover)").matches) composer.focus();

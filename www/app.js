// The demo page: puts its parts together.
import { Account, signInAnswer } from "./page/account.js";
import { accountBox } from "./page/account-box.js";
import { AttachmentTray } from "./page/attachment-tray.js";
import { openSettings, settingsCount } from "./page/chat-settings.js";
import { ChatState } from "./page/chat-state.js";
import { ChatStore } from "./page/chat-store.js";
import { openCode } from "./page/code-dialog.js";
import { Composer } from "./page/composer.js";
import { readOffer, simulated, throughWorker, withOwnKey } from "./page/connections.js";
import { Conversation } from "./page/conversation.js";
import { DayCosts } from "./page/day-costs.js";
import { byId } from "./page/dom.js";
import { EventLog } from "./page/event-log.js";
import { followEnd } from "./page/follow.js";
import { dollars } from "./page/format.js";
import { HistoryList } from "./page/history-list.js";
import { keyField } from "./page/key-field.js";
import { ModelField } from "./page/model-field.js";
import { keepForOffline, showConnection } from "./page/offline.js";
import { RailDrawer } from "./page/rail-drawer.js";
import { fillScenarios, fillSuggestions } from "./page/rail.js";
import { SessionCosts } from "./page/session-costs.js";
import { TabLoader } from "./page/tab-loader.js";
import { tabStorage } from "./page/tab-storage.js";
import { Tabs } from "./page/tabs.js";
import { toast } from "./page/toast.js";
import { keepUnsent, takeUnsent } from "./page/unsent-draft.js";
import { hasVideos } from "./page/video-marker.js";

/** @import { VideoJobs } from "./page/video-jobs.js" */
/** @import { Connection } from "./page/connections.js" */

/** About what a fast model takes between two pieces. `?pace=0` is for tests. */
const PACE_MS = Number(new URLSearchParams(location.search).get("pace") ?? 24);
/** The chat that is open, for a reload; by connection. */
const OPEN_CHAT = "openrouter-demo.chat.";

const effort = byId("effort", HTMLSelectElement);
const offerTools = byId("offer-tools", HTMLInputElement);
const rawEvents = byId("raw-events", HTMLInputElement);
const conversationBox = byId("conversation", HTMLElement);
const feed = byId("feed", HTMLElement);
const status = byId("status", HTMLElement);
const toasts = byId("toasts", HTMLElement);
const trouble = byId("composer-trouble", HTMLElement);

const key = keyField({ form: byId("key-form", HTMLFormElement), field: byId("key", HTMLInputElement), remember: byId("remember", HTMLInputElement) });
const log = new EventLog({
  drawer: byId("events", HTMLElement),
  list: byId("event-list", HTMLElement),
  toggle: byId("events-toggle", HTMLButtonElement),
  count: byId("event-count", HTMLElement),
  copy: byId("events-copy", HTMLButtonElement),
  clear: byId("events-clear", HTMLButtonElement),
  close: byId("events-close", HTMLButtonElement),
});
const rail = new RailDrawer({ rail: byId("rail", HTMLElement), toggle: byId("rail-toggle", HTMLButtonElement), scrim: byId("scrim", HTMLElement) });
const toEnd = followEnd(conversationBox, feed, byId("jump", HTMLButtonElement));
showConnection(byId("offline", HTMLElement));

const answered = signInAnswer();
const [offer, store] = await Promise.all([readOffer(), ChatStore.open()]);
const here = location.origin;
/** Of OpenRouter itself, and of the simulator where the server of this page plays it. */
const account = new Account({ connection: "openrouter", profile: "openrouter:default" });
const rehearsed = offer.simulator ? new Account({ connection: "simulator", profile: "openrouter:simulator", authorizeUrl: `${here}/auth`, baseURL: `${here}/api/v1` }) : undefined;
/** @type {Record<string, Connection | undefined>} */
const connections = { simulator: simulated(PACE_MS, rehearsed), openrouter: withOwnKey(account, key), worker: throughWorker(offer) };
let connection = /** @type {Connection} */ (connections.simulator);

const costs = new SessionCosts();
const day = new DayCosts();
const state = new ChatState(store);
/** @type {Map<string, Promise<VideoJobs>>} */
const videoJobs = new Map();

const tray = new AttachmentTray(
  { tray: byId("tray", HTMLElement), choose: byId("attach", HTMLButtonElement), input: byId("attach-file", HTMLInputElement), field: byId("prompt", HTMLTextAreaElement), target: byId("panel-chat", HTMLElement) },
  { say, trouble: showTrouble, onChange: () => composer?.update(), mayAttach: () => !connection.takesTextOnly },
);
const model = new ModelField({ choice: byId("model", HTMLButtonElement), name: byId("model-name", HTMLElement), hint: byId("model-hint", HTMLElement) }, (known) => tray.show(known?.input ? /** @type {import("openrouter-wasm").Model} */ (known) : undefined));
/** @type {Composer} */
const composer = new Composer(
  { form: byId("composer", HTMLFormElement), field: byId("prompt", HTMLTextAreaElement), send: byId("send", HTMLButtonElement), stop: byId("stop", HTMLButtonElement), waiting: byId("waiting-message", HTMLElement) },
  tray,
  { send, stop: () => void conversation.stop(), say },
);
const conversation = new Conversation(state, {
  connection: () => connection,
  parts: { scroller: conversationBox, feed, welcome: byId("welcome", HTMLElement) },
  toEnd,
  choices: () => ({ model: model.value, ...(effort.value !== "" && { reasoning: { effort: /** @type {any} */ (effort.value) } }), ...(rawEvents.checked && { rawEvents: true }) }),
  offersTools: () => offerTools.checked && !connection.takesTextOnly,
  log,
  costs,
  day,
  say,
  toast: (text, more) => toast(toasts, text, more),
  setBusy: (isBusy) => composer.setBusy(isBusy),
  changed,
  askForKey,
  openSettings: showSettings,
  chooseModel: () => model.open(),
  showCode: openCode,
});
const chats = new HistoryList(
  { list: byId("history", HTMLElement), search: byId("history-search", HTMLInputElement), empty: byId("history-empty", HTMLElement), importing: byId("history-file", HTMLInputElement), importButton: byId("history-import", HTMLButtonElement), exportButton: byId("history-export", HTMLButtonElement) },
  store,
  {
    open: (id) => void openChat(id),
    removed: (id) => void (state.chat?.id === id && newChat()),
    async renamed(chat) {
      if (state.chat?.id === chat.id) await state.save({ title: chat.title, isNamed: true });
      else await store.saveChat(chat);
      changed();
    },
    toast: (text, more) => toast(toasts, text, more),
  },
);
const loader = new TabLoader({
  connection: () => connection,
  tab: () => tabs.current,
  service,
  costs,
  desk: {},
  say,
  chatWith(id) {
    model.choose(id, { isUsed: true });
    tabs.open("chat");
    composer.focus();
  },
  videoJobs: videoJobsOf,
});
const tabs = new Tabs(/** @type {HTMLElement} */ (document.querySelector("[role=tablist]")), (name) => {
  for (const tool of document.querySelectorAll(".tools > *, #rail-toggle")) /** @type {HTMLElement} */ (tool).hidden = name !== "chat";
  void loader.open(name);
});

/**
 * @param {string} text
 * @param {import("./page/attachments.js").Attachment[]} attached
 */
async function send(text, attached) {
  showTrouble("");
  return conversation.send(text, attached);
}

/** @param {string} id */
async function openChat(id) {
  composer.takeBack();
  if (!(await conversation.open(id))) return;
  if (state.chat?.model) model.choose(state.chat.model);
  rail.close();
  changed();
  composer.focus();
}

async function newChat() {
  composer.takeBack();
  tabStorage()?.removeItem(OPEN_CHAT + connection.id);
  await conversation.close();
  rail.close();
  changed();
  say("A new chat.");
  composer.focus();
}

/** The list of chats, the costs and the number of settings, as they are now. */
function changed() {
  const { chat, settings } = state;
  if (chat) tabStorage()?.setItem(OPEN_CHAT + connection.id, chat.id);
  const title = byId("chat-title", HTMLElement);
  title.hidden = !feed.hasChildNodes();
  title.textContent = chat?.title ?? "";
  void chats.show(connection.id, chat?.id);
  const limit = day.limitUsd, budget = settings.budgetUsd;
  byId("spent", HTMLElement).textContent = `This chat ${dollars(chat?.costUsd ?? 0)}${budget === undefined ? "" : ` of ${dollars(budget)}`} · today ${dollars(day.of(connection.id))}${limit === undefined ? "" : ` of ${dollars(limit)}`}`;
  const count = settingsCount(settings), badge = byId("settings-count", HTMLElement);
  badge.hidden = count === 0;
  badge.textContent = String(count);
}

function showSettings() {
  openSettings({
    settings: state.settings,
    dayLimitUsd: day.limitUsd,
    spent: { chatUsd: state.chat?.costUsd ?? 0, dayUsd: day.of(connection.id) },
    takesTextOnly: connection.takesTextOnly,
    save(settings, dayLimitUsd) {
      day.limitUsd = dayLimitUsd;
      void state.setSettings(settings);
      // They hold from now on: what the page shows does not wait for the store.
      changed();
    },
  });
}

function askForKey() {
  say("Sign in first, or paste a key.");
  rail.open();
  byId("key-missing", HTMLElement).hidden = false;
  byId("account", HTMLElement).querySelector("button")?.focus();
}

/** Beside the message field. @param {string} text empty: there is none any more */
function showTrouble(text) {
  trouble.hidden = text === "";
  trouble.textContent = text;
}

/** To those who listen instead of looking. @param {string} text */
function say(text) {
  status.textContent = text;
}

/** @param {string} id */
async function connect(id) {
  // The words of one side are no context for the other.
  await conversation.close();
  connection = connections[id] ?? connection;
  for (const panel of document.querySelectorAll("[data-for]")) /** @type {HTMLElement} */ (panel).hidden = panel.getAttribute("data-for") !== id;
  for (const part of ["attach", "offer-tools"]) byId(part, HTMLElement).closest(".setting")?.toggleAttribute("hidden", connection.takesTextOnly);
  loader.forget();
  void loader.open(tabs.current);
  const shown = model.show(connection);
  const last = tabStorage()?.getItem(OPEN_CHAT + id);
  if (last && (await conversation.open(last)) && state.chat?.model) model.choose(state.chat.model);
  changed();
  await shown;
}

/** @param {Connection} of */
function service({ id }) {
  return id === "openrouter" ? "OpenRouter" : "the simulator";
}

/**
 * @param {Connection} of
 * @returns {Promise<VideoJobs>} the same for as long as the page lives: videos go on while another tab is open
 */
function videoJobsOf(of) {
  const known = videoJobs.get(of.id) ?? import("./page/video-jobs.js").then(({ VideoJobs }) => VideoJobs.open(of, { costs, say, count: byId("videos-count", HTMLElement) }));
  videoJobs.set(of.id, known);
  return known;
}

for (const choice of document.querySelectorAll("input[name=connection]")) {
  choice.addEventListener("change", () => connect(/** @type {HTMLInputElement} */ (choice).value));
}
const noKeyIsMissing = () => (byId("key-missing", HTMLElement).hidden = true);
byId("key", HTMLInputElement).addEventListener("input", noKeyIsMissing);
byId("new-chat", HTMLButtonElement).addEventListener("click", () => void newChat());
byId("settings", HTMLButtonElement).addEventListener("click", showSettings);
byId("spent", HTMLButtonElement).addEventListener("click", showSettings);
/** Once: each message after the first would say the same. @param {unknown} error */
const cannotKeep = (error) => {
  store.onTrouble = undefined;
  toast(toasts, `Your chats cannot be kept in this browser: ${error instanceof Error ? error.message : error}`, { tone: "bad" });
};
if (store.trouble) cannotKeep(store.trouble);
else store.onTrouble = cannotKeep;
costs.onCost = (usd) => day.add(connection.id, usd);
addEventListener("pagehide", () => keepUnsent(composer.draft));
fillScenarios(byId("scenarios", HTMLElement), (scenario) => {
  rail.close();
  void conversation.send(scenario.prompt, [], scenario);
});
fillSuggestions(byId("suggestions", HTMLElement), (prompt) => void conversation.send(prompt));

byId("account", HTMLElement).append(accountBox(account, { service: "OpenRouter", tab: () => tabs.current, onChange: noKeyIsMissing }));
byId("paste", HTMLDetailsElement).open = key() !== "";
const rehearsal = byId("rehearsal", HTMLDetailsElement);
if (rehearsed) byId("rehearsed-account", HTMLElement).append(accountBox(rehearsed, { service: "the simulator", tab: () => tabs.current, onChange: ({ stored, error }) => (rehearsal.open ||= Boolean(stored ?? error)) }));
else rehearsal.remove();
for (const each of [account, rehearsed]) each?.onSignedIn(() => toast(toasts, `You are signed in${each === account ? " at OpenRouter" : ""}.`, { tone: "good" }));
await Promise.all([account.load(), rehearsed?.load()]);
if (connections.worker) byId("worker-choice", HTMLElement).hidden = false;

// A visitor who opens a Worker's page wants to see the Worker; one who comes back from a sign-in, what they had left. A browser that restores
// forms may have restored another choice.
const restored = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=connection]:checked"))?.value ?? "simulator";
const first = answered ? (answered.connection ?? "openrouter") : connections.worker && restored === "simulator" ? "worker" : restored;
const choice = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name=connection][value=${CSS.escape(first)}]`));
if (choice) choice.checked = true;
// First of all: the code leaves the address bar.
const signingIn = answered && (connections[first]?.account ?? account);
await signingIn?.complete();
await connect(first);
const unsent = takeUnsent();
if (unsent) composer.restore(unsent);
tabs.open(answered?.tab ?? tabs.inAddress());
if (signingIn) say(signingIn.error ? `Error: ${signingIn.error.message}` : "Signed in.");
for (const side of Object.values(connections)) if (side && hasVideos(side.id)) void videoJobsOf(side);
document.body.dataset.ready = "";
keepForOffline();
// Where this would open a keyboard on the screen, the visitor decides.
if (tabs.current === "chat" && matchMedia("(hover: hover)").matches) composer.focus();

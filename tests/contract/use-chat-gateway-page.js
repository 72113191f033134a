// A page with the AI SDK's own transport at a gateway: what a recipe without this package's transport looks like.
import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { fromUIMessages } from "openrouter-wasm/ai-sdk";
import { createElement as h, StrictMode, useEffect, useMemo } from "react";
import { createRoot } from "react-dom/client";

const { apiKey, baseURL } = /** @type {any} */ (globalThis).OWN_KEY;
const kept = JSON.parse(sessionStorage.getItem("chat") ?? '{"id":"chat-1","messages":[]}');
const runId = () => sessionStorage.getItem("run") ?? "never-begun";

function Chat() {
  const transport = useMemo(() => new DefaultChatTransport({
    headers: { Authorization: `Bearer ${apiKey}` },
    prepareSendMessagesRequest({ messages, headers }) {
      sessionStorage.setItem("run", crypto.randomUUID());
      return { api: `${baseURL}/chat/completions?format=ui-message`, headers: { .../** @type {any} */ (headers), "X-Run-Id": runId() }, body: { model: "openai/gpt-4o-mini", messages: fromUIMessages(messages) } };
    },
    prepareReconnectToStreamRequest: ({ headers }) => ({ api: `${baseURL}/runs/${runId()}?format=ui-message`, headers }),
  }), []);
  const { messages, sendMessage, status, error } = useChat({ ...kept, transport, resume: true });
  useEffect(() => sessionStorage.setItem("chat", JSON.stringify({ id: kept.id, messages })), [messages]);
  return h("main", { "data-status": status },
    messages.map(({ id, role, parts }) => h("article", { key: id, className: role }, parts.map((part, number) => part.type === "text" && h("p", { key: number, className: "text" }, part.text)))),
    error && h("div", { role: "alert" }, error.message),
    h("form", { onSubmit: (/** @type {any} */ event) => { event.preventDefault(); void sendMessage({ text: event.target.elements.message.value }); } }, h("input", { name: "message" })));
}

// As in development: what an effect does, it does twice.
createRoot(/** @type {HTMLElement} */ (document.getElementById("root"))).render(h(StrictMode, null, h(Chat)));

// The page of it: `useChat` with a server, straight from the page with the visitor's own key, or at a gateway, where an answer survives a reload.
import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport, generateId, lastAssistantMessageIsCompleteWithApprovalResponses, lastAssistantMessageIsCompleteWithToolCalls } from "ai";
import { OpenRouter } from "openrouter-wasm";
import { createChatTransport } from "openrouter-wasm/ai-sdk";
import { createElement as h, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";

/** The visitor's own key at OpenRouter, or a token at a gateway. @typedef {{ apiKey: string, baseURL?: string, durable?: boolean }} Own */

/** @param {Own | undefined} own */
function transportFor(own) {
  if (!own) return new DefaultChatTransport({ api: "/api/chat" });
  const { durable, ...options } = own;
  return createChatTransport(new OpenRouter(options), { model: "anthropic/claude-sonnet-4.5", durable, dataOf: notices });
}

/** What of the chat survives a reload: its name, by which an answer is found again, and its messages. */
const kept = JSON.parse(sessionStorage.getItem("chat") ?? "null") ?? { id: generateId(), messages: [] };

/** What is worth a line of its own, and not part of the message. @param {import("openrouter-wasm").ChatEvent} event */
const notices = (event) => (event.type === "retry" ? { type: /** @type {const} */ ("data-notice"), data: `asking again in ${event.delayMs} ms`, transient: true } : undefined);

/** @param {{ own?: Own }} props */
function Chat({ own }) {
  const [text, setText] = useState("");
  const transport = useMemo(() => transportFor(own), [own]);
  const { messages, sendMessage, regenerate, stop, status, error, addToolOutput, addToolApprovalResponse } = useChat({
    ...kept,
    resume: own?.durable,
    transport,
    // Goes on by itself when the visitor, or the page, has answered everything that was asked.
    sendAutomaticallyWhen: (chat) => lastAssistantMessageIsCompleteWithToolCalls(chat) || lastAssistantMessageIsCompleteWithApprovalResponses(chat),
    onToolCall({ toolCall }) {
      if (toolCall.toolName === "local_time") void addToolOutput({ tool: "local_time", toolCallId: toolCall.toolCallId, output: "twelve o'clock" });
    },
  });

  useEffect(() => sessionStorage.setItem("chat", JSON.stringify({ id: kept.id, messages })), [messages]);

  /** @param {any} part @param {number} number */
  const shown = (part, number) => {
    if (part.type === "text") return h("p", { key: number, className: "text" }, part.text);
    if (part.type === "reasoning") return part.text && h("details", { key: number }, h("summary", null, "Thoughts"), part.text);
    if (!part.type.startsWith("tool-")) return null;
    return h("div", { key: number, className: "tool", "data-state": part.state }, `${part.type.slice(5)} ${JSON.stringify(part.output ?? part.errorText ?? part.input)}`,
      part.state === "approval-requested" && [true, false].map((approved) =>
        h("button", { key: String(approved), onClick: () => addToolApprovalResponse({ id: part.approval.id, approved }) }, approved ? "Yes" : "No")));
  };

  return h("main", { "data-status": status },
    messages.map(({ id, role, parts }) => h("article", { key: id, className: role }, parts.map(shown))),
    error && h("div", { role: "alert" }, error.message, h("button", { onClick: () => regenerate() }, "Again")),
    h("form", { onSubmit: (/** @type {Event} */ event) => { event.preventDefault(); void sendMessage({ text }); setText(""); } },
      h("input", { value: text, onChange: (/** @type {any} */ event) => setText(event.target.value), "aria-label": "Message" }),
      // Two buttons, not one that changes: the click that stops would send what is written, too.
      status === "submitted" || status === "streaming" ? h("button", { key: "stop", type: "button", id: "stop", onClick: () => stop() }, "Stop") : h("button", { key: "send", id: "send" }, "Send")));
}

const own = /** @type {any} */ (globalThis).OWN_KEY;
createRoot(/** @type {HTMLElement} */ (document.getElementById("root"))).render(h(Chat, { own }));

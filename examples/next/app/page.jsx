"use client";
import { useState } from "react";

export default function Page() {
  const [answer, setAnswer] = useState("");

  async function send(event) {
    event.preventDefault();
    const messages = [{ role: "user", content: event.currentTarget.elements.text.value }];
    setAnswer("");
    const response = await fetch("/api/chat", { method: "POST", body: JSON.stringify({ messages }) });
    if (!response.ok) return setAnswer((await response.json()).error.message);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece; !(piece = await reader.read()).done; ) {
      const { value } = piece;
      setAnswer((before) => before + value);
    }
  }

  return (
    <main>
      <h1>Chat</h1>
      <form onSubmit={send}><label>Message <input name="text" required /></label> <button>Send</button></form>
      <p><output aria-live="polite">{answer}</output></p>
    </main>
  );
}

// A conversation with the visitor's own key, which stays in this page. For a key of yours a server has to stand between: see ../express, ../next.
import { useRef, useState } from "react";
import { OpenRouter, OpenRouterError } from "openrouter-wasm";

const baseURL = new URLSearchParams(location.search).get("base") ?? undefined; // a simulator's, to try it

export function Chat() {
  const [messages, setMessages] = useState([]);
  const [answer, setAnswer] = useState("");
  const [status, setStatus] = useState("");
  const running = useRef(null);

  async function send(event) {
    event.preventDefault();
    const { key, text } = event.currentTarget.elements;
    const asked = [...messages, { role: "user", content: text.value }];
    const client = new OpenRouter({ apiKey: key.value, baseURL });
    running.current?.cancel();
    const run = (running.current = client.chat({ messages: asked }));
    setMessages(asked);
    setAnswer("");
    setStatus("");
    text.value = "";
    try {
      for await (const delta of run.textStream) setAnswer((before) => before + delta);
      const result = await run.result();
      setMessages(result.messages);
      setAnswer("");
      setStatus(`${result.verdict}, $${result.cost.total}`);
    } catch (error) {
      setStatus(OpenRouterError.isInstance(error) ? `${error.code}: ${error.message}` : String(error));
    }
  }

  return (
    <main>
      <h1>Chat</h1>
      <ol>{messages.map(({ role, content }, at) => <li key={at}><b>{role}</b> {content}</li>)}</ol>
      <p><output aria-live="polite">{answer}</output></p>
      <form onSubmit={send}>
        <p><label>Your OpenRouter key <input name="key" type="password" autoComplete="off" required /></label></p>
        <p>
          <label>Message <input name="text" required /></label> <button>Send</button>{" "}
          <button type="button" onClick={() => running.current?.cancel()}>Stop</button>
        </p>
      </form>
      <p role="status">{status}</p>
    </main>
  );
}

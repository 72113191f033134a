// Express: one route that streams a chat to a page. The status is earned: what fails before the first word is 4xx or 5xx.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import express from "express";
import { OpenRouter } from "openrouter-wasm";

const client = new OpenRouter({
  apiKey: process.env.OPENROUTER_API_KEY,
  baseURL: process.env.OPENROUTER_BASE_URL,
  model: "openai/gpt-4o-mini",
});
const app = express();
app.use(express.json({ limit: "4mb" }));

app.post("/chat", async (request, response) => {
  const left = new AbortController();
  response.on("close", () => left.abort(new Error("the reader has left"))); // after the end it changes nothing
  // Of the body only the messages: whatever else a page may write is no setting of yours.
  const run = client.chat({ messages: request.body?.messages, budget: 0.05, signal: left.signal });
  const answer = await run.response({ format: "text" });
  response.status(answer.status).set(Object.fromEntries(answer.headers));
  await pipeline(Readable.fromWeb(answer.body), response).catch((error) => console.error(error.message));
});

const server = app.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));

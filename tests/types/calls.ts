// Compiled, not run: embeddings, rankings, decisions and descriptions as an app uses them.
import { OpenRouter, type Decision, type EmbeddingResult, type ImageModel, type ModelEndpoint, type Provider, type RerankResult } from "openrouter-wasm";
import { createRecorder, createSimulator, type Fixture } from "openrouter-wasm/simulator";

const client = new OpenRouter({ media: { embedding: { model: "a/b", baseURL: "https://own.example/v1", apiKey: "k", queryInputType: "query" } }, budget: { maxUsd: 1 } });

export async function embed(): Promise<EmbeddingResult> {
  const { embeddings, usage, cost } = await client.embeddings.create({ model: "a/b", input: ["a", "b"], dimensions: 256, purpose: "query", concurrency: 2 });
  const first: Float32Array = embeddings[0];
  const told: number | undefined = cost ?? usage?.inputTokens;
  console.log(first.length, told);
  // @ts-expect-error: an input is needed
  await client.embeddings.create({ model: "a/b" });
  // @ts-expect-error: no such format
  await client.embeddings.create({ model: "a/b", input: "a", encodingFormat: "int8" });
  return client.embeddings.create({ input: { content: [{ type: "text", text: "a" }] } });
}

export async function rank(): Promise<RerankResult> {
  // @ts-expect-error: a query is needed
  await client.rerank({ model: "a/b", documents: ["a"] });
  return client.rerank({ model: "a/b", query: "q", documents: ["a", { text: "b" }], topN: 1 });
}

export async function decide(): Promise<Decision> {
  const { answers } = await client.decide({
    model: "a/b", state: "s",
    questions: {
      spam: { type: "boolean", instructions: "?" }, kind: { type: "choice", instructions: "?", criteria: { letter: "a letter", bill: null } }, tone: { type: "score", instructions: "?", criteria: ["low", "high"] }, face: { type: "box", instructions: "?" },
    },
  });
  const probability: number = answers.spam.probability;
  const choice: "letter" | "bill" = answers.kind.choice;
  const [score, top]: [number, number] = [answers.tone.score, answers.face.box.top];
  // @ts-expect-error: no such question
  console.log(answers.missing);
  // @ts-expect-error: a box has no probability
  console.log(answers.face.probability);
  console.log(probability, choice, score, top);
  // @ts-expect-error: a choice has criteria
  return client.decide({ model: "a/b", state: "s", questions: { q: { type: "choice", instructions: "?" } } });
}

export async function lists(): Promise<[ModelEndpoint, Provider, ImageModel]> {
  const endpoints = await client.models.endpoints("a/b", { timeoutMs: 5 });
  const price: string | undefined = endpoints[0].pricing.prompt;
  console.log(price, endpoints.warnings.length, (await client.models.list({ q: "gpt", zdr: true })).filters.server, (await client.models.scan({ maxPrice: 1 })).filters.local);
  return [endpoints[0], (await client.models.providers())[0], (await client.images.models())[0]];
}

export async function describe(video: Blob): Promise<string> {
  await client.images.describe({ image: "https://a.example/b.png" });
  await client.transcriptions.describe({ audio: video, mediaType: "audio/wav" });
  return (await client.videos.describe({ video: video, prompt: "?", maxBytes: 5 })).text;
}

export function record(): Fixture[] {
  const recorder = createRecorder({ secrets: ["a name"] });
  new OpenRouter({ fetch: recorder.fetch as typeof fetch, processingEvents: true });
  createSimulator({ replay: { fixtures: recorder.fixtures(), chunkBytes: [1, 2] } });
  return recorder.fixtures();
}

// Compiled, not run: tools, objects and runs that go on, as an app uses them with the libraries that it has.
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import { costAbove, OpenRouter, stepCount, tool, toolCalled, type ChatResult, type Issue, type PendingCall, type RunState, type Tool } from "openrouter-wasm";
import * as v from "valibot";
import { z } from "zod";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Same<A, B> extends true ? [] : ["the types differ", A, B]): void => {};

const weather = tool({
  name: "weather.read",
  description: "The weather of a city",
  parameters: z.object({ city: z.string(), days: z.number().default(1), since: z.string().transform((text) => new Date(text)) }),
  execute: async (input, { signal, toolCallId }) => {
    same<typeof input, { city: string; days: number; since: Date }>();
    return { city: input.city, signal: signal.aborted, toolCallId };
  },
});
const add = tool({
  name: "add",
  parameters: type({ a: "number", "b?": "number" }),
  execute: (input) => {
    same<typeof input, { a: number; b?: number }>();
    return input.a + (input.b ?? 0);
  },
});
const find = tool({
  name: "find",
  parameters: toStandardJsonSchema(v.object({ query: v.string() })),
  async *execute(input) {
    same<typeof input, { query: string }>();
    yield 0.5;
    return [input.query];
  },
});
const plain = tool({
  name: "plain",
  parameters: { type: "object", properties: { kind: { enum: ["a", "b"] }, list: { type: "array", items: { type: "integer" } }, note: { type: ["string", "null"] } }, required: ["kind", "list"] },
  execute: (input) => {
    same<typeof input, { kind: "a" | "b"; list: number[]; note?: string | null }>();
  },
});
const mine = tool({ name: "mine", parameters: z.object({ x: z.boolean() }) });
const free = tool({ name: "free", execute: (input) => Object.keys(input) });

// @ts-expect-error: a schema that gives no JSON Schema
tool({ name: "f", parameters: v.object({ a: v.string() }), execute: () => 1 });
// @ts-expect-error: execute wants what the schema does not give
tool({ name: "f", parameters: z.object({ a: z.string() }), execute: (input: { a: number }) => input.a });

export async function run(client: OpenRouter): Promise<string> {
  const chat = client.chat({ messages: [], tools: [weather, add, find, plain, mine, free], stopWhen: [stepCount(3), toolCalled("add"), costAbove(0.5)], onMaxSteps: "answer", repairToolCalls: true });
  for await (const event of chat) {
    if (event.type === "tool-call" && !event.truncated) {
      switch (event.name) {
        case "weather.read": same<typeof event.input, { city: string; days?: number | undefined; since: string }>(); break;
        case "add": same<typeof event.input, { a: number; b?: number }>(); break;
        case "find": same<typeof event.input, { query: string }>(); break;
        case "mine": same<typeof event.input, { x: boolean }>(); break;
        case "plain": same<typeof event.input.kind, "a" | "b">(); break;
        case "free": same<typeof event.input, Record<string, any>>(); break;
        default: { const nobody: never = event; return nobody; }
      }
    }
    if (event.type === "tool-result" && event.name === "add") same<typeof event.output, number | undefined>();
    if (event.type === "tool-result" && event.name === "weather.read") same<typeof event.output, { city: string; signal: boolean; toolCallId: string } | undefined>();
    if (event.type === "tool-progress" && event.name === "find") same<typeof event.output, number>();
    if (event.type === "tool-result" && event.name === "find") same<typeof event.output, string[] | undefined>();
  }
  const many: Tool[] = [weather, add, { name: "x", parameters: {}, execute: (input) => input.any }, { type: "openrouter:web_search" }];
  for await (const event of client.chat({ messages: [], tools: many })) if (event.type === "tool-call" && !event.truncated) return `${event.name} ${event.input.anything}`;
  return "";
}

export async function objects(client: OpenRouter): Promise<void> {
  const person = z.object({ name: z.string(), age: z.number() });
  const chat = client.chat({ messages: [], schema: person, maxRepairs: 2 });
  for await (const growing of chat.objectStream) same<typeof growing, Partial<{ name: string; age: number }>>();
  const { object, pending } = await chat.result();
  same<typeof object, { name: string; age: number }>();
  same<typeof pending, PendingCall[]>();
  same<Awaited<ReturnType<typeof typed>>, { at: string[] }>();
  const none = await client.chat({ messages: [] }).result();
  same<typeof none.object, undefined>();
  // @ts-expect-error: there is no such word
  client.chat({ messages: [], onMaxSteps: "stop" });
  // @ts-expect-error: prepareStep cannot change the messages
  client.chat({ messages: [], prepareStep: () => ({ messages: [] }) });
  async function typed() {
    return (await client.chat({ messages: [], schema: { type: "object", properties: { at: { type: "array", items: { type: "string" } } }, required: ["at"] } }).result()).object;
  }
}

export async function later(client: OpenRouter, store: Map<string, string>): Promise<ChatResult | Issue[]> {
  const run = client.chat({ messages: [], tools: [weather, mine], approve: ({ name }) => (name === "mine" ? { deny: "no" } : "later"), prepareStep: ({ step }) => (step > 3 ? { toolChoice: "none" } : undefined) });
  const { pending } = await run.result();
  const state: RunState = await run.state({ secret: "s" });
  store.set(state.id, JSON.stringify(state));
  const decided = Object.fromEntries(pending.map(({ id, needs }) => [id, needs === "approval"]));
  return client.resume(JSON.parse(store.get(state.id) ?? ""), { approvals: decided, results: {}, secret: "s", tools: [weather], claim: (id) => store.delete(id), signal: AbortSignal.timeout(5) }).result();
}

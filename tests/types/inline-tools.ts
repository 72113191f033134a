// Compiled, not run: tools written out in a request, whose `execute` knows its input without a call of `tool`.
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import { tool, type ChatRequest, type OpenRouter, type RunState, type Tool } from "openrouter-wasm";
import * as v from "valibot";
import { z } from "zod";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Same<A, B> extends true ? [] : ["the types differ", A, B]): void => {};

interface Node { value: string; next?: Node | undefined }
const node: z.ZodType<Node, Node> = z.lazy(() => z.object({ value: z.string(), next: node.optional() }));

export async function run(client: OpenRouter, loose: object): Promise<void> {
  const chat = client.chat({
    messages: [],
    tools: [
      { name: "zod", parameters: z.object({ city: z.string(), days: z.number().default(1), at: z.string().transform((text) => new Date(text)), kind: z.union([z.literal("a"), z.null()]), note: z.string().optional() }), execute: (input, { toolCallId }) => {
        same<typeof input, { city: string; days: number; at: Date; kind: "a" | null; note?: string | undefined }>();
        return toolCallId;
      } },
      { name: "ark", parameters: type({ a: "number", "b?": "string | null" }), execute(input) { same<typeof input, { a: number; b?: string | null }>(); return [input.a]; } },
      { name: "valibot", parameters: toStandardJsonSchema(v.object({ q: v.optional(v.string(), "x") })), async *execute(input) { same<typeof input, { q: string }>(); yield 0.5; return input.q; } },
      { name: "recursive", parameters: node, execute: (input) => { same<typeof input, Node>(); } },
      { name: "json", description: "d", parameters: { type: "object", properties: { kind: { enum: ["a", "b"] }, more: { type: "array", items: { type: "integer" } } }, required: ["kind"] }, execute: async (input) => { same<typeof input, { kind: "a" | "b"; more?: number[] }>(); return true; } },
      { name: "loose", parameters: loose, execute: (input) => { same<typeof input, Record<string, unknown>>(); } },
      { name: "none", execute: (input) => { same<typeof input, Record<string, unknown>>(); } },
      { type: "function", function: { name: "wire", parameters: z.object({ w: z.boolean() }) }, execute: (input) => { same<typeof input, { w: boolean }>(); return 1; } },
      { type: "openrouter:web_search" },
      tool({ name: "made", parameters: z.object({ m: z.string() }), execute: (input) => input.m.length }),
      { name: "theirs", parameters: z.object({ x: z.string() }) },
      { name: "twelfth", parameters: z.object({ y: z.string() }), strict: true, execute: (input) => { same<typeof input, { y: string }>(); } },
    ],
  });
  for await (const event of chat) {
    if (event.type === "tool-call" && !event.truncated) {
      switch (event.name) {
        case "zod": same<typeof event.input, { city: string; days?: number | undefined; at: string; kind: "a" | null; note?: string | undefined }>(); break;
        case "ark": same<typeof event.input, { a: number; b?: string | null }>(); break;
        case "valibot": same<typeof event.input, { q?: string | undefined }>(); break;
        case "recursive": same<typeof event.input.next, Node | undefined>(); break;
        case "json": same<typeof event.input.kind, "a" | "b">(); break;
        case "wire": same<typeof event.input, { w: boolean }>(); break;
        case "made": same<typeof event.input, { m: string }>(); break;
        case "theirs": same<typeof event.input, { x: string }>(); break;
        case "twelfth": same<typeof event.input, { y: string }>(); break;
        case "loose": case "none": break;
        default: { const nobody: never = event; return nobody; }
      }
    }
    if (event.type === "tool-result") {
      if (event.name === "zod") same<typeof event.output, string | undefined>();
      if (event.name === "valibot") same<typeof event.output, string | undefined>();
      if (event.name === "json") same<typeof event.output, boolean | undefined>();
      if (event.name === "made") same<typeof event.output, number | undefined>();
    }
    if (event.type === "tool-progress" && event.name === "valibot") same<typeof event.output, number>();
  }
}

/** The types that are written for a tool have to fit its schema; annotations of the caller's own may stand. */
export function wrong(client: OpenRouter): void {
  client.chat({ messages: [], tools: [{ name: "f", parameters: { type: "object" }, execute: (input: any) => input.x }, { name: "g", execute: (input: { city: string }) => input.city }] });
  // @ts-expect-error: execute wants what the schema does not give
  client.chat({ messages: [], tools: [{ name: "f", parameters: z.object({ a: z.string() }), execute: (input: { a: number }) => input.a }] });
  // @ts-expect-error: there is no such field in what the schema gives
  client.chat({ messages: [], tools: [{ name: "f", parameters: z.object({ a: z.string() }), execute: (input) => input.b }] });
  // @ts-expect-error: nothing is known of it
  client.chat({ messages: [], tools: [{ name: "f", execute: (input) => input.b.c }] });
  // @ts-expect-error: no such field of a tool
  client.chat({ messages: [], tools: [{ name: "f", paramaters: {} }] });
  // @ts-expect-error: no such tool of OpenRouter's
  client.chat({ messages: [], tools: [{ type: "openrouter:web_serach" }] });
  // @ts-expect-error: no such field of a request, beside tools that are right
  client.chat({ messages: [], temprature: 1, tools: [{ name: "f", execute: (input) => input.b }] });
}

/** Lists from elsewhere, requests from elsewhere, runs that go on. */
export async function others(client: OpenRouter, many: readonly Tool[], request: ChatRequest, state: RunState): Promise<string> {
  for await (const event of client.chat({ messages: [], tools: many })) if (event.type === "tool-call" && !event.truncated) return `${event.name} ${event.input.anything}`;
  for await (const event of client.chat(request)) if (event.type === "tool-call" && !event.truncated) return `${event.name} ${event.input.anything}`;
  for await (const event of client.chat({ messages: [], tools: [] })) if (event.type === "tool-call") return event.name;
  client.chat({ ...request, tools: [...many, { name: "f", execute: () => 1 }] });
  client.chat({ messages: [], tools: undefined });
  const both = [tool({ name: "a", parameters: z.object({ x: z.string() }), execute: () => 1 })] as const;
  for await (const event of client.chat({ messages: [], tools: both })) if (event.type === "tool-call" && !event.truncated) same<typeof event.input, { x: string }>();
  const resumed = client.resume(state, { tools: [{ name: "r", parameters: z.object({ n: z.number() }), execute: (input) => { same<typeof input, { n: number }>(); } }] });
  for await (const event of resumed) if (event.type === "tool-call" && !event.truncated) same<typeof event.input, { n: number }>();
  const object = client.chat({ messages: [], tools: [{ name: "o", parameters: z.object({ n: z.number() }), execute: (input) => input.n }], schema: z.object({ answer: z.string() }) });
  return (await object.result()).object.answer;
}

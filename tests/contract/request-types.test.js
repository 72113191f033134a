// The types of a request have the fields of OpenRouter's schema, and the engine knows the same names.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { api, HELLO, PACKAGE, shared } from "./support.js";

const { url: DOCUMENT, missing } = shared("data/openrouter-openapi.json");

/** The fields of every interface in `types/`, by its name. */
const ours = new Map();
before(() => {
  const folder = join(PACKAGE, "types");
  for (const file of readdirSync(folder)) {
    for (const [, name, body] of readFileSync(join(folder, file), "utf8").matchAll(/^export interface (\w+)[^{]*\{\n(.*?)^\}/gms)) {
      // The type `undefined` alone says that there is no such field.
      ours.set(name, [...body.matchAll(/^ {2}(\w+)\??: (?!undefined;)/gm)].map(([, field]) => field));
    }
  }
});

/**
 * Ours, OpenRouter's, what its documentation has beside the schema, what we leave out.
 * @type {[string, string, { documented?: string[], without?: string[] }?][]}
 */
const PAIRS = [
  ["ChatFields", "ChatRequest", { documented: ["verbosity", "include_reasoning", "audio", "max_tool_calls", "preset", "chat_template_kwargs"], without: ["tools"] }],
  ["ReasoningOptions", "ChatRequest.reasoning", { documented: ["max_tokens", "exclude", "enabled", "context", "mode"] }],
  ["ProviderPreferences", "ProviderPreferences"],
  ["MaxPrice", "ProviderPreferences.max_price"],
  ["Percentiles", "PercentileLatencyCutoffs"],
  ["TraceOptions", "TraceConfig"],
  ["JsonSchemaFormat", "ChatJsonSchemaConfig"],
  ["SystemMessage", "ChatSystemMessage"],
  ["DeveloperMessage", "ChatDeveloperMessage"],
  ["UserMessage", "ChatUserMessage"],
  ["AssistantTurn", "ChatAssistantMessage", { documented: ["reasoning_content", "thinking_blocks", "annotations", "extra_content", "provider_specific_fields"] }],
  ["ToolMessage", "ChatToolMessage", { documented: ["name"] }],
  ["ToolCallPart", "ChatToolCall", { documented: ["extra_content"] }],
  ["TextPart", "ChatContentText"],
  // Markers on media are documented for the providers that have them.
  ["ImagePart", "ChatContentImage", { documented: ["cache_control"] }],
  ["AudioPart", "ChatContentAudio", { documented: ["cache_control"] }],
  ["VideoPart", "ChatContentVideo", { documented: ["cache_control"] }],
  ["FilePart", "ChatContentFile", { documented: ["cache_control"] }],
  ["CacheControl", "AnthropicCacheControlDirective"],
  ["AutoRouterPlugin", "AutoRouterPlugin"],
  ["AutoBetaRouterPlugin", "AutoBetaRouterPlugin"],
  ["ModerationPlugin", "ModerationPlugin"],
  ["WebPlugin", "WebSearchPlugin"],
  ["UserLocation", "WebSearchUserLocation"],
  ["XSearch", "XSearchOptions"],
  ["WebFetchPlugin", "WebFetchPlugin"],
  ["FileParserPlugin", "FileParserPlugin"],
  ["ResponseHealingPlugin", "ResponseHealingPlugin"],
  ["ContextCompressionPlugin", "ContextCompressionPlugin"],
  ["ParetoRouterPlugin", "ParetoRouterPlugin"],
  ["FusionPlugin", "FusionPlugin"],
  ["SwitchyardRouterPlugin", "SwitchyardRouterPlugin"],
  ["JevRouterPlugin", "JevRouterPlugin"],
  ["AlignmentPlugin", "AlignmentPlugin"],
  ["ArmorPlugin", "ArmorPlugin"],
  ["WebSearchParameters", "WebSearchConfig"],
  ["WebFetchParameters", "WebFetchServerToolConfig"],
  ["ImageGenerationParameters", "ImageGenerationServerToolConfig"],
  ["FusionParameters", "FusionServerToolConfig"],
  ["AdvisorParameters", "AdvisorServerToolConfig"],
  ["SubagentParameters", "SubagentServerToolConfig"],
  ["BashParameters", "BashServerToolConfig"],
  ["InnerReasoning", "SubagentReasoning"],
];
/** Words that stand in a union of ours, and where in the schema. @type {[string, string, string][]} */
const WORDS = [
  ["request.d.ts", "ReasoningEffort", "ChatRequest.reasoning_effort"],
  ["request.d.ts", "Quantization", "Quantization"],
  ["request.d.ts", "ProviderSort", "ProviderSort"],
  ["plugins.d.ts", "WebSearchMode", "WebSearchMode"],
];

describe("the types of a request", { skip: missing }, () => {
  /** @type {Record<string, any>} */
  let schemas;
  before(() => {
    schemas = JSON.parse(readFileSync(DOCUMENT, "utf8")).components.schemas;
  });
  /** @param {string} path */
  const schemaOf = (path) => {
    const [name, field] = path.split(".");
    return field === undefined ? schemas[name] : schemas[name].properties[field];
  };

  for (const [name, theirs, { documented = [], without = [] } = {}] of PAIRS) {
    test(`${name} has the fields of ${theirs}`, () => {
      const drift = { "of OpenRouter's and not ours": /** @type {string[]} */ ([]), "ours and not of OpenRouter's": /** @type {string[]} */ ([]) };
      const fields = ours.get(name) ?? assert.fail(`there is no interface ${name}`);
      const properties = Object.keys(schemaOf(theirs).properties);
      drift["of OpenRouter's and not ours"] = properties.filter((field) => !fields.includes(field) && !without.includes(field));
      drift["ours and not of OpenRouter's"] = fields.filter((/** @type {string} */ field) => !properties.includes(field) && !documented.includes(field));
      assert.deepEqual(drift, { "of OpenRouter's and not ours": [], "ours and not of OpenRouter's": [] });
      assert.deepEqual(documented.filter((field) => properties.includes(field)), [], "is in the schema by now");
    });
  }

  test("plugins and server tools are all there", () => {
    const ids = schemas.ChatRequest.properties.plugins.items.oneOf ?? schemas.ChatRequest.properties.plugins.items.anyOf;
    assert.equal(ids.length, PAIRS.filter(([name, theirs]) => theirs.endsWith("Plugin") && ours.get(name)).length);
    const tools = readFileSync(join(PACKAGE, "types/server-tools.d.ts"), "utf8");
    const kinds = (schemas.ChatFunctionTool.anyOf ?? schemas.ChatFunctionTool.oneOf).flatMap((/** @type {any} */ tool) => {
      const kind = schemas[tool.$ref?.split("/").at(-1)]?.properties.type;
      return kind?.enum ?? (kind?.const ? [kind.const] : []);
    });
    assert.ok(kinds.length > 10, kinds.join());
    for (const kind of kinds) assert.ok(tools.includes(`"${kind}"`), kind);
  });

  for (const [file, name, theirs] of WORDS) {
    test(`${name} has the words of ${theirs}`, () => {
      const [, union] = readFileSync(join(PACKAGE, "types", file), "utf8").match(new RegExp(`^export type ${name} = ([^;]*);`, "m")) ?? [];
      const words = [...union.matchAll(/"([^"]+)"/g)].map(([, word]) => word);
      assert.deepEqual(words.sort(), schemaOf(theirs).enum.filter((/** @type {unknown} */ word) => word !== null).sort());
    });
  }
});

describe("the engine", () => {
  /** What is told of a name, with the first value that is no mistake for other reasons. @param {(value: any) => any} request */
  async function told(request) {
    const client = new api.OpenRouter({ apiKey: "k" });
    /** @type {any[] | undefined} */
    let last;
    // Words that are documented somewhere: any other is told by itself.
    for (const value of ["x", "auto", "low", "fallback", "price", "allow", 20, true, {}, [], [{}]]) {
      const prepared = await client.prepare({ messages: HELLO, ...request(value) }).catch((error) => error);
      if (prepared instanceof Error) continue;
      /** @type {any[]} */
      const names = prepared.warnings.filter((/** @type {any} */ { rule }) => rule === "names");
      last = names;
      if (names.length === 0) break;
    }
    return last ?? assert.fail(`no value is right: ${JSON.stringify(request("x"))}`);
  }
  const camel = (/** @type {string} */ name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

  test("knows every field of the types, in both spellings", async () => {
    for (const name of ours.get("ChatFields").filter((/** @type {string} */ name) => name !== "messages")) {
      for (const spelling of new Set([name, camel(name)])) {
        // Ours is another thing: the name of which the other is the hash.
        assert.deepEqual(await told((value) => ({ [spelling]: value })), [], spelling);
      }
    }
    for (const [above, type] of [["provider", "ProviderPreferences"], ["reasoning", "ReasoningOptions"]]) {
      for (const name of ours.get(type)) {
        for (const spelling of new Set([name, camel(name)])) assert.deepEqual(await told((value) => ({ [above]: { [spelling]: value } })), [], `${above}.${spelling}`);
      }
    }
    assert.equal((await told((value) => ({ temprature: value })))[0].path, "temprature");
  });

  test("knows every name inside plugins and server tools that the types have, in both spellings", async () => {
    const types = (/** @type {string} */ file) => readFileSync(join(PACKAGE, "types", file), "utf8");
    const plugins = [...types("plugins.d.ts").matchAll(/^export interface (\w+Plugin) \{\n(?: {2,3}[/*].*\n)*? {2}id: "([^"]+)"/gm)];
    const tools = [...types("server-tools.d.ts").matchAll(/type: "(openrouter:\w+)"; parameters\?: (\w+Parameters) /g)];
    assert.ok(plugins.length > 10 && tools.length > 5, `${plugins.length} ${tools.length}`);
    const oddities = async (/** @type {any} */ request) => {
      try {
        return (await new api.OpenRouter({ apiKey: "k" }).prepare({ messages: HELLO, ...request })).warnings.filter(({ rule }) => rule === "names");
      } catch (error) {
        // It is known what it may be.
        assert.match(/** @type {Error} */ (error).message, /^(plugins|tools)\[0\].*: must be /);
        return [];
      }
    };
    for (const [, type, id] of plugins) {
      for (const name of ours.get(type)) if (name !== "id") for (const spelling of new Set([name, camel(name)])) assert.deepEqual(await oddities({ plugins: [{ id, [spelling]: {} }] }), [], `${id}.${spelling}`);
      assert.equal((await oddities({ plugins: [{ id, no_such_name: 1 }] }))[0].path, "plugins[0].no_such_name");
    }
    for (const [, type, parameters] of tools) {
      for (const name of ours.get(parameters)) for (const spelling of new Set([name, camel(name)])) assert.deepEqual(await oddities({ tools: [{ type, parameters: { [spelling]: {} } }] }), [], `${type}.${spelling}`);
    }
    for (const [part, type] of [["text", "TextPart"], ["image_url", "ImagePart"], ["input_audio", "AudioPart"], ["video_url", "VideoPart"], ["file", "FilePart"]]) {
      const whole = { type: part, text: "x", [part]: part === "text" ? "x" : { url: "https://a.example/b.png", data: "AAAA", format: "wav", file_data: "x" } };
      const held = Object.fromEntries(ours.get(type).map((/** @type {string} */ name) => [name, /** @type {any} */ (whole)[name] ?? {}]));
      const said = await oddities({ messages: [{ role: "user", content: [{ type: "text", text: "x" }, held] }] });
      assert.deepEqual(said.filter(({ path }) => /content\[1\]\.\w+$/.test(path)), [], part);
    }
  });

  test("knows every option of a client that the types have", async () => {
    const [, body] = readFileSync(join(PACKAGE, "types/options.d.ts"), "utf8").match(/^export interface ClientOptions[^{]*\{\n(.*?)^\}/ms) ?? [];
    const [, shared] = readFileSync(join(PACKAGE, "types/options.d.ts"), "utf8").match(/^export interface EngineOptions[^{]*\{\n(.*?)^\}/ms) ?? [];
    const names = [...`${body}${shared}`.matchAll(/^ {2}(\w+)\?: /gm)].map(([, name]) => name);
    assert.ok(names.includes("apiKey") && names.includes("maxRetries"), names.join());
    for (const name of names) {
      let client;
      try {
        client = new api.OpenRouter(/** @type {any} */ ({ strict: true, [name]: null }));
      } catch (error) {
        assert.match(/** @type {Error} */ (error).message, new RegExp(`^${name}: must`), "is known, if not as null");
        continue;
      }
      const { warnings } = await client.prepare({ messages: HELLO });
      assert.deepEqual(warnings.filter(({ rule }) => rule === "names"), [], name);
    }
  });
});

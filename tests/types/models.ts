// Compiled, not run: the catalog and the scan as an app uses them.
import { createCatalogCache, OpenRouter, type Model, type ModelList, type ModelRow, type Pricing, type Probe, type ProbeResult, type ScanResult, type ScanRow } from "openrouter-wasm";

export async function use(kv: { get(name: string): Promise<string | null>; put(name: string, value: string): Promise<void>; delete(name: string): Promise<void> }): Promise<[ModelList, ScanResult]> {
  const client = new OpenRouter({ catalogCache: createCatalogCache(new Map()), catalogTtlMs: 60_000 });
  new OpenRouter({ catalogCache: createCatalogCache(kv) });
  new OpenRouter({ catalogCache: createCatalogCache(await caches.open("models")) });
  // @ts-expect-error: no such storage
  createCatalogCache(5);
  const list = await client.models.list({ all: true, refresh: false, signal: AbortSignal.timeout(5) });
  const [first]: Model[] = list;
  const price: string | undefined = first.pricing.prompt;
  const unknown: unknown = first.raw.anything;
  const { knowledge_cutoff, benchmarks, per_request_limits, default_parameters, hugging_face_id, links, architecture, top_provider, reasoning }: ModelRow = first.raw;
  const documented: [string | null | undefined, number | null | undefined, number | undefined, number | null | undefined, string | undefined, boolean | undefined, string | undefined] = [
    knowledge_cutoff ?? hugging_face_id, benchmarks?.artificial_analysis?.coding_index, per_request_limits?.prompt_tokens, default_parameters?.top_k, links?.details,
    top_provider?.is_moderated ?? reasoning?.default_enabled, architecture?.tokenizer,
  ];
  const units: (string | undefined)[] = [first.pricing.audio, first.pricing.audioOutput, first.pricing.imageOutput, first.pricing.imageToken, first.pricing.inputAudioCache];
  console.log(documented, units);
  for (const { rule, path, reason } of list.warnings) console.log(rule, path, reason, list.fetchedAtMs, price, unknown);
  const one: Model | undefined = await client.models.get("~anthropic/claude-opus-latest", { refresh: true });
  // @ts-expect-error: it may be missing
  console.log(one.id);
  // @ts-expect-error: the list is not the caller's to date
  list.fetchedAtMs = 5;
  const result = await client.models.scan({
    free: false, probePaid: true, provider: "a", minParams: 7, maxAgeDays: 30, capabilities: ["tools"], probe: ["tool", "json", "image", "reasoning"], concurrency: 10, timeoutMs: 5, maxCandidates: 3,
    onProgress: ({ phase, completed, total, row }) => console.log(phase === "done", completed / total, row?.tool.latencyMs),
  });
  // @ts-expect-error: no such probe
  await client.models.scan({ probe: ["smell"] });
  const probes: Probe[] = ["tool", "json"];
  const outcomes: ProbeResult[] = result.rows.flatMap((row: ScanRow) => probes.map((probe) => row[probe]));
  const pricing: Pricing | null = result.rows[0].pricing;
  console.log(outcomes.length, pricing?.overrides?.[0].minPromptTokens, result.selected, result.counts.toolOk);
  return [list, result];
}

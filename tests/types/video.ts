// Videos as a TypeScript caller writes them; compiled, never run.
import { createJobStore, OpenRouter, OpenRouterError, verifyVideoWebhook } from "openrouter-wasm";
import type { JobStore, VideoFile, VideoModel, VideoState, VideoTicket, VideoWebhookEvent } from "openrouter-wasm";

export async function video(client: OpenRouter): Promise<VideoFile> {
  const store: JobStore = createJobStore({ name: "videos" });
  const ordered: VideoTicket = await client.videos.submit({ prompt: "a cat", durationSeconds: 8, inputs: [{ data: new Uint8Array(3), role: "first_frame" }, { url: "https://a.example/b.png" }] });
  await store.save(ordered);
  const release = await store.claim(ordered.id);
  const state: VideoState = await client.videos.poll(ordered, { timeoutMs: 5000 });
  try {
    const done = await client.videos.wait(state.ticket, {
      intervalMs: 5000,
      onProgress({ ticket, polls, nextPollMs, pollError }) {
        void store.save(ticket);
        console.log(ticket.status, polls.toFixed(), nextPollMs.toFixed(), pollError);
      },
    });
    console.log(done.usage?.cost?.toFixed(2), done.signedUrls?.[0]);
    const file = await client.videos.download(done, { maxBytes: 1e8 });
    console.log(file.url === undefined ? file.data.length : file.url.length);
    await store.remove(done.id);
    return file;
  } catch (error) {
    if (OpenRouterError.isInstance(error) && error.ticket) await store.save(error.ticket);
    throw error;
  } finally {
    release?.();
  }
}

export async function hook(request: Request): Promise<VideoWebhookEvent> {
  return verifyVideoWebhook(request, "secret", { toleranceSeconds: 60 });
}

export const cheapest = (models: VideoModel[]): string | undefined => models[0]?.pricingSkus["duration_seconds"];

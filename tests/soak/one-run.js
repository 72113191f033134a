// One very long answer. What passes through must not stay in the engine, whose memory never shrinks by itself.

const MIB = 1 << 20;
const PIECE = 8000;

/** @param {object} delta @param {string | null} [reason] */
const event = (delta, reason = null) => new TextEncoder().encode(`data: ${JSON.stringify({ id: "gen-1", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`);

/**
 * Two texts of half the size each: JavaScript holds none above 512 MiB.
 * @param {any} api  the package
 * @param {() => number} memoryBytes  of the engines
 * @param {number} mebibytes
 */
export async function oneRun(api, memoryBytes, mebibytes) {
  const pieces = [event({ content: "x".repeat(PIECE) }), event({ reasoning: "y".repeat(PIECE) })];
  const count = Math.ceil((mebibytes * MIB) / PIECE);
  let sent = 0, bytes = 0, most = 0;
  const pull = (/** @type {ReadableStreamDefaultController} */ controller) => {
    if (sent % 512 === 0) most = Math.max(most, memoryBytes());
    if (sent < count) {
      const piece = pieces[sent % 2];
      sent += 1;
      bytes += piece.length;
      return controller.enqueue(piece);
    }
    controller.enqueue(event({}, "stop"));
    controller.close();
  };
  const fetch = async () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers: { "content-type": "text/event-stream" } });
  const client = new api.OpenRouter({ apiKey: "k", fetch, limits: { maxBodyBytes: 2 * mebibytes * MIB } });
  const before = memoryBytes();
  const start = performance.now();
  let events = 0;
  const run = client.chat({ messages: [{ role: "user", content: "hi" }] });
  for await (const { type } of run) if (type !== "finish") events += 1;
  const { verdict, message } = await run.result();
  const chars = message.content.length + message.reasoning.length;
  return { verdict, isWhole: chars === count * PIECE, bytes, events, seconds: (performance.now() - start) / 1000, before, most, after: memoryBytes() };
}

// Runs one piece of code in a Worker of this frame: whatever it does, the frame's policy lets it reach nothing, and a loop without an end
// is ended from here.

const LIMIT_MS = 3000, MOST_LINES = 200, MOST_CHARACTERS = 20_000;

/** In the Worker. Told as text, since the Worker is made from it. */
const WORKER = `
  const lines = [];
  const shown = (value) => {
    if (typeof value === "string") return value;
    if (value instanceof Error) return String(value);
    try { return JSON.stringify(value, (_, part) => typeof part === "bigint" ? String(part) : part === undefined ? "undefined" : part instanceof Map || part instanceof Set ? [...part] : part) ?? String(value); } catch { return String(value); }
  };
  for (const name of ["log", "info", "warn", "error", "debug", "table"]) console[name] = (...values) => { if (lines.length < ${MOST_LINES}) lines.push(values.map(shown).join(" ").slice(0, ${MOST_CHARACTERS})); };
  onmessage = async ({ data }) => {
    try {
      // As an expression first, whose value is the result; else as statements, which may say "return".
      let run;
      const Run = Object.getPrototypeOf(async function () {}).constructor;
      try { run = new Run("return (" + data.trim().replace(/;$/, "") + "\\n)"); } catch { run = new Run(data); }
      const value = await run();
      postMessage({ ...(value !== undefined && { result: shown(value).slice(0, ${MOST_CHARACTERS}) }), ...(lines.length && { printed: lines.join("\\n") }), ...(value === undefined && lines.length === 0 && { result: "undefined" }) });
    } catch (error) {
      postMessage({ failed: String(error), ...(lines.length && { printed: lines.join("\\n") }) });
    }
  };
`;

addEventListener("message", ({ data, ports: [port] }) => {
  if (!port || typeof data?.code !== "string") return;
  const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  const answer = (/** @type {object} */ value) => {
    clearTimeout(timer);
    worker.terminate();
    port.postMessage(value);
  };
  const timer = setTimeout(() => answer({ failed: `stopped: it had not ended after ${LIMIT_MS / 1000} s` }), LIMIT_MS);
  worker.addEventListener("message", (event) => answer(event.data));
  worker.addEventListener("error", (event) => answer({ failed: event.message || "the code could not be run" }));
  worker.postMessage(data.code);
});

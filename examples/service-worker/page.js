// The page: it registers the service worker, hands it the visitor's key, and reads text.
const form = document.querySelector("form");
const output = document.querySelector("output");

await navigator.serviceWorker.register(`sw.js${location.search}`, { type: "module" });
const { active } = await navigator.serviceWorker.ready;
if (!navigator.serviceWorker.controller) await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
active.postMessage({ key: prompt("Your OpenRouter key") });
form.querySelector("button").disabled = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  output.textContent = "";
  const body = JSON.stringify({ messages: [{ role: "user", content: form.elements.text.value }] });
  const response = await fetch("chat", { method: "POST", body });
  if (!response.ok) return void (output.textContent = (await response.json()).error.message);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece; !(piece = await reader.read()).done; ) output.append(piece.value);
});

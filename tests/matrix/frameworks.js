// Frameworks: the scenario in a route of the server, on each of its runtimes, and in a page of the client.
import { join } from "node:path";

/** @typedef {import("./runtimes.js").Work} Work */

const CLIENT = `scenario().then((answer) => (globalThis.answer = answer), (error) => (globalThis.answer = String(error?.stack ?? error)))`;

/** Some of them run on no older one. */
const NODE = "24";

/** @param {string} next  its range @param {string[]} flags of its build @param {string[]} runtimes @returns {Work} */
const next = (next, flags, runtimes) => async (row) => {
  const versions = await row.install([next, "react", "react-dom"], NODE);
  row.scenario("app");
  row.write("app/layout.js", `export default function Layout({ children }) {\n  return <html><body>{children}</body></html>;\n}\n`);
  row.write("app/page.js", `"use client";\nimport { useEffect } from "react";\nimport { scenario } from "./scenario.js";\nexport default function Page() {\n  useEffect(() => void ${CLIENT}, []);\n  return <p>page</p>;\n}\n`);
  for (const runtime of runtimes) {
    row.write(`app/${runtime}/route.js`, `import { scenario } from "../scenario.js";\nexport const runtime = "${runtime}";\nexport const dynamic = "force-dynamic";\nexport const GET = async () => new Response(await scenario());\n`);
  }
  const bin = join(row.folder, "node_modules/.bin/next");
  await row.run(bin, ["build", ...flags]);
  const url = await row.listening(bin, ["start", "--hostname=127.0.0.1", "--port=0"]);
  for (const runtime of runtimes) await row.answers(`${url}/${runtime}`);
  await row.page(url);
  return versions;
};

/** @param {string} preset @returns {Work} */
const nuxt = (preset) => async (row) => {
  const isWorker = preset.startsWith("cloudflare");
  const versions = await row.install(["nuxt", ...(isWorker ? ["wrangler"] : [])], NODE);
  row.write("nuxt.config.ts", `export default defineNuxtConfig({ compatibilityDate: "2026-03-01", telemetry: false, nitro: { preset: "${preset}"${isWorker ? ", experimental: { wasm: true }, cloudflare: { deployConfig: true }" : ""} } });\n`);
  row.write("app/app.vue", `<script setup>\nimport { onMounted } from "vue";\nimport { scenario } from "../scenario.js";\nonMounted(() => void ${CLIENT});\n</script>\n<template><p>page</p></template>\n`);
  row.write("server/api/chat.js", `import { scenario } from "../../scenario.js";\nexport default defineEventHandler(() => scenario());\n`);
  await row.run(join(row.folder, "node_modules/.bin/nuxt"), ["build"]);
  const url = isWorker
    ? await row.listening(join(row.folder, "node_modules/.bin/wrangler"), ["dev", "--cwd=.output", "--port=0", "--ip=127.0.0.1", "--inspector-port=0"])
    : await row.listening("node", [".output/server/index.mjs"], { env: { HOST: "127.0.0.1", PORT: "0", NITRO_HOST: "127.0.0.1" } });
  await row.answers(`${url}/api/chat`);
  await row.page(url);
  return versions;
};

/** @type {Record<string, Work>} */
export const FRAMEWORKS = {
  "Next (Turbopack): client, node and edge routes": next("next", ["--turbopack"], ["nodejs", "edge"]),
  // Without an edge route: Next 16.4.6 fails to build any with webpack, one that returns a text included.
  "Next (webpack): client and node routes": next("next", ["--webpack"], ["nodejs"]),
  // The last one that builds by webpack unless it is told otherwise, and builds edge routes by it.
  "Next 15 (webpack): client, node and edge routes": next("next@15", [], ["nodejs", "edge"]),
  "SvelteKit on node: client and server": async (row) => {
    const versions = await row.install(["@sveltejs/kit", "svelte", "vite", "@sveltejs/vite-plugin-svelte"], NODE);
    row.scenario("src/routes");
    row.write("vite.config.js", `import { sveltekit } from "@sveltejs/kit/vite";\nexport default { plugins: [sveltekit()] };\n`);
    row.write("src/app.html", `<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n`);
    row.write("src/routes/+page.svelte", `<script>\n  import { onMount } from "svelte";\n  import { scenario } from "./scenario.js";\n  onMount(() => void ${CLIENT});\n</script>\n<p>page</p>\n`);
    row.write("src/routes/chat/+server.js", `import { scenario } from "../scenario.js";\nexport const GET = async () => new Response(await scenario());\n`);
    const vite = join(row.folder, "node_modules/.bin/vite");
    await row.run(vite, ["build"]);
    // The server that it has built, without an adapter's own.
    const url = await row.listening(vite, ["preview", "--host=127.0.0.1", `--port=${20_000 + Math.floor(Math.random() * 20_000)}`]);
    await row.answers(`${url}/chat`);
    await row.page(url);
    return versions;
  },
  "Astro: client script, and a route that the build runs": async (row) => {
    const versions = await row.install(["astro"], NODE);
    row.scenario("src");
    row.write("src/pages/index.astro", `<html><head><link rel="icon" href="data:," /></head><body><p>page</p><script>\n  import { scenario } from "../scenario.js";\n  ${CLIENT};\n</script></body></html>\n`);
    row.write("src/pages/chat.txt.js", `import { scenario } from "../scenario.js";\nexport const GET = async () => new Response(await scenario());\n`);
    await row.run(join(row.folder, "node_modules/.bin/astro"), ["build"]);
    const url = await row.serve("dist");
    await row.answers(`${url}/chat.txt`);
    await row.page(url);
    return versions;
  },
  "Astro on node: a route that the server runs": async (row) => {
    const versions = await row.install(["astro", "@astrojs/node"], NODE);
    row.scenario("src");
    row.write("astro.config.mjs", `import node from "@astrojs/node";\nexport default { adapter: node({ mode: "standalone" }) };\n`);
    row.write("src/pages/chat.js", `import { scenario } from "../scenario.js";\nexport const prerender = false;\nexport const GET = async () => new Response(await scenario());\n`);
    await row.run(join(row.folder, "node_modules/.bin/astro"), ["build"]);
    const url = await row.listening("node", ["dist/server/entry.mjs"], { env: { HOST: "127.0.0.1", PORT: String(20_000 + Math.floor(Math.random() * 20_000)) } });
    await row.answers(`${url}/chat`);
    return versions;
  },
  "Nuxt on node: client and server": nuxt("node-server"),
  "Nuxt on Cloudflare: client and server": nuxt("cloudflare_module"),
};

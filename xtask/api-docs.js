import { register } from "node:module";
register(`data:text/javascript,${encodeURIComponent(`export const resolve = (name, context, next) => next(name === "typescript" ? "typescript-5.9" : name, context);`)}`);
const { Application } = await import("typedoc");
const app = await Application.bootstrapWithPlugins({
  entryPoints: ["pkg-template/index.d.ts","pkg-template/ai-sdk.d.ts","pkg-template/types/gateway.d.ts","pkg-template/simulator.d.ts","pkg-template/bin/serve.d.ts","pkg-template/slim.d.ts"],
  plugin: ["typedoc-plugin-markdown"], tsconfig: "xtask/api-docs.tsconfig.json", readme: "none", outputFileStrategy: "modules",
  disableSources: true, hidePageHeader: true, hideBreadcrumbs: true, excludePrivate: true, sort: ["source-order"], out: process.argv[2],
  interfacePropertiesFormat: "list", validation: { notDocumented: true, invalidLink: true, notExported: true },
});
const project = await app.convert();
app.validate(project);
await app.generateOutputs(project);

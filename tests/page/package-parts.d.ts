// The parts of the package that www/serve/site.js fetches on demand, by the names that it gives them.
declare module "openrouter-wasm/sign-in" {
  export const beginSignIn: typeof import("openrouter-wasm").auth.beginSignIn;
  export const completeSignIn: typeof import("openrouter-wasm").auth.completeSignIn;
}
declare module "openrouter-wasm/sanitize-transcript" {
  export const sanitizeTranscript: typeof import("openrouter-wasm").sanitizeTranscript;
}
declare module "openrouter-wasm/job-store" {
  export const createJobStore: typeof import("openrouter-wasm").createJobStore;
}

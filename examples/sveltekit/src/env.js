// What SvelteKit hands to the server from the environment.
import { defineEnvVars } from "@sveltejs/kit/env";

export const variables = defineEnvVars({
  OPENROUTER_API_KEY: {},
  OPENROUTER_BASE_URL: { schema: (value) => value }, // may be missing
});

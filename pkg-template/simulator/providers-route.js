/** `GET /providers`: the houses that serve the simulator's models. */

import { houseOf } from "./catalog.js";

/** @import { App } from "./router.js" */
/** @import { State } from "./state.js" */

/**
 * @param {App} app
 * @param {State} state
 */
export function providersRoutes(app, state) {
  app.get("/providers", (context) => {
    const names = [...new Set(state.catalog.rows.map((row) => houseOf(row.id).provider))].sort();
    const data = names.map((name) => {
      const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
      return {
        name, slug, privacy_policy_url: `https://${slug}.example/privacy`, terms_of_service_url: `https://${slug}.example/terms`, status_page_url: null, headquarters: "US", datacenters: ["US"],
      };
    });
    return context.env.exchange.json(200, { data });
  });
}

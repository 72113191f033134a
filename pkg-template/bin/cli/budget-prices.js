// `--budget` before the first word: what the model costs, and what a router may cost.
import { createCatalogCache } from "../../index.js";
import { CliError, EXIT, lineOf } from "./failures.js";

/** @import { Model, OpenRouter } from "../../index.js" */
/** @import { Given } from "./command.js" */

/**
 * A client whose every price is known. A router's is not before it has chosen: it counts as the dearest that it may choose, so that the limit
 * holds whatever it takes. Refused: counting nothing until OpenRouter reports, which spends first and tells afterwards.
 * @param {Given} given @param {string | undefined} model  as it is asked for
 * @param {boolean} [isWhole]  of all that the client does, not of a run
 * @returns {Promise<{ client: OpenRouter, budget: { maxUsd: number, requirePrice: boolean } }>}
 */
export async function withPrices(given, model, isWhole = false) {
  const { values, note, signal } = given;
  const budget = { maxUsd: values.budget, requirePrice: values["allow-unpriced"] !== true };
  // Read once, by the first client for the second.
  const catalogCache = createCatalogCache(new Map());
  const first = await given.client({ catalogCache });
  let catalog;
  try {
    catalog = await first.models.list({ signal });
  } catch (error) {
    signal.throwIfAborted();
    const words = `the catalog's prices could not be read: ${lineOf(error)}`;
    if (budget.requirePrice) throw new CliError(`--budget cannot hold, ${words} (--allow-unpriced goes on without them)`, EXIT.money, { cause: error });
    await note(`--budget: ${words}`);
    return { client: isWhole ? await given.client({ budget }) : first, budget };
  }
  const models = routerPrices(catalog);
  const client = await given.client({ catalogCache, models, ...(isWhole && { budget }) });
  await client.models.list({ signal });
  const { body } = await client.prepare({ ...(model !== undefined && { model }), messages: [{ role: "user", content: "?" }] });
  const asked = /** @type {{ model?: string }} */ (body).model ?? "";
  if (Object.hasOwn(models, asked)) await note(`--budget: ${asked} may choose any model: the dearest price counts (--model counts that of one)`);
  return { client, budget };
}

/** Of every model without a price of its own: the dearest prompt and the dearest answer of those that have one. @param {readonly Model[]} catalog */
export function routerPrices(catalog) {
  const priced = catalog.filter(({ pricing }) => !pricing.isUnknown);
  const dearest = (/** @type {"prompt" | "completion"} */ unit) =>
    priced.map(({ pricing }) => String(pricing[unit] ?? "0")).reduce((most, usd) => (Number(usd) > Number(most) ? usd : most), "0");
  const pricing = { prompt: dearest("prompt"), completion: dearest("completion") };
  return Object.fromEntries(catalog.filter((model) => model.pricing.isUnknown).map(({ id }) => [id, { pricing }]));
}

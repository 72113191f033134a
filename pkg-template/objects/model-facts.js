// What is known of a model without asking for it: by the client's `models`, else by the catalog.
import { parseModelRef } from "../first-part.js";

/** @import { ModelFacts } from "./object-goal.js" */

/**
 * @param {string} asked  a reference or an alias
 * @param {Record<string, any> | undefined} models  the client's
 * @param {Record<string, any> | undefined} catalog  what the catalog says, by the ids on the wire
 * @returns {ModelFacts}
 */
export function factsOf(asked, models, catalog) {
  const entries = Object.entries(models ?? {});
  const named = entries.filter(([, entry]) => entry?.alias === asked).at(-1)?.[0] ?? asked;
  const id = parseModelRef(named)?.apiId ?? String(named);
  const known = catalog?.[id];
  const own = entries.filter(([ref]) => parseModelRef(ref)?.apiId === id).at(-1)?.[1];
  const reasoning = own?.reasoning ?? known?.reasoning;
  return {
    id,
    parameters: own?.supportedParameters ?? known?.supportedParameters ?? known?.supported_parameters,
    supportsTools: own?.supportsTools ?? known?.supportsTools ?? known?.supports_tools,
    reasons: reasoning !== undefined && reasoning !== null && reasoning !== false,
  };
}

/** `POST /systemone`, also as `/api/alpha/decisions`: answers that depend on the state and the question alone, in the form that each asks for. */

import { COMMON_FIELDS, checkedBody, isRecord } from "./body-check.js";
import { houseOf } from "./catalog.js";
import { ApiError } from "./errors.js";
import { hashText } from "./ids.js";
import { countTokens, usd } from "./prices.js";

/** @import { Context } from "hono" */
/** @import { App, Env } from "./router.js" */
/** @import { State } from "./state.js" */

const said = (/** @type {any} */ value) => typeof value === "string" || (typeof value === "object" && value !== null);

const RULES = {
  ...COMMON_FIELDS,
  state: { is: "a string, an object or an array", fits: said, required: true },
  questions: { is: "an object of questions", fits: isRecord, required: true },
};

/** @type {Record<string, (criteria: any) => boolean>} */
const CRITERIA = {
  noul: (criteria) => criteria === undefined || (isRecord(criteria) && said(criteria.true) && said(criteria.false)),
  choice: (criteria) => isRecord(criteria) && Object.keys(criteria).length > 0,
  score: (criteria) => Array.isArray(criteria) && criteria.length > 0 && criteria.every(said),
  box: () => true,
};

/**
 * @param {App} app
 * @param {State} state
 */
export function decisionsRoutes(app, state) {
  const decide = (/** @type {Context<Env>} */ context) => {
    const { exchange } = context.env;
    const key = state.requireKey(context.req.raw.headers);
    const body = checkedBody(exchange.entry.body, RULES);
    for (const [name, question] of Object.entries(/** @type {Record<string, any>} */ (body.questions))) {
      const fits = Object.hasOwn(CRITERIA, question?.type) ? CRITERIA[question.type] : undefined;
      if (!fits) throw new ApiError(400, `Invalid request: questions.${name}.type: expected one of ${Object.keys(CRITERIA).join(", ")}`);
      if (!said(question.instructions)) throw new ApiError(400, `Invalid request: questions.${name}.instructions: required`);
      if (!fits(question.criteria)) throw new ApiError(400, `Invalid request: questions.${name}.criteria: do not fit a ${question.type}`);
    }
    const row = state.catalog.maker(body.model, "decisions");
    state.requireBudget(key);
    const basis = JSON.stringify(body.state);
    const answers = Object.fromEntries(Object.entries(/** @type {Record<string, any>} */ (body.questions)).map(([name, question]) => [name, answerOf(question, `${state.seed}${basis}${name}`)]));
    const tokens = { input_tokens: countTokens(basis) + countTokens(JSON.stringify(body.questions)), output_tokens: Object.keys(answers).length };
    const cost = usd(tokens.input_tokens * Number(row.pricing.prompt) + tokens.output_tokens * Number(row.pricing.completion));
    const id = state.ids.generation(Math.floor(Date.now() / 1000)).replace("gen-", "gen-dec-");
    state.rememberMedia({ id, model: row.id, cost, apiType: "decisions", requestHeaders: exchange.entry.headers }, key);
    return exchange.json(200, { id, model: row.id, provider: houseOf(row.id).provider, answers, usage: { ...tokens, cost } });
  };
  app.post("/systemone", decide);
  app.post("/api/alpha/decisions", decide);
}

/** @param {number} value */
const rounded = (value) => Math.round(value * 100) / 100;

/**
 * @param {any} question
 * @param {string} basis
 */
function answerOf({ type, criteria }, basis) {
  const share = (/** @type {string} */ more) => (hashText(`${basis} ${more}`) % 101) / 100;
  if (type === "noul") return { type, noul: share("noul") };
  if (type === "box") {
    const [left, top] = [share("left") * 400, share("top") * 400].map(Math.round);
    return { type, box: { top, bottom: /** @type {number} */ (top) + 100, left, right: /** @type {number} */ (left) + 100 }, confidence: share("box") };
  }
  const names = type === "choice" ? Object.keys(criteria) : criteria.map((/** @type {unknown} */ _, /** @type {number} */ level) => String(level));
  const weights = names.map((/** @type {string} */ name) => 0.01 + share(name));
  const sum = weights.reduce((/** @type {number} */ all, /** @type {number} */ weight) => all + weight, 0);
  const probabilities = Object.fromEntries(names.map((/** @type {string} */ name, /** @type {number} */ at) => [name, rounded(weights[at] / sum)]));
  const best = names.reduce((/** @type {string} */ first, /** @type {string} */ name) => (probabilities[name] > probabilities[first] ? name : first), names[0]);
  if (type === "choice") return { type, choice: best, probabilities, confidence: probabilities[best] };
  const score = rounded(names.reduce((/** @type {number} */ all, /** @type {string} */ name) => all + Number(name) * probabilities[name], 0));
  return { type, score, probabilities, confidence: probabilities[best], legend: Object.fromEntries(names.map((/** @type {string} */ name) => [name, criteria[Number(name)]])) };
}

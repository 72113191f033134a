// Money: the spending of an account, the cost of a run, and its limit.

/** Credits and key together; a value that one of the two endpoints does not say is missing. */
export interface AccountUsage {
  /** USD that are left; may be negative. Needs a management key. */
  balance?: number;
  /** USD spent in all. */
  spend?: number;
  /** The key's own limit. */
  budget?: { used: number; limit: number; remaining: number; period?: "daily" | "weekly" | "monthly"; usedPercent: number; label: string };
  /** Requests to free models today. */
  free?: { limit: number; used: number; remaining: number };
  /** Budgets of key, workspace and guardrails, as `/key` lists them. */
  budgets?: { scope: string; limitUsd: number; spendUsd: number; remainingUsd: number; resetInterval?: string; resetsAt?: string }[];
  /** `$0.10 today · $0.50 this week · $2.00 this month`. */
  summary?: string;
  /** The key's label. */
  plan?: string;
  /** Whether nothing was ever paid in. */
  isFreeTier?: boolean;
  /** ISO date after which the key is no longer taken. */
  expiresAt?: string;
  /** Warning about an endpoint that could not be asked, in words; the other endpoint's answer stands. */
  warnings: string[];
}

/**
 * Cost of a run so far, in USD. While an answer comes, and where it was given up, its step is estimated from its length. With a key of
 * your own at the provider (BYOK) it is OpenRouter's fee; the provider's part is in `usage.raw.cost_details`. `total` may be more than its
 * kinds together: searches and other fees are in it alone.
 */
export interface CostMeter {
  /** USD, all together. */
  total: number;
  /** USD of the prompts. */
  input: number;
  /** USD of the answers. */
  output: number;
  /** USD of what a cache had. */
  cacheRead: number;
  /** USD of what was put into a cache. */
  cacheWrite: number;
  /** Part of `output`. */
  reasoning: number;
  /** By step, in order. */
  steps: StepCost[];
  /** `reported`: OpenRouter billed it. `computed`: from the model's price (`models[ref].pricing`, else the catalog's). `recovered`: asked of `/generation` after an abort or a cut. `unknown`: nobody can say. */
  source: CostSource;
}
/** Source of a cost. */
export type CostSource = "reported" | "computed" | "recovered" | "unknown" | "mixed";
/** Cost of one answer, in USD. */
export interface StepCost {
  /** USD, all together. */
  total: number;
  /** USD of the prompt. */
  input: number;
  /** USD of the answer. */
  output: number;
  /** USD of what a cache had. */
  cacheRead: number;
  /** USD of what was put into a cache. */
  cacheWrite: number;
  /** Part of `output`. */
  reasoning: number;
  /** Source of these costs. */
  source: Exclude<CostSource, "mixed">;
}

/** USD. A number is the limit of a run; checked before each send and while an answer streams (estimated from the catalog's prices). */
export type Budget = number | {
  /** At most this much for a run. */
  maxUsd?: number | undefined;
  /** Refuse a model whose price is not known. Default false: such a model is warned of. */
  requirePrice?: boolean | undefined;
};

/** Bill of one generation (`GET /generation`). */
export interface Generation {
  /** OpenRouter's id of the generation. */
  id: string;
  /** The model that answered. */
  model?: string;
  /** The provider that answered. */
  provider?: string;
  /** USD. */
  cost?: number;
  /** Tokens of the prompt. */
  inputTokens?: number;
  /** Tokens of the answer, reasoning included. */
  outputTokens?: number;
  /** Part of `outputTokens`. */
  reasoningTokens?: number;
  /** Prompt tokens that a cache had. */
  cacheReadTokens?: number;
  /** Why the answer ended. */
  finishReason?: string;
  /** Whether the reader left. */
  cancelled?: boolean;
  /** From the request to the first token. */
  latencyMs?: number;
  /** From the first token to the last. */
  generationTimeMs?: number;
  /** The answer's object as it came. */
  raw: Record<string, unknown>;
}

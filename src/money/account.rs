//! What an account has spent and may spend (`/credits`, `/key`), and the bill of one generation (provider-rules 12, openrouter-api 6).

use crate::call::Call;
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::record::Writes;
use crate::usd::Usd;
use crate::value::Value;

const MAX_BYTES: u64 = 1 << 20;
const TIMEOUT_MS: f64 = 15_000.0;

openrouter_wire::record! {
    /// The two calls of the usage.
    pub struct UsageCalls: writes {
        credits: Call,
        key: Call,
    }
}

/// The [`UsageCalls`] of a client. Not tried again: whoever shows them asks again anyway.
pub fn usage_calls(config: &ClientConfig) -> Result<String, Error> {
    let credits = bounded(config, "/credits", "OpenRouter credits lookup failed")?;
    let key = bounded(config, "/key", "OpenRouter key lookup failed")?;
    Ok(UsageCalls { credits, key }.to_json())
}

/// The call for the bill of a generation; its waits are the facade's.
pub fn generation_call(config: &ClientConfig, id: &str) -> Result<String, Error> {
    let rest = id.strip_prefix("gen-").unwrap_or_default();
    if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Error::invalid("id", "must be a generation id, such as gen-1234-abc"));
    }
    bounded(config, &["/generation?id=", id].concat(), "OpenRouter generation lookup failed").map(|call| call.to_json())
}

fn bounded(config: &ClientConfig, path: &str, label: &'static str) -> Result<Call, Error> {
    let call = Call::get(config, path, label)?;
    Ok(Call { max_bytes: MAX_BYTES, timeout_ms: TIMEOUT_MS, attempts: 1, ..call })
}

openrouter_wire::record! {
    /// What an account has spent and may spend, in USD.
    pub struct AccountUsage: writes {
        /// Credits that are left.
        balance: Option<Usd>,
        spend: Option<Usd>,
        /// The key's own limit.
        budget: Option<KeyBudget>,
        /// Requests to free models a day.
        free: Option<FreeRequests>,
        budgets: Option<Vec<BudgetLayer>>,
        /// What was spent today, this week and this month, in words.
        summary: Option<String>,
        plan: Option<String>,
        is_free_tier: Option<bool>,
        expires_at: Option<String>,
        warnings: Vec<String>,
    }
}

openrouter_wire::record! {
    /// The limit of a key.
    pub struct KeyBudget: writes {
        used: Usd,
        limit: Usd,
        remaining: Usd,
        /// At most 100.
        used_percent: Usd,
        label: &'static str,
        /// After which it begins anew.
        period: Option<String> as "\"daily\" | \"weekly\" | \"monthly\"",
    }
}

openrouter_wire::record! {
    /// How often free models may be asked.
    pub struct FreeRequests: writes {
        limit: Usd,
        used: Usd,
        remaining: Usd,
    }
}

openrouter_wire::record! {
    /// One of the budgets over a key.
    pub struct BudgetLayer: writes {
        scope: String,
        limit_usd: Usd,
        spend_usd: Usd,
        remaining_usd: Usd,
        reset_interval: Option<String>,
        resets_at: Option<String>,
    }
}

openrouter_wire::record! {
    /// The bill of one generation.
    pub struct GenerationBill<'a>: writes {
        id: String,
        /// USD.
        cost: Option<Usd>,
        /// Without cached ones, as in a usage.
        input_tokens: Option<Usd>,
        output_tokens: Option<Usd>,
        model: Option<String>,
        provider: Option<String>,
        reasoning_tokens: Option<Usd>,
        cache_read_tokens: Option<Usd>,
        finish_reason: Option<String>,
        cancelled: Option<bool>,
        latency_ms: Option<Usd>,
        generation_time_ms: Option<Usd>,
        raw: Value<'a> as "Record<string, unknown>",
    }
}

/// A text that is not empty.
fn words(data: &Value<'_>, name: &str) -> Option<String> {
    data.get_str(name).filter(|text| !text.is_empty())
}

fn flag(data: &Value<'_>, name: &str) -> Option<bool> {
    data.get(name).and_then(|flag| flag.as_bool())
}

/// What stands under `data` in an answer, if that is an object.
fn data_of(answer: &str) -> Option<Value<'_>> {
    Value::parse(answer).and_then(|answer| answer.get("data")).filter(Value::is_object)
}

/// What the answers of `/credits` and `/key` say together, as far as there are any; `warnings` is a JSON array of what could not be asked.
pub fn usage(credits: Option<&str>, key: Option<&str>, warnings: &str) -> Result<String, Error> {
    let told = Value::parse(warnings).map(|list| list.to_items()).unwrap_or_default();
    let mut warnings: Vec<String> = told.iter().filter_map(|line| line.str().map(|line| line.into_owned())).collect();
    for (name, answer) in [("credits", credits), ("key", key)] {
        if answer.is_some_and(|answer| data_of(answer).is_none()) {
            warnings.push(["/", name, " gave an answer that is no JSON object with data"].concat());
        }
    }
    let (credits, key) = (credits.and_then(data_of), key.and_then(data_of));
    if credits.is_none() && key.is_none() {
        return Err(Error::new(Code::BadResponse, "Malformed usage response"));
    }
    let amount = |name: &str| credits.as_ref().and_then(|credits| Usd::in_field(credits, name));
    let totals = amount("total_credits").zip(amount("total_usage"));
    let key = key.unwrap_or_else(Value::null);
    let limit = Usd::in_field(&key, "limit");
    // A key without a budget tells at least what it has spent.
    let own_spend = if limit.is_none() { Usd::in_field(&key, "usage") } else { None };
    let budgets: Vec<_> = key.get("budgets").map(|list| list.to_items()).unwrap_or_default().iter().filter_map(layer).collect();
    let usage = AccountUsage {
        balance: totals.map(|(bought, used)| bought.minus(used)),
        spend: totals.map(|(_, used)| used).or(own_spend),
        budget: limit.map(|limit| budget(&key, limit)),
        free: free_requests(&key),
        budgets: Some(budgets).filter(|budgets| !budgets.is_empty()),
        summary: summary(&key),
        plan: words(&key, "label"),
        is_free_tier: flag(&key, "is_free_tier"),
        expires_at: words(&key, "expires_at"),
        warnings,
    };
    Ok(usage.to_json())
}

fn free_requests(key: &Value<'_>) -> Option<FreeRequests> {
    let free = key.get("free_model_daily_requests")?;
    let (limit, used) = Usd::in_field(&free, "limit").zip(Usd::in_field(&free, "used"))?;
    Some(FreeRequests { limit, used, remaining: Usd::in_field(&free, "remaining").unwrap_or(left(limit, used)) })
}

fn summary(key: &Value<'_>) -> Option<String> {
    let mut summary = String::new();
    for (name, words) in [("usage_daily", " today"), ("usage_weekly", " this week"), ("usage_monthly", " this month")] {
        if let Some(used) = Usd::in_field(key, name) {
            summary.push_str(if summary.is_empty() { "" } else { " · " });
            summary.push_str(&used.in_cents());
            summary.push_str(words);
        }
    }
    Some(summary).filter(|summary| !summary.is_empty())
}

/// The key's own limit.
fn budget(key: &Value<'_>, limit: Usd) -> KeyBudget {
    let reset = key.get_str("limit_reset").unwrap_or_default();
    let (suffix, label) = match reset.as_str() {
        "daily" => ("_daily", "Daily key budget"),
        "weekly" => ("_weekly", "Weekly key budget"),
        "monthly" => ("_monthly", "Monthly key budget"),
        _ => ("", "API key budget"),
    };
    let usage = |name: &str| Usd::in_field(key, &[name, suffix].concat()).unwrap_or_default();
    // May be negative, where more was spent than allowed: what is used is then more than the limit.
    let used = match key.get("limit_remaining").and_then(|value| Usd::of(&value)) {
        Some(remaining) => left(limit, remaining),
        None if flag(key, "include_byok_in_limit") == Some(true) => usage("usage").plus(usage("byok_usage")),
        None => usage("usage"),
    };
    let all = Usd::whole(100);
    KeyBudget {
        used,
        limit,
        remaining: left(limit, used),
        used_percent: if limit.is_zero() { all } else { all.share(used, limit).min(all) },
        label,
        period: Some(reset).filter(|_| !suffix.is_empty()),
    }
}

/// One of the budgets that `/key` lists.
fn layer(entry: &Value<'_>) -> Option<BudgetLayer> {
    let [limit, spend, remaining] = ["limit_usd", "spend_usd", "remaining_usd"].map(|name| Usd::in_field(entry, name));
    let limit = limit?;
    let spend = spend.unwrap_or_else(|| remaining.map_or(Usd::default(), |remaining| left(limit, remaining)));
    Some(BudgetLayer {
        scope: entry.get_str("scope").unwrap_or_default(),
        limit_usd: limit,
        spend_usd: spend,
        remaining_usd: remaining.unwrap_or(left(limit, spend)),
        reset_interval: words(entry, "reset_interval"),
        resets_at: words(entry, "resets_at"),
    })
}

/// What is left of it, not below nothing.
fn left(limit: Usd, used: Usd) -> Usd {
    limit.minus(used).max(Usd::default())
}

/// The answer of `/generation` as the public object; `inputTokens` without cached ones, as in a usage.
pub fn generation(text: &str) -> Result<String, Error> {
    let Some(data) = data_of(text) else {
        return Err(Error::new(Code::BadResponse, "OpenRouter generation lookup failed: Malformed generation response"));
    };
    let either = |native: &str, own: &str| Usd::in_field(&data, native).or_else(|| Usd::in_field(&data, own));
    let cached = Usd::in_field(&data, "native_tokens_cached").unwrap_or_default();
    let number = |name: &str| Usd::in_field(&data, name);
    let bill = GenerationBill {
        id: data.get_str("id").unwrap_or_default(),
        cost: either("total_cost", "usage"),
        input_tokens: either("native_tokens_prompt", "tokens_prompt").map(|prompt| left(prompt, cached)),
        output_tokens: either("native_tokens_completion", "tokens_completion"),
        model: words(&data, "model"),
        provider: words(&data, "provider_name"),
        reasoning_tokens: number("native_tokens_reasoning"),
        cache_read_tokens: number("native_tokens_cached"),
        finish_reason: words(&data, "finish_reason"),
        cancelled: flag(&data, "cancelled"),
        latency_ms: number("latency"),
        generation_time_ms: number("generation_time"),
        raw: data.clone(),
    };
    Ok(bill.to_json())
}

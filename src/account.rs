//! What an account has spent and may spend (`/credits`, `/key`), and the bill of one generation (provider-rules 12, openrouter-api 6).

use crate::call::Call;
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json_string::write_string;
use crate::usd::Usd;
use crate::value::Value;

const MAX_BYTES: u64 = 1 << 20;
const TIMEOUT_MS: f64 = 15_000.0;

/// The two calls of the usage: `{credits, key}`. Not tried again: whoever shows them asks again anyway.
pub fn usage_calls(config: &ClientConfig) -> Result<String, Error> {
    let plan = |path, label| bounded(Call::get(config, path, label)?).map(|call| call.to_json());
    let (credits, key) = (plan("/credits", "OpenRouter credits lookup failed")?, plan("/key", "OpenRouter key lookup failed")?);
    Ok(["{\"credits\":", &credits, ",\"key\":", &key, "}"].concat())
}

/// The call for the bill of a generation; its waits are the facade's.
pub fn generation_call(config: &ClientConfig, id: &str) -> Result<String, Error> {
    let rest = id.strip_prefix("gen-").unwrap_or_default();
    if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Error::invalid("id", "must be a generation id, such as gen-1234-abc"));
    }
    bounded(Call::get(config, &["/generation?id=", id].concat(), "OpenRouter generation lookup failed")?).map(|call| call.to_json())
}

fn bounded(call: Call) -> Result<Call, Error> {
    Ok(Call { max_bytes: MAX_BYTES, timeout_ms: TIMEOUT_MS, attempts: 1, ..call })
}

/// A JSON object in the making, from fields that may be missing.
struct Writer {
    out: String,
}

impl Writer {
    fn new() -> Self {
        Self { out: String::from("{") }
    }

    fn name(&mut self, name: &str) {
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        write_string(&mut self.out, name);
        self.out.push(':');
    }

    fn json(&mut self, name: &str, value: &str) {
        self.name(name);
        self.out.push_str(value);
    }

    fn text(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.name(name);
            write_string(&mut self.out, &value);
        }
    }

    fn number(&mut self, name: &str, value: Option<Usd>) {
        if let Some(value) = value {
            self.name(name);
            value.write(&mut self.out);
        }
    }

    fn flag(&mut self, name: &str, value: Option<Value<'_>>) {
        if let Some(flag) = value.and_then(|value| value.as_bool()) {
            self.json(name, if flag { "true" } else { "false" });
        }
    }

    fn end(mut self) -> String {
        self.out.push('}');
        self.out
    }
}

/// What the answers of `/credits` and `/key` say together, as far as there are any; `warnings` is a JSON array of what could not be asked.
/// `None`: neither says anything.
pub fn usage(credits: Option<&str>, key: Option<&str>, warnings: &str) -> Result<String, Error> {
    let data = |text: Option<&'_ str>| {
        let answer = text.and_then(Value::parse).and_then(|answer| answer.get("data"));
        answer.filter(Value::is_object).map(Value::into_owned)
    };
    let read = [data(credits), data(key)];
    let names = ["credits", "key"];
    let mut warnings: Vec<String> =
        Value::parse(warnings).map(|list| list.to_items()).unwrap_or_default().iter().map(Value::to_json).collect();
    for ((data, text), name) in read.iter().zip([credits, key]).zip(names) {
        if data.is_none() && text.is_some() {
            warnings.push(["\"/", name, " gave an answer that is no JSON object with data\""].concat());
        }
    }
    if read.iter().all(Option::is_none) {
        return Err(Error::new(Code::BadResponse, "Malformed usage response"));
    }
    let [credits, key] = read;
    let mut writer = Writer::new();
    let amount = |name: &str| credits.as_ref().and_then(|credits| Usd::in_field(credits, name));
    let totals = amount("total_credits").zip(amount("total_usage"));
    writer.number("balance", totals.map(|(bought, used)| bought.minus(used)));
    let mut spend = totals.map(|(_, used)| used);
    if let Some(key) = &key {
        let limit = Usd::in_field(key, "limit");
        // A key without a budget tells at least what it has spent.
        spend = spend.or_else(|| Usd::in_field(key, "usage").filter(|_| limit.is_none()));
        write_key(key, limit, &mut writer);
    }
    writer.number("spend", spend);
    writer.json("warnings", &["[", &warnings.join(","), "]"].concat());
    Ok(writer.end())
}

fn write_key(key: &Value<'_>, limit: Option<Usd>, writer: &mut Writer) {
    if let Some(limit) = limit {
        writer.json("budget", &budget(key, limit));
    }
    if let Some(free) = key.get("free_model_daily_requests") {
        let counts = ["limit", "used", "remaining"].map(|name| Usd::in_field(&free, name));
        if let [Some(limit), Some(used), remaining] = counts {
            let mut inner = Writer::new();
            inner.number("limit", Some(limit));
            inner.number("used", Some(used));
            inner.number("remaining", Some(remaining.unwrap_or(left(limit, used))));
            writer.json("free", &inner.end());
        }
    }
    let budgets = key.get("budgets").filter(Value::is_array).map(|list| list.to_items()).unwrap_or_default();
    let budgets: Vec<String> = budgets.iter().filter_map(layer).collect();
    if !budgets.is_empty() {
        writer.json("budgets", &["[", &budgets.join(","), "]"].concat());
    }
    let spans = [("usage_daily", " today"), ("usage_weekly", " this week"), ("usage_monthly", " this month")];
    let parts = spans.iter().filter_map(|(name, words)| Some([&Usd::in_field(key, name)?.in_cents(), *words].concat()));
    let parts: Vec<String> = parts.collect();
    writer.text("summary", Some(parts.join(" · ")).filter(|summary| !summary.is_empty()));
    writer.text("plan", key.get_str("label").filter(|label| !label.is_empty()));
    writer.flag("isFreeTier", key.get("is_free_tier"));
    writer.text("expiresAt", key.get_str("expires_at"));
}

/// The key's own limit.
fn budget(key: &Value<'_>, limit: Usd) -> String {
    let period = key.get_str("limit_reset").filter(|reset| matches!(reset.as_str(), "daily" | "weekly" | "monthly"));
    let usage = |name: &str| {
        let whole = match &period {
            Some(period) => [name, "_", period].concat(),
            None => name.to_owned(),
        };
        Usd::in_field(key, &whole).unwrap_or_default()
    };
    // May be negative, where more was spent than allowed: what is used is then more than the limit.
    let remaining = key.get("limit_remaining").and_then(|value| Usd::of(&value));
    let is_with_byok = key.get("include_byok_in_limit").and_then(|flag| flag.as_bool()) == Some(true);
    let used = match remaining {
        Some(remaining) => left(limit, remaining),
        None if is_with_byok => usage("usage").plus(usage("byok_usage")),
        None => usage("usage"),
    };
    let percent = if limit.is_zero() { Usd::whole(100) } else { Usd::whole(100).share(used, limit).min(Usd::whole(100)) };
    let mut writer = Writer::new();
    writer.number("used", Some(used));
    writer.number("limit", Some(limit));
    writer.number("remaining", Some(left(limit, used)));
    writer.number("usedPercent", Some(percent));
    let label = match period.as_deref() {
        Some("daily") => "Daily key budget",
        Some("weekly") => "Weekly key budget",
        Some(_) => "Monthly key budget",
        None => "API key budget",
    };
    writer.text("label", Some(label.to_owned()));
    writer.text("period", period);
    writer.end()
}

/// One of the budgets that `/key` lists.
fn layer(entry: &Value<'_>) -> Option<String> {
    let [limit, spend, remaining] = ["limit_usd", "spend_usd", "remaining_usd"].map(|name| Usd::in_field(entry, name));
    let limit = limit?;
    let spend = spend.or_else(|| remaining.map(|remaining| left(limit, remaining))).unwrap_or_default();
    let mut writer = Writer::new();
    writer.text("scope", Some(entry.get_str("scope").unwrap_or_default()));
    writer.number("limitUsd", Some(limit));
    writer.number("spendUsd", Some(spend));
    writer.number("remainingUsd", Some(remaining.unwrap_or(left(limit, spend))));
    writer.text("resetInterval", entry.get_str("reset_interval"));
    writer.text("resetsAt", entry.get_str("resets_at"));
    Some(writer.end())
}

/// What is left of it, not below nothing.
fn left(limit: Usd, used: Usd) -> Usd {
    limit.minus(used).max(Usd::default())
}

/// The answer of `/generation` as the public object; `inputTokens` without cached ones, as in a usage.
pub fn generation(text: &str) -> Result<String, Error> {
    let data = Value::parse(text).and_then(|answer| answer.get("data")).filter(Value::is_object);
    let Some(data) = data else {
        return Err(Error::new(Code::BadResponse, "OpenRouter generation lookup failed: Malformed generation response"));
    };
    let either = |native: &str, own: &str| Usd::in_field(&data, native).or_else(|| Usd::in_field(&data, own));
    let cached = Usd::in_field(&data, "native_tokens_cached");
    let mut writer = Writer::new();
    writer.text("id", Some(data.get_str("id").unwrap_or_default()));
    writer.text("model", data.get_str("model"));
    writer.text("provider", data.get_str("provider_name"));
    writer.number("cost", either("total_cost", "usage"));
    writer.number("inputTokens", either("native_tokens_prompt", "tokens_prompt").map(|prompt| left(prompt, cached.unwrap_or_default())));
    writer.number("outputTokens", either("native_tokens_completion", "tokens_completion"));
    writer.number("reasoningTokens", Usd::in_field(&data, "native_tokens_reasoning"));
    writer.number("cacheReadTokens", cached);
    writer.text("finishReason", data.get_str("finish_reason"));
    writer.flag("cancelled", data.get("cancelled"));
    writer.number("latencyMs", Usd::in_field(&data, "latency"));
    writer.number("generationTimeMs", Usd::in_field(&data, "generation_time"));
    writer.json("raw", &data.to_json());
    Ok(writer.end())
}

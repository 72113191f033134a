//! What an account has spent and may spend (`/credits`, `/key`), and the bill of one generation (provider-rules 12, openrouter-api 6).

use crate::call::Call;
use crate::config::ClientConfig;
use crate::error::{Code, Error};
use crate::json_string::write_string;
use crate::usd::Usd;
use crate::value::Value;

const MAX_BYTES: u64 = 1 << 20;
const TIMEOUT_MS: f64 = 15_000.0;

/// The two calls of the usage: `[credits, key]`. Not tried again: whoever shows them asks again anyway.
pub fn usage_calls(config: &ClientConfig) -> Result<String, Error> {
    let credits = bounded(config, "/credits", "OpenRouter credits lookup failed")?;
    let key = bounded(config, "/key", "OpenRouter key lookup failed")?;
    Ok(["[", &credits, ",", &key, "]"].concat())
}

/// The call for the bill of a generation; its waits are the facade's.
pub fn generation_call(config: &ClientConfig, id: &str) -> Result<String, Error> {
    let rest = id.strip_prefix("gen-").unwrap_or_default();
    if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Error::invalid("id", "must be a generation id, such as gen-1234-abc"));
    }
    bounded(config, &["/generation?id=", id].concat(), "OpenRouter generation lookup failed")
}

fn bounded(config: &ClientConfig, path: &str, label: &'static str) -> Result<String, Error> {
    let call = Call::get(config, path, label)?;
    Ok(Call { max_bytes: MAX_BYTES, timeout_ms: TIMEOUT_MS, attempts: 1, ..call }.to_json())
}

/// What a field must be to be taken over.
enum Kind {
    Number,
    Flag,
    Text,
}

/// A JSON object in the making, from fields that may be missing.
struct Writer(String);

impl Writer {
    fn new() -> Self {
        Self(String::from("{"))
    }

    #[inline(never)]
    fn json(&mut self, name: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write_string(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(value);
    }

    fn text(&mut self, name: &str, value: &str) {
        let mut quoted = String::new();
        write_string(&mut quoted, value);
        self.json(name, &quoted);
    }

    #[inline(never)]
    fn number(&mut self, name: &str, value: Usd) {
        let mut digits = String::new();
        value.write(&mut digits);
        self.json(name, &digits);
    }

    fn list(&mut self, name: &str, items: &[String]) {
        self.json(name, &["[", &items.join(","), "]"].concat());
    }

    /// Fields that are taken over under another name where they are of the right kind.
    fn copy(&mut self, data: &Value<'_>, fields: &[(&str, Kind, &str)]) {
        for (name, kind, from) in fields {
            let Some(value) = data.get(from) else { continue };
            match kind {
                Kind::Number => {
                    if let Some(number) = Usd::of(&value).filter(|number| !number.is_negative()) {
                        self.number(name, number);
                    }
                }
                Kind::Flag => {
                    if value.as_bool().is_some() {
                        self.json(name, &value.to_json());
                    }
                }
                Kind::Text => {
                    if let Some(text) = value.str().filter(|text| !text.is_empty()) {
                        self.text(name, &text);
                    }
                }
            }
        }
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// What stands under `data` in an answer, if that is an object.
fn data_of(answer: &str) -> Option<Value<'_>> {
    Value::parse(answer).and_then(|answer| answer.get("data")).filter(Value::is_object)
}

/// What the answers of `/credits` and `/key` say together, as far as there are any; `warnings` is a JSON array of what could not be asked.
/// `None`: neither says anything.
pub fn usage(credits: Option<&str>, key: Option<&str>, warnings: &str) -> Result<String, Error> {
    let mut warnings: Vec<String> =
        Value::parse(warnings).map(|list| list.to_items()).unwrap_or_default().iter().map(Value::to_json).collect();
    let mut read = |name: &str, answer: Option<&'_ str>| {
        if answer.is_some_and(|answer| data_of(answer).is_none()) {
            warnings.push(["\"/", name, " gave an answer that is no JSON object with data\""].concat());
        }
    };
    read("credits", credits);
    read("key", key);
    let (credits, key) = (credits.and_then(data_of), key.and_then(data_of));
    if credits.is_none() && key.is_none() {
        return Err(Error::new(Code::BadResponse, "Malformed usage response"));
    }
    let mut writer = Writer::new();
    let amount = |name: &str| credits.as_ref().and_then(|credits| Usd::in_field(credits, name));
    let totals = amount("total_credits").zip(amount("total_usage"));
    if let Some((bought, used)) = totals {
        writer.number("balance", bought.minus(used));
        writer.number("spend", used);
    }
    if let Some(key) = &key {
        match Usd::in_field(key, "limit") {
            Some(limit) => writer.json("budget", &budget(key, limit)),
            // A key without a budget tells at least what it has spent.
            None if totals.is_none() => writer.copy(key, &[("spend", Kind::Number, "usage")]),
            None => {}
        }
        write_key(key, &mut writer);
    }
    writer.list("warnings", &warnings);
    Ok(writer.end())
}

fn write_key(key: &Value<'_>, writer: &mut Writer) {
    if let Some(free) = key.get("free_model_daily_requests")
        && let Some((limit, used)) = Usd::in_field(&free, "limit").zip(Usd::in_field(&free, "used"))
    {
        let mut inner = Writer::new();
        inner.number("limit", limit);
        inner.number("used", used);
        inner.number("remaining", Usd::in_field(&free, "remaining").unwrap_or(left(limit, used)));
        writer.json("free", &inner.end());
    }
    let mut budgets = Vec::new();
    for entry in key.get("budgets").map(|list| list.to_items()).unwrap_or_default() {
        budgets.extend(layer(&entry));
    }
    if !budgets.is_empty() {
        writer.list("budgets", &budgets);
    }
    let mut summary = String::new();
    for (name, words) in [("usage_daily", " today"), ("usage_weekly", " this week"), ("usage_monthly", " this month")] {
        if let Some(used) = Usd::in_field(key, name) {
            summary.push_str(if summary.is_empty() { "" } else { " · " });
            summary.push_str(&used.in_cents());
            summary.push_str(words);
        }
    }
    if !summary.is_empty() {
        writer.text("summary", &summary);
    }
    writer.copy(key, &[("plan", Kind::Text, "label"), ("isFreeTier", Kind::Flag, "is_free_tier"), ("expiresAt", Kind::Text, "expires_at")]);
}

/// The key's own limit.
fn budget(key: &Value<'_>, limit: Usd) -> String {
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
        None if key.get("include_byok_in_limit").and_then(|flag| flag.as_bool()) == Some(true) => usage("usage").plus(usage("byok_usage")),
        None => usage("usage"),
    };
    let all = Usd::whole(100);
    let mut writer = Writer::new();
    writer.number("used", used);
    writer.number("limit", limit);
    writer.number("remaining", left(limit, used));
    writer.number("usedPercent", if limit.is_zero() { all } else { all.share(used, limit).min(all) });
    writer.text("label", label);
    if !suffix.is_empty() {
        writer.text("period", &reset);
    }
    writer.end()
}

/// One of the budgets that `/key` lists.
fn layer(entry: &Value<'_>) -> Option<String> {
    let [limit, spend, remaining] = ["limit_usd", "spend_usd", "remaining_usd"].map(|name| Usd::in_field(entry, name));
    let limit = limit?;
    let spend = spend.unwrap_or_else(|| remaining.map_or(Usd::default(), |remaining| left(limit, remaining)));
    let mut writer = Writer::new();
    writer.text("scope", &entry.get_str("scope").unwrap_or_default());
    writer.number("limitUsd", limit);
    writer.number("spendUsd", spend);
    writer.number("remainingUsd", remaining.unwrap_or(left(limit, spend)));
    writer.copy(entry, &[("resetInterval", Kind::Text, "reset_interval"), ("resetsAt", Kind::Text, "resets_at")]);
    Some(writer.end())
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
    let mut writer = Writer::new();
    writer.text("id", &data.get_str("id").unwrap_or_default());
    for (name, number) in [
        ("cost", either("total_cost", "usage")),
        ("inputTokens", either("native_tokens_prompt", "tokens_prompt").map(|prompt| left(prompt, cached))),
        ("outputTokens", either("native_tokens_completion", "tokens_completion")),
    ] {
        if let Some(number) = number {
            writer.number(name, number);
        }
    }
    writer.copy(
        &data,
        &[
            ("model", Kind::Text, "model"),
            ("provider", Kind::Text, "provider_name"),
            ("reasoningTokens", Kind::Number, "native_tokens_reasoning"),
            ("cacheReadTokens", Kind::Number, "native_tokens_cached"),
            ("finishReason", Kind::Text, "finish_reason"),
            ("cancelled", Kind::Flag, "cancelled"),
            ("latencyMs", Kind::Number, "latency"),
            ("generationTimeMs", Kind::Number, "generation_time"),
        ],
    );
    writer.json("raw", &data.to_json());
    Ok(writer.end())
}

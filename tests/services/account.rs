//! The account's books: what two endpoints say together, and the bill of a generation.

use openrouter_wasm::account::{generation, generation_call, usage, usage_calls};
use openrouter_wasm::config::ClientConfig;
use serde_json::{Value, json};

fn read(credits: Option<Value>, key: Option<Value>) -> Value {
    let text = |data: Option<Value>| data.map(|data| json!({"data":data}).to_string());
    let out = usage(text(credits).as_deref(), text(key).as_deref(), "[]").unwrap();
    let mut read: Value = serde_json::from_str(&out).unwrap();
    read.as_object_mut().unwrap().remove("warnings");
    read
}

#[test]
fn balance_and_spend_need_both_numbers_and_strings_are_numbers() {
    for (credits, expected) in [
        (json!({"total_credits":25,"total_usage":5.5}), json!({"balance":19.5,"spend":5.5})),
        (json!({"total_credits":"25","total_usage":"30.25"}), json!({"balance":-5.25,"spend":30.25})),
        (json!({"total_credits":0.3,"total_usage":0.1}), json!({"balance":0.2,"spend":0.1})),
        (json!({"total_credits":25}), json!({})),
        (json!({"total_credits":-1,"total_usage":1}), json!({})),
        (json!({"total_credits":"much","total_usage":1}), json!({})),
        (json!({"total_credits":null,"total_usage":1}), json!({})),
    ] {
        assert_eq!(read(Some(credits.clone()), None), expected, "{credits}");
    }
}

#[test]
fn the_budget_of_a_key_is_told_with_its_window() {
    let budget = |used: Value, limit: Value, remaining: Value, percent: Value, label: &str, period: Option<&str>| {
        let mut budget = json!({"used":used,"limit":limit,"remaining":remaining,"usedPercent":percent,"label":label});
        if let Some(period) = period {
            budget["period"] = json!(period);
        }
        budget
    };
    let key = |text: Value| text;
    for (data, expected) in [
        (
            key(json!({"limit":10,"limit_remaining":7.5,"limit_reset":"monthly"})),
            budget(json!(2.5), json!(10), json!(7.5), json!(25), "Monthly key budget", Some("monthly")),
        ),
        (
            key(json!({"limit":"10","limit_remaining":"0","limit_reset":"daily"})),
            budget(json!(10), json!(10), json!(0), json!(100), "Daily key budget", Some("daily")),
        ),
        (
            key(json!({"limit":10,"limit_remaining":-5,"limit_reset":"weekly"})),
            budget(json!(15), json!(10), json!(0), json!(100), "Weekly key budget", Some("weekly")),
        ),
        (key(json!({"limit":10,"limit_remaining":12})), budget(json!(0), json!(10), json!(10), json!(0), "API key budget", None)),
        (key(json!({"limit":0,"limit_reset":"yearly"})), budget(json!(0), json!(0), json!(0), json!(100), "API key budget", None)),
        (
            key(json!({"limit":10,"limit_reset":"daily","usage":9,"usage_daily":1,"byok_usage_daily":2})),
            budget(json!(1), json!(10), json!(9), json!(10), "Daily key budget", Some("daily")),
        ),
        (
            key(json!({"limit":10,"limit_reset":"daily","usage_daily":1,"byok_usage_daily":2,"include_byok_in_limit":true})),
            budget(json!(3), json!(10), json!(7), json!(30), "Daily key budget", Some("daily")),
        ),
        (
            key(json!({"limit":10,"usage":4,"byok_usage":1,"include_byok_in_limit":true})),
            budget(json!(5), json!(10), json!(5), json!(50), "API key budget", None),
        ),
    ] {
        assert_eq!(read(None, Some(data.clone()))["budget"], expected, "{data}");
    }
    for limit in [json!(null), json!(-1), json!("none")] {
        let found = read(None, Some(json!({"limit":limit,"usage":3})));
        assert_eq!((found.get("budget"), &found["spend"]), (None, &json!(3)), "{limit}");
    }
    let both = read(Some(json!({"total_credits":9,"total_usage":8})), Some(json!({"limit":null,"usage":3})));
    assert_eq!(both["spend"], 8, "the account's spend is more than the key's");
}

#[test]
fn what_else_a_key_says() {
    let found = read(
        None,
        Some(
            json!({"label":"sk-or-v1-0e6...1c9","limit":5,"usage_daily":0.1,"usage_weekly":"0.499","usage_monthly":2.005,"is_free_tier":true,
            "expires_at":"2027-01-01T00:00:00Z","free_model_daily_requests":{"limit":50,"used":7},
            "budgets":[{"scope":"workspace","limit_usd":100,"spend_usd":"25","remaining_usd":75,"reset_interval":"monthly","resets_at":"2026-09-01"},{"scope":"broken"},{"scope":"key","limit_usd":3,"remaining_usd":1}]}),
        ),
    );
    assert_eq!(
        found,
        json!({"budget":{"used":0,"limit":5,"remaining":5,"usedPercent":0,"label":"API key budget"},"free":{"limit":50,"used":7,"remaining":43},
            "budgets":[{"scope":"workspace","limitUsd":100,"spendUsd":25,"remainingUsd":75,"resetInterval":"monthly","resetsAt":"2026-09-01"},{"scope":"key","limitUsd":3,"spendUsd":2,"remainingUsd":1}],
            "summary":"$0.10 today · $0.50 this week · $2.01 this month","plan":"sk-or-v1-0e6...1c9","isFreeTier":true,"expiresAt":"2027-01-01T00:00:00Z"})
    );
    assert_eq!(read(None, Some(json!({"usage_weekly":1,"usage_daily":-1})))["summary"], "$1.00 this week");
}

#[test]
fn one_answer_is_enough_and_two_broken_ones_are_an_error() {
    let warnings =
        |credits, key| serde_json::from_str::<Value>(&usage(credits, key, "[\"told before\"]").unwrap()).unwrap()["warnings"].clone();
    assert_eq!(warnings(None, Some(r#"{"data":{}}"#)), json!(["told before"]));
    assert_eq!(
        warnings(Some("<html>"), Some(r#"{"data":{}}"#)),
        json!(["told before", "/credits gave an answer that is no JSON object with data"])
    );
    for (credits, key) in
        [(None, Some("{}")), (Some("[]"), None), (Some("{\"data\":5}"), Some("")), (Some("{\"data\":null}"), Some("nope"))]
    {
        let error = usage(credits, key, "[]").unwrap_err();
        assert_eq!((error.message.as_str(), error.code.as_str()), ("Malformed usage response", "bad-response"), "{credits:?} {key:?}");
    }
}

#[test]
fn the_calls_are_small_asked_once_and_carry_the_key() {
    let config = ClientConfig::parse("{}").unwrap();
    let plans: Value = serde_json::from_str(&usage_calls(&config).unwrap()).unwrap();
    for (name, url) in [("credits", "https://openrouter.ai/api/v1/credits"), ("key", "https://openrouter.ai/api/v1/key")] {
        let plan = &plans[name];
        assert_eq!(
            (plan["url"].as_str(), &plan["maxBytes"], &plan["attempts"], &plan["key"]),
            (Some(url), &json!(1 << 20), &json!(1), &json!("required"))
        );
    }
    let plan: Value = serde_json::from_str(&generation_call(&config, "gen-1234-aB9").unwrap()).unwrap();
    assert_eq!(plan["url"], "https://openrouter.ai/api/v1/generation?id=gen-1234-aB9");
    for id in ["", "gen-", "gen", "chatcmpl-1", "gen-1&x=2", "gen-ä", "gen-1 ", " gen-1", "gen-1/../key"] {
        let error = generation_call(&config, id).unwrap_err();
        assert!(error.message.starts_with("id: ") && error.code.as_str() == "invalid-request", "{id}");
    }
}

#[test]
fn a_bill_is_read_with_native_counts_first() {
    let data = json!({"id":"gen-1","model":"a/b","provider_name":"P","total_cost":0.0012,"usage":5,"native_tokens_prompt":100,"tokens_prompt":90,
        "tokens_completion":7,"native_tokens_reasoning":3,"native_tokens_cached":40,"finish_reason":null,"cancelled":true,"latency":12,"generation_time":900});
    let found: Value = serde_json::from_str(&generation(&json!({"data":data}).to_string()).unwrap()).unwrap();
    assert_eq!(
        found,
        json!({"id":"gen-1","model":"a/b","provider":"P","cost":0.0012,"inputTokens":60,"outputTokens":7,"reasoningTokens":3,"cacheReadTokens":40,
            "cancelled":true,"latencyMs":12,"generationTimeMs":900,"raw":data})
    );
    for text in ["", "{}", "{\"data\":[]}", "<html>"] {
        assert!(generation(text).unwrap_err().message.ends_with("Malformed generation response"), "{text}");
    }
}

//! Whatever stands in a request in place of what belongs there: a body that is JSON, or an error that names a place.

use crate::support::{SUBDOMAIN, prepared};
use openrouter_wasm::error::Code;
use serde_json::{Value, json};

/// Everything that a rule looks at, once.
fn rich(model: &str) -> Value {
    json!({
        "model": model,
        "models": [model, "a/b"],
        "messages": [
            {"role": "system", "content": "a\n<!-- OPENCLAW_CACHE_BOUNDARY -->\nb"},
            {"role": "user", "content": [{"type": "text", "text": "q", "cache_control": {"type": "ephemeral"}}, {"type": "image_url", "image_url": {"url": "https://x/1.png"}}]},
            {"role": "assistant", "content": "a", "reasoning_details": [{"type": "reasoning.text", "text": "t", "signature": "s", "index": 0}],
             "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": "r"},
            {"role": "assistant", "content": "prefill", "reasoning_content": "why"},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "strict": true, "parameters": {"type": "object", "properties": {"x": {"type": "string", "anyOf": [{"const": "a"}]}}}}}],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "parallel_tool_calls": true,
        "reasoning": {"effort": "high"},
        "reasoning_effort": "low",
        "include_reasoning": false,
        "thinking": "low",
        "max_tokens": 50,
        "stop": "x",
        "stream": true,
        "provider": {"sort": "price"},
        "plugins": [{"id": "fusion", "analysis_models": ["a/b"], "model": "c/d"}],
        "preset": "p",
        "cache_control": {"type": "ephemeral"},
        "transcriptPolicy": "auto",
        "fallbackModels": ["e/f"],
        "extraBody": {"top_k": 1, "store": true, "plugins": [{"id": "fusion", "model": "c/d"}]},
        "params": {"temperature": 0.5, "maxTokens": 20, "reasoning": {"max_tokens": 10}, "provider": {"order": ["x"]}, "extra_body": {"a": 1}, "stop": ["y"],
                   "thinking": "high", "responseCache": true, "responseCacheTtl": 5, "responseCacheClear": true, "cacheRetention": "long", "chat_template_kwargs": {}},
    })
}

/// Every place in a value, as a JSON pointer.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| places(value, &format!("{at}/{}", name.replace('/', "~1")), out)),
        Value::Array(items) => items.iter().enumerate().for_each(|(number, value)| places(value, &format!("{at}/{number}"), out)),
        _ => {}
    }
}

fn check(config: &Value, request: &Value, what: &str) {
    match prepared(config, request, false) {
        Ok(prepared) => {
            let text = prepared.conversation.text();
            let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {error}: {text}"));
            assert!(body["messages"].is_array(), "{what}");
            assert!(text.matches("\"cache_control\":{").count() <= 4, "{what}: {text}");
            for name in [
                "store",
                "params",
                "extraBody",
                "transcriptPolicy",
                "fallbackModels",
                "max_tokens",
                "reasoning_effort",
                "include_reasoning",
            ] {
                assert!(body.get(name).is_none(), "{what}: {name} is not sent");
            }
        }
        Err(error) => assert!(error.code == Code::InvalidRequest && error.message.contains(':'), "{what}: {error:?}"),
    }
}

#[test]
fn an_odd_value_in_every_place() {
    let odd = [
        Value::Null,
        json!(true),
        json!(false),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
        json!([null]),
        json!({"type": 5}),
    ];
    for model in ["anthropic/claude-opus-5", "deepseek/deepseek-v4-pro", "moonshotai/kimi-k2.6", "openrouter/fusion", "google/gemini-3-pro"]
    {
        let request = rich(model);
        let mut all = Vec::new();
        places(&request, "", &mut all);
        for place in all.iter().filter(|place| !place.is_empty()) {
            for value in &odd {
                let mut request = request.clone();
                *request.pointer_mut(place).unwrap() = value.clone();
                check(&json!({}), &request, &format!("{model} {place} {value}"));
            }
            let (above, name) = place.rsplit_once('/').unwrap();
            let mut without = request.clone();
            if let Some(fields) = without.pointer_mut(above).and_then(Value::as_object_mut) {
                fields.remove(name);
                check(&json!({}), &without, &format!("{model} without {place}"));
            }
        }
    }
}

#[test]
fn an_odd_value_in_every_setting() {
    let settings = json!({
        "model": "a/b",
        "baseURL": SUBDOMAIN,
        "app": {"url": "https://a", "title": "A", "categories": ["x"]},
        "params": rich("a/b")["params"],
        "models": {"anthropic/claude-opus-5": {"alias": "opus", "params": {"temperature": 1}, "reasoning": {"supported_efforts": ["low"], "mandatory": true},
            "supportsTools": true, "input": ["text"], "contextWindow": 1000, "maxTokens": 100, "supportedParameters": ["tools"]}},
        "transcriptPolicy": {"sanitizeMode": "full"},
    });
    let mut all = Vec::new();
    places(&settings, "", &mut all);
    for place in all.iter().filter(|place| !place.is_empty()) {
        for value in [Value::Null, json!(true), json!(0), json!(-1), json!(""), json!("x"), json!([]), json!({}), json!([5])] {
            let mut settings = settings.clone();
            *settings.pointer_mut(place).unwrap() = value.clone();
            if openrouter_wasm::config::ClientConfig::parse(&settings.to_string()).is_ok() {
                check(&settings, &rich("opus"), &format!("{place} {value}"));
                check(&settings, &rich("anthropic/claude-opus-5"), &format!("{place} {value}"));
            }
        }
    }
}

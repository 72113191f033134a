//! What an ordinary conversation looks like, for which no repair is loaded. That nothing else is taken for one is checked with every
//! transcript of the other tests (`transcript_support`).

use crate::support::{is_clean, sanitize};
use serde_json::{Value, json};

fn clean(messages: &Value, options: &Value) -> bool {
    sanitize(messages, options);
    is_clean(&messages.to_string(), options)
}

fn call(id: &str, arguments: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "weather", "arguments": arguments}})
}

fn named(name: &str) -> Value {
    json!({"id": "a", "type": "function", "function": {"name": name, "arguments": "{}"}})
}

fn turn(calls: &[Value]) -> Value {
    json!({"role": "assistant", "content": null, "tool_calls": calls})
}

fn result(id: &str) -> Value {
    json!({"role": "tool", "tool_call_id": id, "content": "fine"})
}

#[test]
fn an_ordinary_conversation_needs_no_repair_for_any_family() {
    let conversation = json!([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": [{"type": "text", "text": "How are you?", "cache_control": {"type": "ephemeral"}}], "name": "ann"},
    ]);
    for model in ["openai/gpt-5", "anthropic/claude-opus-5", "google/gemini-3-pro", "mistralai/mistral-small", "openrouter/auto"] {
        for policy in ["auto", "classic", "off"] {
            assert!(clean(&conversation, &json!({"model": model, "policy": policy})), "{model} {policy}");
        }
    }
}

#[test]
fn a_whole_tool_loop_needs_none_where_the_ids_may_stay() {
    let user = json!({"role": "user", "content": "weather?"});
    let answer = json!({"role": "assistant", "content": "fine"});
    let one = json!([user, turn(&[call("a", "{}")]), result("a"), answer]);
    let two =
        json!([user, turn(&[call("a", "{\"x\":1}"), call("b", "{}")]), result("a"), result("b"), turn(&[call("c", "{}")]), result("c")]);
    for messages in [&one, &two] {
        assert!(clean(messages, &json!({"model": "openai/gpt-5"})), "{messages}");
        assert!(clean(messages, &json!({"model": "anthropic/claude-opus-5"})), "{messages}");
        for model in ["google/gemini-3-pro", "mistralai/mistral-small"] {
            assert!(!clean(messages, &json!({"model": model})), "{model} has ids of its own form");
        }
        assert!(!clean(messages, &json!({"model": "a/b", "supportsTools": false})));
        assert!(!clean(messages, &json!({"model": "a/b", "policy": {"validateAnthropicTurns": true}})));
    }
    for count in [256, 257, 2000] {
        let ids: Vec<String> = (0..count).map(|number| format!("call_{number}")).collect();
        let calls: Vec<Value> = ids.iter().map(|id| call(id, "{}")).collect();
        let messages: Vec<Value> = [user.clone(), turn(&calls)].into_iter().chain(ids.iter().map(|id| result(id))).collect();
        assert!(clean(&json!(messages), &json!({"model": "openai/gpt-5"})), "{count} calls of one turn");
    }
}

#[test]
fn whatever_a_repair_might_touch_is_left_to_it() {
    let user = json!({"role": "user", "content": "q"});
    for messages in [
        json!([{"role": "user", "content": " "}]),
        json!([{"role": "user", "content": []}]),
        json!([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}]),
        json!([user, {"role": "assistant", "content": "a", "reasoning": "r"}]),
        json!([user, {"role": "assistant", "content": "[assistant turn failed before producing content]"}]),
        json!([user, {"role": "assistant", "content": [{"type": "toolCall", "id": "a", "name": "f", "arguments": {}}]}]),
        json!([{"role": "developer", "content": "d"}]),
        json!([user, turn(&[call("a", "{}")])]),
        json!([user, turn(&[call("a", "{}"), call("a", "{}")]), result("a"), result("a")]),
        json!([user, turn(&[call("a", "{}"), call("b", "{}")]), result("b"), result("a")]),
        json!([user, turn(&[call("a", "{\"x\":")]), result("a")]),
        json!([user, turn(&[call("a", "")]), result("a")]),
        json!([user, turn(&[named("")]), result("a")]),
        json!([user, turn(&[named("get weather")]), result("a")]),
        json!([user, turn(&[named(&"x".repeat(65))]), result("a")]),
        json!([user, turn(&[]), user]),
        json!([user, result("a")]),
        json!([user, turn(&[call("a", "{}")]), {"role": "tool", "tool_call_id": "a", "content": ""}]),
    ] {
        assert!(!clean(&messages, &json!({"model": "openai/gpt-5"})), "{messages}");
    }
}

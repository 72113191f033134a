//! Anthropic's cache markers: where they stand, and where the boundary line goes.

use crate::support::{Outcome, PROXY, SUBDOMAIN, ask, with};
use serde_json::{Value, json};

const OPUS: &str = "anthropic/claude-opus-5";
const LINE: &str = "<!-- OPENCLAW_CACHE_BOUNDARY -->";

fn short() -> Value {
    json!({"type": "ephemeral"})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn marked(text: &str) -> Value {
    json!({"type": "text", "text": text, "cache_control": short()})
}

fn image() -> Value {
    json!({"type": "image_url", "image_url": {"url": "https://x/1.png"}})
}

/// The messages that come of these, asked of an Anthropic model.
fn messages(messages: Value) -> (Vec<Value>, Outcome) {
    let sent = ask(&json!({"model": OPUS, "messages": messages, "transcriptPolicy": "off"}));
    (sent.body["messages"].as_array().unwrap().clone(), sent)
}

fn count(sent: &Outcome) -> usize {
    sent.text.matches("\"cache_control\"").count()
}

#[test]
fn every_retention() {
    let tools = json!([{"type": "function", "function": {"name": "b"}}, {"type": "function", "function": {"name": "a"}}, {"type": "openrouter:web_search"}]);
    let messages = json!([{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]);
    let long = json!({"type": "ephemeral", "ttl": "1h"});
    for (retention, marker, is_odd) in [
        (Value::Null, Some(short()), false),
        (json!("short"), Some(short()), false),
        (json!("long"), Some(long), false),
        (json!("none"), None, false),
        (json!("forever"), Some(short()), true),
        (json!(false), Some(short()), true),
    ] {
        for params in [json!({"cacheRetention": retention}), json!({"cache_retention": retention})] {
            let sent = ask(&json!({"model": OPUS, "messages": messages, "tools": tools, "params": params}));
            let body = &sent.body;
            assert_eq!(count(&sent), if marker.is_some() { 3 } else { 0 }, "{retention}");
            assert_eq!(sent.warnings.iter().filter(|(rule, _)| *rule == "cache-markers").count(), usize::from(is_odd), "{retention}");
            let Some(marker) = &marker else {
                assert_eq!(body["messages"], messages);
                continue;
            };
            assert_eq!(&body["tools"][1]["cache_control"], marker, "the last function by name");
            assert_eq!(&body["messages"][0]["content"][0]["cache_control"], marker);
            assert_eq!(&body["messages"][1]["content"][0]["cache_control"], marker);
            assert!(sent.changes.iter().all(|(rule, _)| *rule != "cache-markers"), "markers are what the option asks for");
        }
    }
}

#[test]
fn which_models_and_which_routes() {
    for (model, base, expected) in [
        (OPUS, "", true),
        (OPUS, "https://openrouter.ai/v1", true),
        (OPUS, SUBDOMAIN, true),
        (OPUS, PROXY, false),
        (OPUS, "http://localhost:8787", false),
        ("openrouter/Anthropic/Claude-Haiku-4.5:beta", "", true),
        ("~anthropic/claude-opus-latest", "", true),
        ("google/gemini-3-pro", "", false),
        ("openrouter/auto", "", false),
        ("x/anthropic", "", false),
    ] {
        let config = if base.is_empty() { json!({}) } else { json!({"baseURL": base}) };
        let sent = with(&config, &json!({"model": model}));
        assert_eq!(count(&sent), usize::from(expected), "{model} at {base}");
    }
}

#[test]
fn the_system_message() {
    let table = [
        (json!("s"), json!([marked("s")])),
        (json!(format!("before\n{LINE}\nafter")), json!([marked("before"), text("after")])),
        (json!(format!("before\n\n{LINE}\n\nafter\n")), json!([marked("before"), text("after\n")])),
        (json!(format!("before\r\n{LINE}\r\nafter")), json!([marked("before"), text("after")])),
        (json!(format!("before\n{LINE}")), json!([marked("before")])),
        (json!(format!("{LINE}\nafter")), json!([text("after")])),
        (json!(format!("a\n{LINE}\nb\n{LINE}\nc")), json!([marked("a"), text("b\nc")])),
        // No line of its own, no boundary.
        (json!(format!("the line {LINE} splits")), json!([marked(&format!("the line {LINE} splits"))])),
        (json!([text("a"), text("b")]), json!([text("a"), marked("b")])),
        (json!([text("a"), {"type": "thinking", "thinking": "t"}]), json!([text("a"), {"type": "thinking", "thinking": "t"}])),
        (json!([text("a"), {"type": "redacted_thinking", "data": "t"}]), json!([text("a"), {"type": "redacted_thinking", "data": "t"}])),
        (json!([text(&format!("a\n{LINE}\nb"))]), json!([marked("a"), text("b")])),
        (json!([text("z"), text(&format!("{LINE}\nb")), text("c")]), json!([marked("z"), text("b"), text("c")])),
    ];
    for (content, expected) in table {
        let (sent, _) = messages(json!([{"role": "system", "content": content}, {"role": "assistant", "content": "a"}]));
        assert_eq!(sent[0]["content"], expected, "{content}");
    }
    // A developer's word is the system's; of two the first has the marker and neither the line.
    let (sent, _) = messages(json!([{"role": "developer", "content": "s"}, {"role": "system", "content": format!("t\n{LINE}\nu")}]));
    assert_eq!((&sent[0]["content"], &sent[1]["content"]), (&json!([marked("s")]), &json!("t\nu")));
}

#[test]
fn the_last_text_of_the_last_user_or_tool_message() {
    let call = json!({"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]});
    let user = |content: Value| json!({"role": "user", "content": content});
    let tool = |content: Value| json!({"role": "tool", "tool_call_id": "1", "content": content});
    let assistant = json!({"role": "assistant", "content": "a"});
    // What stands in the transcript, which message is marked, what it becomes.
    let table = [
        (json!([user(json!("q"))]), 0, user(json!([marked("q")]))),
        (json!([user(json!("q")), assistant]), 0, user(json!([marked("q")]))),
        (json!([user(json!("1")), assistant, user(json!("2"))]), 2, user(json!([marked("2")]))),
        (json!([user(json!("q")), call, tool(json!("r"))]), 2, tool(json!([marked("r")]))),
        (json!([user(json!([text("a"), text("b")]))]), 0, user(json!([text("a"), marked("b")]))),
        (json!([user(json!([text("a"), image()]))]), 0, user(json!([marked("a"), image()]))),
        (json!([user(json!([text("a"), text("")]))]), 0, user(json!([marked("a"), text("")]))),
        (json!([user(json!("first")), assistant, user(json!([image()]))]), 0, user(json!([marked("first")]))),
    ];
    for (transcript, at, expected) in table {
        let (sent, outcome) = messages(transcript.clone());
        assert_eq!(sent[at], expected, "{transcript}");
        assert_eq!(count(&outcome), 1, "{transcript}");
        for (number, message) in sent.iter().enumerate().filter(|(number, _)| *number != at) {
            assert_eq!(message, &transcript[number], "{transcript}: nothing else is touched");
        }
    }
    assert_eq!(count(&messages(json!([user(json!([image()]))])).1), 0, "images are never marked");
}

#[test]
fn markers_that_are_there_give_way_and_there_are_never_more_than_four() {
    let many: Vec<Value> = (0..6).map(|number| json!({"role": "user", "content": [{"type": "text", "text": number.to_string(), "cache_control": {"type": "ephemeral"}}]})).collect();
    let tools =
        json!([{"type": "function", "function": {"name": "a"}, "cache_control": short()}, {"type": "function", "function": {"name": "b"}}]);
    let request = json!({"model": OPUS, "messages": many, "tools": tools, "transcriptPolicy": "off"});
    let sent = ask(&request);
    assert_eq!((count(&sent), sent.has_change("cache-markers", "messages"), sent.warnings.len()), (2, true, 0));
    assert!(sent.body["tools"][0].get("cache_control").is_none() && sent.body["messages"][5]["content"][0] == marked("5"));
    let mut none = request.clone();
    none["params"] = json!({"cacheRetention": "none"});
    let sent = ask(&none);
    assert_eq!((count(&sent), sent.has_change("cache-markers", "messages")), (0, true));
    // Elsewhere they are the caller's own; Anthropic's limit is told.
    let sent = with(&json!({"baseURL": PROXY}), &request);
    assert_eq!(
        (count(&sent), sent.has_change("cache-markers", "messages"), sent.has_warning("cache-markers", "messages")),
        (7, false, true)
    );
    let mut gemini = request.clone();
    gemini["model"] = json!("google/gemini-3-pro");
    let sent = ask(&gemini);
    assert_eq!((count(&sent), sent.has_change("cache-markers", "messages"), sent.warnings.len()), (7, false, 0));
    // On messages and on thinking too; a second time nothing is left to replace but the rule's own.
    let odd = json!([
        {"role": "system", "content": [text("s"), {"type": "thinking", "thinking": "t", "cache_control": short()}]},
        {"role": "user", "content": "q", "cache_control": short()},
    ]);
    let (sent, outcome) = messages(odd);
    assert_eq!((count(&outcome), &sent[1]["content"]), (1, &json!([marked("q")])));
    let (again, _) = messages(json!(sent));
    assert_eq!(again, sent);
    // Three places, and the automatic one of the request makes four.
    let full = json!({"model": OPUS, "cache_control": short(), "tools": tools, "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]});
    assert_eq!(count(&ask(&full)), 4);
}

#[test]
fn for_other_models_the_boundary_is_a_line_break() {
    for (content, expected) in [
        (json!(format!("before\n{LINE}\nafter")), json!("before\nafter")),
        (json!(format!("before\n\n{LINE}\n\nafter")), json!("before\n\n\nafter")),
        (json!(format!("{LINE}\nafter")), json!("after")),
        (json!(format!("before\n{LINE}")), json!("before\n")),
        (json!(format!("a\n{LINE}\nb\n{LINE}\nc <b>")), json!("a\nb\nc <b>")),
        (json!(format!("no {LINE} line")), json!(format!("no {LINE} line"))),
        (json!([text(&format!("a\n{LINE}\nb")), text("c")]), json!([text("a\nb"), text("c")])),
        (json!("plain"), json!("plain")),
    ] {
        let request =
            |model: &str| json!({"model": model, "messages": [{"role": "system", "content": content}, {"role": "user", "content": "hi"}]});
        for (config, model) in
            [(json!({}), "google/gemini-3-pro"), (json!({"baseURL": PROXY}), OPUS), (json!({"params": {"cacheRetention": "none"}}), OPUS)]
        {
            let sent = with(&config, &request(model));
            assert_eq!(sent.body["messages"][0]["content"], expected, "{content} {model}");
            assert!(sent.changes.is_empty(), "{content}");
        }
    }
    let user = format!("a\n{LINE}\nb");
    let sent = ask(&json!({"model": "a/b", "messages": [{"role": "user", "content": user}]}));
    assert_eq!(sent.body["messages"][0]["content"], json!(user), "only the system's is a boundary");
}

#[test]
fn a_retention_that_no_cache_of_the_model_has_is_told() {
    for (model, has_ttl) in [
        ("anthropic/claude-opus-5", true),
        ("~anthropic/claude-opus-latest", true),
        ("deepseek/deepseek-v4-pro", true),
        ("moonshotai/kimi-k2.6", true),
        ("z-ai/glm-5", true),
        ("x-ai/grok-5", true),
        ("google/gemini-2.5-flash", true),
        ("google/gemini-3-pro:online", true),
        ("google/gemini-2.0-flash", false),
        ("google/gemma-4", false),
        ("openai/gpt-5.6", false),
    ] {
        let sent = ask(&json!({"model": model, "params": {"cacheRetention": "long"}}));
        assert_eq!(sent.has_warning("cache-markers", "params.cacheRetention"), !has_ttl, "{model}");
        assert!(ask(&json!({"model": model})).warnings.is_empty(), "{model}: nothing was asked for");
    }
}

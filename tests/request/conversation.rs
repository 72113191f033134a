//! A conversation that grows message by message is the one that would be prepared at once.

use std::ops::{Deref, DerefMut};

use crate::support::{NOTHING, SOURCE, prepared_with};
use openrouter_wasm::change::Changes;
use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::error::Error;
use openrouter_wasm::request::Source;
use openrouter_wasm::request::conversation::Conversation;
use openrouter_wasm::transcript::repair::Repairs;
use serde_json::{Value, json};

const MODELS: [&str; 8] = [
    "anthropic/claude-opus-5",
    "~anthropic/claude-opus-latest",
    "google/gemini-3-pro",
    "mistralai/mistral-large",
    "deepseek/deepseek-v4-pro",
    "moonshotai/kimi-k2.6",
    "x-ai/grok-4",
    "openai/gpt-5",
];

/// A conversation with its repairs, as the facade holds both.
struct Grown {
    conversation: Conversation,
    repairs: Repairs,
}

impl Deref for Grown {
    type Target = Conversation;

    fn deref(&self) -> &Conversation {
        &self.conversation
    }
}

impl DerefMut for Grown {
    fn deref_mut(&mut self) -> &mut Conversation {
        &mut self.conversation
    }
}

impl Grown {
    fn grow(&mut self, messages: &str) -> Result<Changes, Error> {
        let mut changes = Changes::default();
        if let Some(request) = self.conversation.append(messages, None, &mut changes)? {
            let repaired = self.repairs.repair(&request, NOTHING);
            assert!(self.conversation.append(messages, Some(&repaired), &mut changes)?.is_none(), "repaired once");
        }
        Ok(changes)
    }
}

fn start(request: &Value) -> Grown {
    let config = ClientConfig::parse("{}").unwrap();
    let mut repairs = Repairs::default();
    let source = Source { request: &request.to_string(), ..SOURCE };
    let conversation = prepared_with(&mut repairs, &config, &source).unwrap().conversation;
    Grown { conversation, repairs }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

fn call(id: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}})
}

fn calls(ids: &[&str]) -> Value {
    json!({"role": "assistant", "content": null, "tool_calls": ids.iter().map(|id| call(id)).collect::<Vec<_>>()})
}

fn answer(text: &str) -> Value {
    json!({"role": "assistant", "content": text})
}

fn result(id: &str, content: Value) -> Value {
    json!({"role": "tool", "tool_call_id": id, "content": content})
}

fn image() -> Value {
    json!({"type": "image_url", "image_url": {"url": "https://x/1.png"}})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// Steps of a run: what the caller wrote, then what every step adds.
fn runs() -> Vec<(&'static str, Vec<Vec<Value>>)> {
    let system = json!({"role": "system", "content": "be good\n<!-- OPENCLAW_CACHE_BOUNDARY -->\ntoday"});
    let mut reasoned = calls(&["call_1"]);
    reasoned["reasoning_details"] = json!([{"type": "reasoning.encrypted", "id": "call_1", "data": "QUJD", "format": "google-gemini-v1"}]);
    reasoned["reasoning_content"] = json!("why");
    vec![
        ("one round", vec![vec![user(json!("q"))], vec![calls(&["call_1"]), result("call_1", json!("r"))]]),
        (
            "many rounds, ids used again, a system message",
            vec![
                vec![system.clone(), user(json!("q"))],
                vec![calls(&["call_a|b", "call_a:b"]), result("call_a|b", json!("1")), result("call_a:b", json!("2"))],
                vec![calls(&["functions.f:0"]), result("functions.f:0", json!("3"))],
                vec![calls(&["functions.f:0"]), result("functions.f:0", json!("4"))],
                vec![answer("done")],
            ],
        ),
        (
            "a follow-up of the user, an answer without calls",
            vec![
                vec![system, user(json!("q"))],
                vec![answer("a")],
                vec![user(json!("more"))],
                vec![answer("b")],
                vec![user(json!("last"))],
            ],
        ),
        ("reasoning", vec![vec![user(json!("q"))], vec![reasoned, result("call_1", json!("r"))], vec![answer("a")]]),
        (
            "parts and images in the question",
            vec![
                vec![user(json!([text("a"), image(), text("b")]))],
                vec![calls(&["1"]), result("1", json!([text("r")]))],
                vec![answer("a")],
            ],
        ),
        (
            "a result that is an image, one that is empty",
            vec![
                vec![user(json!("q"))],
                vec![calls(&["1"]), result("1", json!([image()]))],
                vec![calls(&["2"]), result("2", json!(""))],
                vec![calls(&["3"]), result("3", json!([text("shown"), image()]))],
            ],
        ),
        (
            "a question of nothing but an image",
            vec![vec![user(json!("q"))], vec![answer("a"), user(json!([image()]))], vec![answer("b")], vec![user(json!("more"))]],
        ),
        ("one part alone", vec![vec![user(json!([text("q")]))], vec![calls(&["1"]), result("1", json!([text("r")]))], vec![answer("a")]]),
    ]
}

#[test]
fn growing_gives_what_preparing_at_once_gives() {
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    let mut failures = Vec::new();
    for model in MODELS {
        for thinking in ["high", "off"] {
            for (name, steps) in runs() {
                // A run gives each call an id of its own, so none comes again; ids in the form of a family may still fall together.
                if name.contains("ids used again") && !(model.contains("gemini") || model.contains("mistral")) {
                    continue;
                }
                let request = |messages: &[Value]| json!({"model": model, "messages": messages, "tools": tools, "thinking": thinking});
                let mut grown = start(&request(&steps[0]));
                // As the facade does it: stable pieces are taken once and kept.
                let mut taken = String::new();
                let mut all = steps[0].clone();
                for (number, step) in steps.iter().enumerate() {
                    if number > 0 {
                        grown.grow(&json!(step).to_string()).unwrap();
                        all.extend(step.clone());
                    }
                    taken.push_str(&grown.take_stable());
                    let pieces = [&grown.head, taken.as_str(), grown.volatile(), &grown.tail].concat();
                    let at_once = start(&request(&all)).text();
                    let row = format!("{model}, thinking {thinking}, {name}, step {number}");
                    if all.last().is_some_and(|last| last["role"] == "assistant") && model.contains("anthropic") && thinking == "high" {
                        // At once it would be a prefill, which goes.
                        read(&pieces);
                    } else if pieces != at_once {
                        failures.push(format!("{row}\n  grown   {pieces}\n  at once {at_once}"));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of them:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_was_taken_never_changes() {
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    for model in MODELS {
        let mut grown = start(&json!({"model": model, "messages": [user(json!("q"))], "tools": tools}));
        let head = grown.head.clone();
        let mut taken = String::new();
        for number in 0..20 {
            let id = format!("call_{}", number % 3);
            grown.grow(&json!([calls(&[&id]), result(&id, json!(format!("result {number}")))]).to_string()).unwrap();
            taken.push_str(&grown.take_stable());
            assert_eq!(grown.head, head);
            let text = [head.as_str(), &taken, grown.volatile(), &grown.tail].concat();
            let body = read(&text);
            assert_eq!(body["messages"].as_array().unwrap().len(), 3 + 2 * number, "{model}");
            // One marker moves along; the tools' stays.
            assert_eq!(text.matches("cache_control").count(), if model.contains("anthropic") { 2 } else { 0 }, "{model}");
        }
        assert_eq!(grown.take_stable(), "");
    }
}

#[test]
fn the_limit_of_the_answer_shrinks_with_the_room_that_is_left() {
    let limits = |more: Value| {
        let mut request = json!({"model": "moonshotai/kimi-k2.6", "messages": [user(json!("q"))]});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut grown = start(&request);
        let mut limits = vec![read(&grown.text())["max_completion_tokens"].clone()];
        for number in 0..2 {
            let id = format!("call_{number}");
            grown.grow(&json!([calls(&[&id]), result(&id, json!("r".repeat(8000)))]).to_string()).unwrap();
            limits.push(read(&grown.text())["max_completion_tokens"].clone());
        }
        limits
    };
    let shrinking: Vec<u64> = limits(json!({})).iter().map(|limit| limit.as_u64().unwrap()).collect();
    assert!(shrinking.is_sorted_by(|before, after| before >= &(after + 2500)), "{shrinking:?}");
    assert_eq!(limits(json!({"max_completion_tokens": 9000})), vec![json!(9000); 3], "there is room enough");
    assert_eq!(limits(json!({"extraBody": {"max_completion_tokens": 262_144}})), vec![json!(262_144); 3], "the caller's own word");
}

#[test]
fn deepseeks_turns_are_fitted_and_noted_as_they_come() {
    let mut grown = start(&json!({"model": "deepseek/deepseek-v4-pro", "messages": [user(json!("q"))]}));
    let changes = grown.grow(&json!([answer("a"), user(json!("more"))]).to_string()).unwrap();
    assert_eq!(changes.0.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(), ["messages[1].reasoning_content"]);
    assert_eq!(read(&grown.text())["messages"][1]["reasoning_content"], "");
}

#[test]
fn what_is_added_is_checked_and_named_by_its_place_in_the_whole() {
    let mut grown = start(&json!({"model": "mistralai/mistral-large", "messages": [user(json!("q"))]}));
    let changes = grown.grow(&json!([calls(&["x"]), result("x", json!("r"))]).to_string()).unwrap();
    let paths: Vec<&str> = changes.0.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["messages[1].tool_calls[0].id", "messages[2].tool_call_id"]);
    for (messages, place) in [(r#"[{"role":"robot"}]"#, "messages[3].role:"), ("[5]", "messages[3]:"), ("[", "messages:")] {
        let message = grown.grow(messages).unwrap_err().message.clone();
        assert!(message.starts_with(place), "{messages}: {message}");
    }
}

#[test]
fn messages_of_extra_body_grow_like_any_others() {
    let request = json!({"model": "a/b", "messages": [user(json!("q"))], "extraBody": {"messages": [user(json!("other"))]}});
    let mut grown = start(&request);
    grown.grow(&json!([answer("a")]).to_string()).unwrap();
    assert_eq!(read(&grown.text())["messages"], json!([user(json!("other")), answer("a")]));
}

//! Transcripts of any shape: repaired once and for all, every change told, calls and results paired; or refused by a place.

use serde_json::{Value, json};

use crate::transcript_support::{Answer, by, sanitize_text};
use crate::{DEEP, choice_and_text, depth};

const MODELS: [&str; 7] = [
    "openai/gpt-5",
    "google/gemini-3-pro",
    "mistralai/mistral-small",
    "anthropic/claude-opus-5",
    "deepseek/deepseek-v4-pro",
    "x-ai/grok-5",
    "openrouter/auto",
];

fn options(choice: usize) -> Value {
    let policies = [
        json!("auto"),
        json!("classic"),
        json!("off"),
        json!({"sanitizeToolCallIds": "strict9", "validateAnthropicTurns": true, "assistantFirstBootstrap": true}),
        json!({"dropThinkingBlocks": true, "validateGeminiTurns": true, "allowSyntheticToolResults": false}),
        json!({"sanitizeToolCallIds": "strict", "repairToolUseResultPairing": false}),
    ];
    let mut options = by(MODELS[choice % 7], &policies[choice / 7 % 6]);
    if choice / 42 % 2 == 1 {
        options["input"] = json!(["text"]);
    }
    if choice / 84 % 3 == 1 {
        options["supportsTools"] = json!(false);
    }
    if choice / 84 % 3 == 2 {
        options["allowedToolNames"] = json!(["f"]);
    }
    options
}

pub(crate) fn check(bytes: &[u8]) {
    let Some((choice, text)) = choice_and_text(bytes) else { return };
    // What comes from JavaScript was written by `JSON.stringify`.
    let cleaned = openrouter_wasm::json_string::without_lone_surrogates(text);
    if depth(bytes) >= DEEP || serde_json::from_str::<Value>(&cleaned).is_err() {
        return;
    }
    let options = options(choice);
    let once = match sanitize_text(text, &options) {
        Ok(answer) => answer,
        Err(error) => return assert!(error.starts_with("messages"), "{error}: {text}"),
    };
    let again = Value::Array(once.messages.clone()).to_string();
    let twice = sanitize_text(&again, &options).unwrap_or_else(|error| panic!("{error}: {again}"));
    assert!(twice.is_untouched(), "{options}\nsent   {text}\nonce   {again}\ntwice  {twice:?}");
    if options["policy"] == "auto" {
        check_pairs(&once);
    }
}

/// Every call has one result right behind its turn, in the order of the calls; there is no other result.
fn check_pairs(answer: &Answer) {
    let mut open: Vec<&Value> = Vec::new();
    for message in &answer.messages {
        if message["role"] == "tool" {
            assert!(!open.is_empty(), "a result of no call: {answer:?}");
            assert_eq!(&message["tool_call_id"], open.remove(0), "{answer:?}");
            continue;
        }
        assert!(open.is_empty(), "{open:?} have no result: {answer:?}");
        // Only the model calls anything.
        let calls = Some(&message["tool_calls"]).filter(|_| message["role"] == "assistant").and_then(Value::as_array);
        open = calls.into_iter().flatten().map(|call| &call["id"]).collect();
        assert!(open.iter().all(|id| id.as_str().is_some_and(|id| !id.is_empty())), "{answer:?}");
    }
    assert!(open.is_empty(), "{open:?} have no result: {answer:?}");
}
